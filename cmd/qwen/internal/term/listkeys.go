package term

import "unicode/utf8"

// A List is the list of [Prompter.Pick] in the hands of somebody who reads the keys
// and paints the screen: entries to move through by arrow keys, or by typing a part
// of them. It is for one goroutine.
type List struct{ list *list }

// NewList returns a list; current is the index of the marked entry, where it begins,
// or -1 for none.
func NewList(label string, options []Option, current int) *List {
	return &List{newList(label, options, current)}
}

// Press does what a key means in a terminal of so many rows. It returns the index of
// the entry that the key picks, false if it picks none.
func (l *List) Press(k Key, rows int) (picked int, ok bool) {
	if l.list.press(listKey(k), rows) {
		return l.list.found[l.list.at], true
	}
	return -1, false
}

// View returns the lines to show, and the column of the first at which the cursor
// rests.
func (l *List) View(columns, rows int) (lines []string, column int) {
	return l.list.view(columns, rows)
}

// listKey returns what a key is to a list.
func listKey(k Key) key {
	if r, size := utf8.DecodeRuneInString(k.Text); k.Types() && size == len(k.Text) {
		return key(r)
	}
	switch k.String() {
	case "enter":
		return keyEnter
	case "up", "ctrl+p":
		return keyUp
	case "down", "ctrl+n":
		return keyDown
	case "pageup":
		return keyPageUp
	case "pagedown":
		return keyPageDown
	case "home":
		return keyHome
	case "end":
		return keyEnd
	case "backspace":
		return keyBackspace
	case "ctrl+u":
		return keyClear
	}
	return keyNone
}
