package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/internal/tmuxtest"
	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// section is one of many of a long answer: of everything that is laid out, with its
// number in all of it.
func section(n int) string {
	return fmt.Sprintf(`## Section %[1]d

Paragraph %[1]d begins. %[2]s Paragraph %[1]d ends.

- item %[1]d.1 with **bold** and `+"`code`"+` in it
- item %[1]d.2: 世界, 你好, and a 👍 that is two columns wide

| key %[1]d | value |
|---|---|
| row %[1]d | %[3]s |

`+"```go\nfunc section%[1]d() {} // 语言\n```\n\n", n, strings.Repeat("Words that are broken where a line ends. ", 20), strings.Repeat("cell ", n%30+1))
}

// An answer of 500 KB in many pieces, while the window changes its size: all of it is
// in the scrollback, once and in order, and nothing else is.
func TestChatLongAnswer(t *testing.T) {
	const sections = 440
	var text strings.Builder
	for n := range sections {
		text.WriteString(section(n))
	}
	if text.Len() < 500_000 {
		t.Fatalf("%d bytes", text.Len())
	}
	for _, c := range []struct {
		pieces int
		delay  time.Duration
	}{{20000, time.Microsecond}, {2000, time.Millisecond}} {
		t.Run(fmt.Sprintf("%d pieces", c.pieces), func(t *testing.T) {
			d := newDesk(t).connect()
			d.columns, d.rows = 110, 30
			d.cloud.Script(fakecloud.Answer{Text: text.String(), Chunks: c.pieces, Delay: c.delay})
			chat := d.chat()
			chat.Enter("everything, please")
			for _, step := range []struct{ section, columns int }{{60, 70}, {180, 120}, {300, 40}, {380, 110}} {
				chat.WaitUntil(fmt.Sprintf("section %d", step.section), func(screen string) bool { return lastSection(screen) >= step.section })
				chat.Resize(step.columns, 30)
			}
			chat.WaitFor(" s · some-model")
			leave(t, chat)
			all := chat.History()
			checkSections(t, all, sections)
			checkNoTrace(t, all)
		})
	}
}

var sectionTitle = regexp.MustCompile(`(?m)^(?:## )?Section (\d+)$`)

// lastSection returns the number of the last section on a screen, -1 if there is none.
func lastSection(screen string) int {
	all := sectionTitle.FindAllStringSubmatch(screen, -1)
	if len(all) == 0 {
		return -1
	}
	n, _ := strconv.Atoi(all[len(all)-1][1])
	return n
}

// checkSections checks that every section is there once, whole and in order.
func checkSections(t *testing.T, all string, sections int) {
	t.Helper()
	rest := strings.Join(strings.Fields(all), " ")
	for n := range sections {
		for _, part := range []string{"Section %d ", "Paragraph %d begins", "Paragraph %d ends", "item %d.1", "item %d.2", "key %d ", "row %d ", "section%d()"} {
			part := fmt.Sprintf(part, n)
			_, after, found := strings.Cut(rest, part)
			if !found {
				t.Fatalf("%q is not where it belongs, or not at all:\n%.2000s", part, rest)
			}
			rest = after
		}
	}
	words := strings.Join(strings.Fields(all), " ")
	for word, times := range map[string]int{"Section ": 1, " begins. ": 1, "Words that are broken where a line ends. ": 20, "with bold and code in it": 1, "() {} // 语言": 1} {
		if got := strings.Count(words, word); got != times*sections {
			t.Errorf("%q is there %d times, want %d", word, got, times*sections)
		}
	}
}

// checkNoTrace checks that there is nothing of what was painted over in a transcript:
// the input, what is below and above it, blank rows in its place.
func checkNoTrace(t *testing.T, all string) {
	t.Helper()
	blank := 0
	for i, line := range strings.Split(all, "\n") {
		blank++
		if strings.TrimSpace(line) != "" {
			blank = 0
		}
		if blank > 2 {
			t.Errorf("line %d is the third blank one in a row", i+1)
		}
		for _, live := range []string{"? keys", "(127.0.0.1:", "Esc to stop", "Answering", "Waiting for", "Connecting to", "queued:"} {
			if strings.Contains(line, live) {
				t.Errorf("line %d is left of what was painted over: %q", i+1, line)
			}
		}
		if strings.TrimSpace(line) == ">" {
			t.Errorf("line %d is left of the input", i+1)
		}
	}
}

