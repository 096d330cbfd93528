package term

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// A region is the lines that are painted over, below what is finished. The cursor
// rests where something is typed, in any of them.
//
// A terminal that changes its width does one of three things with the lines on it
// (see [reflow]), and may do so at any moment, before it tells us or before it reads
// what we have written. The way back to the first line therefore is the heart of it;
// see [region.climb].
//
// Some things are beyond reach. What a terminal has moved off the screen, into its
// history, stays there: rows of a region that became higher than the screen because
// its lines were broken anew; and in tmux, which counts the empty rows below, also
// rows of a region with less above it on the screen than it grows by. So lines that
// are short, and few, are safer ones.
type region struct {
	lines  []string // as they were painted
	line   int      // in which the cursor rests
	column int      // and where in it
	hidden bool     // the cursor

	columns, rows int  // of the terminal when they were painted
	stale         bool // they may not be on the screen any more as they were painted
	settling      bool // the terminal is being resized, and will be once more

	reflow   reflow
	reported int // the cursor's column as the terminal reports it, 0 if it does not
}

// reflow is what a terminal does with lines when its width changes.
type reflow uint8

const (
	// breaksLines is a terminal that breaks lines anew: most of them.
	breaksLines reflow = iota

	// leadsBack is one that does so, and in which Backspace leads from the
	// beginning of a row to the row before if both are one broken line: tmux.
	leadsBack

	// keepsRows is one that only cuts the rows off: xterm and the console of Linux.
	keepsRows
)

// Sequences of ECMA-48 and of xterm.
const (
	frameBegin = "\x1b[?2026h" // one frame, where the terminal knows of frames
	frameEnd   = "\x1b[?2026l"
	wrapOff    = "\x1b[?7l" // what is too wide stays in its row
	wrapOn     = "\x1b[?7h"
	cursorHide = "\x1b[?25l"
	cursorShow = "\x1b[?25h"
	eraseRow   = "\x1b[2K"

	// eraseBelow erases from the beginning of a row to the end of the screen, row by
	// row where that begins in the first column: a screen that is erased from its
	// first cell on is moved into the history by tmux.
	eraseBelow = eraseRow + eraseRest + "\r"

	// eraseRest erases what is behind the cursor but for one empty column.
	eraseRest = "\x1b[C\x1b[J"
)

// draw writes what changes the screen: finished lines appear in place of the region,
// and f below them.
func (r *region) draw(b *bytes.Buffer, finished []string, f Frame, columns, rows int) {
	next := fitFrame(f, r.width(columns), columns, rows)
	if len(finished) == 0 && columns == r.columns && rows == r.rows && r.shows(next) {
		return
	}
	b.WriteString(frameBegin)
	r.showCursor(b, !f.HideCursor)
	if r.stale || len(finished) > 0 || columns != r.columns || rows != r.rows {
		r.columns, r.rows, r.stale = columns, rows, false
		r.erase(b)
		r.reported = 0
		for _, line := range finished {
			writeLine(b, line)
			b.WriteString("\r\n")
		}
	}
	r.repaint(b, next)
	b.WriteString(frameEnd)
}

// width returns how wide lines may be. Nothing is painted in the last column, where
// terminals differ. A window that is dragged becomes narrower in many steps. With
// each of them tmux would break full lines and move what is above off the screen,
// where it stays when we take fewer rows again, until the region itself is moved off.
// So while it is being resized, lines end far from the edge.
func (r *region) width(columns int) int {
	if r.settling && r.reflow == leadsBack {
		return columns / 2
	}
	return columns - 1
}

// fitFrame cuts a frame to the terminal: lines that are wider than width, and what is
// too high, so that the line with the cursor stays.
func fitFrame(f Frame, width, columns, rows int) Frame {
	lines := make([]string, 0, len(f.Lines)+1)
	for _, line := range f.Lines {
		lines = append(lines, Cut(line, width))
	}
	if len(lines) == 0 {
		lines = append(lines, "")
	}
	row := max(0, min(f.Row, len(lines)-1))
	spare := min(max(0, f.Spare), row)
	first := min(max(tooMany(lines, spare, columns, rows), len(lines)-rows), row)
	f.Lines, f.Row = lines[first:min(len(lines), first+rows)], row-first
	f.Column = max(0, min(f.Column, width))
	return f
}

// How narrow a terminal may become at once without a trace of the frame above it: a
// quarter of its width, but not narrower than people's terminals are.
const narrowing, narrow = 4, 36

// tooMany returns how many of the first lines, of which some can be spared, are too
// many for the screen of a terminal that becomes narrow. One is always shown.
func tooMany(lines []string, spare, columns, rows int) (n int) {
	columns = max(columns/narrowing, narrow)
	for _, line := range lines {
		rows -= 1 + max(0, Width(line)-1)/columns
	}
	for ; rows < 0 && n < spare-1; n++ {
		rows += 1 + max(0, Width(lines[n])-1)/columns
	}
	return n
}

