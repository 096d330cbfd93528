package term

import (
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"
)

// What a terminal is taken for that does not tell its size.
const defaultColumns, defaultRows = 80, 24

// A painter shows a few lines and paints them over in place, below what is on the
// screen and without the alternate screen. The cursor rests within the first of
// its lines: there it stays when a resized terminal breaks lines anew or cuts off
// the lowest ones, so that no copy of the lines is left behind.
//
// That has a limit: a terminal that breaks lines anew and counts the empty rows
// below (tmux does) may move the first of our lines off the screen, out of reach,
// if it becomes narrower than them and there is little above them.
//
// It erases line by line (EL) and never to the end of the screen (ED): tmux moves
// a screen erased that way into its history.
type painter struct {
	out    io.Writer
	size   func() (columns, rows int)
	hide   bool  // do not show the cursor: nothing is typed
	widths []int // of the lines shown
	column int   // where in the first line the cursor rests
}

// paint shows lines in place of those shown before. The cursor rests behind the
// first column columns. Each line is cut to the width of the terminal, and what
// is too much for its height is left out.
func (p *painter) paint(lines []string, column int) {
	columns, rows := p.measure()
	var b strings.Builder
	b.WriteString("\x1b[?2026h") // one frame, where the terminal knows of frames
	if p.hide {
		b.WriteString("\x1b[?25l")
	}
	p.erase(&b, columns)
	lines = lines[:min(len(lines), rows)]
	for i, line := range lines {
		if i > 0 {
			b.WriteString("\r\n")
		}
		line = Cut(line, columns-1) // in the last column, terminals differ
		b.WriteString(line)
		p.widths = append(p.widths, uniseg.StringWidth(line))
	}
	p.column = min(column, columns-1)
	up(&b, len(lines)-1)
	b.WriteByte('\r')
	if p.column > 0 {
		fmt.Fprintf(&b, "\x1b[%dC", p.column)
	}
	b.WriteString("\x1b[?2026l")
	_, _ = io.WriteString(p.out, b.String())
}

// clear takes the lines away and leaves the cursor where they began.
func (p *painter) clear() {
	var b strings.Builder
	columns, _ := p.measure()
	p.erase(&b, columns)
	if p.hide {
		b.WriteString("\x1b[?25h")
	}
	_, _ = io.WriteString(p.out, b.String())
}

// measure returns the size of the terminal, which is never zero.
func (p *painter) measure() (columns, rows int) {
	columns, rows = p.size()
	if columns <= 0 || rows <= 0 {
		return defaultColumns, defaultRows
	}
	return columns, rows
}

// erase empties the rows that the lines take by now: in a terminal that became
// narrower they may have been broken. Rows below ours are empty, so that too many
// erased do no harm.
func (p *painter) erase(b *strings.Builder, columns int) {
	up(b, p.column/columns)
	b.WriteString("\r\x1b7") // DECSC: the way back, also when the screen ends below
	rows := 0
	for _, width := range p.widths {
		rows += max(1, (width+columns-1)/columns)
	}
	for i := range rows {
		if i > 0 {
			b.WriteString("\x1b[B")
		}
		b.WriteString("\x1b[2K")
	}
	b.WriteString("\x1b8")
	p.widths, p.column = p.widths[:0], 0
}

func up(b io.Writer, rows int) {
	if rows > 0 {
		fmt.Fprintf(b, "\x1b[%dA", rows)
	}
}

// pad fills s up to a number of columns.
func pad(s string, columns int) string {
	return s + strings.Repeat(" ", max(0, columns-uniseg.StringWidth(s)))
}
