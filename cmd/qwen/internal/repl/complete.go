package repl

import (
	"context"
	"slices"
	"strings"

	"github.com/sahilm/fuzzy"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/files"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
)

var _ front.Completer = (*Chat)(nil)

// offered bounds how much is offered at a time.
const offered = 50

// Complete implements [front.Completer]: the name of a command, what a command
// takes, or a path after an @.
func (c *Chat) Complete(ctx context.Context, text string) front.Completion {
	if name, args, ok := strings.Cut(text, " "); ok && isCommand(name) && !strings.Contains(text, "\n") {
		return front.Completion{From: len(text) - len(strings.TrimLeft(args, " ")), Items: c.offerArguments(ctx, name[1:], strings.TrimLeft(args, " ")), Free: true}
	}
	if strings.HasPrefix(text, "/") && !strings.ContainsAny(text, " \n") {
		return front.Completion{From: 0, Items: offerCommands(text[1:])}
	}
	if from, letters, ok := files.Unfinished(text); ok {
		return front.Completion{From: from, Items: c.offerMentions(ctx, letters)}
	}
	return front.Completion{}
}

// offerCommands offers the commands that a few letters may mean.
func offerCommands(prefix string) []front.Item {
	all := commands()
	names := make([]string, len(all))
	for i, cmd := range all {
		names[i] = cmd.name
	}
	var items []front.Item
	for _, i := range rank(prefix, names) {
		cmd := all[i]
		item := front.Item{Text: "/" + cmd.name, Label: cmd.usage(), Note: cmd.does, Submit: !cmd.needs}
		if cmd.needs {
			item.Text += " "
		}
		items = append(items, item)
	}
	return items
}

// rank returns the indices of the names that a few letters may mean, the likeliest
// first: those that begin with them, then the others.
func rank(letters string, names []string) []int {
	if letters == "" {
		all := make([]int, len(names))
		for i := range all {
			all[i] = i
		}
		return all
	}
	var begin, hold []int
	for _, m := range fuzzy.Find(letters, names) {
		if strings.HasPrefix(strings.ToLower(m.Str), strings.ToLower(letters)) {
			begin = append(begin, m.Index)
			continue
		}
		hold = append(hold, m.Index)
	}
	slices.Sort(begin)
	return append(begin, hold...)
}

func (c *Chat) offerArguments(ctx context.Context, name, prefix string) []front.Item {
	for _, cmd := range commands() {
		if cmd.is(name) && cmd.offer != nil {
			return cmd.offer(c, ctx, prefix)
		}
	}
	return nil
}

// pick returns the items that a few letters may mean.
func pick(letters string, items []front.Item) []front.Item {
	names := make([]string, len(items))
	for i, item := range items {
		names[i] = item.Text
	}
	var picked []front.Item
	for _, i := range rank(letters, names) {
		if len(picked) < offered {
			picked = append(picked, items[i])
		}
	}
	return picked
}

func (c *Chat) offerLogins(ctx context.Context, prefix string) []front.Item {
	known, err := c.Backend.Known(ctx)
	if err != nil {
		return nil
	}
	var items []front.Item
	for _, k := range known {
		items = append(items, front.Item{Text: k.Name, Note: k.Note, Submit: true})
	}
	return pick(prefix, items)
}

func (c *Chat) offerProviders(ctx context.Context, prefix string) []front.Item {
	var items []front.Item
	for _, p := range c.Backend.Plugins(ctx) {
		items = append(items, front.Item{Text: p.Name, Note: p.Summary, Submit: true})
	}
	return pick(prefix, items)
}

// offerModels offers the models that are known; the service is not asked for every
// letter typed.
func (c *Chat) offerModels(_ context.Context, prefix string) []front.Item {
	var items []front.Item
	for _, m := range c.models.all() {
		items = append(items, front.Item{Text: m.ID, Note: modelNote(m), Submit: true})
	}
	return pick(prefix, items)
}

func (c *Chat) offerSessions(ctx context.Context, prefix string) []front.Item {
	if c.Store == nil {
		return nil
	}
	list, err := c.earlier(ctx)
	if err != nil {
		return nil
	}
	var items []front.Item
	for _, m := range list {
		items = append(items, front.Item{Text: m.ID, Note: c.Backend.Clean(m.Title), Submit: true})
	}
	return pick(prefix, items)
}
