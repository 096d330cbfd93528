package tui

import (
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// A loop is the goroutine behind a [Front].
type loop struct {
	front   *Front
	model   *model
	painted time.Time // last
	wake    *time.Timer
}

// run goes on until the front is closed. Without an event, a call or something that
// counts seconds it does not wake up at all.
func (l *loop) run() {
	defer close(l.front.done)
	console, m := l.front.opts.Console, l.model
	m.resize(console.Size())
	if l.front.opts.Background == "auto" && l.front.opts.Color {
		_ = console.AskBackground()
	}
	l.paint()
	l.wake = time.NewTimer(time.Hour)
	defer l.wake.Stop()
	events := console.Events()
	for {
		l.schedule()
		select {
		case <-l.front.quit:
			l.end()
			return
		case e, ok := <-events:
			if !ok {
				events = nil
				m.leave()
				break
			}
			l.event(e)
		case change := <-l.front.calls:
			change(m)
			m.dirty = true
			l.drain()
		case <-l.wake.C:
		}
		l.act()
	}
}

// event takes an event of the terminal, which the person wants to see at once.
func (l *loop) event(e term.Event) {
	if _, ok := e.(term.Resize); ok {
		l.model.resize(l.front.opts.Console.Size())
	}
	l.model.event(e)
	l.model.dirty, l.model.urgent = true, true
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

// act does what the model has left to do, and paints if it is time.
func (l *loop) act() {
	m := l.model
	for len(m.effects) > 0 {
		effects := m.effects
		m.effects = nil
		for _, effect := range effects {
			effect(l.front.opts.Console)
		}
	}
	if m.complete != nil {
		l.complete(*m.complete)
		m.complete = nil
	}
	due := !time.Now().Before(m.tick)
	if due || m.dirty && (m.urgent || time.Since(l.painted) >= frame) {
		l.paint()
	}
}

func (l *loop) paint() {
	m := l.model
	finished := m.finished
	m.finished, m.dirty, m.urgent = nil, false, false
	_ = l.front.opts.Console.Draw(finished, m.view(time.Now()))
	l.painted = time.Now()
	m.tick = m.nextTick(l.painted)
}

// schedule sets the alarm for the next thing to do by itself.
func (l *loop) schedule() {
	at := l.model.tick
	if l.model.dirty {
		if next := l.painted.Add(frame); next.Before(at) {
			at = next
		}
	}
	l.wake.Reset(max(0, time.Until(at)))
}

// end shows what is left and takes the live lines away.
func (l *loop) end() {
	l.drain()
	l.model.endAnswer()
	_ = l.front.opts.Console.Draw(l.model.finished, term.Frame{})
}

// complete looks for completions beside the loop, and shows them if the person has
// not typed on meanwhile.
func (l *loop) complete(r request) {
	f := l.front
	if f.opts.Completer == nil {
		return
	}
	go func() {
		defer r.cancel()
		c := f.opts.Completer.Complete(r.ctx, r.text)
		f.do(func(m *model) { m.offer(r, c) })
	}()
}
