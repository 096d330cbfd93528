package editor

import "strings"

// A View is what of an editor is on the screen.
type View struct {
	Lines       []string // fit to be shown, at least one, none as wide as the columns
	Row, Column int      // of the cursor, from 0
	Above       int      // rows that are not shown
	Below       int
	Folds       []Span // labels of folded pastes
}

// A Span is a part of a line of a [View].
type Span struct {
	Line     int
	From, To int // in bytes
}

// View lays the text out in columns and returns at most rows of it, with the
// cursor among them.
func (e *Editor) View(columns, rows int) View {
	total, rows := e.lay(columns), max(rows, 1)
	at := e.rowOf(e.cursor)
	e.top = max(0, min(e.top, total-rows))
	e.top = min(max(e.top, at-rows+1), at)
	e.height = rows
	v := View{Row: at - e.top, Above: e.top, Below: max(0, total-e.top-rows)}
	for r := range e.rows(e.top) {
		if len(v.Lines) == v.Row {
			v.Column = e.columnOf(r, e.cursor)
		}
		v.add(e, r)
		if len(v.Lines) == rows {
			break
		}
	}
	return v
}

// add shows a row.
func (v *View) add(e *Editor, r row) {
	var b strings.Builder
	for i := r.from; i < r.to; {
		s, size := e.shown(i)
		if e.text[i] == foldMark {
			v.Folds = append(v.Folds, Span{len(v.Lines), b.Len(), b.Len() + len(s)})
		}
		b.WriteString(s)
		i += size
	}
	s := b.String()
	if !r.ends {
		s = strings.TrimRight(s, " ")
	}
	v.Lines = append(v.Lines, s)
}
