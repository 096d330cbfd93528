package editor

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

func (e *Editor) charLeft()  { e.moveTo(e.left(e.cursor)) }
func (e *Editor) charRight() { e.moveTo(e.right(e.cursor)) }
func (e *Editor) wordLeft()  { e.moveTo(e.wordBefore(e.cursor)) }
func (e *Editor) wordRight() { e.moveTo(e.wordAfter(e.cursor)) }
func (e *Editor) lineStart() { e.moveTo(e.startOf(e.cursor)) }
func (e *Editor) lineEnd()   { e.moveTo(e.endOf(e.cursor)) }
func (e *Editor) textStart() { e.moveTo(0) }
func (e *Editor) textEnd()   { e.moveTo(len(e.text)) }

// startOf returns where the line of i begins.
func (e *Editor) startOf(i int) int { return bytes.LastIndexByte(e.text[:i], '\n') + 1 }

// endOf returns where the line of i ends.
func (e *Editor) endOf(i int) int {
	if n := bytes.IndexByte(e.text[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(e.text)
}

// class is what kind of word a character is of. A text without spaces between
// words is passed by runs of one script.
type class uint8

const (
	noWord class = iota
	foldWord
	letters
	han
	hiragana
	katakana
)

func (e *Editor) class(i int) class {
	if e.text[i] == foldMark {
		return foldWord
	}
	r, _ := utf8.DecodeRune(e.text[i:])
	switch {
	case unicode.Is(unicode.Han, r):
		return han
	case unicode.Is(unicode.Hiragana, r):
		return hiragana
	case unicode.Is(unicode.Katakana, r), r == 'ー':
		return katakana
	case unicode.In(r, unicode.L, unicode.N, unicode.M), r == '_':
		return letters
	}
	return noWord
}

// wordBefore returns where the word before i begins.
func (e *Editor) wordBefore(i int) int {
	found := noWord
	for i > 0 {
		at := e.left(i)
		c := e.class(at)
		if found != noWord && c != found {
			break
		}
		i, found = at, c
		if c == foldWord {
			break
		}
	}
	return i
}

// wordAfter returns where the word after i ends.
func (e *Editor) wordAfter(i int) int {
	found := noWord
	for i < len(e.text) {
		c := e.class(i)
		if found != noWord && c != found {
			break
		}
		i, found = e.right(i), c
		if c == foldWord {
			break
		}
	}
	return i
}

// vertical moves the cursor by rows, keeping its column. It returns false, and
// stays, if there are not so many.
func (e *Editor) vertical(by int) bool {
	total := e.lay(e.columns)
	from := e.rowOf(e.cursor)
	if from+by < 0 || from+by >= total {
		return false
	}
	goal := e.goal
	if goal < 0 {
		goal = e.columnOf(e.row(from), e.cursor)
	}
	e.cursor, e.goal = e.offsetAt(e.row(from+by), goal), goal
	return true
}

// up goes to the row above or, from the first one, back in the history.
func (e *Editor) up() {
	if !e.vertical(-1) && !e.older() {
		e.textStart()
	}
}

// down goes to the row below or, from the last one, forward in the history.
func (e *Editor) down() {
	if !e.vertical(1) && !e.newer() {
		e.textEnd()
	}
}

// page moves by what is on the screen. It returns false if everything is.
func (e *Editor) page(by int) bool {
	total := e.lay(e.columns)
	if e.height == 0 || total <= e.height {
		return false
	}
	at := e.rowOf(e.cursor)
	e.vertical(max(0, min(at+by*max(1, e.height-1), total-1)) - at)
	return true
}
