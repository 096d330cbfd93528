package tui

import (
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// frame is how often is painted at most while an answer arrives.
const frame = 33 * time.Millisecond

// settling is how long Enter and Tab wait for completions that are being looked for.
const settling = 50 * time.Millisecond

// A loop is the goroutine behind a [Front].
type loop struct {
	front   *Front
	console Console
	model   *model
	painted time.Time // last
	wake    *time.Timer
}

// run goes on until the front is closed. Without an event, a call or something that
// counts seconds it does not wake up at all.
func (l *loop) run() {
	defer close(l.front.done)
	defer l.crash()
	l.model.resize(l.console.Size())
	if l.model.opts.Background == "auto" && l.model.opts.Color {
		_ = l.console.AskBackground()
	}
	l.paint()
	l.wake = time.NewTimer(time.Hour)
	defer l.wake.Stop()
	events := l.console.Events()
	for {
		l.schedule()
		select {
		case <-l.front.quit:
			l.end()
			return
		case e, ok := <-events:
			if !ok {
				events = nil
				l.model.leave()
				break
			}
			l.event(e)
		case change := <-l.front.calls:
			change(l.model)
			l.drain()
			l.model.dirty = true
		case <-l.wake.C:
		}
		l.act()
	}
}

// crash gives the terminal back as it was, if the program dies of a mistake in this
// goroutine: the person is to read of it, and to go on in their shell.
func (l *loop) crash() {
	if mistake := recover(); mistake != nil {
		_ = l.console.Suspend(func() error { panic(mistake) })
	}
}

// event takes an event of the terminal, whose effect the person wants to see at once.
func (l *loop) event(e term.Event) {
	switch e := e.(type) {
	case term.Resize:
		l.model.resize(l.console.Size())
	case term.Key:
		if name := e.String(); name == "enter" || name == "tab" {
			l.settle()
		}
	}
	l.model.event(e)
	l.model.dirty, l.model.urgent = true, true
}

// settle waits a moment for completions, so that a key that takes one means the same
// however fast it follows the others.
func (l *loop) settle() {
	if l.model.menu.request == nil {
		return
	}
	patience := time.NewTimer(settling)
	defer patience.Stop()
	for l.model.menu.request != nil {
		select {
		case change := <-l.front.calls:
			change(l.model)
		case <-patience.C:
			return
		}
	}
}

// drain takes the calls that wait already.
func (l *loop) drain() {
	for range cap(l.front.calls) {
		select {
		case change := <-l.front.calls:
			change(l.model)
		default:
			return
		}
	}
}

// act does what the model has left to do, and paints if it is time. While somebody
// else has the terminal, that waits.
func (l *loop) act() {
	m := l.model
	for _, run := range take(&m.errands) {
		go func() {
			defer l.crash()
			l.front.do(run(l.console))
		}()
	}
	if m.away {
		return
	}
	for _, effect := range take(&m.effects) {
		effect(l.console)
	}
	due := !time.Now().Before(m.tick)
	if due || m.dirty && (m.urgent || time.Since(l.painted) >= frame) {
		l.paint()
	}
}

func take[T any](list *[]T) []T {
	taken := *list
	*list = nil
	return taken
}

func (l *loop) paint() {
	m := l.model
	m.dirty, m.urgent = false, false
	_ = l.console.Draw(take(&m.finished), m.view(time.Now()))
	l.painted = time.Now()
	m.tick = m.nextTick(l.painted)
}

// schedule sets the alarm for the next thing to do by itself.
func (l *loop) schedule() {
	at := l.model.tick
	if next := l.painted.Add(frame); l.model.dirty && next.Before(at) {
		at = next
	}
	if l.model.away {
		at = time.Now().Add(time.Hour)
	}
	l.wake.Reset(max(0, time.Until(at)))
}

// end shows what is left and takes the live lines away.
func (l *loop) end() {
	l.drain()
	l.model.endAnswer()
	_ = l.console.Draw(l.model.finished, term.Frame{})
}
