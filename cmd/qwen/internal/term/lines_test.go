package term

import (
	"errors"
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
