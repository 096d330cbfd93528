package tui

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// A paper is a console whose screen is kept as text: what has gone into the
// scrollback, and the live lines as they are.
type paper struct {
	events chan term.Event

	mu            sync.Mutex
	width, height int
	scrollback    []string
	live          term.Frame
	calls         map[string]int // of its methods, Draw among them
	copied        string
	titled        string
	suspended     chan error // of a terminal that is in others' hands: how that ends
}

var _ Console = (*paper)(nil)

func newPaper() *paper {
	return &paper{events: make(chan term.Event), width: 80, height: 24, calls: make(map[string]int)}
}

func (p *paper) called(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls[name]++
}

func (p *paper) count(name string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[name]
}

func (p *paper) Events() <-chan term.Event { return p.events }

func (p *paper) Size() (int, int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.width, p.height
}

func (p *paper) Draw(finished []string, f term.Frame) error {
	p.called("Draw")
	p.mu.Lock()
	defer p.mu.Unlock()
	p.scrollback = append(p.scrollback, finished...)
	p.live = f
	return nil
}

// Suspend runs nothing: the test says how it ends.
func (p *paper) Suspend(func() error) error {
	p.called("Suspend")
	return <-p.suspended
}

func (p *paper) Redraw()                     { p.called("Redraw") }
func (p *paper) Title(text string) error     { p.titled = text; return nil }
func (p *paper) Bell() error                 { p.called("Bell"); return nil }
func (p *paper) Notify(string, string) error { p.called("Notify"); return nil }
func (p *paper) AskBackground() error        { p.called("AskBackground"); return nil }

func (p *paper) Copy(text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.copied = text
	return nil
}

// text is all that can be seen, the cursor as ▏.
func (p *paper) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(append(slices.Clone(p.scrollback), seen(p.live)...), "\n")
}

// transcript is what has gone into the scrollback.
func (p *paper) transcript() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.scrollback, "\n")
}

// seen are the lines of a frame, the cursor as ▏.
func seen(f term.Frame) []string {
	var lines []string
	for i, l := range f.Lines {
		if i == f.Row && !f.HideCursor {
			l = cutAt(term.Fit(l, max(f.Column, term.Width(l))), f.Column)
		}
		lines = append(lines, strings.TrimRight(l, " "))
	}
	return lines
}

// cutAt puts the cursor behind so many columns of a text.
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
	*testing.T
	paper *paper
	front *Front
}

// chatWith runs a test of a front in a world where nobody waits: time passes when
// everybody sleeps.
func chatWith(t *testing.T, o Options, test func(c *chatter)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := newPaper()
		p.suspended = make(chan error)
		o.Console = p
		c := &chatter{T: t, paper: p, front: New(o)}
		defer c.front.Close()
		test(c)
	})
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

// pastes pastes a text.
func (c *chatter) pastes(text string) { c.paper.events <- term.Paste{Text: text} }

// resizes changes the size of the terminal.
func (c *chatter) resizes(columns, rows int) {
	c.paper.mu.Lock()
	c.paper.width, c.paper.height = columns, rows
	c.paper.mu.Unlock()
	c.paper.events <- term.Resize{}
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

// screen is what is seen when all has been painted.
func (c *chatter) screen() string {
	synctest.Wait()
	time.Sleep(frame)
	synctest.Wait()
	return c.paper.text()
}

// sees checks that texts are on the screen.
func (c *chatter) sees(texts ...string) {
	c.Helper()
	screen := c.screen()
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			c.Fatalf("the screen lacks %q:\n%s", text, screen)
		}
	}
}

// misses checks that texts are not on the screen.
func (c *chatter) misses(texts ...string) {
	c.Helper()
	screen := c.screen()
	for _, text := range texts {
		if strings.Contains(screen, text) {
			c.Fatalf("on the screen is %q:\n%s", text, screen)
		}
	}
}

// ends checks how the screen ends.
func (c *chatter) ends(want string) {
	c.Helper()
	if screen := c.screen(); !strings.HasSuffix(screen, want) {
		c.Fatalf("the screen is\n%s\nand does not end with\n%s", screen, want)
	}
}

// said checks what is in the scrollback.
func (c *chatter) said(want string) {
	c.Helper()
	c.screen()
	if got := c.paper.transcript(); got != want {
		c.Fatalf("the transcript is\n%s\nwant\n%s", got, want)
	}
}

// A reading is what the chat waits for beside the test.
type reading[T any] struct {
	c    *chatter
	done chan struct{}
	got  T
	err  error
}

// begin calls something that waits for the person.
func begin[T any](c *chatter, call func(context.Context) (T, error)) *reading[T] {
	r := &reading[T]{c: c, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		r.got, r.err = call(context.Background())
	}()
	synctest.Wait()
	return r
}

// returned checks what the call has returned by now.
func (r *reading[T]) returned(want T, err error) {
	r.c.Helper()
	synctest.Wait()
	select {
	case <-r.done:
	default:
		r.c.Fatalf("it still waits; the screen is\n%s", r.c.paper.text())
	}
	if any(r.got) != any(want) || r.err != err {
		r.c.Errorf("it returned %v, %v; want %v, %v", r.got, r.err, want, err)
	}
}

// reads lets the chat read a line.
func (c *chatter) reads() *reading[string] { return begin(c, c.front.Read) }

func (c *chatter) note(text string) { c.front.Say(front.Entry{Kind: front.Note, Text: text}) }
func (c *chatter) hint(text string) { c.front.Say(front.Entry{Kind: front.Hint, Text: text}) }
