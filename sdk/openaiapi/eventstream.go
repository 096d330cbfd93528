package openaiapi

import (
	"bytes"
	"errors"
	"io"
)

// maxEvent bounds one event of a stream.
const maxEvent = 16 << 20

// errEventTooLong says that an event exceeds maxEvent.
var errEventTooLong = errors.New("an event of the stream is longer than 16 MiB")

// An event is one element of an event stream. Its data is valid until the next call
// of [eventReader.next].
type event struct {
	name    string // "" for the default, "message"
	data    []byte
	comment bool // no event but a comment, which servers send to keep a connection alive
	cut     bool // the stream ended before the blank line that ends an event
}

// An eventReader reads an event stream as the HTML standard has it
// (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream):
// lines end in LF, CR or CRLF, a BOM at the start is skipped, an event is every
// field up to a blank line. It differs in three points: comments are reported, since
// they are a sign of life; an event that the end of the stream cuts off is reported
// as such instead of dropped; and the id and retry fields are ignored, since nobody
// reconnects here.
type eventReader struct {
	src        io.Reader
	buf        []byte // what was read and not yet consumed is buf[start:end]
	start, end int
	data       []byte // of the current event
	skipLF     bool   // the last line ended in CR, maybe half of CRLF
	begun      bool   // the BOM was looked for
	err        error  // from src
}

func newEventReader(src io.Reader) *eventReader {
	return &eventReader{src: src, buf: make([]byte, 16<<10)}
}

// peek returns what is buffered, from the first byte that is no line end: nothing
// only if the stream is over or failed.
func (r *eventReader) peek() []byte {
	for {
		for r.start < r.end && (r.buf[r.start] == '\n' || r.buf[r.start] == '\r') {
			r.start++
		}
		if r.start < r.end || r.err != nil {
			return r.buf[r.start:r.end]
		}
		r.fill()
	}
}

// await reads until something is buffered, and reports false if nothing will be.
func (r *eventReader) await() bool {
	for r.start == r.end && r.err == nil {
		r.fill()
	}
	return r.start < r.end
}

// next returns the next event or comment. The error is io.EOF at the end.
func (r *eventReader) next() (event, error) {
	var ev event
	r.data = r.data[:0]
	pending := false
	for {
		line, err := r.line()
		if err != nil {
			if pending && err == io.EOF {
				return event{name: ev.name, data: r.data, cut: true}, nil
			}
			return event{}, err
		}
		if len(line) == 0 {
			if !pending {
				ev.name = ""
				continue
			}
			ev.data = r.data
			return ev, nil
		}
		field, value := splitField(line)
		switch string(field) {
		case "data":
			if len(r.data)+len(value) > maxEvent {
				return event{}, errEventTooLong
			}
			if pending {
				r.data = append(r.data, '\n')
			}
			r.data = append(r.data, value...)
			pending = true
		case "event":
			ev.name = string(value)
		case "":
			if !pending && ev.name == "" {
				return event{comment: true}, nil
			}
		}
	}
}

// splitField splits a line at its first colon; one space after it is not part of
// the value. A comment has no field name.
func splitField(line []byte) (field, value []byte) {
	i := bytes.IndexByte(line, ':')
	if i < 0 {
		return line, nil
	}
	field, value = line[:i], line[i+1:]
	if len(value) > 0 && value[0] == ' ' {
		value = value[1:]
	}
	return field, value
}

// line returns the next line without its end, valid until the next call. At the end
// of the stream the rest counts as a line.
func (r *eventReader) line() ([]byte, error) {
	scanned := 0
	for {
		if !r.skipPrefix() {
			return nil, r.err
		}
		chunk := r.buf[r.start+scanned : r.end]
		if i := indexLineEnd(chunk); i >= 0 {
			line := r.buf[r.start : r.start+scanned+i]
			r.skipLF = chunk[i] == '\r'
			r.start += scanned + i + 1
			return line, nil
		}
		scanned = r.end - r.start
		switch {
		case scanned > maxEvent+64:
			return nil, errEventTooLong
		case r.err == io.EOF && scanned > 0:
			line := r.buf[r.start:r.end]
			r.start = r.end
			return line, nil
		case r.err != nil:
			return nil, r.err
		}
		r.fill()
	}
}

// indexLineEnd returns the index of the first CR or LF.
func indexLineEnd(b []byte) int {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return bytes.IndexByte(b, '\r')
	}
	if j := bytes.IndexByte(b[:i], '\r'); j >= 0 {
		return j
	}
	return i
}

// skipPrefix drops a BOM at the start of the stream and the LF of a CRLF whose CR
// ended the last line. It reports false if the stream is over.
func (r *eventReader) skipPrefix() bool {
	for !r.begun && r.end-r.start < 3 && r.err == nil && bytes.HasPrefix([]byte("\xEF\xBB\xBF"), r.buf[r.start:r.end]) {
		r.fill()
	}
	if !r.begun && bytes.HasPrefix(r.buf[r.start:r.end], []byte("\xEF\xBB\xBF")) {
		r.start += 3
	}
	r.begun = true
	if !r.await() {
		return false
	}
	if r.skipLF && r.buf[r.start] == '\n' {
		r.start++
	}
	r.skipLF = false
	return r.await()
}

// fill reads once more from the source, making room first.
func (r *eventReader) fill() {
	if r.start == r.end {
		r.start, r.end = 0, 0
	}
	if r.end == len(r.buf) {
		if r.start > 0 {
			r.end = copy(r.buf, r.buf[r.start:r.end])
			r.start = 0
		} else {
			r.buf = append(r.buf, make([]byte, len(r.buf))...)
		}
	}
	n, err := r.src.Read(r.buf[r.end:])
	r.end += n
	r.err = err
}
