package markdown

import (
	"iter"
	"strings"

	"github.com/rivo/uniseg"
)

// A segment is a part of a text, in bytes.
type segment struct{ from, to int }

// wrap breaks s into lines of so many columns: at line breaks, between words,
// between wide characters as Unicode's rules allow (UAX #14), and within a word only
// if it is wider than a line. Spaces at a break are in no line.
func wrap(s string, width int) []segment {
	w := wrapper{s: s, width: max(width, 1)}
	for from := 0; ; {
		to := len(s)
		if i := strings.IndexByte(s[from:], '\n'); i >= 0 {
			to = from + i
		}
		w.line(from, to)
		if to == len(s) {
			return w.lines
		}
		from = to + 1
	}
}

type wrapper struct {
	s     string
	width int
	lines []segment

	current segment // the line that is being filled
	column  int
}

// line breaks s[from:to], which has no line break in it.
func (w *wrapper) line(from, to int) {
	w.current, w.column = segment{from, from}, 0
	for gap, p := range pieces(w.s[from:to]) {
		w.piece(gap, segment{from + p.from, from + p.to})
	}
	w.lines = append(w.lines, w.current)
}

// pieces yields what is not to be broken of a line, and how many spaces are before
// it.
func pieces(s string) iter.Seq2[int, segment] {
	return func(yield func(int, segment) bool) {
		for from := 0; from < len(s); {
			word := from + len(s[from:]) - len(strings.TrimLeft(s[from:], " "))
			end := len(s)
			if i := strings.IndexByte(s[word:], ' '); i >= 0 {
				end = word + i
			}
			if word < end && !yieldWord(s, word-from, segment{word, end}, yield) {
				return
			}
			from = end
		}
	}
}

// yieldWord yields the pieces of a word, which is one if it has no wide characters.
func yieldWord(s string, gap int, word segment, yield func(int, segment) bool) bool {
	rest, state := s[word.from:word.to], -1
	if isASCII(rest) {
		return yield(gap, word)
	}
	for from := word.from; rest != ""; {
		var part string
		part, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
		if !yield(gap, segment{from, from + len(part)}) {
			return false
		}
		from, gap = from+len(part), 0
	}
	return true
}

// piece places what is not to be broken.
func (w *wrapper) piece(gap int, p segment) {
	n := columns(w.s[p.from:p.to])
	if w.column+gap+n > w.width {
		if w.column > 0 {
			w.lines = append(w.lines, w.current)
		}
		w.current, w.column, gap = segment{p.from, p.from}, 0, 0
	}
	if n > w.width {
		w.hack(p)
		return
	}
	w.current.to, w.column = p.to, w.column+gap+n
}

// hack fills lines with what is wider than one; it begins on a new line.
func (w *wrapper) hack(p segment) {
	rest, state := w.s[p.from:p.to], -1
	for rest != "" {
		var cluster string
		var n int
		cluster, rest, n, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if w.column > 0 && w.column+n > w.width {
			w.lines = append(w.lines, w.current)
			w.current, w.column = segment{w.current.to, w.current.to}, 0
		}
		w.current.to, w.column = w.current.to+len(cluster), w.column+n
	}
}

// columns returns how many columns s takes on a terminal.
func columns(s string) int {
	if isASCII(s) {
		return len(s)
	}
	return uniseg.StringWidth(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
