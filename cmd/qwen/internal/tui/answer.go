package tui

import (
	"strings"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/markdown"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// An answer is one that arrives.
type answer struct {
	stream *markdown.Stream
	text   cleaner
	begun  bool // what is finished of it stands at the end of the transcript

	thought  strings.Builder // that arrives
	thinking cleaner
	since    time.Time // the thought began
}

// A cleaner takes out of text that arrives in pieces what would drive the terminal.
type cleaner struct {
	sanitizer *term.Sanitizer
	out       strings.Builder
}

func (c *cleaner) clean(text string) string {
	if c.sanitizer == nil {
		c.sanitizer = term.NewSanitizer(&c.out)
	}
	c.out.Reset()
	_, _ = c.sanitizer.Write([]byte(text)) // a builder takes everything
	return c.out.String()
}

func (m *model) beginAnswer() {
	m.endAnswer()
	m.answer = &answer{stream: markdown.New(m.markdown())}
}

// think adds to the thought. It ends the text before it.
func (m *model) think(text string) {
	a := m.answer
	if a == nil || text == "" {
		return
	}
	if a.thought.Len() == 0 {
		a.since = time.Now()
		m.endText()
		a.stream = markdown.New(m.markdown())
	}
	a.thought.WriteString(a.thinking.clean(text))
}

// write adds to the answer's text. It ends the thought before it.
func (m *model) write(text string) {
	a := m.answer
	if a == nil || text == "" {
		return
	}
	m.endThought()
	m.answered(a.stream.Write(a.text.clean(text)))
}

// answered puts lines of the answer into the transcript.
func (m *model) answered(lines []string) {
	if !m.answer.begun {
		lines = flush(lines)
	}
	switch {
	case len(lines) == 0:
	case m.answer.begun:
		m.finish(lines...)
	default:
		m.answer.begun = true
		m.apart(lines...)
	}
}

// flush takes away the empty line before the lines of a block.
func flush(lines []string) []string {
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	return lines
}

// interject says that something else comes into the transcript.
func (m *model) interject() {
	if m.answer != nil {
		m.answer.begun = false
	}
}

func (m *model) endText() { m.answered(m.answer.stream.Close()) }

// endThought makes one line of the thought that has arrived.
func (m *model) endThought() {
	a := m.answer
	if a.thought.Len() == 0 {
		return
	}
	m.thought = strings.TrimSpace(a.thought.String())
	a.thought.Reset()
	m.interject()
	m.remark(m.styles.dim("Thought for " + duration(time.Since(a.since)) + " · Ctrl-O shows it"))
}

func duration(d time.Duration) string {
	if d < time.Second {
		return "a moment"
	}
	return front.Span(d)
}

// endAnswer makes what is still open of the answer final.
func (m *model) endAnswer() {
	if m.answer == nil {
		return
	}
	m.endThought()
	m.endText()
	m.answer = nil
}

// unfoldThought puts the last thought into the transcript.
func (m *model) unfoldThought() {
	thought := m.thought
	if m.answer != nil && m.answer.thought.Len() > 0 {
		thought = m.answer.thought.String()
	}
	if thought == "" {
		return
	}
	m.interject()
	m.apart(m.thoughtLines(thought)...)
}

// thoughtLines lays a thought out.
func (m *model) thoughtLines(thought string) []string {
	var lines []string
	for l := range strings.Lines(strings.TrimSpace(thought)) {
		lines = append(lines, m.wrapTo(strings.TrimRight(l, "\n"), m.textWidth()-2)...)
	}
	return m.each(m.styles.dim, m.indent("│ ", lines))
}

// Of a thought that arrives, so many rows of its end are shown, which are in the last
// so many bytes.
const (
	thoughtRows  = 3
	thoughtBytes = 2 << 10
)

// tail is what of the answer is not finished, in a few lines.
func (m *model) tail(rows int) []string {
	a := m.answer
	if a == nil || rows < 1 {
		return nil
	}
	lines, goesOn := a.stream.Tail(), a.begun
	if a.thought.Len() > 0 {
		lines, goesOn = m.thoughtLines(end(a.thought.String(), thoughtBytes)), false
		lines = lines[max(0, len(lines)-thoughtRows):]
	}
	if !goesOn {
		lines = flush(lines)
	}
	if !goesOn && !m.gap && len(lines) > 0 {
		lines = append([]string{""}, lines...)
	}
	return lines[max(0, len(lines)-rows):]
}

// end returns the end of a text, in whole characters.
func end(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	return strings.ToValidUTF8(text[len(text)-bytes:], "")
}
