package tui

import (
	"strings"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/editor"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// How soon Ctrl-C, and Esc, have to be pressed again to mean what they mean the
// second time.
const (
	twice    = 2 * time.Second
	twiceEsc = time.Second
)

// A Binding says what some keys do.
type Binding = editor.Binding

// binding is a key with a meaning in the chat. Do returns false if it has none at
// the moment.
type binding struct {
	keys []string
	does string
	do   func(m *model) bool
}

func bindings() []binding {
	return []binding{
		{[]string{"enter"}, "send, or queue while busy", (*model).enter},
		{[]string{"tab"}, "complete", (*model).tab},
		{[]string{"esc"}, "stop; twice: clear input", (*model).escape},
		{[]string{"ctrl+c"}, "stop, clear; twice: leave", (*model).interrupt},
		{[]string{"ctrl+d"}, "leave, from an empty input", (*model).endOfInput},
		{[]string{"up"}, "take back what is queued", (*model).takeQueued},
		{[]string{"ctrl+y"}, "ask last question again", always(func(m *model) { m.submit("/retry") })},
		{[]string{"ctrl+o"}, "show the last thought", always((*model).unfoldThought)},
		{[]string{"ctrl+g"}, "edit in $VISUAL or $EDITOR", always((*model).external)},
		{[]string{"ctrl+l"}, "paint anew", always((*model).redraw)},
		{[]string{"ctrl+z"}, "suspend", always((*model).suspend)},
		{[]string{"?"}, "keys, in an empty input", (*model).showHelp},
	}
}

func always(do func(m *model)) func(m *model) bool {
	return func(m *model) bool {
		do(m)
		return true
	}
}

// Bindings returns all keys and what they do.
func Bindings() []Binding {
	var list []Binding
	for _, b := range bindings() {
		list = append(list, Binding{Keys: b.keys, Does: b.does})
	}
	return append(list, editor.Bindings()...)
}

// key does what a key means.
func (m *model) key(k term.Key) {
	m.help = false
	name := k.String()
	if name != "ctrl+c" {
		m.leaving = time.Time{}
	}
	if name != "esc" {
		m.escaped = time.Time{}
	}
	switch {
	case m.dialog != nil && !m.surprised(name):
		m.typed = time.Time{}
		m.dialogKey(k)
	case m.searching() && m.edit.Press(k):
	case m.menu.key(m, name):
	case m.bound(name):
	case m.edit.Press(k):
		m.typed = time.Now()
		m.edited(name)
	}
}

// edited follows a key of the editor's. One that leads to another message is no
// reason to complete that: the next such key is to lead on.
func (m *model) edited(name string) {
	switch name {
	case "up", "down", "ctrl+p", "ctrl+n", "pageup", "pagedown":
		m.menu.close()
	default:
		m.changed()
	}
}

// searching reports whether older messages are being searched: all keys are the
// editor's first.
func (m *model) searching() bool {
	_, on := m.edit.Search()
	return on
}

// bound does what a key of the chat's own means.
func (m *model) bound(name string) bool {
	for _, b := range bindings() {
		for _, key := range b.keys {
			if key == name && b.do(m) {
				return true
			}
		}
	}
	return false
}

// enter sends what is typed.
func (m *model) enter() bool {
	if m.edit.Enter() || strings.TrimSpace(m.edit.Text()) == "" {
		return true
	}
	m.menu.close()
	m.submit(m.edit.Take())
	return true
}

// tab looks for completions, also for those that were refused.
func (m *model) tab() bool {
	m.menu.refused = ""
	m.changed()
	return true
}

func (m *model) escape() bool {
	now := time.Now()
	switch {
	case m.stoppable():
		m.halt()
	case m.edit.Empty():
	case now.Sub(m.escaped) < twiceEsc:
		m.clear()
		m.escaped = time.Time{}
	default:
		m.escaped = now
	}
	return true
}

func (m *model) interrupt() bool {
	now := time.Now()
	switch {
	case m.stoppable():
		m.halt()
	case !m.edit.Empty():
		m.clear()
		m.leaving = now
	case now.Sub(m.leaving) < twice:
		m.leave()
	default:
		m.leaving = now
	}
	return true
}

// clear empties the input; that can be undone.
func (m *model) clear() {
	m.edit.Set("")
	m.menu.close()
}

func (m *model) endOfInput() bool {
	if !m.edit.Empty() {
		return false
	}
	m.leave()
	return true
}

func (m *model) takeQueued() bool {
	if len(m.queue) == 0 || !m.edit.Empty() {
		return false
	}
	last := len(m.queue) - 1
	m.put(m.queue[last])
	m.queue = m.queue[:last]
	return true
}

func (m *model) showHelp() bool {
	m.help = m.edit.Empty()
	return m.help
}

func (m *model) redraw() { m.effect(func(c Console) { c.Redraw() }) }

func (m *model) suspend() { m.handOver(term.Stop, func(*model, error) {}) }
