package highlight

import (
	"strings"
	"unicode/utf8"
)

// A Class says what a [Span] is, so that a theme can colour it.
type Class uint8

// The classes.
const (
	Plain    Class = iota
	Keyword        // also true, nil and the like
	Type           // also what a language has built in
	Function       // a name that is called or defined
	Key            // of data; an attribute, a tag, a variable
	String
	Number
	Comment
	Meta // a preprocessor's line, a decorator, the head of a hunk
	Heading
	Inserted
	Deleted

	Classes int = iota // how many there are
)

// A Span is a piece of a line in one class.
type Span struct {
	Text  string
	Class Class
}

// A Highlighter colours the lines of one text in turn. A copy of it goes on by itself,
// so that it can look ahead.
type Highlighter struct {
	lang *language // nil: unknown

	// What the last line left open: a string or a comment up to a mark, a here
	// document up to a line, a tag, or a value that is indented more than its key.
	until   quote
	class   Class
	here    string
	joined  bool // the line goes on with the next one
	inTag   bool
	literal int // one more than the indent of the key
}

// New returns a highlighter for a language, by one of the names that it has behind a
// fence in Markdown. In an unknown language all is plain.
func New(lang string) *Highlighter { return &Highlighter{lang: lookup(strings.ToLower(lang))} }

// Known reports whether the language is one that is coloured.
func (h *Highlighter) Known() bool { return h.lang != nil }

// Line returns the spans of the next line, which is given without its end. Their
// texts joined are the line.
func (h *Highlighter) Line(s string) []Span {
	if h.lang == nil || s == "" && h.until.close == "" {
		return plain(s)
	}
	l := line{Highlighter: h, s: s}
	switch h.lang.kind {
	case diffs:
		return []Span{{s, diffClass(s)}}
	case prose:
		l.prose()
	case markup:
		l.markup()
	case yaml:
		l.yaml()
	default:
		l.code()
	}
	return l.spans
}

func plain(s string) []Span {
	if s == "" {
		return nil
	}
	return []Span{{Text: s}}
}

// A line is a line that is being coloured.
type line struct {
	*Highlighter
	s     string
	at    int // up to where it is coloured
	spans []Span
}

// rest is what is not coloured yet.
func (l *line) rest() string { return l.s[l.at:] }

// add colours the next n bytes.
func (l *line) add(n int, class Class) {
	if n == 0 {
		return
	}
	from := l.at
	l.at += n
	if last := len(l.spans) - 1; last >= 0 && l.spans[last].Class == class {
		l.spans[last].Text = l.s[from-len(l.spans[last].Text) : l.at]
		return
	}
	l.spans = append(l.spans, Span{l.s[from:l.at], class})
}

// space leaves the blanks that come next plain.
func (l *line) space() { l.add(blanks(l.rest()), Plain) }

// blanks returns how many blanks s begins with.
func blanks(s string) int { return len(s) - len(strings.TrimLeft(s, " \t")) }

// finish colours a string or a comment up to its end, which may be on another line.
// The rest begins after its opening mark.
func (l *line) finish(opening int, q quote, class Class) {
	n := q.end(l.s[l.at+opening:])
	if n >= 0 {
		l.add(opening+n, class)
		l.until = quote{}
		return
	}
	l.add(len(l.rest()), class)
	if q.lines {
		l.until, l.class = q, class
	} else {
		l.until = quote{}
	}
}

// A quote is how a string or a comment begins and ends.
type quote struct {
	open, close string
	escapes     bool // a backslash keeps the mark from ending it
	lines       bool // it may end on another line
	char        bool // it is a quotation mark only around one character
}

// end returns where it ends in s, behind the mark, or -1.
func (q quote) end(s string) int {
	for i := 0; i+len(q.close) <= len(s); i++ {
		switch {
		case q.escapes && s[i] == '\\':
			i++
		case s[i] == q.close[0] && strings.HasPrefix(s[i:], q.close):
			return i + len(q.close)
		}
	}
	return -1
}

// longestChar is a character in quotation marks.
const longestChar = `'\u{10FFFF}'`

// begins reports whether s begins with it.
func (q quote) begins(s string) bool {
	if !strings.HasPrefix(s, q.open) {
		return false
	}
	if !q.char {
		return true
	}
	n := q.end(s[1:min(len(s), len(longestChar))])
	return n > 1 && (s[1] == '\\' || utf8.RuneCountInString(s[1:n]) == 1)
}
