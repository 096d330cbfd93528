package term

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// typeAt returns where to type into a console that has no terminal, and its events.
func typeAt(t *testing.T) (typed *io.PipeWriter, events <-chan Event) {
	r, typed := io.Pipe()
	c := &Console{
		in:      newInput(r, nil),
		events:  make(chan Event),
		arrived: make(chan Event),
		ended:   make(chan struct{}),
		over:    make(chan struct{}),
		answers: newAnswers(),
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.read(ctx)
	}()
	go pass(c.arrived, c.events, c.ended, c.over)
	t.Cleanup(func() {
		cancel()
		<-done
		close(c.over)
		_ = typed.Close()
		_ = c.in.close()
	})
	return typed, c.events
}

func TestConsoleTellsPastesByTime(t *testing.T) {
	type chunk struct {
		after time.Duration
		text  string
	}
	for _, c := range []struct {
		chunks []chunk
		want   string
	}{
		{[]chunk{{0, "\x1b"}, {escDelay - 1, "[A"}}, "<up>"},
		{[]chunk{{0, "\x1b"}, {escDelay + 1, "[A"}}, "<esc> [ A"},
		{[]chunk{{0, "\x1b[1;"}, {sequenceDelay - 1, "5A"}}, "<ctrl+up>"},
		{[]chunk{{0, "one\rtwo"}, {burstDelay - 1, "\rthree\r"}, {burstDelay + 1, "\r"}}, `paste"one\ntwo\nthree\n" <enter>`},
		{[]chunk{{0, "one\r"}, {time.Millisecond, "two\r"}}, "o n e <enter> t w o <enter>"},
		{[]chunk{{0, pasteBegin + "one\r"}, {pasteDelay - 1, "two" + pasteEnd}, {1, "\r"}}, `paste"one\ntwo" <enter>`},
		{[]chunk{{0, pasteBegin + "one\r"}, {pasteDelay + 1, "\x03"}}, `paste"one\n" <ctrl+c>`},
	} {
		synctest.Test(t, func(t *testing.T) {
			typed, events := typeAt(t)
			var got []Event
			done := make(chan struct{})
			go func() {
				defer close(done)
				for e := range events {
					got = append(got, e)
				}
			}()
			for _, chunk := range c.chunks {
				time.Sleep(chunk.after)
				_, _ = io.WriteString(typed, chunk.text)
			}
			_ = typed.Close()
			<-done // the events end with the input
			if names := eventNames(got); names != c.want {
				t.Errorf("%v: %s, want %s", c.chunks, names, c.want)
			}
		})
	}
}

// Who sends an event never waits for whoever receives it, and a terminal that is
// being resized does not fill the queue.
func TestEventsWait(t *testing.T) {
	from, to := make(chan Event), make(chan Event)
	ended, over := make(chan struct{}), make(chan struct{})
	go pass(from, to, ended, over)
	for range 3 {
		from <- Key{Text: "a"}
		from <- Resize{}
		from <- Resize{}
	}
	close(ended)
	var got []Event
	for e := range to {
		got = append(got, e)
	}
	if want := "a Resize{} a Resize{} a Resize{}"; eventNames(got) != want {
		t.Errorf("%s, want %s", eventNames(got), want)
	}
}

func TestReflowOf(t *testing.T) {
	for _, c := range []struct {
		environment, version string
		want                 reflow
	}{
		{"TERM=xterm-256color", "", breaksLines},
		{"TERM=xterm-256color XTERM_VERSION=XTerm(379)", "", keepsRows},
		{"TERM=linux", "", keepsRows},
		{"TERM=tmux-256color TMUX=/tmp/tmux", "", leadsBack},
		{"TERM=screen-256color TMUX=/tmp/tmux XTERM_VERSION=XTerm(379)", "", leadsBack},
		{"TERM=screen STY=1 TMUX=/tmp/tmux", "", breaksLines},
		{"TERM=screen STY=1 TMUX=/tmp/tmux", "tmux 3.3a", leadsBack},
		{"TERM=screen", "tmux 3.3a", leadsBack},
		{"TERM=xterm-256color TMUX=/tmp/tmux", "", breaksLines}, // a terminal in an editor in tmux
		{"TERM=xterm-256color", "XTerm(379)", keepsRows},
		{"TERM=tmux-256color TMUX=/tmp/tmux", "kitty(0.35.2)", breaksLines},
	} {
		a := newAnswers()
		if c.version != "" {
			a.take(version{c.version})
		}
		if got := a.reflow(reflowOf(environment(c.environment))); got != c.want {
			t.Errorf("%s, %q: %v, want %v", c.environment, c.version, got, c.want)
		}
	}
}

// environment looks variables up in "NAME=value NAME=value".
func environment(variables string) func(name string) string {
	return func(name string) string {
		for _, v := range strings.Fields(variables) {
			if n, value, _ := strings.Cut(v, "="); n == name {
				return value
			}
		}
		return ""
	}
}

func TestNotification(t *testing.T) {
	for _, c := range []struct{ terminal, title, text, want string }{
		{"tmux 3.3a", "qwen", "done", "\a"},
		{"xterm-256color", "qwen", "done", "\a"},
		{"iTerm2 3.5.0", "qwen", "done", "\x1b]9;qwen: done\a"},
		{"kitty(0.35.2)", "qwen", "", "\x1b]9;qwen\a"},
		{"WezTerm 20240203", "a;b", "c;d", "\x1b]777;notify;a,b;c;d\a"},
		{"ghostty 1.0", "\x1b]0;x\aq\n", "\x1b[31mred\a", "\x1b]777;notify;q;red\a"},
	} {
		if got := notification(c.terminal, c.title, c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.terminal, got, c.want)
		}
	}
}
