package term

import (
	"context"
	"strings"
	"sync"
	"time"
)

// A Status says on one line what is waited for, how long at most, and what the
// person can do meanwhile:
//
//	Waiting for approval · expires in 4:52 · o open browser · Esc cancel
type Status struct {
	Text    string
	Expires time.Time // the zero time if nothing expires
	Hints   []Hint

	// Cancel is called when the person wants to stop waiting: on Esc, Ctrl-C or
	// a signal that ends the process. It may be nil, and is called from another
	// goroutine.
	Cancel func()
}

// A Hint is a key that does something while a [Status] is shown.
type Hint struct {
	Key  rune   // 'o'; pressed as it is or in upper case
	Does string // "open browser"

	// Do is called from another goroutine, one at a time. What it returns is
	// shown on a line of its own that stays, unless it is empty.
	Do func() (note string)
}

// Waiting is a [Status] that is being shown. Its methods may be called from any
// goroutine.
type Waiting struct {
	p    *Prompter
	mu   sync.Mutex
	text string
}

// Show shows a status until [Waiting.Stop] is called or ctx is done. Stop must be
// called in any case, and before anything else is asked or shown. In plain mode a
// status is a line that stays, and no keys are read.
func (p *Prompter) Show(ctx context.Context, s Status) *Waiting {
	w := &Waiting{p: p}
	w.Set(s.Text)
	return w
}

// Set changes what is waited for.
func (w *Waiting) Set(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if text = CleanLine(text); text != w.text && text != "" {
		w.p.println(text)
	}
	w.text = text
}

// Tell shows a line that stays, above the status.
func (w *Waiting) Tell(text string) {
	_ = w.p.Tell(strings.TrimSpace(text))
}

// Stop takes the status away and gives the terminal back as it was. It can be
// called more than once.
func (w *Waiting) Stop() {}
