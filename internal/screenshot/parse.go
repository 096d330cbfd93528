package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"
)

// A screen is what a terminal shows.
type screen struct {
	rows        [][]cell
	row, column int // of the cursor
	cursor      int // 1 if it is shown
}

// A style is how a cell looks. Colours are "" for the terminal's own, or "#rrggbb".
type style struct {
	front, back                                   string
	bold, dim, italic, underline, inverse, strike bool
}

// A cell is a character with its place on a row.
type cell struct {
	text   string
	column int
	width  int // columns
	style  style
}

// parse reads the rows of a screen as tmux writes them: text with SGR sequences, whose
// effect goes on in the next row. Other sequences, as those of links, are passed over.
func parse(screen string) [][]cell {
	var rows [][]cell
	var now style
	for line := range strings.SplitSeq(screen, "\n") {
		rows = append(rows, parseRow(line, &now))
	}
	for len(rows) > 0 && isBlank(rows[len(rows)-1]) {
		rows = rows[:len(rows)-1]
	}
	return rows
}

func isBlank(row []cell) bool {
	return !slices.ContainsFunc(row, func(c cell) bool { return c.text != " " || back(c.style) != "" })
}

func parseRow(line string, now *style) []cell {
	var row []cell
	column := 0
	for line != "" {
		if after, ok := strings.CutPrefix(line, "\x1b"); ok {
			line = escape(after, now)
			continue
		}
		text, rest, width, _ := uniseg.FirstGraphemeClusterInString(line, -1)
		line = rest
		row = append(row, cell{text: text, column: column, width: width, style: *now})
		column += width
	}
	return row
}

// escape takes a sequence off the beginning of a text, of which the escape character is
// off already.
func escape(text string, now *style) (rest string) {
	switch {
	case strings.HasPrefix(text, "["):
		end := strings.IndexFunc(text[1:], func(r rune) bool { return r >= '@' && r <= '~' })
		if end < 0 {
			return ""
		}
		if text[1+end] == 'm' {
			now.set(strings.Split(text[1:1+end], ";"))
		}
		return text[1+end+1:]
	case strings.HasPrefix(text, "]"):
		_, rest, _ := strings.Cut(text, "\x1b\\")
		return rest
	}
	return text[min(1, len(text)):]
}

// set does what the parameters of an SGR sequence mean
// (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html).
func (s *style) set(parameters []string) {
	for len(parameters) > 0 {
		n, _ := strconv.Atoi(strings.SplitN(parameters[0], ":", 2)[0])
		parameters = parameters[1:]
		switch {
		case n == 38:
			s.front, parameters = extended(parameters)
		case n == 48:
			s.back, parameters = extended(parameters)
		case n >= 30 && n <= 37:
			s.front = palette(n - 30)
		case n >= 40 && n <= 47:
			s.back = palette(n - 40)
		case n >= 90 && n <= 97:
			s.front = palette(n - 90 + 8)
		case n >= 100 && n <= 107:
			s.back = palette(n - 100 + 8)
		default:
			s.attribute(n)
		}
	}
}

func (s *style) attribute(n int) {
	switch n {
	case 0:
		*s = style{}
	case 1:
		s.bold = true
	case 2:
		s.dim = true
	case 3:
		s.italic = true
	case 4:
		s.underline = true
	case 7:
		s.inverse = true
	case 9:
		s.strike = true
	case 22:
		s.bold, s.dim = false, false
	case 23:
		s.italic = false
	case 24:
		s.underline = false
	case 27:
		s.inverse = false
	case 29:
		s.strike = false
	case 39:
		s.front = ""
	case 49:
		s.back = ""
	}
}

// extended reads a colour of the large palette, 5;N, or one by its parts, 2;R;G;B.
func extended(parameters []string) (color string, rest []string) {
	number := func(i int) int {
		n, _ := strconv.Atoi(parameters[i])
		return n
	}
	switch {
	case len(parameters) >= 2 && parameters[0] == "5":
		return palette(number(1)), parameters[2:]
	case len(parameters) >= 4 && parameters[0] == "2":
		return fmt.Sprintf("#%02x%02x%02x", number(1), number(2), number(3)), parameters[4:]
	}
	return "", nil
}

// named are the first sixteen colours, as they look on a dark background.
var named = [16]string{
	"#21262d", "#ff7b72", "#7ee787", "#e3b341", "#79c0ff", "#d2a8ff", "#76e3ea", "#c9d1d9",
	"#8b949e", "#ffa198", "#aff5b4", "#f2cc60", "#a5d6ff", "#e2c5ff", "#b3f0ff", "#f0f6fc",
}

// palette returns a colour of the palette of 256: sixteen with names, a cube of six
// levels, and greys.
func palette(n int) string {
	level := func(i int) int {
		if i == 0 {
			return 0
		}
		return 55 + 40*i
	}
	switch {
	case n < 0 || n > 255:
		return ""
	case n < 16:
		return named[n]
	case n < 232:
		n -= 16
		return fmt.Sprintf("#%02x%02x%02x", level(n/36), level(n/6%6), level(n%6))
	}
	grey := 8 + 10*(n-232)
	return fmt.Sprintf("#%02x%02x%02x", grey, grey, grey)
}
