package editor

import (
	"bytes"
	"slices"
	"strings"
)

// A History keeps what was typed, across sessions.
type History interface {
	Entries() []string // oldest first
	Add(text string)
}

// An Editor is a text with a cursor. It is for one goroutine.
type Editor struct {
	text   []byte // UTF-8, but for the marks of folds
	cursor int    // where a cell begins, or the end of the text
	goal   int    // the column that the keys up and down keep to; -1: the cursor's own

	folds  []fold   // those that may be in the text, or come back by undoing; see mark
	recent []string // pastes of messages that were sent, to fold them again

	layout
	changes
	past   past
	search *search // nil: not searching
	killed kill
	edits  int // how many times the text has changed
}

// New returns an empty editor. The history may be nil.
func New(h History) *Editor {
	e := &Editor{goal: -1, past: past{history: h}}
	e.layout.reset()
	return e
}

// Text returns the whole text, with pastes unfolded.
func (e *Editor) Text() string { return e.unfolded(e.text) }

// Before returns what stands before the cursor, with pastes unfolded.
func (e *Editor) Before() string { return e.unfolded(e.text[:e.cursor]) }

// Empty reports whether there is no text.
func (e *Editor) Empty() bool { return len(e.text) == 0 }

// Insert puts text at the cursor.
func (e *Editor) Insert(text string) {
	e.endSearch()
	e.insert(normal(text))
}

// Newline begins a new line at the cursor.
func (e *Editor) Newline() { e.Insert("\n") }

// Enter begins a new line if a backslash stands right before the cursor, in its
// place. It also takes over what a search has found. It returns false if it did
// neither: the caller sends the message.
func (e *Editor) Enter() bool {
	switch {
	case e.search != nil:
		e.accept()
		return true
	case !bytes.HasSuffix(e.text[:e.cursor], []byte(`\`)):
		return false
	}
	e.replace(e.cursor-1, e.cursor, "\n")
	return true
}

// Paste puts text at the cursor that arrived at once. If it is long, it is folded.
func (e *Editor) Paste(text string) {
	text = normal(text)
	if e.search != nil && len(text) < pasteBytes && !strings.Contains(text, "\n") {
		e.narrow(text)
		return
	}
	e.endSearch()
	if isLong(text, pasteLines, pasteBytes) {
		text = e.fold(text)
	}
	e.insert(text)
}

// Set replaces the whole text and puts the cursor at its end. What was folded
// before is folded again, and so is what nobody can have typed.
func (e *Editor) Set(text string) {
	e.leaveSearch()
	e.replace(0, len(e.text), e.refold(normal(text)))
}

// Prepend puts text in front of what is there, on lines of its own. The cursor
// stays where it was in the text.
func (e *Editor) Prepend(text string) {
	e.leaveSearch()
	text = e.refold(normal(text))
	if text != "" && len(e.text) > 0 && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	cursor := e.cursor + len(text)
	e.replace(0, 0, text)
	e.moveTo(e.snap(cursor))
}

// Replace puts text in place of Before()[from:], as when a word is completed. A
// fold that from lies in stays.
func (e *Editor) Replace(from int, text string) {
	e.endSearch()
	e.replace(min(e.folded(from), e.cursor), e.cursor, normal(text))
}

// Take returns the whole text, adds it to the history and empties the editor. It
// cannot be undone: what was sent was sent.
func (e *Editor) Take() string {
	e.endSearch()
	text := e.Text()
	if e.past.history != nil && strings.TrimSpace(text) != "" {
		e.past.history.Add(text)
	}
	e.remember()
	e.text, e.cursor, e.goal = nil, 0, -1
	e.layout.reset()
	e.changes = changes{}
	e.past = past{history: e.past.history}
	return text
}

// normal returns text as it is kept: with line ends that are "\n", and in UTF-8.
func normal(text string) string {
	if strings.Contains(text, "\r") {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

func (e *Editor) insert(text string) { e.replace(e.cursor, e.cursor, text) }

// replace is what every edit comes down to: text, which may hold marks of folds,
// comes in place of what is from from to to. The cursor is behind it afterwards.
func (e *Editor) replace(from, to int, text string) {
	if from == to && text == "" {
		return
	}
	e.record(change{
		at: from, removed: string(e.text[from:to]), inserted: text,
		cursor: e.cursor, place: e.past.place, then: e.past.place,
	})
	e.apply(from, to, text)
	e.moveTo(e.snap(from + len(text)))
}

// apply changes the text and nothing but the text.
func (e *Editor) apply(from, to int, text string) {
	e.text = slices.Replace(e.text, from, to, []byte(text)...)
	e.layout.replace(from, to, text)
	e.edits++
}

func (e *Editor) moveTo(i int) { e.cursor, e.goal = i, -1 }
