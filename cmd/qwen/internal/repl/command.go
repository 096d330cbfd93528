package repl

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/sdk"
)

// A command is what a line with a slash does.
type command struct {
	name  string
	takes string // what it takes, for the help; "" for nothing
	does  string
	needs bool // it makes no sense without what it takes
	also  []string
	run   func(c *Chat, ctx context.Context, args string) error
	offer func(c *Chat, ctx context.Context, prefix string) []front.Item
}

// commands is the table of all commands, in the order of the help.
func commands() []command {
	return []command{
		{name: "auth", takes: "[NAME]", does: "choose a login, sign in, edit, sign out", also: []string{"login"}, run: (*Chat).auth, offer: (*Chat).offerLogins},
		{name: "provider", takes: "[NAME]", does: "speak to another provider", run: (*Chat).provider, offer: (*Chat).offerProviders},
		{name: "model", takes: "[MODEL]", does: "choose the model", run: (*Chat).chooseModel, offer: (*Chat).offerModels},
		{name: "system", takes: "[TEXT | -]", does: "show, set or remove the instructions to the model", run: (*Chat).system},
		{name: "attach", takes: "[FILE | -]", does: "send a file along with the next message", run: (*Chat).attachCommand, offer: (*Chat).offerFiles},
		{name: "retry", does: "ask the last question again", run: (*Chat).retry},
		{name: "edit", does: "take the last message back into the input", run: (*Chat).edit},
		{name: "copy", takes: "[code]", does: "copy the last answer, or its last code block", run: (*Chat).copy, offer: words("code")},
		{name: "export", takes: "[FILE.md | FILE.json]", does: "write the conversation to a file", run: (*Chat).export},
		{name: "clear", does: "begin a new conversation", also: []string{"new"}, run: (*Chat).clear},
		{name: "resume", takes: "[SESSION]", does: "go on with an earlier conversation", run: (*Chat).resumeCommand, offer: (*Chat).offerSessions},
		{name: "sessions", does: "list the conversations on disk", run: (*Chat).sessions},
		{name: "rename", takes: "TITLE", does: "name this conversation", needs: true, run: (*Chat).rename},
		{name: "stats", does: "tokens, time and cost since the chat began", run: (*Chat).showStats},
		{name: "plugins", does: "show the provider plugins", run: (*Chat).plugins},
		{name: "help", takes: "[COMMAND]", does: "show what there is", also: []string{"?"}, run: (*Chat).help},
		{name: "quit", does: "leave", also: []string{"exit"}, run: (*Chat).quit},
	}
}

// A CommandHelp describes a command, for documents.
type CommandHelp struct{ Usage, Does string }

// Help describes all commands.
func Help() []CommandHelp {
	var list []CommandHelp
	for _, cmd := range commands() {
		list = append(list, CommandHelp{Usage: cmd.usage(), Does: cmd.does})
	}
	return list
}

func (cmd *command) usage() string { return strings.TrimSpace("/" + cmd.name + " " + cmd.takes) }

func (cmd *command) is(name string) bool { return cmd.name == name || slices.Contains(cmd.also, name) }

// isCommand reports whether a line is a command rather than a message: a slash and
// a word of letters, or a slash alone. A path such as /etc/hosts is none.
func isCommand(text string) bool {
	word, _, _ := strings.Cut(text, " ")
	name, ok := strings.CutPrefix(word, "/")
	if !ok || strings.ContainsAny(text, "\n") && !strings.HasPrefix(text, "/system ") {
		return false
	}
	letters := func(r rune) bool { return !unicode.IsLetter(r) && r != '-' }
	return text == "/" || name == "?" || name != "" && !strings.ContainsFunc(name, letters)
}

// command does what a line with a slash means.
func (c *Chat) command(ctx context.Context, text string) {
	name, args, _ := strings.Cut(strings.TrimPrefix(text, "/"), " ")
	args = strings.TrimSpace(args)
	all := commands()
	i := slices.IndexFunc(all, func(cmd command) bool { return cmd.is(name) })
	switch {
	case name == "":
		c.tell(c.help(ctx, ""))
	case i < 0:
		c.Front.Put(text)
		c.tell(unknownCommand(name, all))
	case args == "" && all[i].needs:
		c.Front.Put(text)
		c.tell(sdk.Errorf(sdk.KindConfig, "/%s needs something to go with it", name).WithHint("Usage: %s", all[i].usage()))
	case args != "" && all[i].takes == "":
		c.tell(sdk.Errorf(sdk.KindConfig, "/%s takes nothing", name))
	case all[i].name == "retry":
		c.tell(c.retry(ctx, args)) // it is a turn, which can be stopped by itself
	default:
		c.do(ctx, func(ctx context.Context) error { return all[i].run(c, ctx, args) })
	}
}

func unknownCommand(name string, all []command) error {
	e := sdk.Errorf(sdk.KindConfig, "there is no command /%s", name)
	if near := nearest(name, all); near != "" {
		return e.WithHint("Did you mean /%s? /help shows all. To send this as a message, put a space in front of the slash.", near)
	}
	return e.WithHint("/help shows all commands. To send this as a message, put a space in front of the slash.")
}

// nearest returns the command whose name differs least, "" if none is near.
func nearest(name string, all []command) string {
	best, near := 3, ""
	for _, cmd := range all {
		for _, n := range append([]string{cmd.name}, cmd.also...) {
			if d := distance(name, n); d < best {
				best, near = d, cmd.name
			}
		}
	}
	return near
}

// distance counts the letters to insert, delete, replace or swap with their
// neighbour to make b of a.
func distance(a, b string) int {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}

// words offers some fixed words.
func words(list ...string) func(*Chat, context.Context, string) []front.Item {
	return func(*Chat, context.Context, string) []front.Item {
		items := make([]front.Item, len(list))
		for i, word := range list {
			items[i] = front.Item{Text: word, Submit: true}
		}
		return items
	}
}

// help shows the commands, or one of them.
func (c *Chat) help(_ context.Context, args string) error {
	name := strings.TrimPrefix(args, "/")
	var rows [][]string
	for _, cmd := range commands() {
		if name == "" || cmd.is(name) {
			rows = append(rows, []string{cmd.usage(), cmd.does})
		}
	}
	if len(rows) == 0 {
		return unknownCommand(name, commands())
	}
	if name == "" {
		rows = append(rows,
			[]string{"@PATH", "send a file along: type a few letters of its path"},
			[]string{"!COMMAND", "run a shell command; its output can be sent along"},
			[]string{"?", "in an empty input: the keys"})
	}
	c.Front.Say(front.Entry{Kind: front.Report, Text: table(rows)})
	return nil
}

func (c *Chat) quit(context.Context, string) error {
	c.leaving = true
	return nil
}
