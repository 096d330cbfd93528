package tui

import (
	"context"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// A dialog is in place of the input until it is answered. What is typed in the input
// stays there.
type dialog interface {
	// key does what a key means, and reports whether the dialog is over. Esc and
	// Ctrl-C come as cancel.
	key(m *model, k term.Key) (over bool)
	paste(m *model, text string)
	cancel()
	counts() time.Time // seconds are counted from or to it; zero: none are
	view(m *model, now time.Time) ([]string, cursor)
}

// A cursor is a place in some lines; hidden where nothing is typed.
type cursor struct {
	row, column int
	hidden      bool
}

// open opens a dialog. Who has left answers none.
func (m *model) open(d dialog) {
	m.cancelDialog()
	if m.left {
		d.cancel()
		return
	}
	m.help = false
	m.dialog = d
	m.asked(d)
}

// pause is how long nothing must have been typed for a key to answer a question that
// has come up meanwhile.
const pause = 700 * time.Millisecond

// surprised reports whether a question has come up before somebody who is typing: the
// next letter is no yes. Esc and Ctrl-C are meant.
func (m *model) surprised(name string) bool {
	_, asked := m.dialog.(*confirmation)
	return asked && !m.edit.Empty() && name != "esc" && name != "ctrl+c" && time.Since(m.typed) < pause
}

// closeThis closes a dialog, if it is the one that is open.
func (m *model) closeThis(d dialog) {
	if m.dialog == d {
		m.dialog = nil
	}
}

func (m *model) cancelDialog() {
	if d := m.dialog; d != nil {
		m.dialog = nil
		d.cancel()
	}
}

func (m *model) dialogKey(k term.Key) {
	switch k.String() {
	case "esc", "ctrl+c":
		m.cancelDialog()
	case "ctrl+l":
		m.redraw()
	case "ctrl+z":
		m.suspend()
	default:
		if d := m.dialog; d.key(m, k) {
			m.closeThis(d)
			m.replied()
		}
	}
}

// A picker chooses an entry of a list.
type picker struct {
	list  *term.List
	reply chan<- outcome[int]
}

func newPicker(p front.Picker, reply chan<- outcome[int]) *picker {
	options := make([]term.Option, len(p.Options))
	for i, o := range p.Options {
		options[i] = term.Option(o)
	}
	return &picker{term.NewList(p.Label, options, p.Current), reply}
}

func (p *picker) key(m *model, k term.Key) bool {
	i, ok := p.list.Press(k, m.height)
	if ok {
		p.reply <- outcome[int]{value: i}
	}
	return ok
}

// paste filters, as if the text had been typed.
func (p *picker) paste(m *model, text string) {
	for _, r := range "/" + strings.TrimSpace(term.CleanLine(text)) {
		p.key(m, term.Key{Text: string(r)})
	}
}

func (p *picker) cancel()           { p.reply <- outcome[int]{-1, context.Canceled} }
func (p *picker) counts() time.Time { return time.Time{} }

func (p *picker) view(m *model, _ time.Time) ([]string, cursor) {
	lines, column := p.list.View(m.width, m.height)
	for i, l := range lines {
		switch {
		case i == 0:
			lines[i] = m.styles.bold(l)
		case i == len(lines)-1:
			lines[i] = m.styles.dim(l)
		case strings.HasPrefix(l, "›"):
			lines[i] = m.styles.accent(l)
		}
	}
	return lines, cursor{column: column}
}

// A confirmation asks for yes or no.
type confirmation struct {
	question  string
	byDefault bool
	reply     chan<- outcome[bool]
}

func (c *confirmation) key(_ *model, k term.Key) bool {
	switch strings.ToLower(k.String()) {
	case "y":
		c.reply <- outcome[bool]{value: true}
	case "n":
		c.reply <- outcome[bool]{value: false}
	case "enter":
		c.reply <- outcome[bool]{value: c.byDefault}
	default:
		return false
	}
	return true
}

func (c *confirmation) paste(*model, string) {}
func (c *confirmation) cancel()              { c.reply <- outcome[bool]{false, context.Canceled} }
func (c *confirmation) counts() time.Time    { return time.Time{} }

func (c *confirmation) view(m *model, _ time.Time) ([]string, cursor) {
	choice := " [y/N] "
	if c.byDefault {
		choice = " [Y/n] "
	}
	lines := m.wrapTo(term.CleanLine(c.question), m.textWidth()-len(choice))
	last := len(lines) - 1
	lines[last] += choice
	at := cursor{row: last, column: term.Width(lines[last])}
	return append(m.each(m.styles.bold, lines), m.styles.dim("  y yes · n no · Esc cancel")), at
}
