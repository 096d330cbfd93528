package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/qwen-cli/qwen/sdk"
)

// jsonArray writes one line when all is over: an array of all objects.
type jsonArray struct {
	*messages
	out     io.Writer
	objects bytes.Buffer
}

func newJSONArray(o Options) *jsonArray {
	r := &jsonArray{out: o.Out}
	r.messages = newMessages(o, r.add)
	return r
}

func (r *jsonArray) add(object any) error {
	line, err := encode(object)
	if err != nil {
		return err
	}
	separator := byte(',')
	if r.objects.Len() == 0 {
		separator = '['
	}
	r.objects.WriteByte(separator)
	r.objects.Write(line)
	return nil
}

func (r *jsonArray) Finish(o Outcome) error {
	if err := r.end(o); err != nil {
		return err
	}
	r.objects.WriteString("]\n")
	_, err := r.out.Write(r.objects.Bytes())
	return err
}

// jsonLines writes each object as a line, as soon as it is complete.
type jsonLines struct {
	*messages
	out io.Writer
}

func newJSONLines(o Options) *jsonLines {
	r := &jsonLines{out: o.Out}
	r.messages = newMessages(o, r.write)
	return r
}

func (r *jsonLines) write(object any) error {
	line, err := encode(object)
	if err != nil {
		return err
	}
	_, err = r.out.Write(append(line, '\n'))
	return err
}

func (r *jsonLines) Finish(o Outcome) error { return r.end(o) }

// encode returns v as JSON on one line, in which nothing drives a terminal.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, sdk.Errorf(sdk.KindInternal, "encode %T: %w", v, err)
	}
	return escapeControls(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// escapeControls escapes the control and format characters that encoding/json
// leaves alone: DEL, C1, bidirectional controls. They can only be inside strings
// (RFC 8259 section 2), where an escape means the same.
func escapeControls(line []byte) []byte {
	first := bytes.IndexFunc(line, isControl)
	if first < 0 {
		return line
	}
	escaped := bytes.NewBuffer(make([]byte, 0, len(line)+64))
	escaped.Write(line[:first])
	for rest := line[first:]; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case !isControl(r):
			escaped.Write(rest[:size])
		case r > 0xFFFF:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(escaped, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(escaped, `\u%04x`, r)
		}
		rest = rest[size:]
	}
	return escaped.Bytes()
}

func isControl(r rune) bool {
	return r >= 0x7F && unicode.In(r, unicode.Cc, unicode.Cf)
}
