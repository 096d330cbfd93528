package term

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Wrap breaks a styled text into lines of at most so many columns: at spaces, which
// are dropped there, between the characters of Chinese and Japanese, and within a
// word that is too long. A line feed ends a line. Each line closes its styles and
// links, and the next one opens them again.
func Wrap(styled string, columns int) []string {
	w := wrapper{columns: max(1, columns)}
	for s := scanText(styled); s.next(); {
		w.add(s.piece, s.width)
	}
	w.finish()
	return w.lines
}

// A wrapper builds the lines of [Wrap]. It remembers the last place where the present
// line can be broken; what is behind moves to the next line then.
type wrapper struct {
	columns int
	lines   []string

	line  []byte // the present line
	width int    // of the line
	last  rune   // its last character; 0 in an empty line
	text  bool   // there is something other than spaces in it

	end   int // where the line ends if it is broken; 0 if it cannot be
	next  int // where the next line begins then: behind the spaces
	after int // the width of the line up to there
}

func (w *wrapper) add(piece string, width int) {
	r, _ := utf8.DecodeRuneInString(piece)
	switch {
	case r == esc:
		w.line = append(w.line, piece...)
	case r == '\n':
		w.finish()
	case piece == " " && w.text:
		w.space()
	case r == ' ' && piece != " ":
		w.character(utf8.RuneError, piece, width) // an accent on a space
	default:
		w.character(r, piece, width)
	}
}

// space adds a space behind a word. It may be beyond the edge, where nobody sees it.
func (w *wrapper) space() {
	if w.last != ' ' {
		w.end = len(w.line)
	}
	w.line = append(w.line, ' ')
	w.width++
	w.last = ' '
	w.next, w.after = len(w.line), w.width
}

func (w *wrapper) character(r rune, piece string, width int) {
	if w.last != 0 && breaksBetween(w.last, r) {
		w.end, w.next, w.after = len(w.line), len(w.line), w.width
	}
	for w.width+width > w.columns && w.width > 0 {
		if w.end == 0 {
			w.end, w.next, w.after = len(w.line), len(w.line), w.width
		}
		w.breakLine()
	}
	w.line = append(w.line, piece...)
	w.width += width
	w.last, w.text = r, w.text || r != ' '
}

// finish ends the present line where it is, without the spaces at its end.
func (w *wrapper) finish() {
	if w.last != ' ' || !w.text {
		w.end = len(w.line)
	}
	w.next, w.after = len(w.line), w.width
	w.breakLine()
	w.last, w.text = 0, false
}

// breakLine breaks the line where that was found to be possible.
func (w *wrapper) breakLine() {
	var s style
	s.takeAll(string(w.line[:w.end]))
	w.lines = append(w.lines, string(w.line[:w.end])+s.end())
	s.takeAll(string(w.line[w.end:w.next]))
	w.line = append([]byte(s.begin()), w.line[w.next:]...)
	w.width -= w.after
	w.end, w.next, w.after = 0, 0, 0
}

// breaksBetween reports whether a line may be broken between two characters: if one
// of them belongs to a script without spaces, unless a line must not end with the
// first or begin with the second. See https://www.unicode.org/reports/tr14/, whose
// other rules are left out.
func breaksBetween(before, after rune) bool {
	if before == ' ' || !ideographic(before) && !ideographic(after) {
		return false
	}
	return !strings.ContainsRune("([{<（［｛「『【《〈〔“‘", before) &&
		!strings.ContainsRune(")]}>,.!?:;%）］｝」』】》〉〕、。，．！？：；％…‥・ー々”’～", after)
}

// ideographic reports whether r belongs to a script that is written without spaces
// between words and can be broken anywhere.
func ideographic(r rune) bool {
	return r >= 0x2E80 && (r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF ||
		unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo))
}
