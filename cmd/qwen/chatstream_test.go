package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/internal/tmuxtest"
	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// section is the heading of a section, and tells it from all others.
func section(i int) string { return fmt.Sprintf("Section %04d.", i) }

// longAnswer is Markdown of about so many bytes: numbered sections, each with a
// heading, words, a list, code and now and then a table.
func longAnswer(size int) (text string, sections int) {
	var b strings.Builder
	for b.Len() < size {
		fmt.Fprintf(&b, "## %s\n\n", section(sections))
		b.WriteString("Words that *fill* a few `lines` and mean **nothing**, 一些 wide 字符 among them. ")
		b.WriteString("They are long enough to be broken on any terminal, narrow ones first of all, and end here.\n\n")
		fmt.Fprintf(&b, "- one of %d\n- two\n  - below two\n\n", sections)
		fmt.Fprintf(&b, "```go\nfunc f%d() int {\n\treturn %d // a comment\n}\n```\n\n", sections, sections)
		if sections%5 == 0 {
			b.WriteString("| name | number |\n|---|---:|\n| row | 1 |\n| wide 字符 | 22 |\n\n")
		}
		sections++
	}
	return b.String(), sections
}

// Half a megabyte in 20,000 pieces: every section is in the scrollback once, in order,
// and nothing of what was painted over. So it is when fewer of them come at a thousand
// a second, as from a fast model, and the window changes its size meanwhile.
func TestChatLongAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		pieces int // of 25 bytes
		delay  time.Duration
		sizes  [][2]int
	}{
		{"at once", 20_000, 0, nil},
		{"resized", 8_000, time.Millisecond, [][2]int{{70, 36}, {120, 30}, {40, 20}, {110, 40}, {38, 16}, {100, 30}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t).connect()
			d.columns, d.rows = 110, 40
			text, sections := longAnswer(25 * c.pieces)
			d.cloud.Script(fakecloud.Answer{Text: text, Chunks: c.pieces, Delay: c.delay}, fakecloud.Answer{})
			term := d.chat()
			term.Enter("write a book")
			for i, size := range c.sizes {
				mark := sections * (i + 1) / (len(c.sizes) + 2)
				term.WaitUntil("the answer has come to "+section(mark), func(screen string) bool { return lastSection(screen) >= mark })
				term.Resize(size[0], size[1])
			}
			term.WaitFor(" s · some-model")
			term.Enter("the end")
			term.WaitFor("You said: the end")
			checkSections(t, term, sections)
			leave(t, term)
		})
	}
}

// lastSection returns the number of the last section on a screen, -1 if there is none.
func lastSection(screen string) int {
	n := -1
	for _, line := range strings.Split(screen, "\n") {
		_, _ = fmt.Sscanf(strings.TrimLeft(line, "# "), "Section %d.", &n)
	}
	return n
}

// checkSections checks that the transcript holds every section once and in order, and
// nothing that is only shown while an answer arrives.
func checkSections(t *testing.T, term *tmuxtest.Terminal, sections int) {
	t.Helper()
	transcript, _, _ := strings.Cut(term.History(), "> the end")
	next, blank := 0, 0
	for i, line := range strings.Split(transcript, "\n") {
		if strings.Contains(line, "Section ") {
			if !strings.Contains(line, section(next)) {
				t.Fatalf("line %d is %q, want %s", i, line, section(next))
			}
			next++
		}
		for _, live := range []string{"Answering", "Esc to stop", "? keys", "Waiting for"} {
			if strings.Contains(line, live) {
				t.Errorf("line %d is %q: it was to be painted over", i, line)
			}
		}
		if blank++; strings.TrimSpace(line) != "" {
			blank = 0
		}
		if blank > 2 {
			t.Errorf("line %d: more than two empty lines", i)
		}
	}
	if next != sections {
		t.Errorf("%d sections, want %d", next, sections)
	}
	for _, piece := range []string{"and end here.", "below two", "a comment"} {
		if got := strings.Count(transcript, piece); got != sections {
			t.Errorf("%q is there %d times, want %d", piece, got, sections)
		}
	}
}

// An answer that arrives slowly, and a window that is dragged meanwhile.
func TestChatDraggedWindow(t *testing.T) {
	text, sections := longAnswer(20_000)
	d := newDesk(t).connect()
	d.cloud.Script(fakecloud.Answer{Text: text, Chunks: 2_000, Delay: time.Millisecond}, fakecloud.Answer{})
	term := d.chat()
	term.Enter("write a chapter")
	term.WaitFor("Answering")
	for columns := 100; columns > 40 && !strings.Contains(term.Screen(), " s · some-model"); columns -= 3 {
		term.Resize(columns, 20+columns%11)
	}
	for columns := 40; columns < 120 && !strings.Contains(term.Screen(), " s · some-model"); columns += 7 {
		term.Resize(columns, 20+columns%11)
	}
	term.WaitFor(" s · some-model")
	term.Enter("the end")
	term.WaitFor("You said: the end")
	checkSections(t, term, sections)
	leave(t, term)
}
