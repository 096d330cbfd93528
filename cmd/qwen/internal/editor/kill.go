package editor

// A kill is what was cut out last, for pasting it elsewhere.
type kill struct {
	text   string // unfolded
	change int    // e.edits afterwards, and
	cursor int    // where the cursor was: if both still hold, the next cut adds to this
}

func (e *Editor) eraseLeft()     { e.erase(e.left(e.cursor), e.cursor) }
func (e *Editor) eraseRight()    { e.erase(e.cursor, e.right(e.cursor)) }
func (e *Editor) killWordLeft()  { e.cut(e.wordBefore(e.cursor), e.cursor) }
func (e *Editor) killWordRight() { e.cut(e.cursor, e.wordAfter(e.cursor)) }

// killLeft cuts to the start of the line, or the line end before it.
func (e *Editor) killLeft() {
	start := e.startOf(e.cursor)
	if start == e.cursor {
		start = e.left(start)
	}
	e.cut(start, e.cursor)
}

// killRight cuts to the end of the line, or the line end itself.
func (e *Editor) killRight() {
	end := e.endOf(e.cursor)
	if end == e.cursor {
		end = e.right(end)
	}
	e.cut(e.cursor, end)
}

func (e *Editor) erase(from, to int) { e.replace(from, to, "") }

// cut erases and keeps what is erased. One cut right after another adds to it, as
// in Emacs and Readline.
func (e *Editor) cut(from, to int) {
	if from == to {
		return
	}
	text, leftwards := e.unfolded(e.text[from:to]), to == e.cursor
	switch goesOn := e.killed.text != "" && e.killed.change == e.edits && e.killed.cursor == e.cursor; {
	case goesOn && leftwards:
		text += e.killed.text
	case goesOn:
		text = e.killed.text + text
	}
	e.erase(from, to)
	e.killed = kill{text: text, change: e.edits, cursor: e.cursor}
}

// yank puts back what was cut last.
func (e *Editor) yank() { e.insert(e.refold(e.killed.text)) }

// transpose swaps the characters around the cursor; at the end of a line, the two
// before it.
func (e *Editor) transpose() {
	at := e.cursor
	if at == e.endOf(at) {
		at = e.left(at)
	}
	from, to := e.left(at), e.right(at)
	if from == at || at == to || e.text[from] == '\n' || e.text[at] == '\n' {
		return
	}
	e.replace(from, to, string(e.text[at:to])+string(e.text[from:at]))
}
