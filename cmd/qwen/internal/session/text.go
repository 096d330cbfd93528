package session

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// text is a string that JSON gives back as it was, also if it is no UTF-8: then it
// is the object {"base64": "..."}.
type text string

// notUTF8 is the form of a text that JSON has no string for.
type notUTF8 struct {
	Base64 []byte `json:"base64"`
}

// MarshalJSON implements [json.Marshaler].
func (t text) MarshalJSON() ([]byte, error) {
	if !utf8.ValidString(string(t)) {
		return json.Marshal(notUTF8{[]byte(t)})
	}
	return marshal(string(t))
}

// UnmarshalJSON implements [json.Unmarshaler].
func (t *text) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		var raw notUTF8
		err := json.Unmarshal(data, &raw)
		*t = text(raw.Base64)
		return err
	}
	return json.Unmarshal(data, (*string)(t))
}

// marshal returns v as JSON on one line. Unlike [json.Marshal] it leaves <, > and &
// as they are: code is full of them.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// escapeControls escapes the control and format characters that encoding/json
// leaves alone (DEL, C1, bidirectional controls), so that a session can be looked
// at on a terminal. They can only be inside strings (RFC 8259 section 2), where an
// escape means the same.
func escapeControls(line []byte) []byte {
	first := bytes.IndexFunc(line, isControl)
	if first < 0 {
		return line
	}
	escaped := append(make([]byte, 0, len(line)+64), line[:first]...)
	for rest := line[first:]; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case !isControl(r):
			escaped = append(escaped, rest[:size]...)
		case r > 0xFFFF:
			hi, lo := utf16.EncodeRune(r)
			escaped = fmt.Appendf(escaped, `\u%04x\u%04x`, hi, lo)
		default:
			escaped = fmt.Appendf(escaped, `\u%04x`, r)
		}
		rest = rest[size:]
	}
	return escaped
}

func isControl(r rune) bool {
	return r >= 0x7F && unicode.In(r, unicode.Cc, unicode.Cf)
}
