package term

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
)

// A screen is a terminal as far as the painter uses one: with scrollback, with
// lines that are broken at the edge, and broken anew when the width changes. It
// fails the test on what it does not know.
type screen struct {
	t             *testing.T
	width, height int
	rows          []screenRow // scrollback included
	x, y          int         // the cursor; y counts from the first of rows
	savedX, saved int
	hidden        bool
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
	}
	width := uniseg.StringWidth(cluster)
	if s.x+width > s.width {
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

func (s *screen) down() {
	if s.y++; s.y == len(s.rows) {
		s.rows = append(s.rows, screenRow{})
	}
}

// escape obeys a sequence and returns what follows it.
func (s *screen) escape(seq string) (rest string) {
	switch {
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
		s.rows[s.y] = screenRow{}
	case "[h", "[l":
		s.hidden = s.hidden && seq[:end] != "[?25" || seq[:end+1] == "[?25l"
	default:
		s.t.Errorf("unexpected sequence %q", seq[:end+1])
	}
	return seq[end+1:]
}

// resize changes the width and breaks the lines anew. The cursor stays with its
// character.
func (s *screen) resize(width int) {
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
			s.y, s.x = min(first+cursor/width, len(s.rows)-1), cursor%width
			cursor = -1
		}
		line = nil
	}
}

func (s *screen) addLine(line []string) {
	for len(line) > s.width {
		s.rows = append(s.rows, screenRow{cells: line[:s.width:s.width], goesOn: true})
		line = line[s.width:]
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
