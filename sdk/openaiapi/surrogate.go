package openaiapi

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON writes a character beyond U+FFFF as two escapes, a surrogate pair (RFC 8259
// section 7). A server that cuts an answer between them sends the halves in two
// chunks, and each is invalid on its own: encoding/json makes U+FFFD of both. So the
// pieces of an answer keep a lone half, in the three bytes that UTF-8 would have for
// it if it were allowed (WTF-8, https://simonsapin.github.io/wtf-8/), until a
// [surrogateJoiner] has seen the next piece.

// A piece is a string of which the next chunk may bring more. It may hold lone
// surrogates as WTF-8. Like [looseString] it accepts any JSON value.
type piece string

func (p *piece) UnmarshalJSON(data []byte) error {
	if data[0] != '"' {
		return (*looseString)(p).UnmarshalJSON(data)
	}
	s, err := unquote(data)
	*p = piece(s)
	return err
}

// unquote decodes a JSON string, keeping lone surrogates as WTF-8. It is the only way
// by which pieces of an answer with escapes are decoded.
func unquote(quoted []byte) (string, error) {
	i, half := loneSurrogate(quoted)
	if i < 0 {
		return decodeString(quoted)
	}
	var out strings.Builder
	rest := bytes.Clone(quoted)
	for ; i >= 0; i, half = loneSurrogate(rest) {
		before, err := decodeString(append(rest[:i:i], '"'))
		if err != nil {
			return "", err
		}
		out.WriteString(before)
		out.WriteString(encodeHalf(half))
		rest = rest[i+len(`\uXXX`):]
		rest[0] = '"' // the escape's last digit was there
	}
	last, err := decodeString(rest)
	out.WriteString(last)
	return out.String(), err
}

// decodeString decodes a JSON string without lone surrogates.
func decodeString(quoted []byte) (s string, err error) {
	err = json.Unmarshal(quoted, &s)
	return s, err
}

// loneSurrogate finds the first escape of half a surrogate pair; -1 if there is none.
func loneSurrogate(quoted []byte) (index int, half rune) {
	for i := 0; i < len(quoted); i++ {
		if quoted[i] != '\\' {
			continue
		}
		first := escapedUnit(quoted[i:])
		if !utf16.IsSurrogate(first) {
			i++ // the escaped byte, which may be a backslash
			continue
		}
		second := escapedUnit(quoted[min(i+6, len(quoted)):])
		if utf16.DecodeRune(first, second) == utf8.RuneError {
			return i, first
		}
		i += len(`\uXXXX\uXXXX`) - 1
	}
	return -1, 0
}

// escapedUnit returns the UTF-16 unit that b begins with as an escape, else -1.
func escapedUnit(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	unit, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(unit)
}

// halfSize is the length of half a surrogate pair in WTF-8.
const halfSize = 3

// encodeHalf returns half a surrogate pair in WTF-8.
func encodeHalf(half rune) string {
	return string([]byte{0xE0 | byte(half>>12), 0x80 | byte(half>>6)&0x3F, 0x80 | byte(half)&0x3F})
}

// decodeHalf returns half a surrogate pair that s begins with, else -1.
func decodeHalf(s string) rune {
	if len(s) < halfSize || s[0] != 0xED || s[1] < 0xA0 {
		return -1
	}
	return rune(s[0]&0xF)<<12 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F)
}

// A surrogateJoiner makes valid text of the pieces of one field: it holds the first
// half of a pair at a piece's end back, and makes U+FFFD of what stays alone.
type surrogateJoiner struct {
	held string // the first half of a pair, in WTF-8
}

// join takes the next piece and returns what is known by now.
func (j *surrogateJoiner) join(next piece) string {
	s := string(next)
	if s == "" || j.held == "" && utf8.ValidString(s) {
		return s
	}
	s, j.held = j.held+s, ""
	if n := len(s) - halfSize; n >= 0 && isFirstHalf(decodeHalf(s[n:])) {
		s, j.held = s[:n], s[n:]
	}
	return joinHalves(s)
}

// flush gives up waiting for the second half.
func (j *surrogateJoiner) flush() string {
	held := j.held
	j.held = ""
	return joinHalves(held)
}

func isFirstHalf(half rune) bool { return half >= 0xD800 && half < 0xDC00 }

// joinHalves returns WTF-8 as UTF-8.
func joinHalves(s string) string {
	var out []byte
	for i := 0; i < len(s); {
		first := decodeHalf(s[i:])
		if first < 0 {
			r, size := utf8.DecodeRuneInString(s[i:])
			out = utf8.AppendRune(out, r)
			i += size
			continue
		}
		i += halfSize
		whole := rune(utf8.RuneError)
		if i < len(s) {
			whole = utf16.DecodeRune(first, decodeHalf(s[i:]))
		}
		if whole != utf8.RuneError {
			i += halfSize
		}
		out = utf8.AppendRune(out, whole)
	}
	return string(out)
}
