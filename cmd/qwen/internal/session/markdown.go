package session

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// Markdown writes a conversation as Markdown, for people: what was said as it is,
// thoughts folded, and of what was sent along its name only.
func Markdown(w io.Writer, c *Conversation) error {
	p := &page{}
	p.heading(&c.Meta)
	for i := range c.Items {
		p.item(&c.Items[i])
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// A page is Markdown.
type page struct{ strings.Builder }

// block writes a paragraph, or what else stands between empty lines.
func (p *page) block(text string) {
	if text = strings.Trim(text, "\n"); text == "" {
		return
	}
	if p.Len() > 0 {
		p.WriteByte('\n')
	}
	p.WriteString(text + "\n")
}

func (p *page) heading(m *Meta) {
	p.block("# " + cmp.Or(escapeInline(m.Title), "Conversation "+m.ID))
	lines := []string{"Session " + m.ID}
	if !m.Created.IsZero() {
		lines[0] += ", begun " + m.Created.Local().Format("2 January 2006, 15:04")
	}
	if m.Dir != "" {
		lines = append(lines, "in "+codeSpan(m.Dir))
	}
	p.block(strings.Join(lines, "\\\n"))
}

func (p *page) item(i *Item) {
	switch {
	case i.Message != nil:
		p.message(i)
	case i.Error != nil:
		p.block(quoteBlock("**Failed:** " + escapeInline(i.Error.Error())))
	case i.Note != "":
		p.block(quoteBlock(escapeInline(i.Note)))
	}
}

func (p *page) message(i *Item) {
	p.block("## " + escapeInline(speaker(i)))
	for _, part := range i.Message.Parts {
		p.part(part)
	}
	if i.Interrupted {
		p.block("*Interrupted.*")
	}
}

// speaker says who a message is from: the model, for one of the assistant.
func speaker(i *Item) string {
	switch i.Message.Role {
	case sdk.RoleUser:
		return "You"
	case sdk.RoleSystem, sdk.RoleDeveloper:
		return "Instructions"
	case sdk.RoleTool:
		return "Tool"
	case sdk.RoleAssistant:
		model := i.Model
		if o := i.Message.Origin; o != nil {
			model = cmp.Or(o.Model, model)
		}
		return cmp.Or(model, "Answer")
	}
	return string(i.Message.Role)
}

func (p *page) part(part sdk.Part) {
	switch part := part.(type) {
	case *sdk.Text:
		p.block(closeFence(part.Text))
	case *sdk.Reasoning:
		if strings.TrimSpace(part.Text) != "" {
			p.block("<details><summary>Thinking</summary>\n\n" + closeFence(part.Text) + "\n\n</details>")
		}
	case *sdk.Refusal:
		p.block("*Refused:* " + closeFence(part.Text))
	case *sdk.ToolCall:
		p.block("*Calls " + escapeInline(part.Name) + ":*\n\n" + fence(part.Arguments))
	case *sdk.ToolResult:
		p.block("*Result of " + escapeInline(cmp.Or(part.Name, part.CallID)) + ":*")
		for _, c := range part.Content {
			p.part(c)
		}
	default:
		p.block("*" + escapeInline(attachment(part)) + "*")
	}
}

// attachment describes a part that is no text.
func attachment(part sdk.Part) string {
	switch part := part.(type) {
	case *sdk.Image:
		return "Image" + described(&part.Media)
	case *sdk.Audio:
		return "Sound" + described(&part.Media)
	case *sdk.File:
		return "File" + described(&part.Media)
	}
	return "Something that this version of qwen does not know"
}

// described returns name, type and size of what was sent along.
func described(m *sdk.Media) string {
	s := ""
	if name := cmp.Or(m.Name, m.URL, m.FileID); name != "" {
		s = ": " + name
	}
	var about []string
	if m.MediaType != "" {
		about = append(about, m.MediaType)
	}
	if len(m.Data) > 0 {
		about = append(about, Size(int64(len(m.Data))))
	}
	if len(about) > 0 {
		s += " (" + strings.Join(about, ", ") + ")"
	}
	return s
}

// Size writes a number of bytes as people read it.
func Size(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1_000_000:
		return fmt.Sprintf("%d KB", (n+500)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// Age writes how long ago something was, in few characters: "now", "5 min", "3 days".
func Age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "now"
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// closeFence closes a block of code that was left open, as by an answer that was
// interrupted: all that follows would become part of it.
func closeFence(text string) string {
	open := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		mark := fenceMark(line)
		switch {
		case open == "":
			open = mark
		case mark != "" && mark[0] == open[0] && len(mark) >= len(open) && strings.TrimSpace(line) == mark:
			open = ""
		}
	}
	if open == "" {
		return text
	}
	return strings.TrimRight(text, "\n") + "\n" + open
}

// fenceMark returns the backticks or tildes that begin or end a block of code
// (CommonMark section 4.5), "" if the line does neither.
func fenceMark(line string) string {
	rest := strings.TrimLeft(line, " ")
	if len(line)-len(rest) > 3 || rest == "" || rest[0] != '`' && rest[0] != '~' {
		return ""
	}
	after := strings.TrimLeft(rest, rest[:1])
	mark := rest[:len(rest)-len(after)]
	if len(mark) < 3 || rest[0] == '`' && strings.Contains(after, "`") {
		return ""
	}
	return mark
}

// fence puts a text between lines of backticks that do not occur in it.
func fence(text string) string {
	marks := "```"
	for strings.Contains(text, marks) {
		marks += "`"
	}
	return marks + "\n" + strings.TrimSuffix(text, "\n") + "\n" + marks
}

// codeSpan is a text on one line that means nothing but itself.
func codeSpan(text string) string {
	text = oneLine(text)
	if strings.Contains(text, "`") {
		return escapeInline(text)
	}
	return "`" + text + "`"
}

// quoteBlock makes a text a quotation.
func quoteBlock(text string) string { return "> " + strings.ReplaceAll(text, "\n", "\n> ") }

// escapeInline makes a text one line of Markdown that means nothing but itself.
func escapeInline(text string) string {
	var b strings.Builder
	for _, r := range oneLine(text) {
		if strings.ContainsRune("\\`*_[]<>#|~&", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
