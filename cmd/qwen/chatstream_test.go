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

// What an answer holds drives nothing: not the title, the clipboard, the cursor, the
// mouse, the screen; in whatever form and pieces it comes.
func TestChatHostileAnswer(t *testing.T) {
	hostile := "before \x1b]0;owned\a\x1b]2;owned\x1b\\ \x1b]52;c;b3duZWQ=\a " +
		"\x1b[2J\x1b[H\x1b[31mred\x1b[0m \x1b[?1049h\x1b[?1000h\x1b[?25l\x1bc\x1b[3J\x1b[6n\x1bP$q\"p\x1b\\ " +
		"\u009b2J \u009d0;owned\u009c &#27;]0;owned&#7; &#x9b;2J &ESC; " +
		"\u202eevil\u202c \u2066x\u2069 a\rOVERWRITTEN\bx \x1b]8;;javascript:alert(1)\x1b\\link\x1b]8;;\x1b\\ " +
		"[click](javascript:alert) <b>html</b> `\x1b[2J` after\n\n```sh\n\x1b]0;owned\acode\x1b[2J\n```\n\nthe end of it"
	for _, c := range []struct {
		name   string
		answer fakecloud.Answer
	}{
		{"in words", fakecloud.Answer{Text: hostile}},
		{"in single characters", fakecloud.Answer{Text: hostile, Chunks: len([]rune(hostile))}},
		{"in a thought", fakecloud.Answer{Reasoning: hostile, Text: "the end of it"}},
		{"in a refusal", fakecloud.Answer{Refusal: hostile}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t).connect()
			d.cloud.Script(c.answer, fakecloud.Answer{})
			term := d.chat()
			before := term.Query(terminalState)
			term.Enter("harm me")
			term.WaitFor("the end of it", " s · some-model")
			term.Press("C-o")
			if c.answer.Reasoning != "" {
				term.WaitFor("before", "after")
			}
			term.Enter("still there?")
			term.WaitFor("You said: still there?")
			if got := term.Query(terminalState); got != before {
				t.Errorf("the terminal is %s, was %s", got, before)
			}
			all := term.History()
			for _, bad := range []string{"\u202e", "\u2066", "\u009b", "\nOVERWRITTEN"} {
				if strings.Contains(all, bad) {
					t.Errorf("%q is on the screen:\n%s", bad, all)
				}
			}
			if !strings.HasPrefix(all, "qwen ") || !strings.Contains(all, "> harm me") {
				t.Errorf("something is gone:\n%s", all)
			}
			leave(t, term)
			if got := term.Query("#{buffer_size}#{pane_title}"); strings.Contains(got, "owned") {
				t.Errorf("the clipboard or title is %q", got)
			}
		})
	}
}

// terminalState is what an answer must not change.
const terminalState = "title=#{pane_title} alternate=#{alternate_on} mouse=#{mouse_any_flag} cursor=#{cursor_flag} insert=#{insert_flag} " +
	"origin=#{origin_flag} wrap=#{wrap_flag} keypad=#{keypad_flag} buffers=#{buffer_names} region=#{scroll_region_upper}-#{scroll_region_lower}"
