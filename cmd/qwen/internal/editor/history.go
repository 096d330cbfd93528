package editor

// The past is the way through the history.
type past struct {
	history History  // may be nil
	entries []string // as they were when the way began; nil before that
	place   int      // how many entries back from what is being typed
	edited  map[int]draft
}

// A draft is a text that was left for another one.
type draft struct {
	text   string // with marks of folds
	cursor int
}

// begin reads the history at the first step into it.
func (p *past) begin() {
	if p.entries == nil && p.history != nil {
		p.entries = p.history.Entries()
		p.edited = make(map[int]draft)
	}
}

// entry returns the entry that is so many back.
func (p *past) entry(back int) string { return p.entries[len(p.entries)-back] }

func (e *Editor) older() bool { return e.walk(1) }
func (e *Editor) newer() bool { return e.walk(-1) }

// walk goes to the next entry that differs from what is shown. It returns false
// if there is none.
func (e *Editor) walk(step int) bool {
	e.past.begin()
	for place := e.past.place + step; place >= 0 && place <= len(e.past.entries); place += step {
		if place == 0 || e.past.entry(place) != e.Text() {
			e.visit(place)
			return true
		}
	}
	return false
}

// visit shows the entry at a place. What was made of the one that is left is kept
// until the message is sent.
func (e *Editor) visit(place int) {
	e.keep()
	d := e.draft(place)
	e.record(change{
		removed: string(e.text), inserted: d.text,
		cursor: e.cursor, place: e.past.place, then: place,
	})
	e.apply(0, len(e.text), d.text)
	e.moveTo(d.cursor)
	e.past.place = place
}

// keep notes what was made of the entry that is shown.
func (e *Editor) keep() {
	place := e.past.place
	if place > 0 && e.Text() == normal(e.past.entry(place)) {
		delete(e.past.edited, place)
		return
	}
	e.past.edited[place] = draft{string(e.text), e.cursor}
}

// draft returns what is shown at a place: what was made of the entry, or the
// entry.
func (e *Editor) draft(place int) draft {
	if d, ok := e.past.edited[place]; ok {
		return d
	}
	text := e.refold(normal(e.past.entry(place)))
	return draft{text, len(text)}
}
