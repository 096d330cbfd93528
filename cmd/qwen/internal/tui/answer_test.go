package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// Finished blocks go into the scrollback once, the rest is live.
func TestAnswer(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		c.front.Say(front.Entry{Kind: front.Prompt, Text: "go on"})
		a := c.front.Answer()
		a.Think("let me ")
		a.Think("see\x1b[2J")
		c.ends("> go on\n\n│ let me see\n\n> ▏\n  ? keys")
		time.Sleep(3 * time.Second)
		a.Write("# Title\n\nThe first para")
		c.said("> go on\n\nThought for 3 s · Ctrl-O shows it\n\n# Title")
		c.ends("# Title\n\nThe first para\n\n> ▏\n  ? keys")
		a.Write("graph ends.\n")
		a.Close()
		c.hint("3 tokens")
		c.press("ctrl+o")
		c.said("> go on\n\nThought for 3 s · Ctrl-O shows it\n\n# Title\n\nThe first paragraph ends.\n\n3 tokens\n\n│ let me see")
	})
}

// Whatever stands in the text of others, and however it is cut, stays text.
func TestHostileText(t *testing.T) {
	hostile := "a\x1b]0;evil\x07b\x1b[2Jc\x9b31md &#27;[31m e\u202e\x1b]52;c;ZXZpbA==\x1b\\f\rg\x1bPq\x1b\\h"
	for size := 1; size < 9; size++ {
		chatWith(t, Options{}, func(c *chatter) {
			a := c.front.Answer()
			cut := func(show func(string)) {
				for text := hostile; text != ""; {
					n := min(size, len(text))
					show(text[:n])
					text = text[n:]
				}
			}
			cut(a.Think)
			c.sees("│ ")
			c.press("ctrl+o")
			cut(a.Write)
			c.screen()
			a.Close()
			for kind := front.Note; kind <= front.Output; kind++ {
				c.front.Say(front.Entry{Kind: kind, Text: hostile, Hint: hostile})
			}
			c.front.Footer(front.Footer{Connection: hostile, Model: hostile})
			c.front.State(front.State{Phase: front.Connecting, Host: hostile})
			c.front.Title(hostile)
			c.pastes(hostile)
			text := c.screen() + c.paper.titled
			if strings.ContainsAny(text, "\x1b\a\r\u202e\u009b") || strings.Contains(text, "evil") && !strings.Contains(text, "]0;evil") {
				t.Errorf("something drives the terminal: %q", text)
			}
		})
	}
}

// What else is said while an answer arrives stands apart from it.
func TestSayWithinAnswer(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		a := c.front.Answer()
		a.Write("One.\n\nTwo.\n\nThr")
		c.note("by the way")
		c.note("and more")
		a.Write("ee.\n\nFour.")
		a.Close()
		c.said("One.\n\nTwo.\n\n● by the way\n● and more\n\nThree.\n\nFour.")
	})
}

// A thought in the middle of an answer stays in its place.
func TestThoughtWithinAnswer(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		a := c.front.Answer()
		a.Think("")
		a.Write("First")
		a.Think("hm")
		a.Write("")
		c.ends("First\n\n│ hm\n\n> ▏\n  ? keys")
		a.Write("second")
		a.Think("hm, hm")
		a.Close()
		c.said("First\n\nThought for a moment · Ctrl-O shows it\n\nsecond\n\nThought for a moment · Ctrl-O shows it")
		c.press("ctrl+o")
		c.sees("│ hm, hm")
	})
}

// Of what arrives, the end is shown.
func TestTails(t *testing.T) {
	for _, height := range []int{24, 12, 5} {
		m := newModel(Options{})
		m.resize(60, height)
		m.beginAnswer()
		m.think(strings.Repeat("many words 你好 ", 2000) + "the end")
		thought := m.tail(height)
		if n := len(thought); n != thoughtRows || !strings.HasSuffix(thought[n-1], "the end") {
			t.Errorf("%d rows: the thought is %q", height, thought)
		}
		m.write(strings.Repeat("words and words ", 200) + "the end")
		lines := m.view(time.Now()).Lines
		if len(lines) > height || height > 5 && !strings.Contains(strings.Join(lines, " "), "the end") {
			t.Errorf("%d rows: %q", height, lines)
		}
	}
}

// However the answer is cut, each section is there once and in order; and painting
// is bounded by time, not by pieces.
func TestManyPieces(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		const sections = 2000
		var text strings.Builder
		for i := range sections {
			fmt.Fprintf(&text, "## Section %d\n\nSome words of section %d, and more.\n\n", i, i)
		}
		began, pieces := time.Now(), 0
		a := c.front.Answer()
		for s := text.String(); s != ""; pieces++ {
			n := min(7, len(s))
			a.Write(s[:n])
			s = s[n:]
			time.Sleep(time.Millisecond)
			if pieces%1000 == 0 {
				c.resizes(40+pieces%170, 10+pieces%37)
			}
		}
		a.Close()
		transcript := c.screen()
		took := time.Since(began)
		at := 0
		for i := range sections {
			heading := fmt.Sprintf("## Section %d\n", i)
			next := strings.Index(transcript[at:], heading)
			if next < 0 || strings.Count(transcript, heading) != 1 {
				t.Fatalf("%q is not there once, in order", heading)
			}
			at += next
		}
		if n, most := c.paper.count("Draw"), 3*pieces/1000+int(took/frame); n > most {
			t.Errorf("painted %d times in %v; at most %d are needed", n, took, most)
		}
	})
}

