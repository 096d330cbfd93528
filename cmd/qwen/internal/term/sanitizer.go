package term

import (
	"io"
	"strings"
	"unicode/utf8"
)

// A Sanitizer is a writer that passes text on without anything that would drive a
// terminal or deceive its reader. Model output, server messages, names out of a
// model list: whoever writes them must be able to show text, and nothing else.
//
// It removes
//
//   - control sequences whole (ECMA-48: CSI, OSC, DCS, APC, PM, SOS and the short
//     escapes), in their 7-bit form, as C1 characters and as bare C1 bytes;
//   - all other control characters but newline and tab. "\r\n" thus becomes
//     "\n", and a lone carriage return cannot overwrite a line;
//   - bidirectional controls, zero-width characters but the two that emoji are
//     made of (U+200D and U+FE0F), tag characters, byte order marks, and the
//     line and paragraph separators U+2028 and U+2029.
//
// A byte that is no UTF-8 becomes U+FFFD. All other text stays as it is.
//
// A control string (OSC and its kin) ends at its terminator or at the end of the
// line, whichever comes first: what follows is harmless without its introducer,
// and an answer must not vanish because of two stray bytes.
//
// The state survives chunk borders, so that a sequence or a character may be
// split over any number of writes, and it is a few bytes for any input. Each
// Write makes at most one Write on the writer below. A Sanitizer is for one
// goroutine.
type Sanitizer struct {
	w   io.Writer
	f   filter
	buf []byte
}

// NewSanitizer returns a sanitizer that writes to w.
func NewSanitizer(w io.Writer) *Sanitizer { return &Sanitizer{w: w} }

