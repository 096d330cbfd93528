package term

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestPainterLeavesNoResidue(t *testing.T) {
	var above []string
	for i := range 30 {
		above = append(above, fmt.Sprintf("line %d", i))
	}
	before := strings.Join(above, "\n")
	for _, widths := range [][]int{{80}, {80, 40}, {40, 120, 80}, {80, 40, 120}, {110, 70, 120, 65}} {
		s := newScreen(t, widths[0], 24)
		_, _ = io.WriteString(s, strings.ReplaceAll(before, "\n", "\r\n")+"\r\n")
		p := &painter{out: s, size: s.size}
		for i, width := range widths {
			s.resize(width)
			var want []string
			for n := range 11 - i { // also fewer lines than before
				want = append(want, Cut(fmt.Sprintf("%d %s", n, strings.Repeat("世界", 15)), width-1))
			}
			p.paint(want, 5)
			if got := s.text(); got != before+"\n"+strings.Join(want, "\n") {
				t.Fatalf("width %d after %v:\n%s", width, widths[:i], got)
			}
		}
		p.clear()
		if got := s.text(); got != before {
			t.Errorf("widths %v: residue:\n%s", widths, got)
		}
	}
}

// What is too much for the screen is left out, so that nothing scrolls away.
func TestPainterOnLowScreen(t *testing.T) {
	s := newScreen(t, 40, 3)
	p := &painter{out: s, size: s.size}
	for range 3 {
		p.paint([]string{"one", "two", "three", "four"}, 0)
	}
	if got := s.text(); got != "one\ntwo\nthree" {
		t.Errorf("shown:\n%s", got)
	}
}

func TestPainterHidesCursorOnlyMeanwhile(t *testing.T) {
	s := newScreen(t, 80, 24)
	p := &painter{out: s, size: s.size, hide: true}
	p.paint([]string{"waiting"}, 0)
	if !s.hidden {
		t.Error("the cursor is shown")
	}
	p.clear()
	if s.hidden {
		t.Error("the cursor stays hidden")
	}
}

func TestPainterWithoutSize(t *testing.T) {
	s := newScreen(t, 80, 24)
	p := &painter{out: s, size: func() (int, int) { return 0, 0 }}
	p.paint([]string{strings.Repeat("x", 200)}, 3)
	if got := s.text(); len([]rune(got)) != 79 || s.x != 3 {
		t.Errorf("cursor in column %d of %q", s.x, got)
	}
}
