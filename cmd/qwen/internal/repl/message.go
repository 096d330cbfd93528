package repl

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/files"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/session"
	"github.com/qwen-cli/qwen/sdk"
)

// An attachment goes along with the next message.
type attachment struct {
	name    string
	content files.Content
}

// message makes a message of what the person typed: files first, then the words, so
// that the question is what the model read last. Notes say what goes along.
func (c *Chat) message(ctx context.Context, text string) (m *sdk.Message, notes []string, err error) {
	if !utf8.ValidString(text) {
		return nil, nil, sdk.Errorf(sdk.KindConfig, "the message is not text (UTF-8)")
	}
	mentioned, err := c.mentioned(ctx, text)
	if err != nil {
		return nil, nil, err
	}
	m = &sdk.Message{Role: sdk.RoleUser}
	for _, a := range append(slices.Clone(c.attached), mentioned...) {
		notes = append(notes, "With "+a.described())
		if a.content.Part != nil {
			m.Parts = append(m.Parts, a.content.Part)
			continue
		}
		m.Parts = append(m.Parts, &sdk.Text{Text: a.content.Text})
	}
	m.Parts = append(m.Parts, &sdk.Text{Text: text})
	return m, notes, nil
}

// typed returns what the person typed of a message: its last part.
func typed(m *sdk.Message) string {
	if len(m.Parts) == 0 {
		return ""
	}
	if t, ok := m.Parts[len(m.Parts)-1].(*sdk.Text); ok {
		return t.Text
	}
	return ""
}

// mentioned reads the files that a text names with an @. One that does not exist is
// no file: people write @ for other things as well.
func (c *Chat) mentioned(ctx context.Context, text string) ([]attachment, error) {
	var list []attachment
	for _, m := range files.Mentions(text) {
		name, ok := c.existing(m)
		if !ok || slices.ContainsFunc(list, func(a attachment) bool { return a.name == name }) {
			continue
		}
		a, err := c.read(ctx, name)
		if err != nil {
			return nil, err
		}
		list = append(list, *a)
	}
	return list, nil
}

// existing returns the file that a mention means, or the directory if it is written
// as one, without the punctuation behind it.
func (c *Chat) existing(m files.Mention) (name string, ok bool) {
	for more := true; more; m, more = m.Shorten() {
		path := c.path(m.Path)
		if files.Exists(path) || m.NamesDir() && c.Finder != nil && files.IsDir(path) {
			return m.Path, true
		}
	}
	return "", false
}

// read reads a file that goes along; of a directory, the names of its files. Before
// one that looks like a secret goes anywhere, the person is asked.
func (c *Chat) read(ctx context.Context, name string) (*attachment, error) {
	path := c.path(name)
	if !files.IsDir(path) && files.Sensitive(path) {
		yes, err := c.Front.Confirm(ctx, fmt.Sprintf("%s may hold secrets. Send it to %s?", name, c.about().Host), false)
		if err != nil {
			return nil, err
		}
		if !yes {
			return nil, sdk.Errorf(sdk.KindConfig, "%s is not sent", name).WithHint("Without the @ it is a name and nothing else.")
		}
	}
	content, err := c.content(ctx, path, name)
	if err != nil {
		return nil, sdk.Errorf(sdk.KindConfig, "cannot send %s along: %w", name, err).WithHint(files.Limits)
	}
	return &attachment{name: name, content: content}, nil
}

func (c *Chat) content(ctx context.Context, path, name string) (files.Content, error) {
	if c.Finder != nil && files.IsDir(path) {
		return c.Finder.ReadDir(ctx, path, name)
	}
	return files.Read(path, name)
}

// path returns the place of a file that is named from the working directory.
func (c *Chat) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	if rest, ok := strings.CutPrefix(name, "~/"); ok && c.Home != "" {
		return filepath.Join(c.Home, rest)
	}
	return filepath.Join(c.Dir, name)
}

func (a *attachment) described() string {
	return fmt.Sprintf("%s (%s, %s)", a.name, a.content.Kind, session.Size(a.content.Size))
}

// attachCommand adds a file to what goes along with the next message, shows what
// does, or drops it.
func (c *Chat) attachCommand(ctx context.Context, name string) error {
	switch name {
	case "":
		return c.showAttached()
	case "-":
		c.attached = nil
		c.note("No file goes along with the next message.")
		return nil
	}
	return c.attach(ctx, strings.Trim(name, `"`))
}

func (c *Chat) attach(ctx context.Context, name string) error {
	a, err := c.read(ctx, name)
	if err != nil {
		return err
	}
	c.attached = append(c.attached, *a)
	c.note(a.described() + " goes along with the next message.")
	return nil
}

func (c *Chat) showAttached() error {
	if len(c.attached) == 0 {
		c.note("No file goes along with the next message. /attach FILE adds one.")
		return nil
	}
	var lines []string
	for _, a := range c.attached {
		lines = append(lines, "  "+a.described())
	}
	c.Front.Say(front.Entry{Kind: front.Report, Text: strings.Join(lines, "\n")})
	c.hint("They go along with the next message. /attach - drops them.")
	return nil
}

// offerMentions offers paths after an @.
func (c *Chat) offerMentions(ctx context.Context, pattern string) []front.Item {
	var items []front.Item
	for _, m := range c.find(ctx, pattern) {
		text := files.Mentioning(m.Path)
		if m.Dir {
			text = strings.TrimSuffix(text, `"`) // to go on in it
		} else {
			text += " "
		}
		items = append(items, front.Item{Text: text, Label: m.Path})
	}
	return items
}

// offerFiles offers paths for a command.
func (c *Chat) offerFiles(ctx context.Context, prefix string) []front.Item {
	var items []front.Item
	for _, m := range c.find(ctx, prefix) {
		items = append(items, front.Item{Text: m.Path, Submit: !m.Dir})
	}
	return items
}

func (c *Chat) find(ctx context.Context, pattern string) []files.Match {
	if c.Finder == nil {
		return nil
	}
	found, err := c.Finder.Find(ctx, pattern, offered)
	if err != nil {
		return nil // there is nothing to offer then
	}
	return found
}
