// Package tui is the front end that paints on a terminal: in the normal screen, what
// is finished goes into the scrollback once, and below it a few live lines are
// painted over in place.
//
// One goroutine owns everything that is shown: it takes the terminal's events, what
// the chat calls (which runs in a goroutine of its own), and the clock, changes the
// [model], and paints. The model does no input or output; what there is to do beside
// painting, it leaves as an effect.
package tui

import (
	"context"
	"sync"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/editor"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/sdk"
)

// A Console is what a [Front] needs of [term.Console].
type Console interface {
	Events() <-chan term.Event
	Size() (columns, rows int)
	Draw(finished []string, f term.Frame) error
	Redraw()
	Suspend(run func() error) error
	Title(text string) error
	Bell() error
	Notify(title, text string) error
	Copy(text string) error
	AskBackground() error
}

// Options say how a chat is shown.
type Options struct {
	Console   Console
	Completer front.Completer
	History   editor.History

	Background string // of the terminal: "dark", "light", or "auto" to ask it
	Color      bool
	Links      bool   // links that can be clicked (OSC 8) may be used
	Notify     string // "off", "bell" or "desktop"
	Banner     string // the first line; may be empty

	Environ []string // for the editor, the browser and what copies
	Getenv  func(name string) string
}

// A Front shows a chat on a terminal. See [front.Front].
type Front struct {
	opts  Options
	calls chan func(*model)
	quit  chan struct{}
	done  chan struct{}
	stop  func()
}

var _ front.Front = (*Front)(nil)

// New returns a front that begins to show and to take keys at once. It must be
// closed.
func New(o Options) *Front {
	f := &Front{opts: o, calls: make(chan func(*model), 256), quit: make(chan struct{}), done: make(chan struct{})}
	f.stop = sync.OnceFunc(func() { close(f.quit) })
	l := &loop{front: f, console: o.Console, model: newModel(o)}
	go l.run()
	return f
}

// Close shows what is still to be shown, takes the live lines away and ends.
func (f *Front) Close() {
	f.stop()
	<-f.done
}

// do has something done to the model, after everything that was asked for before.
func (f *Front) do(change func(*model)) {
	select {
	case f.calls <- change:
	case <-f.done:
	}
}

// await has something done to the model that answers later, on reply. What answers
// is asked to give up if ctx is done before.
func await[T any](ctx context.Context, f *Front, reply <-chan T, begin, giveUp func(*model)) (T, error) {
	var none T
	f.do(begin)
	select {
	case value := <-reply:
		return value, nil
	case <-ctx.Done():
		f.do(giveUp)
		return none, ctx.Err()
	case <-f.done:
		return none, front.ErrLeft
	}
}

// A line is what was typed, or the news that the person has left.
type line struct {
	text string
	left bool
}

// Read implements [front.Front].
func (f *Front) Read(ctx context.Context) (string, error) {
	reply := make(chan line, 1)
	l, err := await(ctx, f, reply,
		func(m *model) { m.read(reply) },
		func(m *model) { m.unread(reply) })
	if err == nil && l.left {
		err = front.ErrLeft
	}
	return l.text, err
}

// Put implements [front.Front].
func (f *Front) Put(text string) { f.do(func(m *model) { m.put(text) }) }

// Say implements [front.Front].
func (f *Front) Say(e front.Entry) { f.do(func(m *model) { m.say(e) }) }

// State implements [front.Front].
func (f *Front) State(s front.State) { f.do(func(m *model) { m.setState(s) }) }

// Footer implements [front.Front].
func (f *Front) Footer(footer front.Footer) { f.do(func(m *model) { m.footer = footer }) }

// Title implements [front.Front].
func (f *Front) Title(text string) {
	f.do(func(m *model) { m.effect(func(c Console) { _ = c.Title("qwen - " + term.CleanLine(text)) }) })
}

// Busy implements [front.Front].
func (f *Front) Busy(ctx context.Context) (context.Context, func()) {
	busy, cancel := context.WithCancel(ctx)
	var outer func()
	f.do(func(m *model) { outer = m.begin(cancel) })
	return busy, func() {
		f.do(func(m *model) { m.busy, m.stopping = outer, false })
		cancel()
	}
}

// Notify implements [front.Front].
func (f *Front) Notify(text string) { f.do(func(m *model) { m.notify(text) }) }

// Answer implements [front.Front].
func (f *Front) Answer() front.Answer {
	f.do(func(m *model) { m.beginAnswer() })
	return shownAnswer{f}
}

// A shownAnswer passes the pieces of an answer on.
type shownAnswer struct{ front *Front }

func (a shownAnswer) Think(text string) { a.front.do(func(m *model) { m.think(text) }) }
func (a shownAnswer) Write(text string) { a.front.do(func(m *model) { m.write(text) }) }
func (a shownAnswer) Close()            { a.front.do(func(m *model) { m.endAnswer() }) }

// An outcome is how a dialog ended.
type outcome[T any] struct {
	value T
	err   error
}

// show shows a dialog until it is over.
func show[T any](ctx context.Context, f *Front, begin func(reply chan<- outcome[T]) dialog) (T, error) {
	reply := make(chan outcome[T], 1)
	d := begin(reply)
	o, err := await(ctx, f, reply,
		func(m *model) { m.open(d) },
		func(m *model) { m.closeThis(d) })
	if err == nil {
		err = o.err
	}
	return o.value, err
}

// Pick implements [front.Front].
func (f *Front) Pick(ctx context.Context, p front.Picker) (int, error) {
	return show(ctx, f, func(reply chan<- outcome[int]) dialog { return newPicker(p, reply) })
}

// Ask implements [front.Front].
func (f *Front) Ask(ctx context.Context, q sdk.Question) (string, error) {
	return show(ctx, f, func(reply chan<- outcome[string]) dialog { return newQuestion(q, reply) })
}

// Confirm implements [front.Front].
func (f *Front) Confirm(ctx context.Context, question string, byDefault bool) (bool, error) {
	return show(ctx, f, func(reply chan<- outcome[bool]) dialog { return &confirmation{question, byDefault, reply} })
}

// ShowCode implements [front.Front].
func (f *Front) ShowCode(code sdk.DeviceCode, cancel func()) func() {
	d := newCode(code, cancel)
	f.do(func(m *model) { m.showCode(d) })
	return func() { f.do(func(m *model) { m.closeThis(d) }) }
}
