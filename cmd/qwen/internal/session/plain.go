package session

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// Text writes a conversation as it was said, for reading: who spoke and when, and the
// text below it. Thoughts are left out.
func Text(w io.Writer, c *Conversation) error {
	p := &page{}
	p.block(cmp.Or(oneLine(c.Title), "Conversation") + "\n" + strings.Join(about(&c.Meta), " · "))
	for i := range c.Items {
		p.plainItem(&c.Items[i])
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// about lists what is known of a session.
func about(m *Meta) []string {
	list := []string{m.ID}
	if !m.Created.IsZero() {
		list = append(list, m.Created.Local().Format("2 January 2006, 15:04"))
	}
	if m.Dir != "" {
		list = append(list, oneLine(m.Dir))
	}
	return list
}

func (p *page) plainItem(i *Item) {
	switch {
	case i.Message != nil:
		p.block("— " + strings.Join(said(i), " · "))
		for _, part := range i.Message.Parts {
			p.block(plainPart(part))
		}
		if i.Interrupted {
			p.block("(interrupted)")
		}
	case i.Error != nil:
		p.block("— Failed: " + oneLine(i.Error.Error()))
	case i.Note != "":
		p.block("— " + oneLine(i.Note))
	}
}

// said says who spoke, when, and what an answer took.
func said(i *Item) []string {
	list := []string{oneLine(speaker(i))}
	if !i.Time.IsZero() {
		list = append(list, i.Time.Local().Format("15:04"))
	}
	if i.Duration > 0 {
		list = append(list, fmt.Sprintf("%.1f s", i.Duration.Round(100*time.Millisecond).Seconds()))
	}
	if i.Usage != nil && i.Usage.OutputTokens > 0 {
		list = append(list, fmt.Sprintf("%d tokens", i.Usage.OutputTokens))
	}
	return list
}

// plainPart returns a part as text, "" for one that nobody reads.
func plainPart(part sdk.Part) string {
	switch part := part.(type) {
	case *sdk.Text:
		return part.Text
	case *sdk.Reasoning:
		return ""
	case *sdk.Refusal:
		return part.Text
	case *sdk.ToolCall:
		return "[calls " + oneLine(part.Name) + ": " + oneLine(part.Arguments) + "]"
	case *sdk.ToolResult:
		texts := []string{"[result of " + oneLine(cmp.Or(part.Name, part.CallID)) + "]"}
		for _, c := range part.Content {
			texts = append(texts, plainPart(c))
		}
		return strings.Join(texts, "\n")
	}
	return "[" + oneLine(attachment(part)) + "]"
}
