package term

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// typist returns a prompter on a terminal, and where a person types into it.
func typist(t *testing.T) (*Prompter, io.Writer) {
	person, tty := pty(t)
	p := NewPrompter(tty, io.Discard)
	t.Cleanup(func() { _ = p.Close() })
	go func() { _, _ = io.Copy(io.Discard, person) }() // the echo
	return p, person
}

func TestReadLineAndWhatArrivesWithIt(t *testing.T) {
	p, person := typist(t)
	var pasted []string
	for i := range 1260 {
		pasted = append(pasted, fmt.Sprintf("  line %d of a paste", i))
	}
	go func() { _, _ = io.WriteString(person, strings.Join(pasted, "\n")+"\n\x04") }()
	first, cut, err := p.ReadLine(t.Context(), "")
	if first != pasted[0] || cut || err != nil {
		t.Fatalf("ReadLine = %q, %v, %v", first, cut, err)
	}
	rest, err := p.Arrived(t.Context(), time.Minute) // or until the Ctrl-D
	if err != nil || strings.Join(rest, "\n") != strings.Join(pasted[1:], "\n") {
		t.Fatalf("%d lines arrived with it, %v, want %d", len(rest), err, len(pasted)-1)
	}
	if line, _, err := p.ReadLine(t.Context(), ""); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("after Ctrl-D, ReadLine = %q, %v", line, err)
	}
}

// A Ctrl-D that is noticed a moment too late is not lost.
func TestArrivedLate(t *testing.T) {
	p, person := typist(t)
	_, _ = io.WriteString(person, "\x04")
	for i := range 2_000 {
		switch lines, err := p.Arrived(t.Context(), time.Duration(i)*time.Microsecond); {
		case errors.Is(err, ErrNoAnswer):
			return
		case len(lines) > 0 || err != nil:
			t.Fatalf("Arrived = %q, %v", lines, err)
		}
	}
	t.Error("the Ctrl-D is lost")
}

// A terminal that edits lines takes no more than so much, without a word.
func TestReadLineSaysWhatIsLost(t *testing.T) {
	for length, want := range map[int]bool{maxTTYLine - 1: false, maxTTYLine + 100: true} {
		p, person := typist(t)
		go func() { _, _ = io.WriteString(person, strings.Repeat("x", length)+"\n") }()
		line, cut, err := p.ReadLine(t.Context(), "")
		if cut != want || err != nil || !want && len(line) != length {
			t.Errorf("%d bytes: %d were read, cut: %v, %v", length, len(line), cut, err)
		}
	}
}

func TestArrivedEnds(t *testing.T) {
	p, person := typist(t)
	_, _ = io.WriteString(person, "one\n\x04")
	if lines, err := p.Arrived(t.Context(), time.Second); len(lines) != 1 || err != nil {
		t.Errorf("Arrived = %q, %v", lines, err)
	}
	for range 2 { // whoever reads on is told as well
		if lines, err := p.Arrived(t.Context(), time.Minute); len(lines) != 0 || !errors.Is(err, ErrNoAnswer) {
			t.Errorf("Arrived after Ctrl-D = %q, %v", lines, err)
		}
	}
	p, _ = typist(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Arrived(ctx, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("Arrived = %v, want %v", err, context.Canceled)
	}
}
