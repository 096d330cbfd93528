package tui

import (
	"fmt"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// view returns the live lines as they are now: the end of the answer, what goes on,
// what is queued, the input or a dialog, and what is below it.
func (m *model) view(now time.Time) term.Frame {
	var lines []string
	lines = append(lines, m.tail(max(2, min(8, m.height/3)))...)
	if _, code := m.dialog.(*codeDialog); m.answer != nil || !m.gap && !code { // which has a margin
		lines = append(lines, "")
	}
	if m.dialog == nil {
		lines = append(lines, m.status(now)...)
	}
	below, c := m.bottom(now)
	c.row += len(lines)
	lines = append(lines, below...)
	for i, l := range lines {
		lines[i] = term.Cut(l, m.width-1)
	}
	return term.Frame{Lines: lines, Row: c.row, Column: c.column, HideCursor: c.hidden}
}

// status says what goes on, and what is to follow.
func (m *model) status(now time.Time) []string {
	var lines []string
	if words := term.CleanLine(m.state.Words(now)); words != "" {
		if m.busy != nil {
			words += " · Esc to stop"
		}
		lines = append(lines, m.each(m.styles.dim, m.wrap(words))...)
	}
	for i, q := range m.queue {
		first, _, more := strings.Cut(q, "\n")
		if more {
			first += " …"
		}
		if i == 3 {
			lines = append(lines, m.styles.dim(fmt.Sprintf("  and %d more", len(m.queue)-i)))
			break
		}
		lines = append(lines, m.styles.dim("queued: "+term.CleanLine(first)))
	}
	if len(m.queue) > 0 && m.edit.Empty() {
		lines[len(lines)-1] += m.styles.dim(" · ↑ takes it back")
	}
	return lines
}

// bottom is the input with what belongs to it, or the dialog in its place.
func (m *model) bottom(now time.Time) ([]string, cursor) {
	if m.dialog != nil {
		return m.dialog.view(m, now)
	}
	lines, c := m.input()
	switch menu := m.menu.view(m, m.height-len(lines)-3); {
	case len(menu) > 0:
		return append(lines, menu...), c
	case m.help:
		return append(lines, m.keys(m.height-len(lines)-2)...), c
	}
	return append(lines, m.foot(now)), c
}

const inputPrompt, inputIndent = "> ", "  "

// input is what is typed.
func (m *model) input() ([]string, cursor) {
	prompt, indent := inputPrompt, inputIndent
	if query, on := m.edit.Search(); on {
		prompt = "search " + term.CleanLine(query) + ": "
		if len(prompt) > m.width/2 {
			prompt = "search: "
		}
	}
	v := m.edit.View(max(8, m.width-term.Width(prompt)-1), max(1, min(8, m.height/3)))
	lines := make([]string, len(v.Lines))
	for i, l := range v.Lines {
		for _, f := range v.Folds {
			if f.Line == i {
				l = strings.Replace(l, v.Lines[i][f.From:f.To], m.styles.accent(v.Lines[i][f.From:f.To]), 1)
			}
		}
		if i == 0 && v.Above == 0 {
			lines[i] = m.styles.accent(prompt) + l
			continue
		}
		lines[i] = strings.Repeat(" ", term.Width(prompt))[len(indent):] + indent + l
	}
	c := cursor{row: v.Row, column: term.Width(prompt) + v.Column}
	if v.Above > 0 {
		lines = append([]string{m.styles.dim(fmt.Sprintf("  ↑ %d more", v.Above))}, lines...)
		c.row++
	}
	if v.Below > 0 {
		lines = append(lines, m.styles.dim(fmt.Sprintf("  ↓ %d more", v.Below)))
	}
	return lines, c
}

// foot is the line below the input.
func (m *model) foot(now time.Time) string {
	if !m.leaving.IsZero() && now.Sub(m.leaving) < twice {
		return m.styles.dim("  Press Ctrl-C again to leave")
	}
	return m.styles.dim("  " + m.footerText(m.width-3))
}

// footerText joins what the footer says, without what there is no room for: from the
// right, but the connection last.
func (m *model) footerText(room int) string {
	f := m.footer
	var parts []string
	for _, part := range []string{f.Attached, f.Connection, f.Model, f.Context, f.Limit, "? keys"} {
		if part = term.CleanLine(part); part != "" {
			parts = append(parts, part)
		}
	}
	for len(parts) > 1 && term.Width(strings.Join(parts, " · ")) > room {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, " · ")
}

// keys is the table of keys.
func (m *model) keys(rows int) []string {
	var cells []string
	width := 0
	for _, b := range Bindings() {
		cell := KeyName(b.Keys[0]) + "  " + b.Does
		cells = append(cells, cell)
		width = max(width, term.Width(cell))
	}
	columns := max(1, (m.width-3)/(width+3))
	height := (len(cells) + columns - 1) / columns
	height = min(height, max(1, rows))
	var lines []string
	for r := range height {
		line := "  "
		for i := r; i < len(cells); i += height {
			line += term.Fit(cells[i], width) + "   "
		}
		lines = append(lines, m.styles.dim(strings.TrimRight(line, " ")))
	}
	return lines
}

// KeyName writes a key as people know it: "Ctrl-C", "Shift-Enter", "↑".
func KeyName(key string) string {
	parts := strings.Split(key, "+")
	for i, p := range parts {
		switch {
		case p == "up":
			parts[i] = "↑"
		case p == "down":
			parts[i] = "↓"
		case p == "left":
			parts[i] = "←"
		case p == "right":
			parts[i] = "→"
		case p == "pageup":
			parts[i] = "PageUp"
		case p == "pagedown":
			parts[i] = "PageDown"
		case len(p) == 1 && p != strings.ToLower(p):
			parts[i] = "Shift-" + p
		case len(p) > 1 || i == len(parts)-1 && i > 0:
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "-")
}
