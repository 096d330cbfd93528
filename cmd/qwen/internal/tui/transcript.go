package tui

import (
	"fmt"
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/markdown"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// finish adds lines to the transcript.
func (m *model) finish(lines ...string) {
	for _, l := range lines {
		m.gap = l == ""
		m.finished = append(m.finished, l)
	}
}

// apart adds lines that stand by themselves, with an empty line before them and
// before what follows.
func (m *model) apart(lines ...string) {
	if !m.gap {
		m.finish("")
	}
	m.finish(lines...)
	m.block = true
}

// remark adds lines that go together with other remarks.
func (m *model) remark(lines ...string) {
	if m.block && !m.gap {
		m.finish("")
	}
	m.finish(lines...)
	m.block = false
}

// say adds an entry to the transcript. If an answer arrives, what of it is finished is
// above the entry, and the rest will be below.
func (m *model) say(e front.Entry) {
	m.interject()
	switch e.Kind {
	case front.Note:
		m.remark(m.marked("● ", term.CleanLine(e.Text))...)
	case front.Hint:
		m.remark(m.each(m.styles.dim, m.wrap(term.CleanLine(e.Text)))...)
	case front.Prompt:
		m.apart(m.said(term.Clean(e.Text))...)
		m.finish("")
	case front.Reply:
		m.apart(m.rendered(e.Text)...)
	case front.Fault:
		m.apart(m.each(m.styles.fault, m.marked("✗ ", term.CleanLine(e.Text)))...)
		if hint := term.CleanLine(e.Hint); hint != "" {
			m.finish(m.each(m.styles.dim, m.indent("  ", m.wrapTo(hint, m.textWidth()-2)))...)
		}
	case front.Report:
		var lines []string
		for _, l := range split(e.Text) {
			lines = append(lines, m.hang(l)...)
		}
		m.apart(lines...)
	case front.Output:
		m.apart(m.printed(e.Text)...)
	}
}

// split returns the lines of a text that may be anybody's.
func split(text string) []string {
	return strings.Split(strings.TrimRight(term.Clean(text), "\n"), "\n")
}

func (m *model) markdown() markdown.Options {
	return markdown.Options{Width: m.textWidth(), Theme: m.styles.theme, Links: m.opts.Links && m.styles.on}
}

// rendered lays out a whole text.
func (m *model) rendered(text string) []string {
	return markdown.Render(term.Clean(text), m.markdown())
}

func (m *model) wrap(text string) []string { return m.wrapTo(text, m.textWidth()) }

func (m *model) wrapTo(text string, width int) []string { return term.Wrap(text, max(8, width)) }

// marked sets a text behind a mark, its further lines below its first.
func (m *model) marked(mark, text string) []string {
	lines := m.indent("  ", m.wrapTo(text, m.textWidth()-2))
	lines[0] = mark + strings.TrimPrefix(lines[0], "  ")
	return lines
}

// hang breaks a line of a table that is too wide. The further lines stand below its
// last column, if that is not too narrow.
func (m *model) hang(line string) []string {
	width := m.width - 1
	if term.Width(line) <= width {
		return []string{line}
	}
	text := strings.TrimLeft(line, " ")
	head := line[:len(line)-len(text)]
	if i := strings.LastIndex(text, "  "); i >= 0 && term.Width(head+text[:i+2]) <= width/2 {
		head, text = head+text[:i+2], text[i+2:]
	}
	indent := term.Width(head)
	lines := m.indent(strings.Repeat(" ", indent), m.wrapTo(text, width-indent))
	lines[0] = head + strings.TrimLeft(lines[0], " ")
	return lines
}

func (m *model) indent(by string, lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimRight(by+l, " ")
	}
	return out
}

func (m *model) each(style func(string) string, lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = style(l)
	}
	return out
}

// said is what the person has said. Of a long text, the head and the tail do.
func (m *model) said(text string) []string {
	all, width := strings.Split(text, "\n"), m.textWidth()-2
	some := folded(all, 12, 6)
	var lines []string
	for _, l := range some {
		if len(some) < len(all) {
			l = term.Cut(l, 2*width)
		}
		lines = append(lines, m.wrapTo(l, width)...)
	}
	if len(some) == len(all) {
		lines = folded(lines, 24, 6)
	}
	lines = m.indent("  ", lines)
	lines[0] = inputPrompt + strings.TrimPrefix(lines[0], "  ")
	return m.each(m.styles.bold, lines)
}

// printed is what a command has printed. Of much, the head and the tail do, also if it
// is one line.
func (m *model) printed(text string) []string {
	all, width := split(text), m.width-3
	some := folded(all, 20, 20)
	var lines []string
	for _, l := range some {
		if len(some) < len(all) {
			l = term.Cut(l, width)
		}
		lines = append(lines, m.wrapTo(l, width)...)
	}
	return m.indent("  ", folded(lines, 20, 20))
}

// folded keeps the head and the tail of many lines.
func folded(lines []string, head, tail int) []string {
	hidden := len(lines) - head - tail
	if hidden < 2 {
		return lines
	}
	out := append([]string{}, lines[:head]...)
	out = append(out, fmt.Sprintf("… %s more lines …", front.Count(int64(hidden))))
	return append(out, lines[len(lines)-tail:]...)
}
