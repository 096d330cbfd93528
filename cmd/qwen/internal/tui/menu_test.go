package tui

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
)

// A completer offers the words that begin with the last one that was typed. A word
// that ends with a space needs more, one with an @ is a part of a line.
type completer []string

func (c completer) Complete(_ context.Context, text string) front.Completion {
	offered := front.Completion{From: strings.LastIndex(text, " ") + 1}
	for _, w := range c {
		if last := text[offered.From:]; last != "" && strings.HasPrefix(w, last) {
			item := front.Item{Text: w, Note: "does " + w[1:]}
			item.Submit = !strings.HasSuffix(w, " ") && w[0] != '@'
			offered.Items = append(offered.Items, item)
		}
	}
	return offered
}

var words = completer{"/heap", "/help", "/rename ", "@read", "@readme"}

func TestMenu(t *testing.T) {
	for _, test := range []struct {
		name string
		keys string
		want string // how the screen ends
		sent string
	}{
		{"opens", "/ h e", "> /he▏\n› /heap  does heap\n  /help  does help\n  1/2 · ↑↓ move · Tab complete · Esc close", ""},
		{"moves", "/ h e down", "  /heap  does heap\n› /help  does help\n  2/2 · ↑↓ move · Tab complete · Esc close", ""},
		{"moves around", "/ h e up up up", "› /help  does help\n  2/2 · ↑↓ move · Tab complete · Esc close", ""},
		{"Tab completes", "/ h e a tab", "> /heap▏\n› /heap  does heap\n  1/1 · ↑↓ move · Tab complete · Esc close", ""},
		{"Enter sends", "/ h e down enter", "> ▏\n  ? keys", "/help"},
		{"Enter completes what needs more", "/ r enter", "> /rename ▏\n  ? keys", ""},
		{"Enter sends what is complete", "@ r e a d enter", "> ▏\n  ? keys", "@read"},
		{"Enter completes a part of a line", "a space @ r e a d down enter", "> a @readme▏\n  ? keys", ""},
		{"Esc closes", "/ h e esc", "> /he▏\n  ? keys", ""},
		{"and it stays closed", "/ h e esc left right", "> /he▏\n  ? keys", ""},
		{"until something is typed", "/ h e esc a", "> /hea▏\n› /heap  does heap\n  1/1 · ↑↓ move · Tab complete · Esc close", ""},
		{"or Tab is pressed", "/ r esc tab", "> /r▏\n› /rename  does rename\n  1/1 · ↑↓ move · Tab complete · Esc close", ""},
		{"Ctrl-C clears", "/ h ctrl+c", "> ▏\n  Press Ctrl-C again to leave", ""},
		{"nothing to offer", "/ x", "> /x▏\n  ? keys", ""},
		{"nothing to complete", "a space h e", "> a he▏\n  ? keys", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			chatWith(t, Options{Completer: words}, func(c *chatter) {
				lines := c.reads()
				for _, key := range strings.Fields(test.keys) {
					c.press(strings.Replace(key, "space", " ", 1))
					c.screen()
				}
				c.ends(test.want)
				if test.sent != "" {
					lines.returned(test.sent, nil)
				}
			})
		})
	}
}

// A slow completer takes its time, and fails with its context.
type slow struct {
	completer
	time     time.Duration
	canceled atomic.Int32
}

func (s *slow) Complete(ctx context.Context, text string) front.Completion {
	select {
	case <-time.After(s.time):
		return s.completer.Complete(ctx, text)
	case <-ctx.Done():
		s.canceled.Add(1)
		return front.Completion{}
	}
}

// Keys that follow at once mean the same as those that come later, if completions are
// there within a moment.
func TestFastFingers(t *testing.T) {
	for _, test := range []struct {
		time time.Duration
		sent string
	}{
		{settling / 2, "/heap"},
		{settling * 2, "/he"},
	} {
		chatWith(t, Options{Completer: &slow{completer: words, time: test.time}}, func(c *chatter) {
			lines := c.reads()
			c.types("/he")
			c.press("enter")
			time.Sleep(time.Second)
			lines.returned(test.sent, nil)
			c.ends("> ▏\n  ? keys")
		})
	}
}

// What is offered stays while the person types on, but is not taken then; and nobody
// looks for what nobody wants any more.
func TestMenuWhileTyping(t *testing.T) {
	s := &slow{completer: words, time: time.Second}
	chatWith(t, Options{Completer: s}, func(c *chatter) {
		c.types("/he")
		c.ends("> /he▏\n  ? keys")
		time.Sleep(time.Second)
		c.sees("› /heap")
		c.types("l")
		c.sees("> /hel▏\n› /heap")
		c.press("tab")
		c.sees("> /hel▏\n› /heap")
		time.Sleep(time.Second)
		c.sees("> /hel▏\n› /help")
		c.press("backspace", "esc")
		c.sees("> /he▏\n  ? keys")
		time.Sleep(time.Second)
		c.sees("> /he▏\n  ? keys")
		if n := s.canceled.Load(); n != 4 {
			t.Errorf("%d searches were given up", n)
		}
	})
}

// free offers a word to something that need not be one.
type free struct{}

func (free) Complete(context.Context, string) front.Completion {
	return front.Completion{Items: []front.Item{{Text: "/model large"}}, Free: true}
}

func TestFreeCompletion(t *testing.T) {
	for keys, want := range map[string]string{"enter": "/model x", "down enter": "/model large"} {
		chatWith(t, Options{Completer: free{}}, func(c *chatter) {
			lines := c.reads()
			c.types("/model x")
			c.sees("  /model large")
			c.press(strings.Fields(keys)...)
			c.screen()
			if keys != "enter" {
				c.press("enter")
			}
			lines.returned(want, nil)
		})
	}
}

func TestLongMenu(t *testing.T) {
	var many completer
	for i := range 50 {
		many = append(many, "/word"+string(rune('A'+i)))
	}
	chatWith(t, Options{Completer: many}, func(c *chatter) {
		c.types("/")
		c.sees("› /wordA", "/wordH", "1/50")
		c.misses("/wordI")
		for range 10 {
			c.press("down")
		}
		c.sees("› /wordK", "11/50")
		c.misses("/wordA\n")
		c.resizes(20, 6)
		c.sees("› /wordK")
	})
}

// pathCompleter offers main.go behind an @.
type pathCompleter struct{}

func (pathCompleter) Complete(_ context.Context, text string) front.Completion {
	from := strings.LastIndexByte(text, '@')
	if from < 0 || !strings.HasPrefix("@main.go", text[from:]) {
		return front.Completion{}
	}
	return front.Completion{From: from, Items: []front.Item{{Text: "@main.go ", Label: "main.go"}}}
}

// A path that is typed in full is sent, and not completed once more.
func TestEnterBehindAPath(t *testing.T) {
	chatWith(t, Options{Completer: pathCompleter{}}, func(c *chatter) {
		line := c.reads()
		c.types("see @main")
		c.sees("› main.go")
		c.press("enter")
		c.sees("> see @main.go ▏")
		c.press("backspace")
		c.sees("› main.go")
		c.press("enter")
		line.returned("see @main.go", nil)
	})
}
