package repl

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/session"
	"github.com/qwen-cli/qwen/sdk"
)

func errNothingSaid() error {
	return sdk.Errorf(sdk.KindConfig, "nothing was said yet")
}

// retry asks the last question again; what came of it before no longer counts.
func (c *Chat) retry(ctx context.Context, _ string) error {
	i := c.talk.lastPrompt()
	switch {
	case i < 0:
		return errNothingSaid()
	case c.connection == nil:
		return errNobody()
	}
	c.before = c.talk.items[i+1:]
	defer func() { c.before = nil }()
	c.tell(c.talk.truncate(i + 1))
	c.hint("Asking again: " + firstLine(typed(c.talk.items[i].Message)))
	c.answer(ctx, typed(c.talk.items[i].Message))
	return nil
}

// edit takes the last message back into the input; what came of it no longer counts.
func (c *Chat) edit(context.Context, string) error {
	i := c.talk.lastPrompt()
	if i < 0 {
		return errNothingSaid()
	}
	m := c.talk.items[i].Message
	c.Front.Put(typed(m))
	if len(m.Parts) > 1 {
		c.hint("Files that went along have to be attached again, but for those with an @ in the text.")
	}
	return c.talk.truncate(i)
}

// hasAnswer reports whether there is an answer among items.
func hasAnswer(items []session.Item) bool {
	return slices.ContainsFunc(items, func(i session.Item) bool { return i.Message != nil })
}

// restore adds again what was said.
func (t *talk) restore(items []session.Item) error {
	var errs []error
	for _, i := range items {
		if i.Message != nil {
			errs = append(errs, t.message(*i.Message, session.TurnInfo{
				Time: i.Time, Model: i.Model, Connection: i.Connection,
				Usage: i.Usage, Duration: i.Duration, Interrupted: i.Interrupted,
			}))
		}
	}
	return errors.Join(errs...)
}

// takeBack forgets the last message, of which nothing came.
func (t *talk) takeBack() {
	if i := t.lastPrompt(); i >= 0 {
		_ = t.truncate(i) // what could not be written is told with the next message
	}
}

// copy puts the last answer, or its last block of code, on the clipboard.
func (c *Chat) copy(ctx context.Context, what string) error {
	text := c.talk.lastAnswer()
	switch {
	case text == "":
		return sdk.Errorf(sdk.KindConfig, "there is no answer to copy yet")
	case what == "code":
		if text = lastCode(text); text == "" {
			return sdk.Errorf(sdk.KindConfig, "the last answer holds no block of code")
		}
	case what != "":
		return sdk.Errorf(sdk.KindConfig, "/copy takes nothing, or the word code")
	}
	note, err := c.Front.Copy(ctx, text)
	if err != nil {
		return err
	}
	if note != "" {
		c.note(note)
	}
	return nil
}

// lastCode returns the last fenced block of a Markdown text, without its fences.
func lastCode(text string) string {
	var last, block []string
	fence := ""
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		switch {
		case fence == "" && (strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~")):
			fence = trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, trimmed[:1]))]
			block = nil
		case fence != "" && strings.HasPrefix(trimmed, fence) && strings.Trim(trimmed, fence[:1]) == "":
			fence, last = "", block
		case fence != "":
			block = append(block, line)
		}
	}
	return strings.Join(last, "")
}

// firstLine returns the beginning of a text, for a line that reminds of it.
func firstLine(text string) string {
	line, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
	const most = 60
	if runes := []rune(line); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	if rest != "" {
		line += " …"
	}
	return line
}
