package repl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/session"
	"github.com/qwen-cli/qwen/sdk"
)

// clear begins a new conversation.
func (c *Chat) clear(context.Context, string) error {
	id := c.talk.saved()
	c.talk.close()
	c.talk = talk{store: c.Store, meta: session.Meta{Dir: c.Dir}}
	c.attached = nil
	c.note("A new conversation begins.")
	if id != "" {
		c.hint("/resume " + id + " goes back to the one before.")
	}
	return nil
}

// resumeCommand goes on with an earlier conversation, which the person picks if they
// have not named it.
func (c *Chat) resumeCommand(ctx context.Context, id string) error {
	if c.Store == nil {
		return errNotSaved()
	}
	if id == "" {
		var err error
		if id, err = c.pickSession(ctx); err != nil {
			return err
		}
	}
	return c.resume(ctx, id)
}

func errNotSaved() error {
	return sdk.Errorf(sdk.KindConfig, "conversations are not saved").WithHint("Start qwen without --no-save to keep them.")
}

// PickSession is the word for --resume that lets the person pick.
const PickSession = "?"

// earlier lists the conversations in which something was said, the last one first.
func (c *Chat) earlier(ctx context.Context) ([]session.Meta, error) {
	list, err := c.Store.List(ctx)
	return slices.DeleteFunc(list, func(m session.Meta) bool { return m.Messages == 0 }), err
}

func (c *Chat) pickSession(ctx context.Context) (string, error) {
	list, err := c.earlier(ctx)
	if err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "", sdk.Errorf(sdk.KindConfig, "there is no earlier conversation")
	}
	picker := front.Picker{Label: "Go on with", Current: -1}
	for _, m := range list {
		picker.Options = append(picker.Options, front.Option{Label: c.sessionLabel(m), Note: c.sessionNote(m)})
	}
	i, err := c.Front.Pick(ctx, picker)
	if err != nil {
		return "", err
	}
	return list[i].ID, nil
}

func (c *Chat) sessionLabel(m session.Meta) string {
	if title := c.Backend.Clean(m.Title); title != "" {
		return title
	}
	return m.ID
}

func (c *Chat) sessionNote(m session.Meta) string {
	parts := []string{ago(m.Updated), count(m.Messages, "message", "messages")}
	if m.Dir != c.Dir {
		parts = append(parts, c.shortDir(m.Dir))
	}
	return strings.Join(parts, " · ")
}

func (c *Chat) shortDir(dir string) string {
	if rest, ok := strings.CutPrefix(dir, c.Home); ok && c.Home != "" {
		return "~" + rest
	}
	return dir
}

// ago says how long ago something was.
func ago(at time.Time) string {
	if age := session.Age(time.Since(at)); age != "now" {
		return age + " ago"
	}
	return "just now"
}

// resume goes on with the conversation that text names.
func (c *Chat) resume(ctx context.Context, text string) error {
	if text == PickSession {
		id, err := c.pickSession(ctx)
		if errors.Is(err, context.Canceled) {
			return nil
		}
		if err != nil {
			return err
		}
		text = id
	}
	meta, err := c.Store.Find(text)
	if err != nil {
		return err
	}
	if meta.ID == c.talk.saved() {
		c.note("That is this conversation.")
		return nil
	}
	conversation, writer, err := c.Store.Open(meta.ID)
	if err != nil {
		return err
	}
	c.talk.close()
	c.talk = talk{store: c.Store, writer: writer, items: conversation.Items, meta: conversation.Meta}
	c.sent = nil // with a message of the other conversation
	c.restore(conversation)
	c.show(conversation)
	return nil
}

// restore takes up instructions, model and the count of tokens where the conversation
// left them, but for what was said otherwise since.
func (c *Chat) restore(conversation *session.Conversation) {
	if c.System == "" {
		c.System = conversation.Instructions()
	}
	if a := c.about(); c.model == "" && conversation.Connection == a.Name && conversation.Provider == a.Provider && conversation.Model != a.Model {
		c.model = conversation.Model
	}
	for _, item := range slices.Backward(conversation.Items) {
		if u := item.Usage; u != nil {
			c.talk.tokens = u.InputTokens + u.OutputTokens
			break
		}
	}
}

// shownItems is how many items of a conversation that is resumed are shown again.
const shownItems = 40

// show puts a conversation into the transcript again: its end, if it is long.
func (c *Chat) show(conversation *session.Conversation) {
	items := conversation.Items
	if hidden := len(items) - shownItems; hidden > 0 {
		c.hint(fmt.Sprintf("%d earlier messages are not shown: qwen sessions show %s", hidden, conversation.ID))
		items = items[hidden:]
	}
	for _, item := range items {
		c.showItem(item)
	}
	c.note(fmt.Sprintf("Going on with %q, %s, last used %s.", c.sessionLabel(conversation.Meta),
		count(conversation.Messages, "message", "messages"), ago(conversation.Updated)))
	if conversation.Damaged > 0 {
		c.hint(count(conversation.Damaged, "line of its file could not be read, and is left out.", "lines of its file could not be read, and are left out."))
	}
}

