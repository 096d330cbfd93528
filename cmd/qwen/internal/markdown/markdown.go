package markdown

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// maxOpen is how many bytes of a line, a paragraph or the beginning of a table are
// held back at most, in the hope of an end.
const maxOpen = 16 << 10

// defaultWidth is the width where none is known.
const defaultWidth = 80

// Options say how Markdown is laid out.
type Options struct {
	Width int // columns; 0 for 80
	Theme Theme
	Links bool // links (OSC 8) may be used
}

// A Stream lays out one text that arrives in pieces. How it is cut does not matter
// to the result. A Stream is for one goroutine.
type Stream struct {
	doc     document
	partial []byte // the line that has no end yet
	midline bool   // the partial line continues one that was too long
	tail    []string
	fresh   bool // tail is up to date
}

// New returns a stream without text.
func New(o Options) *Stream {
	s := &Stream{doc: document{theme: o.Theme, links: o.Links}}
	s.Resize(o.Width)
	return s
}

// Render lays out a whole text.
func Render(text string, o Options) []string {
	s := New(o)
	return append(s.Write(text), s.Close()...)
}

// Write adds a piece of the text and returns the lines that are finished: they
// never change again. Lines of code are as long as they are; all others fit the
// width.
func (s *Stream) Write(text string) (done []string) {
	s.fresh = false
	for len(text) > 0 {
		text = text[s.add(text):]
	}
	return s.take()
}

// add takes what there is room for, at most up to the end of the line, and returns
// how much that is.
func (s *Stream) add(text string) int {
	room := maxOpen - len(s.partial)
	end := strings.IndexByte(text[:min(len(text), room+1)], '\n')
	switch {
	case end >= 0:
		s.partial = append(s.partial, text[:end]...)
		s.endLine()
		return end + 1
	case room == 0:
		s.cut()
		return 0
	}
	n := min(len(text), room)
	s.partial = append(s.partial, text[:n]...)
	return n
}

// Tail returns what is not finished yet, much as it would be if the text ended here:
// emphasis that is not closed yet is, and marks at the end that could become anything
// are left out.
func (s *Stream) Tail() []string {
	if !s.fresh {
		s.tail, s.fresh = s.layTail(), true
	}
	return s.tail
}

func (s *Stream) layTail() []string {
	doc := s.doc.clone()
	if line := s.pending(); line != "" {
		doc.line(line, s.midline)
	}
	doc.close()
	return doc.out
}

// pending returns the line that has no end yet, as it is shown for the moment.
func (s *Stream) pending() string {
	line := string(s.partial)
	before, inline := s.doc.inlineBefore()
	switch {
	case !inline || fenceMark(strings.TrimLeft(line, " ")) != "":
		return line
	case onlyMarks(line):
		return ""
	}
	return strings.TrimPrefix(mend(before+line), before)
}

// onlyMarks reports whether a line is made of marks alone. A "-" would make a
// heading of the paragraph above, until the rest of the list item arrives.
func onlyMarks(line string) bool {
	return strings.Trim(line, " \t-=*+#>`|~:_.)0123456789") == ""
}

// Resize sets the width of what comes from now on.
func (s *Stream) Resize(width int) {
	if width <= 0 {
		width = defaultWidth
	}
	s.doc.width, s.fresh = width, false
}

// Close ends the text and returns the rest of the lines.
func (s *Stream) Close() (done []string) {
	if len(s.partial) > 0 {
		s.endLine()
	}
	s.doc.close()
	s.fresh = false
	return s.take()
}

func (s *Stream) endLine() {
	s.doc.line(string(s.partial), s.midline)
	s.partial, s.midline = s.partial[:0], false
}

// cut ends a line that is too long to wait for its end, at a space if there is one.
func (s *Stream) cut() {
	at := strings.LastIndexByte(string(s.partial), ' ') + 1
	if at < maxOpen/2 {
		at = len(s.partial) - cutOff(s.partial)
	}
	rest := slices.Clone(s.partial[at:])
	s.partial = s.partial[:at]
	s.endLine()
	s.partial, s.midline = append(s.partial, rest...), true
}

// cutOff returns how many bytes at the end of p are the beginning of a character.
func cutOff(p []byte) int {
	for n := 1; n < utf8.UTFMax && n < len(p); n++ {
		if utf8.RuneStart(p[len(p)-n]) {
			if utf8.FullRune(p[len(p)-n:]) {
				return 0
			}
			return n
		}
	}
	return 0
}

func (s *Stream) take() []string {
	done := s.doc.out
	s.doc.out = nil
	return done
}
