package editor

import (
	"iter"
	"slices"
	"strings"
)

// Widths that the editor is laid out for: without any view, and at least.
const (
	defaultColumns = 80
	minColumns     = 8 // room for the shortest label
)

// A layout knows how the text breaks into rows. What did not change is not laid
// out anew.
//
// A row leaves the last column of the terminal free, for the cursor behind it. A
// single blank may stand there.
type layout struct {
	columns int
	lines   []line // never empty
	top     int    // the first row that is shown
	height  int    // rows that were shown last
}

// A line is what is between two line ends.
type line struct {
	size   int   // bytes
	starts []int // where its rows begin, but for the first one
	valid  int   // how many of starts hold
	width  int   // columns that they hold for
	laid   bool  // all of them hold
}

// A row is a part of a line that is as wide as the screen at most.
type row struct {
	from, to int
	ends     bool // with its line
}

func (l *layout) reset() {
	if l.columns == 0 {
		l.columns = defaultColumns
	}
	l.lines, l.top = []line{{}}, 0
}

// replace follows a change of the text.
func (l *layout) replace(from, to int, text string) {
	first, start := l.lineAt(from)
	last, lastStart := l.lineAt(to)
	tail := lastStart + l.lines[last].size - to
	size := from - start
	if first == last && !strings.Contains(text, "\n") {
		l.lines[first].edit(size, size+len(text)+tail)
		return
	}
	var lines []line
	for part := range strings.SplitSeq(text, "\n") {
		lines = append(lines, line{size: size + len(part)})
		size = 0
	}
	lines[len(lines)-1].size += tail
	l.lines = slices.Replace(l.lines, first, last+1, lines...)
}

// edit notes that a line has changed at an offset. Where a row begins depends on
// the row before it and on its own first word: the row of the change and the one
// before it are laid out anew.
func (l *line) edit(at, size int) {
	row, _ := slices.BinarySearch(l.starts[:l.valid], at+1)
	l.size, l.valid, l.laid = size, max(0, row-2), false
}

// lineAt returns the line that holds offset i and where it begins.
func (l *layout) lineAt(i int) (index, start int) {
	for index < len(l.lines)-1 && start+l.lines[index].size < i {
		start += l.lines[index].size + 1
		index++
	}
	return index, start
}

// lay lays out what is not yet laid out for a width, and returns how many rows
// there are.
func (e *Editor) lay(columns int) int {
	e.columns = max(columns, minColumns)
	rows, start := 0, 0
	for i := range e.lines {
		l := &e.lines[i]
		if l.width != e.columns {
			l.width, l.valid, l.laid = e.columns, 0, false
		}
		if !l.laid {
			e.wrap(l, start)
		}
		rows += len(l.starts) + 1
		start += l.size + 1
	}
	return rows
}

// wrap breaks the line that begins at offset start into rows: between words if
// possible.
func (e *Editor) wrap(l *line, start int) {
	l.starts = l.starts[:l.valid]
	from := start // of the row
	if l.valid > 0 {
		from += l.starts[l.valid-1]
	}
	room := e.columns - 1
	column, split, splitColumn := 0, from, 0 // split: the last place to break at
	begin := func(at int) {
		l.starts = append(l.starts, at-start)
		from, split = at, at
	}
	before := other
	for i, end := from, start+l.size; i < end; {
		c := e.run(i, min(end, i+room-column))
		if i > from && breakable(before, c.kind) {
			split, splitColumn = i, column
		}
		fits := column+c.width <= room || c.kind == blank && column+c.width == room+1
		switch {
		case fits, column == 0:
			i, column, before = i+c.size, column+c.width, c.kind
		case split > from && c.kind != blank:
			begin(split)
			column -= splitColumn
		default:
			begin(i)
			column = 0
		}
	}
	if column > room { // the cursor behind it needs a place
		begin(start + l.size)
	}
	l.valid, l.laid = len(l.starts), true
}

// run returns the cells at i that are ASCII and no blanks, up to end, as if they
// were one; or else the cell at i. It is what makes long lines cheap.
func (e *Editor) run(i, end int) cell {
	n := 0
	for i+n < end && e.text[i+n] > ' ' && e.text[i+n] < 0x7F {
		n++
	}
	if n > 0 && !e.standsAlone(i+n) {
		n--
	}
	if n == 0 {
		return e.cell(i)
	}
	return cell{n, n, other}
}

// rowOf returns the number of the row that shows the cursor when it is at i.
func (e *Editor) rowOf(i int) int {
	index, start := e.lineAt(i)
	n := 0
	for _, l := range e.lines[:index] {
		n += len(l.starts) + 1
	}
	within, _ := slices.BinarySearch(e.lines[index].starts, i-start+1)
	return n + within
}

// rows returns the rows from number n on.
func (e *Editor) rows(n int) iter.Seq[row] {
	return func(yield func(row) bool) {
		start := 0
		for _, l := range e.lines {
			count := len(l.starts) + 1
			for i := n; i < count; i++ {
				if !yield(l.row(i, start)) {
					return
				}
			}
			n = max(0, n-count)
			start += l.size + 1
		}
	}
}

// row returns the row number i of a line that begins at offset start.
func (l *line) row(i, start int) row {
	r := row{from: start, to: start + l.size, ends: i == len(l.starts)}
	if i > 0 {
		r.from = start + l.starts[i-1]
	}
	if !r.ends {
		r.to = start + l.starts[i]
	}
	return r
}

func (e *Editor) row(n int) row {
	for r := range e.rows(n) {
		return r
	}
	return row{from: len(e.text), to: len(e.text), ends: true}
}

// columnOf returns the column of offset i in its row.
func (e *Editor) columnOf(r row, i int) int {
	column := 0
	for at := r.from; at < i; {
		c := e.cell(at)
		at, column = at+c.size, column+c.width
	}
	return column
}

// offsetAt returns the offset in a row that is nearest to a column, from the left.
func (e *Editor) offsetAt(r row, column int) int {
	at := r.from
	for at < r.to {
		c := e.cell(at)
		if column -= c.width; column < 0 || at+c.size == r.to && !r.ends {
			break
		}
		at += c.size
	}
	return at
}