// Write passes on what is fit to be shown of p.
func (s *Sanitizer) Write(p []byte) (int, error) {
	s.buf = s.f.filter(s.buf[:0], p)
	if len(s.buf) > 0 {
		if _, err := s.w.Write(s.buf); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// Close drops a sequence or character that was begun but not finished. It does
// not close the writer below; the sanitizer can be used for another text.
func (s *Sanitizer) Close() error {
	s.f = filter{}
	return nil
}

// Clean returns s as a [Sanitizer] would pass it on.
func Clean(s string) string {
	if isClean(s) {
		return s
	}
	var f filter
	return string(f.filter(make([]byte, 0, len(s)), []byte(s)))
}

// CleanLine is [Clean] for what has to stay on one line, such as an error
// message or a name: newlines and tabs become spaces, outer spaces go.
func CleanLine(s string) string {
	s = strings.TrimSpace(Clean(s))
	if !strings.ContainsAny(s, "\n\t") {
		return s
	}
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\t' }), " ")
}

func isClean(s string) bool {
	for i := 0; i < len(s); {
		if plainByte(s[i]) {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || hidden(r) {
			return false
		}
		i += size
	}
	return true
}

// state is where in a control sequence the filter is.
type state uint8

const (
	ground    state = iota
	escape          // after ESC
	escapeMid       // after ESC and an intermediate byte, as in ESC ( B
	csi             // after CSI
	text            // in a control string
	textEsc         // in a control string, after ESC
)

// Characters that matter to the filter; names as in ECMA-48.
const (
	bel rune = 0x07
	can rune = 0x18
	sub rune = 0x1A
	esc rune = 0x1B

	c1CSI rune = 0x9B
	c1ST  rune = 0x9C
)

// filter is the state machine of the [Sanitizer].
type filter struct {
	state   state
	partial [utf8.UTFMax]byte // beginning of a character
	n       int               // bytes in partial
}

// filter appends to dst what is fit to be shown of p.
func (f *filter) filter(dst, p []byte) []byte {
	for f.n > 0 && len(p) > 0 {
		dst, p = f.complete(dst, p)
	}
	for len(p) > 0 {
		switch f.state {
		case ground:
			n := plainPrefix(p)
			dst, p = append(dst, p[:n]...), p[n:]
		case text:
			p = p[asciiPrefix(p):]
		}
		if len(p) == 0 {
			break
		}
		if !utf8.FullRune(p) {
			f.n = copy(f.partial[:], p)
			break
		}
		r, size := decode(p)
		dst = f.rune(dst, r, p[:size])
		p = p[size:]
	}
	return dst
}

// complete takes bytes from p until the character begun in f.partial is whole,
// or turns out to be none.
func (f *filter) complete(dst, p []byte) (out, rest []byte) {
	for len(p) > 0 && !utf8.FullRune(f.partial[:f.n]) {
		f.partial[f.n] = p[0]
		f.n++
		p = p[1:]
	}
	for f.n > 0 && utf8.FullRune(f.partial[:f.n]) {
		r, size := decode(f.partial[:f.n])
		dst = f.rune(dst, r, f.partial[:size])
		f.n = copy(f.partial[:], f.partial[size:f.n])
	}
	return dst, p
}

// decode returns the first character of p. A bare byte in the range of C1 is
// taken for the control character that it is to a terminal in 8-bit mode.
func decode(p []byte) (r rune, size int) {
	r, size = utf8.DecodeRune(p)
	if r == utf8.RuneError && size == 1 && isC1(rune(p[0])) {
		r = rune(p[0])
	}
	return r, size
}

// rune takes one character, raw being its bytes, and appends it to dst if it is
// to be shown.
func (f *filter) rune(dst []byte, r rune, raw []byte) []byte {
	if f.state != ground && f.inSequence(r) {
		return dst
	}
	switch {
	case f.begin(r), hidden(r):
		return dst
	case r == utf8.RuneError:
		return utf8.AppendRune(dst, r)
	}
	return append(dst, raw...)
}

// begin enters the sequence that r introduces, if it introduces one.
func (f *filter) begin(r rune) bool {
	switch {
	case r == esc:
		f.state = escape
	case r == c1CSI:
		f.state = csi
	case isC1(r) && introducesText(r-0x40):
		f.state = text
	default:
		return false
	}
	return true
}

// introducesText reports whether ESC and r begin a control string: DCS, SOS, OSC,
// PM, APC, and the window title of screen and tmux.
func introducesText(r rune) bool {
	switch r {
	case 'P', 'X', ']', '^', '_', 'k':
		return true
	}
	return false
}

// inSequence takes the next character of a sequence. It returns false if r is
// none: the sequence is over and r is to be looked at as text.
func (f *filter) inSequence(r rune) bool {
	if r == can || r == sub { // both cancel any sequence
		f.state = ground
		return true
	}
	switch f.state {
	case text, textEsc:
		return f.inText(r)
	case csi:
		return f.inCSI(r)
	default:
		return f.inEscape(r)
	}
}

func (f *filter) inEscape(r rune) bool {
	first := f.state == escape
	f.state = ground
	switch {
	case r >= 0x20 && r <= 0x2F:
		f.state = escapeMid
	case first && r == '[':
		f.state = csi
	case first && introducesText(r):
		f.state = text
	case r >= 0x30 && r <= 0x7E: // the final byte
	default:
		return false
	}
	return true
}

func (f *filter) inCSI(r rune) bool {
	switch {
	case r >= 0x20 && r <= 0x3F: // parameters and intermediates
		return true
	case r < 0x20 && r != '\n' && r != esc: // a terminal obeys these amid a sequence
		return true
	}
	f.state = ground
	return r >= 0x40 && r <= 0x7E
}

func (f *filter) inText(r rune) bool {
	if f.state == textEsc && r != '\\' {
		f.state = escape
		return f.inEscape(r)
	}
	switch {
	case r == '\n':
		f.state = ground
		return false
	case f.state == textEsc, r == bel, r == c1ST:
		f.state = ground
	case r == esc:
		f.state = textEsc
	}
	return true
}
