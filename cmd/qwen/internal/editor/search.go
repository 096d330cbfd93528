package editor

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// A search goes through the history for entries that hold what is typed.
type search struct {
	query  string
	place  int  // of the entry found; 0: none yet
	missed bool // nothing holds the query
	before draft
	lower  []string // the entries in lower case
}

// Search returns what is searched for in the history, and whether there is a
// search. What is found is in the text meanwhile.
func (e *Editor) Search() (query string, on bool) {
	if e.search == nil {
		return "", false
	}
	return e.search.query, true
}

// Missed reports whether a search has found nothing.
func (e *Editor) Missed() bool { return e.search != nil && e.search.missed }

// startSearch begins a search, if there is a history to search.
func (e *Editor) startSearch() {
	e.past.begin()
	if len(e.past.entries) > 0 {
		e.keep()
	}
	e.search = &search{before: draft{string(e.text), e.cursor}}
	for _, entry := range e.past.entries {
		e.search.lower = append(e.search.lower, strings.ToLower(entry))
	}
}

// pressSearch takes a key during a search. It returns false if the key ends the
// search and means something else.
func (e *Editor) pressSearch(k term.Key) bool {
	switch name := k.String(); {
	case k.Types():
		e.narrow(k.Text)
	case name == "ctrl+r":
		e.find(e.search.place+1, 1)
	case name == "ctrl+s":
		e.find(e.search.place-1, -1)
	case name == "backspace", name == "ctrl+h":
		e.widen()
	case name == "enter":
		e.accept()
	case name == "esc", name == "ctrl+g", name == "ctrl+c":
		e.leaveSearch()
	default:
		e.endSearch()
		return false
	}
	return true
}

// narrow adds to the query. The entry that is shown may still hold it.
func (e *Editor) narrow(text string) {
	e.search.query += text
	e.find(max(1, e.search.place), 1)
}

// widen takes the last character of the query away and begins anew.
func (e *Editor) widen() {
	_, size := utf8.DecodeLastRuneInString(e.search.query)
	e.search.query = e.search.query[:len(e.search.query)-size]
	e.find(1, 1)
}

// find shows the first entry that holds the query, from a place on.
func (e *Editor) find(place, step int) {
	s := e.search
	if s.query == "" {
		s.place, s.missed = 0, false
		e.show(s.before)
		return
	}
	for ; place >= 1 && place <= len(s.lower); place += step {
		entry := e.past.entry(place)
		at := s.match(entry, s.lower[len(s.lower)-place])
		if at < 0 || s.place > 0 && step*(place-s.place) > 0 && entry == e.past.entry(s.place) {
			continue
		}
		s.place, s.missed = place, false
		e.show(e.draft(place))
		e.moveTo(e.folded(at))
		return
	}
	s.missed = true
}

// match returns where the query is in an entry, or -1. Capitals count if there are
// any in the query.
func (s *search) match(entry, lower string) int {
	if strings.ContainsFunc(s.query, unicode.IsUpper) {
		return strings.Index(entry, s.query)
	}
	return strings.Index(lower, s.query)
}

// show puts a text there that is not yet a change.
func (e *Editor) show(d draft) {
	e.apply(0, len(e.text), d.text)
	e.moveTo(d.cursor)
}

// leaveSearch ends a search and brings back what was there before.
func (e *Editor) leaveSearch() {
	if e.search != nil {
		e.show(e.search.before)
		e.search = nil
	}
}

// accept ends a search and takes over what it has found, to be edited or sent.
func (e *Editor) accept() {
	e.endSearch()
	e.textEnd()
}

// endSearch ends a search, if there is one, and takes over what it has found.
func (e *Editor) endSearch() {
	if e.search == nil {
		return
	}
	s, cursor := e.search, e.cursor
	e.leaveSearch()
	if s.place > 0 {
		e.visit(s.place)
		e.moveTo(cursor)
	}
}
