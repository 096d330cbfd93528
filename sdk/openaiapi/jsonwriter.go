package openaiapi

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"
)

// A jsonWriter appends JSON to one buffer. It exists because a request can hold a
// picture of 20 MB: encoding/json would hold that several times over, this holds
// its base64 form once.
type jsonWriter struct{ buf []byte }

// open begins an object or array, as an element of what surrounds it.
func (w *jsonWriter) open(bracket byte) {
	w.comma()
	w.buf = append(w.buf, bracket)
}

func (w *jsonWriter) close(bracket byte) { w.buf = append(w.buf, bracket) }

// comma separates the next element from the one before, if there is one.
func (w *jsonWriter) comma() {
	if n := len(w.buf); n > 0 {
		switch w.buf[n-1] {
		case '{', '[', ':':
		default:
			w.buf = append(w.buf, ',')
		}
	}
}

// key begins a member of an object; its value follows.
func (w *jsonWriter) key(name string) {
	w.str(name)
	w.buf = append(w.buf, ':')
}

// str appends a string as an element.
func (w *jsonWriter) str(s string) {
	w.comma()
	w.buf = append(w.buf, '"')
	w.text(s)
	w.buf = append(w.buf, '"')
}

const hexDigits = "0123456789abcdef"

// text appends the inside of a string, escaped (RFC 8259 section 7). Invalid UTF-8
// becomes U+FFFD.
func (w *jsonWriter) text(s string) {
	start := 0
	for i := 0; i < len(s); {
		b := s[i]
		if b >= ' ' && b != '"' && b != '\\' && b < utf8.RuneSelf {
			i++
			continue
		}
		if b >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		w.buf = append(w.buf, s[start:i]...)
		w.escape(b)
		i++
		start = i
	}
	w.buf = append(w.buf, s[start:]...)
}

// escape appends one byte that cannot stand for itself.
func (w *jsonWriter) escape(b byte) {
	switch {
	case b == '"' || b == '\\':
		w.buf = append(w.buf, '\\', b)
	case b == '\n':
		w.buf = append(w.buf, '\\', 'n')
	case b == '\r':
		w.buf = append(w.buf, '\\', 'r')
	case b == '\t':
		w.buf = append(w.buf, '\\', 't')
	case b < ' ':
		w.buf = append(w.buf, '\\', 'u', '0', '0', hexDigits[b>>4], hexDigits[b&15])
	default:
		w.buf = append(w.buf, "\uFFFD"...)
	}
}

// dataURL appends data as a string of the form data:TYPE;base64,…
func (w *jsonWriter) dataURL(mediaType string, data []byte) {
	w.comma()
	w.buf = append(w.buf, `"data:`...)
	w.text(mediaType)
	w.buf = append(w.buf, `;base64,`...)
	w.buf = base64.StdEncoding.AppendEncode(w.buf, data)
	w.buf = append(w.buf, '"')
}

// base64 appends data as a string.
func (w *jsonWriter) base64(data []byte) {
	w.comma()
	w.buf = append(w.buf, '"')
	w.buf = base64.StdEncoding.AppendEncode(w.buf, data)
	w.buf = append(w.buf, '"')
}

// raw appends JSON as it is; it reports whether it was JSON.
func (w *jsonWriter) raw(data []byte) bool {
	if !json.Valid(data) {
		return false
	}
	w.comma()
	w.buf = append(w.buf, data...)
	return true
}

func (w *jsonWriter) bool(b bool) {
	w.comma()
	w.buf = strconv.AppendBool(w.buf, b)
}

func (w *jsonWriter) int(n int64) {
	w.comma()
	w.buf = strconv.AppendInt(w.buf, n, 10)
}

// float appends a number; it reports false for one that JSON does not have.
func (w *jsonWriter) float(f float64) bool {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return false
	}
	w.comma()
	w.buf = strconv.AppendFloat(w.buf, f, 'g', -1, 64)
	return true
}

// member appends a string member of an object.
func (w *jsonWriter) member(name, value string) {
	w.key(name)
	w.str(value)
}