// hostile is text that would drive the terminal if it got there as it is.
var hostile = strings.Join([]string{
	"begin",
	"title \x1b]2;PWNED\x07 and \x1b]0;PWNED\x1b\\ and \x1bkPWNED\x1b\\",
	"clipboard \x1b]52;c;UFdORUQ=\x07",
	"through tmux \x1bPtmux;\x1b\x1b]52;c;UFdORUQ=\x07\x1b\\",
	"cursor \x1b[1;1HPWNED\x1b[10B\x1b[?25l\x1b7\x1b[5;20r",
	"erase \x1b[2J\x1b[3J\x1bc",
	"mouse \x1b[?1000h\x1b[?1006h keypad \x1b[?1h\x1b=",
	"other screen \x1b[?1049h\x1b[?47h",
	"C1 \u009b2J \u009d2;PWNED\u009c \u0090q\u009c",
	"bare C1 \x9b2J",
	"reports \x1b[6n\x1b[c\x1b[5n",
	"overprint safe\rPWNED and back\b\b\b\b",
	"bidi \u202eDENWP\u202c \u2066a\u2069 \u200f",
	"entities &#27;]2;PWNED&#7; &#x1b;[2J &#155;2J",
	"link [here](javascript:alert(1)) [there](http://x.example/\x1b]2;PWNED\x07)",
	"`code \x1b]2;PWNED\x07`",
	"\n```\nblock \x1b]2;PWNED\x07\x1b[2J\n```\n",
	"| table \x1b[2J |\n|---|\n| cell \x1b]2;PWNED\x07 |\n",
	"end",
}, "\n\n")

// state is all of a terminal that text could change.
func state(t *tmuxtest.Terminal) string {
	return t.Query("#{pane_title} window #{window_name} alternate #{alternate_on} mouse #{mouse_any_flag} keypad #{keypad_flag}#{keypad_cursor_flag} region #{scroll_region_upper}-#{scroll_region_lower}") +
		" clipboard " + t.Query("#{buffer_name}#{buffer_sample}")
}

// What is said here of text would be worth nothing if a terminal were not impressed
// by it.
func TestHostileTextIsHostile(t *testing.T) {
	d := newDesk(t)
	d.write("hostile", hostile)
	terminal := tmuxtest.Start(d, tmuxtest.Options{Command: []string{"sh", "-c", "cat hostile; printf '\\033]2;now\\007'; sleep 60"}, Dir: d.work, Env: d.env})
	terminal.WaitUntil("all has arrived", func(string) bool { return terminal.Query("#{pane_title}") == "now" })
	for _, want := range []string{"alternate 1", "mouse 1", "keypad 11", "window PWNED"} {
		if got := state(terminal); !strings.Contains(got, want) {
			t.Errorf("the state is %q without %q", got, want)
		}
	}
	if got := terminal.Query("#{buffer_sample}"); got != "PWNED" {
		t.Errorf("on the clipboard is %q", got)
	}
}

// What a service says changes nothing on the terminal: not as an answer, in pieces or
// whole, not as a thought, not as an error, not from disk.
func TestChatHostileText(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer fakecloud.Answer
		fault  *fakecloud.Fault
	}{
		{"whole", fakecloud.Answer{Text: hostile, Chunks: 1}, nil},
		{"in pieces", fakecloud.Answer{Text: hostile, Chunks: len(hostile)}, nil},
		{"thought", fakecloud.Answer{Text: "end", Reasoning: hostile}, nil},
		{"error", fakecloud.Answer{}, &fakecloud.Fault{Status: 400, Message: hostile, Code: "\x1b]2;PWNED\x07"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t).connect()
			d.cloud.Script(c.answer, fakecloud.Answer{})
			chat := d.chat()
			before := state(chat)
			if c.fault != nil {
				c.fault.Times = 1
				d.cloud.Fault(*c.fault)
			}
			chat.Enter("go ahead")
			if c.fault != nil {
				chat.WaitFor("✗", "Ctrl-Y")
			} else {
				chat.WaitFor("end", " s · some-model")
			}
			if c.answer.Reasoning != "" {
				chat.Press("C-o")
				chat.WaitFor("bidi")
			}
			chat.Enter("still there?")
			chat.WaitFor("You said: still there?")
			checkHarmless(t, chat, before)
			leave(t, chat)

			again := d.chat("-c")
			again.WaitFor("You said: still there?")
			checkHarmless(t, again, before)
			leave(t, again)
		})
	}
}

