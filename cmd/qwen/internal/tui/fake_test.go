package tui

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// A paper is a console whose screen is kept as text: what has gone into the
// scrollback, and the live lines as they are.
type paper struct {
	events chan term.Event

	mu         sync.Mutex
	width      int
	height     int
	scrollback []string
	live       term.Frame
	draws      int
	copied     string
	bells      int
	redraws    int
	titled     string
	changed    chan struct{} // there is something new to see
}

var _ Console = (*paper)(nil)

func newPaper() *paper {
	return &paper{events: make(chan term.Event), width: 80, height: 24, changed: make(chan struct{}, 1)}
}

func (p *paper) Events() <-chan term.Event { return p.events }

func (p *paper) Size() (int, int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.width, p.height
}

func (p *paper) Draw(finished []string, f term.Frame) error {
	p.mu.Lock()
	p.scrollback = append(p.scrollback, finished...)
	p.live = f
	p.draws++
	p.mu.Unlock()
	select {
	case p.changed <- struct{}{}:
	default:
	}
	return nil
}

func (p *paper) Redraw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.redraws++
}

func (p *paper) Suspend(run func() error) error { return run() }
func (p *paper) Title(text string) error        { p.titled = text; return nil }
func (p *paper) Bell() error                    { p.bells++; return nil }
func (p *paper) Notify(string, string) error    { return nil }
func (p *paper) Copy(text string) error         { p.copied = text; return nil }
func (p *paper) AskBackground() error           { return nil }

// text is all that can be seen, the cursor as ▏.
func (p *paper) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	lines := append([]string{}, p.scrollback...)
	for i, l := range p.live.Lines {
		if i == p.live.Row && !p.live.HideCursor {
			l = term.Fit(l, max(p.live.Column, term.Width(l)))
			l = cutAt(l, p.live.Column)
		}
		lines = append(lines, strings.TrimRight(l, " "))
	}
	return strings.Join(lines, "\n")
}

// cutAt puts the cursor behind so many columns of a plain text.
func cutAt(text string, column int) string {
	for i := range text {
		if term.Width(text[:i]) == column {
			return text[:i] + "▏" + text[i:]
		}
	}
	return text + "▏"
}

// A chatter is somebody at a keyboard before a front.
type chatter struct {
	t     *testing.T
	paper *paper
	front *Front
}

func newChatter(t *testing.T, o Options) *chatter {
	t.Helper()
	p := newPaper()
	o.Console = p
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	c := &chatter{t: t, paper: p, front: New(o)}
	t.Cleanup(c.front.Close)
	return c
}

// types types a text.
func (c *chatter) types(text string) {
	for _, r := range text {
		c.paper.events <- term.Key{Text: string(r)}
	}
}

// press presses keys, by their names.
func (c *chatter) press(names ...string) {
	for _, name := range names {
		c.paper.events <- keyOf(name)
	}
}

func keyOf(name string) term.Key {
	var k term.Key
	for {
		switch {
		case strings.HasPrefix(name, "ctrl+"):
			k.Ctrl, name = true, name[len("ctrl+"):]
		case strings.HasPrefix(name, "alt+"):
			k.Alt, name = true, name[len("alt+"):]
		case strings.HasPrefix(name, "shift+"):
			k.Shift, name = true, name[len("shift+"):]
		case len(name) == 1:
			k.Text = name
			return k
		default:
			k.Name = name
			return k
		}
	}
}

// does has something done to the model, before anything else happens.
func (c *chatter) does(change func(*model)) {
	done := make(chan struct{})
	c.front.do(func(m *model) {
		change(m)
		close(done)
	})
	<-done
}

// sees waits until a text is on the screen.
func (c *chatter) sees(text string) {
	c.t.Helper()
	c.until("the screen shows "+text, func(screen string) bool { return strings.Contains(screen, text) })
}

// until waits for something to be true of the screen.
func (c *chatter) until(what string, ok func(screen string) bool) {
	c.t.Helper()
	limit := time.After(20 * time.Second)
	for {
		if ok(c.paper.text()) {
			return
		}
		select {
		case <-c.paper.changed:
		case <-limit:
			c.t.Fatalf("waited for: %s\n%s", what, c.paper.text())
		}
	}
}

// reads lets the chat read a line, beside the test.
func (c *chatter) reads() <-chan line {
	lines := make(chan line, 1)
	go func() {
		text, err := c.front.Read(context.Background())
		lines <- line{text, err != nil}
	}()
	return lines
}

func (c *chatter) note(text string) { c.front.Say(front.Entry{Kind: front.Note, Text: text}) }
