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
	begun  bool // something of its text is in the transcript

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

// think adds to the thought.
func (m *model) think(text string) {
	a := m.answer
	if a == nil {
		return
	}
	if a.thought.Len() == 0 {
		a.since = m.now()
	}
	a.thought.WriteString(a.thinking.clean(text))
}

// write adds to the answer's text. It ends the thought before it.
func (m *model) write(text string) {
	a := m.answer
	if a == nil {
		return
	}
	m.fold()
	m.answered(a.stream.Write(a.text.clean(text)))
}

// answered puts lines of the answer into the transcript.
func (m *model) answered(lines []string) {
	switch {
	case len(lines) == 0:
	case m.answer.begun:
		m.finish(lines...)
	default:
		m.answer.begun = true
		m.apart(lines...)
	}
}

// fold makes one line of the thought that has arrived.
func (m *model) fold() {
	a := m.answer
	if a.thought.Len() == 0 {
		return
	}
	m.thought = strings.TrimSpace(a.thought.String())
	a.thought.Reset()
	m.finish(m.styles.dim("Thought for " + front.Span(m.now().Sub(a.since)) + " · Ctrl-O shows it"))
}

// endAnswer makes what is still open of the answer final.
func (m *model) endAnswer() {
	if m.answer == nil {
		return
	}
	m.fold()
	m.answered(m.answer.stream.Close())
	m.answer = nil
}

// unfoldThought puts the last thought into the transcript.
func (m *model) unfoldThought() bool {
	thought := m.thought
	if m.answer != nil && m.answer.thought.Len() > 0 {
		thought = m.answer.thought.String()
	}
	if thought == "" {
		return true
	}
	var lines []string
	for l := range strings.Lines(thought) {
		lines = append(lines, m.wrapTo(strings.TrimRight(l, "\n"), m.textWidth()-2)...)
	}
	m.apart(m.each(m.styles.dim, m.indent("│ ", lines))...)
	return true
}

// tail is what of the answer is not finished, in a few lines.
func (m *model) tail(rows int) []string {
	a := m.answer
	if a == nil {
		return nil
	}
	if a.thought.Len() > 0 {
		return m.thoughtTail(min(3, rows))
	}
	lines := a.stream.Tail()
	if !a.begun && !m.gap && len(lines) > 0 {
		lines = append([]string{""}, lines...)
	}
	return lines[max(0, len(lines)-rows):]
}

// thoughtShown is how much of the end of a thought can be on the screen, in bytes.
const thoughtShown = 2 << 10

func (m *model) thoughtTail(rows int) []string {
	text := m.answer.thought.String()
	if cut := len(text) - thoughtShown; cut > 0 {
		text = strings.ToValidUTF8(text[cut:], "")
	}
	var lines []string
	for l := range strings.Lines(strings.TrimSpace(text)) {
		lines = append(lines, m.wrap(strings.TrimRight(l, "\n"))...)
	}
	return m.each(m.styles.dim, lines[max(0, len(lines)-rows):])
}
