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

// apart adds lines with an empty line before them.
func (m *model) apart(lines ...string) {
	if !m.gap {
		m.finish("")
	}
	m.finish(lines...)
}

// say adds an entry to the transcript.
func (m *model) say(e front.Entry) {
	switch e.Kind {
	case front.Note:
		m.finish(m.marked("● ", term.CleanLine(e.Text))...)
	case front.Hint:
		m.finish(m.each(m.styles.dim, m.wrap(term.CleanLine(e.Text)))...)
	case front.Prompt:
		m.apart(m.prompt(term.Clean(e.Text))...)
		m.finish("")
	case front.Reply:
		m.apart(markdown.Render(term.Clean(e.Text), m.markdown())...)
	case front.Fault:
		m.apart(m.each(m.styles.fault, m.marked("✗ ", term.CleanLine(e.Text)))...)
		if hint := term.CleanLine(e.Hint); hint != "" {
			m.finish(m.each(m.styles.dim, m.indent("  ", m.wrapTo(hint, m.textWidth()-2)))...)
		}
	case front.Report:
		m.apart(m.report(term.Clean(e.Text))...)
	case front.Output:
		m.apart(m.indent("  ", folded(strings.Split(strings.TrimRight(term.Clean(e.Text), "\n"), "\n"), 20, 20))...)
	}
}

func (m *model) markdown() markdown.Options {
	return markdown.Options{Width: m.textWidth(), Theme: m.styles.theme, Links: m.opts.Links && m.styles.on}
}

func (m *model) wrap(text string) []string { return m.wrapTo(text, m.textWidth()) }

func (m *model) wrapTo(text string, width int) []string { return term.Wrap(text, max(8, width)) }

// marked sets a text behind a mark, its further lines below its first.
func (m *model) marked(mark, text string) []string {
	lines := m.indent("  ", m.wrapTo(text, m.textWidth()-2))
	lines[0] = mark + strings.TrimPrefix(lines[0], "  ")
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

// report is text laid out in lines; those that are too long are broken between words.
func (m *model) report(text string) []string {
	var lines []string
	for l := range strings.SplitSeq(text, "\n") {
		if term.Width(l) < m.width {
			lines = append(lines, l)
			continue
		}
		broken := m.wrapTo(l, m.width-5)
		lines = append(append(lines, broken[0]), m.indent("    ", broken[1:])...)
	}
	return lines
}

// prompt is what the person said, as the transcript has it.
func (m *model) prompt(text string) []string {
	var lines []string
	for _, l := range folded(strings.Split(text, "\n"), 12, 6) {
		lines = append(lines, m.wrapTo(l, m.textWidth()-2)...)
	}
	lines = m.indent("  ", lines)
	lines[0] = "> " + strings.TrimPrefix(lines[0], "  ")
	return m.each(m.styles.bold, lines)
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
