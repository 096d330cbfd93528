package term

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/rivo/uniseg"
)

// A Status says what is waited for, how long at most, and what the person can do
// meanwhile:
//
//	Waiting for approval · expires in 4:52 · o open browser · Esc cancel
type Status struct {
	Text    string
	Expires time.Time // the zero time if nothing expires
	Hints   []Hint

	// Cancel is called when the person wants to stop waiting: on Esc, Ctrl-C or
	// a signal that ends the process; the status is over then. It must not call
	// Stop; a [context.CancelFunc] is good. Without it, the status is shown as in
	// plain mode.
	Cancel func()
}

// A Hint is a key that does something while a [Status] is shown.
type Hint struct {
	Key  rune   // 'o'; it may be typed in upper case
	Does string // "open browser"

	// Do does it. Meanwhile nothing else happens to the status; ctx is done when
	// that ends. What it returns is shown on a line that stays, unless it is
	// empty.
	Do func(ctx context.Context) (note string)
}

// Waiting is a [Status] that is being shown. Its methods may be called from any
// goroutine.
type Waiting struct {
	out    *Prompter
	cancel context.CancelFunc
	done   chan struct{} // closed when the terminal is as it was before

	mu     sync.Mutex
	status Status
	screen *painter // nil in plain mode
	over   bool
}

// Show shows a status until [Waiting.Stop] is called, the person cancels, or ctx
// is done. Stop must be called in any case, best by defer, and before anything is
// asked. In plain mode a status is a line that stays, and no keys are read.
func (p *Prompter) Show(ctx context.Context, s Status) *Waiting {
	ctx, cancel := context.WithCancel(ctx)
	w := &Waiting{out: p, cancel: cancel, done: make(chan struct{}), status: s}
	if p.isPlain() || s.Cancel == nil {
		return w.plain()
	}
	keyboard, err := p.keyboard(ctx)
	if err != nil {
		return w.plain()
	}
	w.screen = &painter{out: p.out, size: p.Size, hide: true}
	go w.run(ctx, keyboard)
	return w
}

// plain shows the status as a line.
func (w *Waiting) plain() *Waiting {
	close(w.done)
	w.out.println(strings.Join(w.status.state(time.Now()), " · "))
	return w
}

// Set changes what is waited for.
func (w *Waiting) Set(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text = CleanLine(text)
	if w.over || text == CleanLine(w.status.Text) {
		return
	}
	w.status.Text = text
	if w.screen == nil {
		w.out.println(text)
		return
	}
	w.paint()
}

// Tell shows a line that stays, above the status.
func (w *Waiting) Tell(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.screen == nil || w.over {
		_ = w.out.Tell(text)
		return
	}
	w.screen.clear()
	_ = w.out.Tell(text)
	w.paint()
}

// Stop takes the status away and gives the terminal back as it was. It can be
// called more than once.
func (w *Waiting) Stop() {
	w.cancel()
	<-w.done
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
}

// run keeps the status on the screen and does what keys ask for.
func (w *Waiting) run(ctx context.Context, k *keyboard) {
	defer close(w.done)
	defer k.stop()
	defer w.end()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	w.repaint()
	for keys := k.keys; ; w.repaint() {
		select {
		case <-k.ctx.Done():
			if ctx.Err() == nil { // a signal, and not the caller
				w.status.Cancel()
			}
			return
		case <-k.resized:
		case <-second.C:
		case key, ok := <-keys:
			switch {
			case !ok:
				keys = nil // nobody can type any more
			case key == keyEsc, key == keyCtrlC:
				w.status.Cancel()
				return
			}
			w.press(ctx, key)
		}
	}
}

func (w *Waiting) press(ctx context.Context, k key) {
	for _, hint := range w.status.Hints {
		if k > 0 && unicode.ToLower(rune(k)) == unicode.ToLower(hint.Key) {
			if note := CleanLine(hint.Do(ctx)); note != "" && ctx.Err() == nil {
				w.Tell(note)
			}
			return
		}
	}
}

// end takes the status off the screen.
func (w *Waiting) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	w.screen.clear()
}

func (w *Waiting) repaint() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.paint()
}

// paint shows the status as it is now; the caller holds the lock.
func (w *Waiting) paint() {
	columns, _ := w.screen.measure()
	parts := append(w.status.state(time.Now()), w.status.keys()...)
	w.screen.paint(flow(parts, columns-1), 0)
}

// state returns what is waited for and how long.
func (s *Status) state(now time.Time) []string {
	parts := []string{CleanLine(s.Text)}
	if s.Expires.IsZero() {
		return parts
	}
	left := int((s.Expires.Sub(now) + time.Second - 1) / time.Second)
	if left <= 0 {
		return append(parts, "expired")
	}
	return append(parts, fmt.Sprintf("expires in %d:%02d", left/60, left%60))
}

func (s *Status) keys() []string {
	var parts []string
	for _, hint := range s.Hints {
		parts = append(parts, string(hint.Key)+" "+CleanLine(hint.Does))
	}
	return append(parts, "Esc cancel")
}

// flow joins parts to lines of at most so many columns, if no part is longer.
func flow(parts []string, columns int) []string {
	const joint = " · "
	lines := parts[:1:1]
	for _, part := range parts[1:] {
		last := lines[len(lines)-1] + joint + part
		if uniseg.StringWidth(last) > columns {
			lines = append(lines, part)
			continue
		}
		lines[len(lines)-1] = last
	}
	return lines
}
