package markdown

import (
	"strconv"
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// text is text with styles. It is built up by appending and then read.
type text struct {
	buf  []byte
	runs []run
}

// A run is a part of a text, up to the next one.
type run struct {
	from  int
	style style
	link  string // target; empty for none
}

// add appends s. It is the only way for foreign text into a line, and nothing gets
// through it that controls a terminal.
func (t *text) add(s string, st style, link string) {
	s = term.Clean(s)
	if strings.ContainsAny(s, "\n\t") {
		s = strings.NewReplacer("\n", " ", "\t", " ").Replace(s)
	}
	if s == "" {
		return
	}
	if n := len(t.runs); n == 0 || t.runs[n-1].style != st || t.runs[n-1].link != link {
		t.runs = append(t.runs, run{len(t.buf), st, link})
	}
	t.buf = append(t.buf, s...)
}

// addLines appends the lines of s.
func (t *text) addLines(s string, st style) {
	line, rest, more := strings.Cut(s, "\n")
	t.add(line, st, "")
	for more {
		t.breakLine()
		line, rest, more = strings.Cut(rest, "\n")
		t.add(line, st, "")
	}
}

// breakLine appends a line break.
func (t *text) breakLine() { t.buf = append(t.buf, '\n') }

// addPart appends a part of another text.
func (t *text) addPart(o *text, s segment) {
	for r, part := range o.parts(s) {
		t.runs = append(t.runs, run{len(t.buf), r.style, r.link})
		t.buf = append(t.buf, part...)
	}
}

// fill appends spaces.
func (t *text) fill(n int) { t.add(spaces(n), style{}, "") }

func (t *text) String() string { return string(t.buf) }

func (t *text) all() segment { return segment{0, len(t.buf)} }

// parts yields the runs of a segment with their texts.
func (t *text) parts(s segment) func(yield func(run, []byte) bool) {
	return func(yield func(run, []byte) bool) {
		for i, r := range t.runs {
			end := s.to
			if i+1 < len(t.runs) {
				end = min(end, t.runs[i+1].from)
			}
			from := max(r.from, s.from)
			if from >= s.to {
				return
			}
			if from < end && !yield(r, t.buf[from:end]) {
				return
			}
		}
	}
}

// line writes a segment with the control sequences for its styles and links.
func (t *text) line(s segment) string {
	var b []byte
	link := ""
	for r, part := range t.parts(s) {
		if r.link != link {
			b, link = appendLink(b, r.link), r.link
		}
		b = r.style.appendTo(b, part)
	}
	if link != "" {
		b = appendLink(b, "")
	}
	return string(b)
}

// appendLink begins a link, or ends one if the target is empty. See
// https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda.
func appendLink(b []byte, target string) []byte {
	b = append(b, "\x1b]8;;"...)
	b = append(b, target...)
	return append(b, "\x1b\\"...)
}

// A style is how text looks.
type style struct {
	attrs attrs
	color uint8 // SGR parameter of a foreground; 0 for the terminal's own
}

type attrs uint8

// The attributes; the bits are in the order of their SGR parameters, see sgr.
const (
	bold attrs = 1 << iota
	dim
	italic
	underline
	strike
)

// sgr are the parameters that switch the attributes on.
const sgr = "12349"

// with returns the style inside of s where inner is asked for in addition.
func (s style) with(inner style) style {
	s.attrs |= inner.attrs
	if inner.color != 0 {
		s.color = inner.color
	}
	return s
}

func (s style) appendTo(b, text []byte) []byte {
	if s == (style{}) {
		return append(b, text...)
	}
	b = append(b, "\x1b["...)
	for i := range len(sgr) {
		if s.attrs&(1<<i) != 0 {
			b = append(b, sgr[i], ';')
		}
	}
	if s.color != 0 {
		b = append(strconv.AppendUint(b, uint64(s.color), 10), ';')
	}
	b[len(b)-1] = 'm'
	b = append(b, text...)
	return append(b, "\x1b[0m"...)
}
