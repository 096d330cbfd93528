package term

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// maxListed is how many entries are shown at a time. The others are scrolled to.
const maxListed = 10

// maxEntry is how wide an entry is shown at most. Nobody reads across a wide
// screen, and a line that is short is not broken when the terminal gets narrower.
const maxEntry = 64

const listHelp = "↑↓ move · Enter choose · Esc cancel · type to filter"

// A list is what [Prompter.Pick] shows: a label, the entries that match what was
// typed, and which of them Enter would pick. It knows nothing of terminals.
type list struct {
	label   string
	rows    []listRow
	current int // index of the marked entry, -1 for none

	filter    string
	filtering bool  // letters go to the filter, also j and k
	found     []int // indices of the entries that match
	at        int   // index within found
	top       int   // index within found of the first one shown
}

// listRow is an entry, cleaned.
type listRow struct{ label, note string }

func newList(label string, options []Option, current int) *list {
	l := &list{label: CleanLine(label), current: -1}
	for _, o := range options {
		l.rows = append(l.rows, listRow{CleanLine(o.Label), CleanLine(o.Note)})
	}
	l.search("")
	if current >= 0 && current < len(options) {
		l.current, l.at = current, current
	}
	return l
}

// press does what a key means and reports whether it picks the entry at the
// cursor. Rows is the height of the terminal.
func (l *list) press(k key, rows int) (picked bool) {
	page := max(1, listed(rows)-1)
	switch k {
	case keyEnter:
		return len(l.found) > 0
	case keyUp:
		l.move(-1)
	case keyDown:
		l.move(1)
	case keyPageUp:
		l.move(-page)
	case keyPageDown:
		l.move(page)
	case keyHome:
		l.move(-len(l.found))
	case keyEnd:
		l.move(len(l.found))
	case keyClear:
		l.search("")
	case keyBackspace:
		_, size := utf8.DecodeLastRuneInString(l.filter)
		l.search(l.filter[:len(l.filter)-size])
	default:
		l.char(k)
	}
	return false
}

// char is a character typed: it filters, but for the first ones that vi users
// move by. A slash begins a filter that starts with such a letter.
func (l *list) char(k key) {
	switch {
	case k < 0, k == ' ' && l.filter == "":
	case l.filtering:
		l.search(l.filter + string(rune(k)))
	case k == 'j':
		l.move(1)
	case k == 'k':
		l.move(-1)
	case k == '/':
		l.filtering = true
	default:
		l.search(string(rune(k)))
	}
}

func (l *list) move(by int) {
	l.at = max(0, min(l.at+by, len(l.found)-1))
}

// search keeps the entries that hold every word of the filter.
func (l *list) search(filter string) {
	l.filter, l.filtering = filter, filter != ""
	l.found, l.at, l.top = l.found[:0], 0, 0
	words := strings.FieldsFunc(strings.ToLower(filter), unicode.IsSpace)
	for i, row := range l.rows {
		text := strings.ToLower(row.label + " " + row.note)
		lacks := func(word string) bool { return !strings.Contains(text, word) }
		if !slices.ContainsFunc(words, lacks) {
			l.found = append(l.found, i)
		}
	}
}

// listed returns how many entries a terminal of so many rows shows. With the
// label and the help they take at most half of them: if the terminal becomes half
// as wide and breaks each line in two, all of them still are on the screen, and
// can be erased.
func listed(rows int) int { return max(1, min(maxListed, rows/2-2)) }

// view returns the lines to show and the column behind which the cursor rests.
func (l *list) view(columns, rows int) (lines []string, cursor int) {
	n := listed(rows)
	l.top = max(0, min(l.top, len(l.found)-n)) // after the window grew
	l.top = min(max(l.top, l.at-n+1), l.at)
	head, cursor := l.head(columns)
	lines = append(lines, head)
	if len(l.found) == 0 {
		lines = append(lines, "  nothing matches")
	}
	labels := l.labelWidth(columns)
	for i, row := range l.found[l.top:min(l.top+n, len(l.found))] {
		lines = append(lines, l.entry(row, l.top+i == l.at, labels))
	}
	return append(lines, "  "+listHelp), cursor
}

// head is the label, what was typed, and where in the list the cursor is. What
// was typed matters more than the end of a long label.
func (l *list) head(columns int) (line string, cursor int) {
	typed := ""
	if l.filtering {
		typed = " /" + l.filter
	}
	place := ""
	if len(l.found) > 0 {
		place = fmt.Sprintf("  %d/%d", l.at+1, len(l.found))
	}
	room := columns - 1 - uniseg.StringWidth(typed+place)
	line = Cut(l.label, max(room, 1)) + typed
	return line + place, uniseg.StringWidth(line)
}

// entry draws a row; the width of its label is aligned to labels columns.
func (l *list) entry(index int, here bool, labels int) string {
	row, s := l.rows[index], "  "
	if here {
		s = "› "
	}
	switch {
	case l.current == index:
		s += "● "
	case l.current >= 0:
		s += "○ "
	}
	if row.note == "" {
		return Cut(s+row.label, maxEntry)
	}
	return Cut(s+pad(Cut(row.label, labels), labels)+"  "+row.note, maxEntry)
}

// labelWidth returns how wide the column of labels is: as its widest one, unless
// the notes would vanish.
func (l *list) labelWidth(columns int) int {
	widest := 0
	for _, row := range l.rows {
		if row.note != "" {
			widest = max(widest, uniseg.StringWidth(row.label))
		}
	}
	return min(widest, max(8, min(columns, maxEntry)*2/3))
}