// Without colours there are none; with them, no style is left open.
func TestNoColor(t *testing.T) {
	for _, color := range []bool{false, true} {
		chatWith(t, Options{Color: color, Links: true, Background: "dark"}, func(c *chatter) {
			for kind := front.Note; kind <= front.Output; kind++ {
				c.front.Say(front.Entry{Kind: kind, Text: "**text** [x](https://x.example)", Hint: "try again"})
			}
			a := c.front.Answer()
			a.Think("hm")
			a.Write("**bold** `code`\n\n")
			c.front.State(front.State{Phase: front.Waiting})
			c.types("a")
			c.press("esc")
			screen := c.screen()
			if got := strings.Contains(screen, "\x1b"); got != color {
				t.Errorf("colour %v: styled %v", color, got)
			}
			for l := range strings.Lines(screen) {
				if i := strings.LastIndex(l, "\x1b["); i >= 0 && !strings.HasPrefix(l[i:], "\x1b[0m") && !strings.HasPrefix(l[i:], "\x1b[m") {
					t.Errorf("a style is left open: %q", l)
				}
			}
		})
	}
}

func TestTranscript(t *testing.T) {
	say := func(kinds ...front.Kind) (entries []front.Entry) {
		for _, k := range kinds {
			entries = append(entries, front.Entry{Kind: k, Text: [...]string{"note", "hint", "prompt", "reply", "fault", "report", "output"}[k]})
		}
		return entries
	}
	for _, test := range []struct {
		name    string
		entries []front.Entry
		width   int
		want    string
	}{
		{"remarks go together", say(front.Note, front.Note, front.Hint), 80, "● note\n● note\nhint"},
		{"blocks do not", say(front.Note, front.Fault, front.Hint, front.Reply, front.Hint, front.Report, front.Note, front.Output),
			80, "● note\n\n✗ fault\n\nhint\n\nreply\n\nhint\n\nreport\n\n● note\n\n  output"},
		{"a conversation", say(front.Prompt, front.Hint, front.Reply, front.Hint, front.Prompt), 80, "> prompt\n\nhint\n\nreply\n\nhint\n\n> prompt\n"},
		{"a fault with its hint", []front.Entry{{Kind: front.Fault, Text: "it failed because of a reason", Hint: "do something about it"}},
			24, "✗ it failed because of\n  a reason\n  do something about it"},
		{"a table that is too wide", []front.Entry{{Kind: front.Report, Text: "/a     does something\n/long  does a thing with many words in its text"}},
			34, "/a     does something\n/long  does a thing with many\n       words in its text"},
		{"a line that is too wide", []front.Entry{{Kind: front.Report, Text: "  some words and other words  too late for a column"}},
			24, "  some words and other\n  words  too late for a\n  column"},
		{"a long prompt", []front.Entry{{Kind: front.Prompt, Text: strings.TrimSpace(strings.Repeat("a line\n", 1258))}},
			80, "> a line\n" + strings.Repeat("  a line\n", 11) + "  … 1,240 more lines …\n" + strings.Repeat("  a line\n", 6)},
		{"a prompt of one long line", []front.Entry{{Kind: front.Prompt, Text: strings.Repeat("0123456789", 400)}},
			83, "> " + strings.TrimPrefix(strings.Repeat("  "+strings.Repeat("0123456789", 8)+"\n", 24), "  ") + "  … 20 more lines …\n" + strings.Repeat("  "+strings.Repeat("0123456789", 8)+"\n", 6)},
		{"a long output", []front.Entry{{Kind: front.Output, Text: strings.Repeat("a line\n", 100)}},
			80, strings.Repeat("  a line\n", 20) + "  … 60 more lines …\n" + strings.TrimSuffix(strings.Repeat("  a line\n", 20), "\n")},
		{"an output of one line", []front.Entry{{Kind: front.Output, Text: strings.Repeat("0123456789", 500)}},
			53, strings.Repeat("  "+strings.Repeat("0123456789", 5)+"\n", 20) + "  … 60 more lines …\n" +
				strings.TrimSuffix(strings.Repeat("  "+strings.Repeat("0123456789", 5)+"\n", 20), "\n")},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newModel(Options{})
			m.resize(test.width, 24)
			for _, e := range test.entries {
				m.say(e)
			}
			if got := strings.Join(m.finished, "\n"); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			for _, l := range m.finished {
				if w := term.Width(l); w >= test.width {
					t.Errorf("%d columns: %q", w, l)
				}
			}
		})
	}
}
