package redact

import (
	"bytes"
	"io"
	"sync"
)

// maxLine bounds what a [Writer] holds back of a line that does not end.
const maxLine = 64 << 10

// cutMark stands where a longer line was cut.
const cutMark = " [cut: the line is too long]"

// A Writer masks secrets in what is written to it, line by line, so that it does
// not matter how a secret is split over writes. It is for logs and for standard
// error: an unfinished line is held back until it ends or Close is called, and
// what goes beyond 64 KiB of a line is dropped. It may be used concurrently.
type Writer struct {
	mu       sync.Mutex
	w        io.Writer
	redactor *Redactor
	line     []byte // what was written of the current line
	cut      bool   // the rest of the current line is dropped
}

// Writer returns a writer that masks what it passes on to w.
func (r *Redactor) Writer(w io.Writer) *Writer { return &Writer{w: w, redactor: r} }

// Write passes on the lines that p completes.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for rest := p; len(rest) > 0; {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			w.keep(rest)
			break
		}
		w.keep(rest[:i])
		rest = rest[i+1:]
		if err := w.flush("\n"); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// keep appends p to the current line, as far as there is room.
func (w *Writer) keep(p []byte) {
	if w.cut {
		return
	}
	if room := maxLine - len(w.line); len(p) > room {
		w.cut = true
		p = p[:room]
	}
	w.line = append(w.line, p...)
}

// flush writes the current line.
func (w *Writer) flush(end string) error {
	line := w.line
	if w.cut {
		// The cut may have gone through a secret: its first half is one too.
		line = line[:bytes.LastIndexAny(line, " \t")+1]
		end = cutMark + end
	}
	out := w.redactor.String(string(line)) + end
	w.line, w.cut = w.line[:0], false
	if out == "" {
		return nil
	}
	_, err := io.WriteString(w.w, out)
	return err
}

// Close writes a line that was not ended. It does not close the writer below.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.flush("")
}
