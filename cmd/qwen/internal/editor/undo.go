package editor

import (
	"unicode"
	"unicode/utf8"
)

// How much can be undone: changes, and bytes in them.
const (
	maxChanges     = 1000
	maxChangeBytes = 8 << 20
)

// A change is one that can be undone.
type change struct {
	at                int
	removed, inserted string
	cursor            int // before
	place, then       int // in the history, before and after
	typed             bool
}

// changes are what can be undone and, after that, done again.
type changes struct {
	done, undone []change
	size         int // bytes in done
}

func (c *change) size() int { return len(c.removed) + len(c.inserted) }

// record adds a change. Characters typed one after the other become one change
// for each word.
func (c *changes) record(n change) {
	n.typed = isCharacter(n.removed + n.inserted)
	c.undone = nil
	c.size += n.size()
	if len(c.done) > 0 && c.done[len(c.done)-1].merge(n) {
		return
	}
	c.done = append(c.done, n)
	drop := 0
	for len(c.done)-drop > 1 && (len(c.done)-drop > maxChanges || c.size > maxChangeBytes) {
		c.size -= c.done[drop].size()
		drop++
	}
	c.done = c.done[drop:]
}

// merge makes n a part of c, if it only goes on with it.
func (c *change) merge(n change) bool {
	switch {
	case !c.typed || !n.typed:
		return false
	case c.removed == "" && n.removed == "" && n.at == c.at+len(c.inserted) && sameWord(c.inserted, n.inserted):
		c.inserted += n.inserted
	case c.inserted == "" && n.inserted == "" && n.at+len(n.removed) == c.at && sameWord(n.removed, c.removed):
		c.at, c.removed = n.at, n.removed+c.removed
	default:
		return false
	}
	return true
}

// isCharacter reports whether text is one character, as a key types it. The mark
// of a fold is none.
func isCharacter(text string) bool {
	r, size := utf8.DecodeRuneInString(text)
	return size == len(text) && r != utf8.RuneError
}

// sameWord reports whether no new word or line begins between two texts.
func sameWord(a, b string) bool {
	last, _ := utf8.DecodeLastRuneInString(a)
	first, _ := utf8.DecodeRuneInString(b)
	return last != '\n' && first != '\n' && !(unicode.IsSpace(last) && !unicode.IsSpace(first))
}

// Undo takes the last change back. It returns false if there is none.
func (e *Editor) Undo() bool {
	e.leaveSearch()
	if len(e.done) == 0 {
		return false
	}
	c := e.done[len(e.done)-1]
	e.done = e.done[:len(e.done)-1]
	e.changes.size -= c.size()
	e.undone = append(e.undone, c)
	e.apply(c.at, c.at+len(c.inserted), c.removed)
	e.moveTo(c.cursor)
	e.past.place = c.place
	return true
}

// Redo takes the last Undo back. It returns false if there is none.
func (e *Editor) Redo() bool {
	e.leaveSearch()
	if len(e.undone) == 0 {
		return false
	}
	c := e.undone[len(e.undone)-1]
	e.undone = e.undone[:len(e.undone)-1]
	e.done = append(e.done, c)
	e.changes.size += c.size()
	e.apply(c.at, c.at+len(c.removed), c.inserted)
	e.moveTo(e.snap(c.at + len(c.inserted)))
	e.past.place = c.then
	return true
}
