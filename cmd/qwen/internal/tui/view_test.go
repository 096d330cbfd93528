package tui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/sdk"
)

// full returns a model in which everything is shown that can be at once.
func full() *model {
	m := newModel(Options{Color: true, Background: "dark", Completer: words, Banner: "qwen"})
	m.footer = front.Footer{Connection: "a long name of a connection (host.example)", Model: "some-model", Context: "context 3 %", Attached: "2 files attached"}
	m.beginAnswer()
	m.write(strings.Repeat("words and 你好 ", 200))
	m.state = front.State{Phase: front.Retrying, Reason: "too many requests of everybody (HTTP 429)", Retry: 2, Of: 5, Until: time.Now().Add(time.Minute)}
	m.busy = func() {}
	for i := range 9 {
		m.submit(fmt.Sprintf("a message that waits, number %d, with some more words", i))
	}
	for range 40 {
		m.edit.Insert("something typed that is longer than a narrow screen is wide\n")
	}
	return m
}

// Any size is one to live with: nothing is too wide or too high, and the cursor is
// where it can be seen.
func TestSizes(t *testing.T) {
	below := map[string]func(m *model){
		"input":  func(*model) {},
		"menu":   func(m *model) { m.menu.offered = words.Complete(context.Background(), "x /") },
		"help":   func(m *model) { m.help = true },
		"picker": func(m *model) { m.open(newPicker(models, make(chan outcome[int], 1))) },
		"confirm": func(m *model) {
			m.open(&confirmation{"Is this what you want, really?", true, make(chan outcome[bool], 1)})
		},
		"ask": func(m *model) {
			m.open(newQuestion(sdk.Question{Label: "A label", Help: "Some words of help.", Default: "that"}, make(chan outcome[string], 1)))
		},
		"code": func(m *model) { m.showCode(newCode(code, func() {})) },
	}
	for name, show := range below {
		for _, size := range [][2]int{{1, 1}, {10, 3}, {20, 5}, {40, 5}, {40, 10}, {80, 24}, {250, 60}} {
			m := full()
			m.resize(size[0], size[1])
			show(m)
			f := m.view(time.Now())
			if len(f.Lines) > size[1] && size[1] >= 5 && name != "ask" && name != "confirm" && name != "picker" {
				t.Errorf("%s at %v: %d rows", name, size, len(f.Lines))
			}
			if f.Row < 0 || f.Row >= len(f.Lines) {
				t.Errorf("%s at %v: the cursor is in row %d of %d", name, size, f.Row, len(f.Lines))
			}
			for _, l := range f.Lines {
				if w := term.Width(l); w >= max(size[0], 2) {
					t.Errorf("%s at %v: %d columns: %q", name, size, w, l)
				}
			}
		}
	}
}

// All that goes on, from the top to the bottom.
func TestView(t *testing.T) {
	m := full()
	m.styles = newStyles(false, false)
	m.edit.Set("typed")
	m.resize(60, 20)
	m.edit.Set("")
	want := []string{
		"你好 words and 你好 words and 你好 words and 你好 words",
		"",
		"too many requests of everybody (HTTP 429): retry 1 of 4 in",
		"1 min 0 s · Esc to stop",
		"queued: a message that waits, number 0, with some more wor…",
		"queued: a message that waits, number 1, with some more wor…",
		"queued: a message that waits, number 2, with some more wor…",
		"  and 6 more · ↑ takes it back",
		"> ▏",
		"  2 files attached",
	}
	synctest.Test(t, func(t *testing.T) {
		m.state.Until = time.Now().Add(time.Minute)
		lines := seen(m.view(time.Now()))
		if got := strings.Join(lines[len(lines)-9:], "\n"); got != strings.Join(want[1:], "\n") {
			t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want[1:], "\n"))
		}
	})
	m.resize(100, 20)
	if text := m.footerText(97); text != "2 files attached · a long name of a connection (host.example) · some-model · context 3 % · ? keys" {
		t.Errorf("the footer is %q", text)
	}
	if text := m.footerText(80); text != "2 files attached · a long name of a connection (host.example) · some-model" {
		t.Errorf("the footer is %q", text)
	}
}

// More is typed than there is room for.
func TestLongInput(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		c.resizes(40, 12)
		for i := range 9 {
			c.types(fmt.Sprint(i))
			c.press("shift+enter")
		}
		c.ends("  ↑ 6 more\n  6\n  7\n  8\n  ▏\n  ? keys")
		c.press("ctrl+home")
		c.ends("> ▏0\n  1\n  2\n  3\n  ↓ 6 more\n  ? keys")
	})
}

// A front that has nothing to do does not wake up, and one that counts seconds does
// once in each.
func TestIdle(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		c.types("a")
		c.screen()
		before := c.paper.count("Draw")
		time.Sleep(59 * time.Minute)
		if n := c.paper.count("Draw") - before; n != 0 {
			t.Errorf("painted %d times for nothing", n)
		}
		c.front.State(front.State{Phase: front.Waiting, Since: time.Now()})
		c.sees("Waiting for the first token")
		time.Sleep(8 * time.Second)
		c.sees("Waiting for the first token 8 s")
		before = c.paper.count("Draw")
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := c.paper.count("Draw") - before; n != 60 {
			t.Errorf("painted %d times in a minute", n)
		}
		c.front.State(front.State{})
		c.ends("> a▏\n  ? keys")
	})
}

// What was asked for before the end is there at the end, and no live lines are.
func TestClose(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		c.types("draft")
		a := c.front.Answer()
		for range 100 {
			a.Write("words ")
		}
		c.note("over")
		c.front.Close()
		c.front.Close()
		if text := c.paper.text(); !strings.HasPrefix(text, "● over\n\nwords") || strings.Count(text, "words") != 100 || strings.Contains(text, "draft") {
			t.Errorf("at the end is\n%s", text)
		}
		c.note("later") // nobody waits for it
		c.reads().returned("", front.ErrLeft)
	})
}

// A fragile console says what is done to it.
type fragile struct {
	Console
	suspended bool
}

func (f *fragile) Suspend(run func() error) error {
	f.suspended = true
	return run()
}

// A mistake still ends the program, but not before the terminal is as it was.
func TestCrash(t *testing.T) {
	console := new(fragile)
	defer func() {
		if mistake := recover(); mistake != "a mistake" || !console.suspended {
			t.Errorf("it died of %v; the terminal was given back: %v", mistake, console.suspended)
		}
	}()
	defer (&loop{console: console}).crash()
	panic("a mistake")
}

// A table that is too wide is broken between words.
func TestWideReport(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		c.front.Say(front.Entry{Kind: front.Report, Text: "  /auth [NAME]   short\n  /export [FILE.md | FILE.json]   " + strings.Repeat("words ", 12)})
		c.sees("  /auth [NAME]   short\n  /export [FILE.md | FILE.json]   words words words words words words words\n" +
			strings.Repeat(" ", 34) + "words words")
	})
}
