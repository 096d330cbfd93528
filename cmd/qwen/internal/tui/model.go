package tui

import (
	"strings"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/editor"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// A model is everything that is shown, and what keys mean at the moment.
type model struct {
	opts   Options
	styles styles

	width, height int
	edit          *editor.Editor

	finished []string // to be printed above the live lines
	gap      bool     // the last finished line is empty
	block    bool     // it ends something that stands apart from what follows
	answer   *answer  // that arrives; nil: none does
	thought  string   // the last one, whole

	reader   chan<- line // the chat reads; nil: it does not
	queue    []string    // typed while it did not
	left     bool        // the person has left
	busy     func()      // stops what goes on; nil: nothing does
	stopping bool        // it has been told to

	state  front.State
	footer front.Footer
	menu   menu
	dialog dialog // in place of the input; nil: none
	help   bool   // the keys are shown

	between bool         // a question was answered, and what follows it is not known yet
	ahead   []term.Event // typed since then

	typed   time.Time // when a key last changed the input
	leaving time.Time // when Ctrl-C was pressed with nothing to stop
	escaped time.Time // when Esc was pressed with nothing to stop or close
	unseen  bool      // the terminal's window is not in front, as far as is known
	away    bool      // somebody else has the terminal

	effects []func(Console)
	errands []func(Console) func(*model)

	dirty  bool // there is something to paint
	urgent bool // at once
	tick   time.Time
}

func newModel(o Options) *model {
	m := &model{opts: o, styles: newStyles(o.Color, o.Background == "light"), width: 80, height: 24,
		edit: editor.New(o.History), gap: true, unseen: true}
	if o.Banner != "" {
		m.finish(m.styles.dim(term.CleanLine(o.Banner)))
	}
	return m
}

// effect leaves something to do beside painting.
func (m *model) effect(do func(Console)) { m.effects = append(m.effects, do) }

// errand leaves something to do that takes its time, in a goroutine of its own. What
// it returns is done to the model afterwards.
func (m *model) errand(run func(Console) (then func(*model))) { m.errands = append(m.errands, run) }

// handOver gives the terminal to somebody else while run is running. Nothing is
// painted meanwhile, but everything else goes on.
func (m *model) handOver(run func() error, then func(m *model, err error)) {
	m.away = true
	m.errand(func(c Console) func(*model) {
		err := c.Suspend(run)
		return func(m *model) {
			m.away = false
			then(m, err)
		}
	})
}

func (m *model) resize(columns, rows int) {
	m.width, m.height = columns, rows
	if m.answer != nil {
		m.answer.stream.Resize(m.textWidth())
	}
}

// readable is how wide running text is set at most.
const readable = 100

func (m *model) textWidth() int { return max(10, min(m.width-1, readable)) }

// event does what an event of the terminal means. Nobody types any more who has left.
func (m *model) event(e term.Event) {
	switch e := e.(type) {
	case term.Key:
		if !m.left && !m.held(e) {
			m.key(e)
		}
	case term.Paste:
		if !m.left && !m.held(e) {
			m.paste(e.Text)
		}
	case term.Background:
		if m.opts.Background == "auto" {
			m.styles = newStyles(m.opts.Color, !e.Dark)
		}
	case term.Focus:
		m.unseen = !e.In
	}
}

func (m *model) paste(text string) {
	m.help, m.leaving, m.escaped = false, time.Time{}, time.Time{}
	if m.dialog != nil && !m.surprised("paste") {
		m.dialog.paste(m, text)
		return
	}
	m.typed = time.Now()
	m.edit.Paste(text)
	m.changed()
}

// put gives text back to be edited, in front of what is typed.
func (m *model) put(text string) {
	if !m.edit.Empty() {
		text = unrun(text)
	}
	m.edit.Prepend(text)
	m.menu.close()
}

// unrun makes words of a shell command to which something is going to be added that
// was typed by itself: the shell would run that as well.
func unrun(text string) string {
	if strings.HasPrefix(text, "!") {
		return " " + text
	}
	return text
}

// setState shows what goes on. What takes its time is no moment between two questions.
func (m *model) setState(s front.State) {
	m.state = s
	if s.Phase != front.Idle {
		m.settled()
	}
}

// read gives the chat the next line: one that waits, or the next that is sent.
func (m *model) read(reply chan<- line) {
	switch {
	case m.left:
		reply <- line{left: true}
	case len(m.queue) > 0:
		reply <- line{text: m.queue[0]}
		m.queue = m.queue[1:]
	default:
		m.reader = reply
	}
	m.settled()
}

// unread is for a chat that does not wait for a line any more. One that it has got
// and not taken waits for the next time.
func (m *model) unread(reply <-chan line) {
	m.reader = nil
	select {
	case l := <-reply:
		if !l.left {
			m.queue = append([]string{l.text}, m.queue...)
		}
	default:
	}
}

// submit hands a line to the chat, now or when it reads.
func (m *model) submit(text string) {
	if m.reader == nil {
		m.queue = append(m.queue, text)
		return
	}
	m.reader <- line{text: text}
	m.reader = nil
}

// begin says that something goes on, and how it is stopped; it returns how what went
// on before is. Who has left waits for nothing.
func (m *model) begin(stop func()) (before func()) {
	before, m.busy, m.stopping = m.busy, stop, false
	if m.left {
		stop()
	}
	return before
}

// leave ends the chat, and what goes on in it.
func (m *model) leave() {
	m.left, m.queue = true, nil
	m.clear()
	if m.stoppable() {
		m.halt()
	}
	m.cancelDialog()
	if m.reader != nil {
		m.reader <- line{left: true}
		m.reader = nil
	}
}

// stoppable reports whether something goes on that can be stopped, and has not been
// told to stop yet.
func (m *model) stoppable() bool { return m.busy != nil && !m.stopping }

// halt stops what goes on, and takes back what was to follow it.
func (m *model) halt() {
	m.stopping = true
	m.busy()
	if len(m.queue) > 0 {
		text := strings.Join(m.queue, "\n")
		if len(take(&m.queue)) > 1 {
			text = unrun(text)
		}
		m.put(text)
	}
}

func (m *model) notify(text string) {
	if m.opts.Notify == "off" || !m.unseen {
		return
	}
	m.effect(func(c Console) {
		if m.opts.Notify == "desktop" {
			_ = c.Notify("qwen", text)
			return
		}
		_ = c.Bell()
	})
}

// nextTick returns when what is shown changes by itself.
func (m *model) nextTick(now time.Time) time.Time {
	next := now.Add(time.Hour)
	for _, t := range []time.Time{m.nextSecond(now), m.leaving.Add(twice), m.escaped.Add(twiceEsc)} {
		if t.After(now) && t.Before(next) {
			next = t
		}
	}
	return next
}

// nextSecond returns when the next of the seconds that are counted is over; the zero
// time if none are.
func (m *model) nextSecond(now time.Time) time.Time {
	mark := m.state.Since
	switch {
	case m.dialog != nil:
		if mark = m.dialog.counts(); mark.IsZero() {
			return mark
		}
	case m.state.Phase == front.Idle:
		return time.Time{}
	case !m.state.Until.IsZero():
		mark = m.state.Until
	}
	rest := mark.Sub(now) % time.Second
	if rest <= 0 {
		rest += time.Second
	}
	return now.Add(rest)
}
