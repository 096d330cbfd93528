package tui

import (
	"fmt"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// How many rows parts of the live lines take at most, if the terminal is high enough.
const (
	tailRows  = 8
	inputRows = 8
	queueRows = 4
)

// view returns the live lines as they are now: the end of the answer, what goes on,
// what is queued, the input or a dialog, and what is below it. Where there is not
// room for all, the first of them give way.
func (m *model) view(now time.Time) term.Frame {
	below, c := m.bottom(now)
	above := m.status(now, m.height-len(below))
	tail := m.tail(min(tailRows, m.height/3, m.height-len(below)-len(above)-1))
	lines := append([]string{}, tail...)
	if (len(tail) > 0 || !m.gap) && len(below)+len(above)+len(tail) < m.height {
		lines = append(lines, "")
	}
	lines = append(lines, above...)
	c.row += len(lines)
	lines = append(lines, below...)
	for i, l := range lines {
		lines[i] = term.Cut(l, m.width-1)
	}
	return term.Frame{Lines: lines, Row: c.row, Column: c.column, HideCursor: c.hidden, Spare: len(tail)}
}

// status says what goes on, and what is to follow. A dialog says so itself.
func (m *model) status(now time.Time, rows int) []string {
	if m.dialog != nil {
		return nil
	}
	var lines []string
	if words := term.CleanLine(m.state.Words(now)); words != "" {
		lines = m.each(m.styles.dim, m.wrap(words+m.stopHint()))
	}
	lines = append(lines, m.queued()...)
	return lines[max(0, len(lines)-max(0, rows)):]
}

func (m *model) stopHint() string {
	switch {
	case m.busy == nil:
		return ""
	case m.stopping:
		return " · stopping"
	}
	return " · Esc to stop"
}

// queued is what waits to be read.
func (m *model) queued() []string {
	var lines []string
	for i, text := range m.queue {
		if i == queueRows-1 && len(m.queue) > queueRows {
			lines = append(lines, fmt.Sprintf("  and %d more", len(m.queue)-i))
			break
		}
		first, _, more := strings.Cut(strings.TrimSpace(text), "\n")
		if more {
			first += " …"
		}
		lines = append(lines, "queued: "+term.CleanLine(first))
	}
	if n := len(lines); n > 0 && m.edit.Empty() {
		const how = " · ↑ takes it back"
		lines[n-1] = term.Cut(lines[n-1], max(10, m.width-1-term.Width(how))) + how
	}
	return m.each(m.styles.dim, lines)
}

// bottom is the input with what belongs to it, or the dialog in its place.
func (m *model) bottom(now time.Time) ([]string, cursor) {
	if m.dialog != nil {
		return m.dialog.view(m, now)
	}
	lines, c := m.input(min(inputRows, m.height/3))
	room := m.height - len(lines)
	switch menu := m.menu.view(m, room); {
	case len(menu) > 0:
		return append(lines, menu...), c
	case m.help:
		return append(lines, m.keys(room)...), c
	}
	return append(lines, m.foot(now)), c
}

const inputPrompt = "> "

// prompt stands before the input.
func (m *model) prompt() string {
	query, on := m.edit.Search()
	if !on {
		return inputPrompt
	}
	does := "search "
	if m.edit.Missed() {
		does = "nothing holds "
	}
	return term.Cut(does+term.CleanLine(query), max(8, m.width/2-2)) + ": "
}

// input is what is typed, in so many rows and perhaps one above and one below that
// say how much is not shown.
func (m *model) input(rows int) ([]string, cursor) {
	prompt := m.prompt()
	width := term.Width(prompt)
	v := m.edit.View(max(8, m.width-width-1), max(1, rows))
	c := cursor{row: v.Row, column: width + v.Column}
	var lines []string
	if v.Above > 0 {
		lines = append(lines, m.styles.dim(fmt.Sprintf("  ↑ %d more", v.Above)))
		c.row++
	}
	for i, l := range v.Lines {
		for _, f := range v.Folds {
			if f.Line == i { // one a line: marking it moves what is behind
				l = l[:f.From] + m.styles.accent(l[f.From:f.To]) + l[f.To:]
				break
			}
		}
		if i == 0 && v.Above == 0 {
			lines = append(lines, m.styles.accent(prompt)+l)
			continue
		}
		lines = append(lines, strings.Repeat(" ", width)+l)
	}
	if v.Below > 0 {
		lines = append(lines, m.styles.dim(fmt.Sprintf("  ↓ %d more", v.Below)))
	}
	return lines, c
}

// foot is the line below the input.
func (m *model) foot(now time.Time) string {
	switch {
	case m.left:
		return m.styles.dim("  Leaving")
	case now.Sub(m.leaving) < twice:
		return m.styles.dim("  Press Ctrl-C again to leave")
	case now.Sub(m.escaped) < twiceEsc:
		return m.styles.dim("  Press Esc again to clear the input")
	}
	return m.styles.dim("  " + m.footerText(m.width-3))
}

func (m *model) footerText(room int) string {
	f := m.footer
	return joined(room, f.Attached, f.Connection, f.Model, f.Context, f.Limit, "? keys")
}

// joined sets parts into one line, from the first one on, as far as there is room.
func joined(room int, parts ...string) string {
	text := ""
	for _, part := range parts {
		part = term.CleanLine(part)
		switch {
		case part == "":
		case text == "":
			text = part
		case term.Width(text+" · "+part) > room:
			return text
		default:
			text += " · " + part
		}
	}
	return text
}
