package term

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"
)

func TestReadLineKeepsSpaces(t *testing.T) {
	p, shown := ask("  one \r\ntwo")
	defer p.Close()
	for _, want := range []string{"  one ", "two"} {
		if got, cut, err := p.ReadLine(t.Context(), "You: "); got != want || cut || err != nil {
			t.Errorf("ReadLine = %q, %v, %v, want %q", got, cut, err, want)
		}
	}
	if _, _, err := p.ReadLine(t.Context(), "You: "); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("ReadLine at the end = %v, want %v", err, ErrNoAnswer)
	}
	if got, want := shown.String(), "You: You: You: "; got != want {
		t.Errorf("shown %q, want %q", got, want)
	}
}

// A program that writes lines pastes nothing: each line is one.
func TestNothingArrivesWithoutATerminal(t *testing.T) {
	p, _ := ask("one\ntwo\n")
	defer p.Close()
	if lines, err := p.Arrived(t.Context(), time.Minute); len(lines) != 0 || err != nil {
		t.Errorf("Arrived = %q, %v", lines, err)
	}
}

// The end of the input that comes at the moment in which nobody wants to wait for it
// any more is told to the next who does.
func TestEndWhileInterrupted(t *testing.T) {
	in := newInput(nil, make(endingReader))
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := in.more(canceled); err != context.Canceled {
		t.Errorf("more = %v", err)
	}
	if err := in.more(t.Context()); err != io.EOF {
		t.Errorf("then more = %v", err)
	}
}

// An endingReader ends when it is interrupted.
type endingReader chan struct{}

func (r endingReader) Read([]byte) (int, error) { <-r; return 0, io.EOF }
func (r endingReader) Interrupt()               { r <- struct{}{} }
func (r endingReader) Reset()                   {}
func (r endingReader) Close() error             { return nil }