var titleOfChat = regexp.MustCompile(`^.* window `)

// checkHarmless checks that a terminal is as it was before somebody tried to change
// it. The chat itself names the window.
func checkHarmless(t *testing.T, chat *tmuxtest.Terminal, before string) {
	t.Helper()
	after := state(chat)
	if strings.Contains(after, "PWNED") || titleOfChat.ReplaceAllString(after, "") != titleOfChat.ReplaceAllString(before, "") {
		t.Errorf("the terminal is\n%s\nand was\n%s", after, before)
	}
	all := chat.History()
	if strings.Contains(all, "PWNED and back") && !strings.Contains(all, "overprint safe") {
		t.Errorf("a carriage return was obeyed:\n%s", all)
	}
	if strings.Contains(all, "\u202e") || strings.Contains(all, "javascript:") && !strings.Contains(all, "here") {
		t.Errorf("text runs the wrong way:\n%s", all)
	}
	if !strings.Contains(all, "> go ahead") || !strings.HasPrefix(all, "qwen ") {
		t.Errorf("the transcript was erased or overwritten:\n%s", all)
	}
	if got := chat.Query("#{cursor_flag}"); got != "1" {
		t.Errorf("the cursor is hidden")
	}
}

// On narrow and on wide terminals no line is wider than the terminal, and nothing is
// missing.
func TestChatWidths(t *testing.T) {
	for _, columns := range []int{40, 200, 250} {
		t.Run(strconv.Itoa(columns), func(t *testing.T) {
			d := newDesk(t).connect()
			d.columns, d.rows = columns, 50
			d.cloud.Script(fakecloud.Answer{Text: section(29)}, fakecloud.Answer{Text: section(28)})
			chat := d.chat()
			chat.Enter("one section with a question that is longer than forty columns, 世界 and all")
			chat.WaitFor("section29()", " s · some-model")
			chat.Enter("/help")
			chat.WaitFor("/quit")
			all := chat.History()
			for _, line := range strings.Split(all, "\n") {
				if got := term.Width(line); got >= columns {
					t.Errorf("%d columns: %q", got, line)
				}
			}
			leave(t, chat)
			all = strings.Join(strings.Fields(chat.History()), " ")
			for _, part := range []string{"Section 29 Paragraph 29 begins.", "Paragraph 29 ends.", "item 29.1", "key 29", "row 29", "section29()"} {
				if strings.Count(all, part) != 1 {
					t.Errorf("%q is there %d times:\n%s", part, strings.Count(all, part), chat.History())
				}
			}
		})
	}
}

// With NO_COLOR there is no colour and no other style; without it there is.
func TestChatNoColor(t *testing.T) {
	for _, variable := range []string{"NO_COLOR=1", "NO_COLOR="} {
		t.Run(variable, func(t *testing.T) {
			d := newDesk(t).connect()
			d.set(variable)
			d.cloud.Script(fakecloud.Answer{Text: section(1), Reasoning: "A thought."}, fakecloud.Answer{})
			chat := d.chat()
			chat.Enter("in black and white")
			chat.WaitFor("section1()", " s · some-model")
			chat.Type("/")
			chat.WaitFor("/provider")
			if got, want := strings.Contains(chat.Styled(), "\x1b"), variable == "NO_COLOR="; got != want {
				t.Errorf("styled: %v, want %v\n%q", got, want, chat.Styled())
			}
			chat.Press("C-c")
			chat.WaitGone("/provider")
			leave(t, chat)
		})
	}
}
