package term

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
)

// A screen is a terminal as far as painters use one: with scrollback, with lines that
// are broken at the edge, and most often broken anew when the width changes. It fails
// the test on what it does not know.
type screen struct {
	reflow        reflow
	t             *testing.T
	width, height int
	rows          []screenRow // scrollback included
	x, y          int         // the cursor; y counts from the first of rows
	savedX, saved int
	hidden        bool
	noWrap        bool
}

// screenRow is a row of cells. A wide character takes a cell and an empty one.
type screenRow struct {
	cells  []string
	goesOn bool // the line goes on in the next row
}

func newScreen(t *testing.T, width, height int) *screen {
	return &screen{t: t, width: width, height: height, rows: make([]screenRow, 1)}
}

func (s *screen) size() (columns, rows int) { return s.width, s.height }

// top is the first row that is on the screen.
func (s *screen) top() int { return max(0, len(s.rows)-s.height) }

func (s *screen) Write(p []byte) (int, error) {
	rest := string(p)
	for rest != "" {
		if after, ok := strings.CutPrefix(rest, "\x1b"); ok {
			rest = s.escape(after)
			continue
		}
		var cluster string
		cluster, rest, _, _ = uniseg.FirstGraphemeClusterInString(rest, -1)
		s.put(cluster)
	}
	return len(p), nil
}

func (s *screen) put(cluster string) {
	switch cluster {
	case "\r\n", "\n":
		s.rows[s.y].goesOn = false
		s.x = 0
		s.down()
		return
	case "\r":
		s.x = 0
		return
	case "\b":
		s.back()
		return
	}
	width := uniseg.StringWidth(cluster)
	switch {
	case s.x+width > s.width && s.noWrap:
		s.x = s.width - width
	case s.x+width > s.width:
		s.rows[s.y].goesOn = true
		s.x = 0
		s.down()
	}
	row := &s.rows[s.y]
	for len(row.cells) < s.x+width {
		row.cells = append(row.cells, " ")
	}
	row.cells[s.x] = cluster
	for i := 1; i < width; i++ {
		row.cells[s.x+i] = ""
	}
	s.x += width
}

// back is what Backspace does.
func (s *screen) back() {
	switch {
	case s.x > 0:
		s.x--
	case s.reflow == leadsBack && s.y > s.top() && s.rows[s.y-1].goesOn:
		s.x, s.y = s.width-1, s.y-1
	}
}

func (s *screen) down() {
	if s.y++; s.y == len(s.rows) {
		s.rows = append(s.rows, screenRow{})
	}
}

// escape obeys a sequence and returns what follows it.
func (s *screen) escape(seq string) (rest string) {
	switch {
	case seq[0] == ']':
		_, rest, _ = strings.Cut(seq, "\x1b\\")
		return rest
	case seq[0] == '7':
		s.savedX, s.saved = s.x, s.y
		return seq[1:]
	case seq[0] == '8':
		s.x, s.y = s.savedX, s.saved
		return seq[1:]
	}
	end := strings.IndexFunc(seq[1:], func(r rune) bool { return r >= 0x40 }) + 1
	n := 0
	_, _ = fmt.Sscanf(seq[1:end], "%d", &n)
	switch seq[:1] + seq[end:end+1] {
	case "[A":
		s.y = max(s.top(), s.y-max(1, n))
	case "[B":
		s.y = min(s.y+max(1, n), s.top()+s.height-1)
		for s.y >= len(s.rows) {
			s.rows = append(s.rows, screenRow{})
		}
	case "[C":
		s.x = min(s.x+max(1, n), s.width-1)
	case "[K":
		s.eraseRow(s.y)
	case "[J":
		s.eraseBelow()
	case "[m":
	case "[h", "[l":
		s.mode(seq[:end], seq[end] == 'h')
	default:
		s.t.Errorf("unexpected sequence %q", seq[:end+1])
	}
	return seq[end+1:]
}

func (s *screen) mode(number string, on bool) {
	switch number {
	case "[?25":
		s.hidden = !on
	case "[?7":
		s.noWrap = !on
	}
}

func (s *screen) eraseRow(y int) {
	s.rows[y] = screenRow{}
	if y > 0 {
		s.rows[y-1].goesOn = false
	}
}

func (s *screen) eraseBelow() {
	if s.x == 0 && s.y == s.top() {
		s.t.Error("the whole screen is erased: tmux moves it into its history")
	}
	row := &s.rows[s.y]
	row.cells, row.goesOn = row.cells[:min(s.x, len(row.cells))], false
	s.rows = s.rows[:s.y+1]
}

// resize changes the width and breaks the lines anew. The cursor stays with its
// character.
func (s *screen) resize(width int) {
	if s.reflow == keepsRows {
		s.crop(width)
		return
	}
	old, x, y := s.rows, s.x, s.y
	s.rows, s.width = nil, width
	var line []string
	cursor := -1
	for i, row := range old {
		if i == y {
			cursor = len(line) + x
		}
		line = append(line, row.cells...)
		if row.goesOn {
			continue
		}
		first := len(s.rows)
		s.addLine(line)
		if cursor >= 0 {
			s.place(first, cursor)
			cursor = -1
		}
		line = nil
	}
}

// crop changes the width and cuts the rows off.
func (s *screen) crop(width int) {
	s.width, s.x = width, min(s.x, width-1)
	for i, row := range s.rows {
		s.rows[i].cells = row.cells[:min(width, len(row.cells))]
	}
}

// place puts the cursor at a cell of the line that begins in the row first. Behind a
// line that fills its last row, it stays in the last column.
func (s *screen) place(first, cell int) {
	for s.y = first; s.y < len(s.rows)-1 && cell >= len(s.rows[s.y].cells); s.y++ {
		cell -= len(s.rows[s.y].cells)
	}
	s.x = min(cell, s.width-1)
}

// addLine adds a line, broken at the edge: a wide character is not torn apart.
func (s *screen) addLine(line []string) {
	for len(line) > s.width {
		n := s.width
		if line[n] == "" {
			n--
		}
		s.rows = append(s.rows, screenRow{cells: line[:n:n], goesOn: true})
		line = line[n:]
	}
	s.rows = append(s.rows, screenRow{cells: line})
}

// text returns all that can be seen, scrolled back to the beginning.
func (s *screen) text() string {
	var b strings.Builder
	for _, row := range s.rows {
		b.WriteString(strings.TrimRight(strings.Join(row.cells, ""), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}
