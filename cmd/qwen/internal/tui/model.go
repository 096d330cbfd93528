package tui

import (
	"context"
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
	now    func() time.Time

	width, height int
	edit          *editor.Editor

	finished []string // to be printed above the live lines
	gap      bool     // the last finished line is empty
	answer   *answer  // that arrives; nil: none does
	thought  string   // the last one, whole

	reader chan<- line // the chat reads; nil: it does not
	queue  []string    // typed while it did not
	left   bool        // the person has left
	busy   func()      // stops what goes on; nil: nothing does

	state  front.State
	footer front.Footer
	menu   menu
	dialog dialog // in place of the input; nil: none
	help   bool   // the keys are shown
	search bool

	typed   time.Time // when a key last changed the input
	leaving time.Time // when Ctrl-C was pressed with nothing to stop
	escaped time.Time // when Esc was pressed with nothing to close
	unseen  bool      // the terminal's window is not in front

	effects  []func(Console)
	complete *request // completions to look for; nil: none
	dirty    bool     // there is something to paint
	urgent   bool     // at once
	tick     time.Time
}

func newModel(o Options) *model {
	m := &model{opts: o, styles: newStyles(o.Color, o.Background == "light"), now: time.Now, width: 80, height: 24,
		edit: editor.New(o.History), gap: true, dirty: true, unseen: true}
	if o.Banner != "" {
		m.finish(m.styles.dim(term.CleanLine(o.Banner)))
	}
	return m
}

// effect leaves something to do beside painting.
func (m *model) effect(f func(Console)) { m.effects = append(m.effects, f) }

func (m *model) resize(columns, rows int) {
	m.width, m.height = columns, rows
	if m.answer != nil {
		m.answer.stream.Resize(m.textWidth())
	}
}

// Readable is how wide running text is set at most.
const readable = 100

func (m *model) textWidth() int { return max(10, min(m.width-1, readable)) }

// event does what an event of the terminal means.
func (m *model) event(e term.Event) {
	switch e := e.(type) {
	case term.Key:
		m.key(e)
	case term.Paste:
		m.paste(e.Text)
	case term.Background:
		if m.opts.Background == "auto" {
			m.styles = newStyles(m.opts.Color, !e.Dark)
		}
	case term.Focus:
		m.unseen = !e.In
	}
}

func (m *model) paste(text string) {
	switch {
	case m.dialog != nil && !m.surprised("paste"):
		m.dialog.paste(text)
	default:
		m.help = false
		m.edit.Paste(text)
		m.changed()
	}
}

// read gives the chat the next line: one that waits, or the next that is sent.
func (m *model) read(reply chan<- line) {
	switch {
	case len(m.queue) > 0:
		reply <- line{text: m.queue[0]}
		m.queue = m.queue[1:]
	case m.left:
		reply <- line{left: true}
	default:
		m.reader = reply
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

// begin says that something goes on, and how it is stopped. Who has left waits for
// nothing.
func (m *model) begin(stop func()) {
	m.busy = stop
	if m.left {
		stop()
	}
}

// leave ends the chat, and what goes on in it.
func (m *model) leave() {
	m.left, m.queue = true, nil
	if m.busy != nil {
		m.busy()
	}
	m.cancelDialog()
	if m.reader != nil {
		m.reader <- line{left: true}
		m.reader = nil
	}
}

// unqueue takes back what waits to be read, to be edited.
func (m *model) unqueue() {
	if len(m.queue) > 0 {
		m.edit.Prepend(strings.Join(m.queue, "\n"))
		m.queue = nil
	}
}

// halt stops what goes on, and takes back what was to follow it.
func (m *model) halt() {
	m.busy()
	m.unqueue()
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
	if m.state.Phase != front.Idle || m.dialog != nil && m.dialog.ticks() {
		next = now.Truncate(time.Second).Add(time.Second)
	}
	if !m.leaving.IsZero() {
		if over := m.leaving.Add(twice); over.After(now) && over.Before(next) {
			next = over
		}
	}
	return next
}

// A request asks for completions of what is typed.
type request struct {
	text   string
	ctx    context.Context
	cancel context.CancelFunc
}

// changed says that the input has changed: completions are looked for anew.
func (m *model) changed() {
	m.menu.close()
	before := m.edit.Before()
	if m.menu.pending != nil {
		m.menu.pending()
		m.menu.pending = nil
	}
	if !completable(before) || before == m.menu.refused {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	m.menu.pending = cancel
	m.complete = &request{before, ctx, cancel}
}

// maxCompletable is how long a text may be that is completed: a paste is not.
const maxCompletable = 4 << 10

// completable reports whether there may be something to offer behind a text: it is
// a command, or its last word begins with an @.
func completable(before string) bool {
	if len(before) > maxCompletable {
		return false
	}
	if strings.HasPrefix(before, "/") && !strings.Contains(before, "\n") {
		return true
	}
	i := strings.LastIndexAny(before, " \n\t")
	return strings.Contains(before[i+1:], "@") || strings.Contains(before, `@"`)
}

// offer shows completions, if they are still those of what is typed.
func (m *model) offer(r request, c front.Completion) {
	if m.edit.Before() != r.text || len(c.Items) == 0 || r.ctx.Err() != nil && m.menu.pending == nil {
		return
	}
	m.menu.open(c)
}