// shows reports whether a frame is on the screen already.
func (r *region) shows(f Frame) bool {
	return !r.stale && slices.Equal(r.lines, f.Lines) && r.line == f.Row && r.column == f.Column && r.hidden == f.HideCursor
}

func (r *region) showCursor(b *bytes.Buffer, show bool) {
	switch {
	case show && r.hidden:
		b.WriteString(cursorShow)
	case !show && !r.hidden:
		b.WriteString(cursorHide)
	}
	r.hidden = !show
}

// writeLine writes a line of somebody who may have forgotten to end its styles.
func writeLine(b *bytes.Buffer, line string) {
	b.WriteString(strings.ReplaceAll(line, "\n", "\r\n"))
	var s style
	s.takeAll(line)
	b.WriteString(s.end())
}

// erase takes the region away and leaves the cursor where it began.
func (r *region) erase(b *bytes.Buffer) {
	if len(r.lines) == 0 {
		return
	}
	r.climb(b, 0)
	b.WriteString(eraseBelow)
	r.lines, r.line, r.column = nil, 0, 0
}

// repaint paints what of the next frame differs from the present one.
func (r *region) repaint(b *bytes.Buffer, next Frame) {
	first, last := changed(r.lines, next.Lines)
	if first < last || len(r.lines) != len(next.Lines) || next.Row > r.line {
		r.rewrite(b, next, first, last)
	}
	r.lines = next.Lines
	r.climb(b, next.Row)
	if r.column = next.Column; r.column > 0 {
		fmt.Fprintf(b, "\x1b[%dC", r.column)
	}
}

// changed returns the range of lines that are to be written.
func changed(before, after []string) (first, last int) {
	last = len(after)
	for first < min(len(before), last) && before[first] == after[first] {
		first++
	}
	if len(before) == last {
		for last > first && before[last-1] == after[last-1] {
			last--
		}
	}
	return first, last
}

// rewrite writes a range of lines. It goes down by writing only, so that it begins
// at the line with the cursor if the range is below, and ends where the cursor will
// be if the range is above. If the lines below may not be where they were, it writes
// them too, and erases what is left of the old ones: it would be in the way when the
// terminal breaks lines anew.
func (r *region) rewrite(b *bytes.Buffer, next Frame, first, last int) {
	begin, end := min(first, r.line, last-1), max(last, next.Row+1)
	rest := r.reflow == leadsBack || len(r.lines) > len(next.Lines)
	if rest {
		first, last, end = begin, len(next.Lines), len(next.Lines)
	}
	b.WriteString(wrapOff)
	if len(r.lines) > 0 {
		r.climb(b, begin)
	}
	for i := begin; i < end; i++ {
		if i > begin {
			b.WriteString("\r\n")
		}
		if i >= first && i < last {
			b.WriteString(eraseRow)
			writeLine(b, next.Lines[i])
		}
	}
	if rest && len(r.lines) > 0 {
		b.WriteString(eraseRest)
	}
	r.line, r.column = end-1, Width(next.Lines[end-1])
	b.WriteString(wrapOn)
}

// climb moves the cursor up to the beginning of a line of the region.
//
// In a terminal that breaks lines anew, each of ours may take several rows by now.
// How many it has told us last is only true until it changes again, and tmux tells
// up to a quarter of a second late, while a window is dragged. There, we do without:
// Backspace leads to the beginning of a broken line and no further, however often it
// is sent, and above that begins the next line.
func (r *region) climb(b *bytes.Buffer, to int) {
	switch r.reflow {
	case leadsBack:
		for ; ; r.line-- {
			b.WriteByte('\r')
			b.WriteString(strings.Repeat("\b\r", Width(r.lines[r.line])/narrowest))
			if r.line == to {
				break
			}
			up(b, 1)
		}
	case keepsRows:
		up(b, r.line-to)
	default:
		up(b, r.rowsAbove()-r.rowsBefore(to))
	}
	b.WriteByte('\r')
	r.line, r.column = to, 0
}

// narrowest is the width of the narrowest terminal that is of any use.
const narrowest = 8

// rowsBefore returns how many rows the lines before one take.
func (r *region) rowsBefore(line int) int {
	rows := 0
	for _, s := range r.lines[:line] {
		last, _ := place(s, max(0, Width(s)-1), r.columns)
		rows += last + 1
	}
	return rows
}

// rowsAbove returns how many rows of the region are above the cursor. If the cursor
// is behind a line that fills its row, terminals differ in where that is; the column
// they report tells.
func (r *region) rowsAbove() int {
	row, column := place(r.lines[r.line], r.column, r.columns)
	if column == 0 && row > 0 && r.reported == r.columns {
		row--
	}
	return r.rowsBefore(r.line) + row
}

// place returns where a column of a line is when the line is broken into rows of so
// many columns.
func place(line string, column, columns int) (row, x int) {
	at := 0
	for s := scanText(line); s.next(); {
		if x+s.width > columns {
			row, x = row+1, 0
		}
		if at+s.width > column {
			return row, x + column - at
		}
		at += s.width
		x += s.width
	}
	x += column - at
	return row + x/columns, x % columns
}