func (c *Chat) showItem(item session.Item) {
	switch {
	case item.Error != nil:
		c.tell(item.Error)
	case item.Note != "":
		c.note(c.Backend.Clean(item.Note))
	case item.Message == nil:
	case item.Message.Role == sdk.RoleUser:
		c.Front.Say(front.Entry{Kind: front.Prompt, Text: promptText(item.Message)})
	case item.Message.Role == sdk.RoleAssistant:
		c.Front.Say(front.Entry{Kind: front.Reply, Text: replyText(item.Message)})
		if item.Interrupted {
			c.hint("This answer was not complete.")
		}
	}
}

// promptText returns what a message of the person's says, with a line for each file
// that went along.
func promptText(m *sdk.Message) string {
	var lines []string
	for i, p := range m.Parts {
		switch p := p.(type) {
		case *sdk.Text:
			if i == len(m.Parts)-1 {
				lines = append(lines, p.Text)
				continue
			}
			heading, _, _ := strings.Cut(p.Text, "\n")
			lines = append(lines, "["+strings.TrimSuffix(heading, ":")+"]")
		case *sdk.Image:
			lines = append(lines, "[image "+p.Name+"]")
		case *sdk.Audio:
			lines = append(lines, "[sound "+p.Name+"]")
		case *sdk.File:
			lines = append(lines, "[file "+p.Name+"]")
		}
	}
	return strings.Join(lines, "\n")
}

// replyText returns what an answer says, as Markdown.
func replyText(m *sdk.Message) string {
	var b strings.Builder
	for _, p := range m.Parts {
		switch p := p.(type) {
		case *sdk.Text:
			b.WriteString(p.Text + citations(p.Annotations))
		case *sdk.Refusal:
			b.WriteString(p.Text)
		case *sdk.Image:
			b.WriteString(mediaText("image", p.Media))
		case *sdk.Audio:
			b.WriteString(mediaText("sound", p.Media))
		case *sdk.File:
			b.WriteString(mediaText("file", p.Media))
		}
	}
	return b.String()
}

// sessions lists the conversations on disk.
func (c *Chat) sessions(ctx context.Context, _ string) error {
	if c.Store == nil {
		return errNotSaved()
	}
	list, err := c.earlier(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		c.note("There is no conversation on disk yet.")
		return nil
	}
	const most = 20
	var rows [][]string
	for _, m := range list[:min(most, len(list))] {
		rows = append(rows, []string{m.ID, ago(m.Updated), count(m.Messages, "message", "messages"), c.sessionLabel(m)})
	}
	c.Front.Say(front.Entry{Kind: front.Report, Text: table(rows)})
	if len(list) > most {
		c.hint(fmt.Sprintf("%d more: qwen sessions list", len(list)-most))
	}
	return nil
}

// rename names the conversation.
func (c *Chat) rename(_ context.Context, title string) error {
	if c.Store == nil {
		return errNotSaved()
	}
	if err := c.talk.begin(c.about(), c.modelName()); err != nil {
		return err
	}
	if err := c.talk.writer.Title(title); err != nil {
		return err
	}
	c.Front.Title(title)
	c.note(fmt.Sprintf("This conversation is %q now.", title))
	return nil
}

// export writes the conversation to a file, in the form that its name tells.
func (c *Chat) export(_ context.Context, name string) error {
	if c.talk.lastPrompt() < 0 {
		return sdk.Errorf(sdk.KindConfig, "there is nothing to export yet")
	}
	conversation := c.talk.asSession()
	if name == "" {
		name = "qwen-" + time.Now().Format("2006-01-02-150405") + ".md"
	}
	write := session.Markdown
	switch strings.ToLower(filepath.Ext(name)) {
	case ".md", ".markdown", ".txt":
	case ".json":
		write = session.JSON
	default:
		return sdk.Errorf(sdk.KindConfig, "the name %s tells no form", name).WithHint("End it in .md for Markdown, or in .json.")
	}
	if err := writeNew(c.path(name), conversation, write); err != nil {
		return err
	}
	c.note("The conversation is in " + name + ".")
	return nil
}

// writeNew writes to a file that does not exist yet.
func writeNew(path string, conversation *session.Conversation, write func(io.Writer, *session.Conversation) error) error {
	var text bytes.Buffer
	if err := write(&text, conversation); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return sdk.Errorf(sdk.KindConfig, "%s exists already", path).WithHint("Give another name: /export NAME.md")
	}
	if err != nil {
		return err
	}
	_, err = file.Write(text.Bytes())
	return errors.Join(err, file.Close())
}
