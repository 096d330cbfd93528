package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// memory is a history.
type memory []string

func (m *memory) Entries() []string { return *m }
func (m *memory) Add(text string)   { *m = append(*m, text) }

func TestTypeAndSend(t *testing.T) {
	chatWith(t, Options{Banner: "qwen test"}, func(c *chatter) {
		c.front.Footer(front.Footer{Connection: "work (x.example)", Model: "large"})
		lines := c.reads()
		c.types("hello 你好")
		c.ends("qwen test\n\n> hello 你好▏\n  work (x.example) · large · ? keys")
		c.press("shift+enter")
		c.types(`there\`)
		c.press("enter")
		c.types("you")
		c.ends("> hello 你好\n  there\n  you▏\n  work (x.example) · large · ? keys")
		c.press("enter")
		lines.returned("hello 你好\nthere\nyou", nil)
		c.sees("> ▏")
	})
}

// Keys on the input: what they leave there, and below it.
func TestKeys(t *testing.T) {
	for _, test := range []struct {
		name string
		keys string // a space between
		want string
	}{
		{"Ctrl-C clears", "a ctrl+c", "> ▏\n  Press Ctrl-C again to leave"},
		{"and that can be undone", "a ctrl+c ctrl+_", "> a▏\n  ? keys"},
		{"Esc asks", "a esc", "> a▏\n  Press Esc again to clear the input"},
		{"Esc twice clears", "a esc esc", "> ▏\n  ? keys"},
		{"Esc twice, another key between", "a esc b esc", "> ab▏\n  Press Esc again to clear the input"},
		{"Esc on nothing", "esc esc", "> ▏\n  ? keys"},
		{"Enter on nothing", "enter enter", "> ▏\n  ? keys"},
		{"Tab without completions", "a tab b", "> ab▏\n  ? keys"},
		{"Ctrl-D deletes", "a b home ctrl+d", "> ▏b\n  ? keys"},
		{"a question mark in a text", "a ?", "> a?▏\n  ? keys"},
		{"an older message", "up", "> /old▏\n  ? keys"},
		{"one older still, although the other is a command", "up up", "> first▏\n  ? keys"},
		{"a search", "ctrl+r f i", "search fi: ▏first\n  ? keys"},
		{"a search that finds nothing", "ctrl+r x", "nothing holds x: ▏\n  ? keys"},
		{"a search that is taken over", "ctrl+r f enter", "> first▏\n  ? keys"},
		{"a search that is given up", "a ctrl+r f esc", "> a▏\n  ? keys"},
	} {
		t.Run(test.name, func(t *testing.T) {
			past := &memory{"first", "/old"}
			chatWith(t, Options{History: past, Completer: completer{"/old", "/older"}}, func(c *chatter) {
				c.press(strings.Fields(test.keys)...)
				c.ends(test.want)
			})
		})
	}
}

// What is typed while the chat does something waits its turn, and can be taken back.
func TestTypeAhead(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		busy, done := c.front.Busy(c.Context())
		defer done()
		c.front.State(front.State{Phase: front.Answering, Since: time.Now(), Tokens: 1234})
		for _, text := range []string{"one", "two\nlines", "three", "four", "five"} {
			c.pastes(text)
			c.press("enter")
		}
		c.ends("Answering · 1,234 tokens · Esc to stop\nqueued: one\nqueued: two …\nqueued: three\n  and 2 more · ↑ takes it back\n> ▏\n  ? keys")
		c.press("up")
		c.sees("queued: four\n> five▏")
		c.press("esc")
		if <-busy.Done(); busy.Err() != context.Canceled {
			t.Error(busy.Err())
		}
		c.sees("tokens · stopping\n> one\n  two\n  lines\n  three\n  four\n  five▏")
	})
}

func TestQueueIsReadInOrder(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		c.types("one")
		c.press("enter")
		c.types("two")
		c.press("enter", "ctrl+y")
		for _, want := range []string{"one", "two", "/retry"} {
			c.reads().returned(want, nil)
		}
		c.misses("queued")
	})
}

// A shell command that is taken back runs nothing that was typed after it.
func TestTakenBackCommand(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		take := func(lines ...string) {
			_, done := c.front.Busy(context.Background())
			defer done()
			for _, line := range lines {
				c.types(line)
				c.press("enter")
			}
			c.press("esc")
		}
		take("!date", "rm")
		c.ends(">  !date\n  rm▏\n  ? keys")
		c.press("ctrl+c")
		take("!date")
		c.ends("> !date▏\n  ? keys")
	})
}

// What comes back goes in front of what is typed.
func TestPut(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		c.types("new")
		c.front.Put("not sent")
		c.sees("> not sent\n  new▏")
	})
}

// A read that ends with its context does not take the line with it.
func TestReadGivesUp(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		ctx, cancel := context.WithCancel(context.Background())
		given := begin(c, func(context.Context) (string, error) { return c.front.Read(ctx) })
		cancel()
		given.returned("", context.Canceled)
		c.types("still here")
		c.press("enter")
		c.reads().returned("still here", nil)
	})

	m := newModel(Options{}) // the line comes while the chat gives up
	reply := make(chan line, 1)
	m.read(reply)
	m.submit("one")
	m.submit("two")
	m.unread(reply)
	if want := []string{"one", "two"}; !slices.Equal(m.queue, want) {
		t.Errorf("what waits is %q, want %q", m.queue, want)
	}
}

// The ways out.
func TestLeaving(t *testing.T) {
	for _, test := range []struct {
		name  string
		leave func(c *chatter)
		stays bool
	}{
		{"Ctrl-C twice", func(c *chatter) { c.press("ctrl+c", "ctrl+c") }, false},
		{"Ctrl-C with a text, and again", func(c *chatter) { c.types("a"); c.press("ctrl+c", "ctrl+c") }, false},
		{"another key between", func(c *chatter) { c.press("ctrl+c", "x", "ctrl+c") }, true},
		{"too late", func(c *chatter) { c.press("ctrl+c"); time.Sleep(twice); c.press("ctrl+c") }, true},
		{"Ctrl-D", func(c *chatter) { c.press("ctrl+d") }, false},
		{"Ctrl-D with a text", func(c *chatter) { c.types("a"); c.press("home", "ctrl+d", "b") }, true},
		{"the terminal is gone", func(c *chatter) { close(c.paper.events) }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			chatWith(t, Options{}, func(c *chatter) {
				lines := c.reads()
				test.leave(c)
				if test.stays {
					c.misses("Leaving")
					c.press("ctrl+c", "ctrl+c", "ctrl+c")
				}
				lines.returned("", front.ErrLeft)
				c.reads().returned("", front.ErrLeft)
				c.sees("> ▏\n  Leaving")
			})
		})
	}
}

// Nothing that is typed after leaving is a message, and nobody is asked.
func TestAfterLeaving(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		busy, done := c.front.Busy(c.Context())
		defer done()
		c.types("queued")
		c.press("enter", "ctrl+d")
		<-busy.Done()
		c.types("too late")
		c.press("enter")
		c.pastes("too late")
		c.ends("> ▏\n  Leaving")
		begin(c, func(ctx context.Context) (bool, error) { return c.front.Confirm(ctx, "Sure?", true) }).returned(false, context.Canceled)
		c.reads().returned("", front.ErrLeft)
		next, done := c.front.Busy(c.Context())
		defer done()
		<-next.Done() // what begins is over at once
	})
}

func TestPressAgainFades(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		c.press("ctrl+c")
		c.sees("Press Ctrl-C again")
		time.Sleep(twice)
		c.misses("Press Ctrl-C again")
		c.types("a")
		c.press("esc")
		c.sees("Press Esc again")
		time.Sleep(twiceEsc)
		c.misses("Press Esc again")
	})
}

// Esc and Ctrl-C stop what goes on, once; after that, they mean the input.
func TestStop(t *testing.T) {
	for key, clear := range map[string][]string{"esc": {"esc", "esc"}, "ctrl+c": {"ctrl+c"}} {
		t.Run(key, func(t *testing.T) {
			chatWith(t, Options{}, func(c *chatter) {
				outer, endOuter := c.front.Busy(c.Context())
				inner, endInner := c.front.Busy(outer)
				c.front.State(front.State{Phase: front.Checking, Text: "Checking"})
				c.types("draft")
				c.sees("Checking · Esc to stop")
				c.press(key)
				<-inner.Done()
				c.sees("Checking · stopping", "> draft▏")
				c.press(clear...)
				c.sees("> ▏")
				if outer.Err() != nil {
					t.Error("what goes on around it is stopped")
				}
				endInner()
				c.sees("Checking · Esc to stop")
				c.press(key)
				<-outer.Done()
				endOuter()
				c.front.State(front.State{})
				c.misses("Checking")
			})
		})
	}
}

// While the terminal is in others' hands, nothing is painted, and all goes on.
func TestHandedOver(t *testing.T) {
	chatWith(t, Options{Getenv: func(string) string { return "" }}, func(c *chatter) {
		c.types("draft")
		a := c.front.Answer()
		c.screen()
		for _, key := range []string{"ctrl+z", "ctrl+g"} {
			before := c.paper.count("Draw")
			c.press(key)
			for range 300 { // more than anybody keeps waiting
				a.Write("One more paragraph.\n\n")
			}
			c.front.Title("busy")
			time.Sleep(time.Minute)
			if n := c.paper.count("Draw") - before; n != 0 {
				t.Errorf("%s: painted %d times", key, n)
			}
			c.paper.suspended <- errors.New("exit status 1")
			synctest.Wait()
		}
		a.Close()
		c.sees("✗ the editor failed: exit status 1\n  Your text is unchanged.", "> draft▏")
		if n := strings.Count(c.paper.text(), "One more"); n != 600 || c.paper.titled != "qwen - busy" {
			t.Errorf("%d paragraphs, the title is %q", n, c.paper.titled)
		}
	})
}

func TestRedraw(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		c.press("ctrl+l")
		c.screen()
		if n := c.paper.count("Redraw"); n != 1 {
			t.Errorf("painted anew %d times", n)
		}
	})
}

func TestHelp(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		c.press("?")
		c.sees("  Ctrl-O       show the last thought", "Ctrl-K       cut to end of line", "Alt-Shift-Z  redo")
		for _, l := range c.paper.live.Lines {
			if term.Width(l) > 79 || strings.Contains(l, "…") {
				t.Errorf("does not fit: %q", l)
			}
		}
		c.types("a")
		c.ends("> a▏\n  ? keys")
	})
}

func TestBindingsAreUnique(t *testing.T) {
	seen := map[string]string{}
	for _, b := range Bindings() {
		for _, key := range b.Keys {
			if before, ok := seen[key]; ok && key != "up" && key != "ctrl+d" {
				t.Errorf("%s: %q and %q", key, before, b.Does)
			}
			seen[key] = b.Does
		}
	}
}

func TestKeyName(t *testing.T) {
	for key, want := range map[string]string{
		"ctrl+c": "Ctrl-C", "shift+enter": "Shift-Enter", "up": "↑", "alt+left": "Alt-←", "?": "?", "a": "a",
		"alt+Z": "Alt-Shift-Z", "pageup": "PageUp", "ctrl+_": "Ctrl-_", "alt+<": "Alt-<", "esc": "Esc",
	} {
		if got := KeyName(key); got != want {
			t.Errorf("%s is called %q, want %q", key, got, want)
		}
	}
}

// A long paste is folded on the screen and sent whole.
func TestPaste(t *testing.T) {
	chatWith(t, Options{Color: true, Background: "dark"}, func(c *chatter) {
		long := strings.TrimSpace(strings.Repeat("a line\n", 5000))
		lines := c.reads()
		c.types("see ")
		c.pastes(long)
		c.types(".")
		c.sees("> \x1b[0msee \x1b[36m[Pasted 5,000 lines, 35 KB #1]\x1b[0m.▏")
		c.press("enter")
		lines.returned("see "+long+".", nil)
	})
}

// The terminal's background chooses the theme, if it was asked for.
func TestBackground(t *testing.T) {
	for _, test := range []struct {
		o     Options
		asked int
	}{
		{Options{Color: true, Background: "auto"}, 1},
		{Options{Color: true, Background: "dark"}, 0},
		{Options{Background: "auto"}, 0},
	} {
		chatWith(t, test.o, func(c *chatter) {
			c.paper.events <- term.Background{Dark: false}
			c.front.Say(front.Entry{Kind: front.Reply, Text: "`code`"})
			c.sees("code")
			light := newStyles(test.asked > 0, true)
			want := strings.Join((&model{styles: light, width: 80}).rendered("`code`"), "\n")
			if got := c.paper.transcript(); c.paper.count("AskBackground") != test.asked || (got == want) != (test.asked > 0 || !test.o.Color) {
				t.Errorf("%+v: asked %d times, shown %q", test.o, c.paper.count("AskBackground"), got)
			}
		})
	}
}

// The person is told what is there only if they look elsewhere and want it.
func TestNotify(t *testing.T) {
	for _, test := range []struct {
		notify        string
		focus         []bool
		bells, banner int
	}{
		{"off", nil, 0, 0},
		{"bell", nil, 1, 0}, // nobody knows where they look
		{"bell", []bool{true}, 0, 0},
		{"bell", []bool{true, false}, 1, 0},
		{"desktop", []bool{false}, 0, 1},
	} {
		chatWith(t, Options{Notify: test.notify}, func(c *chatter) {
			for _, in := range test.focus {
				c.paper.events <- term.Focus{In: in}
			}
			c.front.Notify("there")
			c.screen()
			if bells, banner := c.paper.count("Bell"), c.paper.count("Notify"); bells != test.bells || banner != test.banner {
				t.Errorf("%+v: %d bells, %d notifications", test, bells, banner)
			}
		})
	}
}
