package tui

import (
	"context"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/editor"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/sdk"
)

// A dialog is in place of the input until it is answered.
type dialog interface {
	// key does what a key means, and reports whether the dialog is over. Esc and
	// Ctrl-C come as cancel.
	key(m *model, k term.Key) (over bool)
	paste(text string)
	cancel()
	ticks() bool // something in it counts seconds
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
}

// pause is how long nothing must have been typed for a key to answer a question that
// has come up meanwhile.
const pause = 700 * time.Millisecond

// surprised reports whether a question has come up before somebody who is typing: the
// next letter is no yes. Esc and Ctrl-C are meant.
func (m *model) surprised(name string) bool {
	_, asked := m.dialog.(*confirmation)
	return asked && !m.edit.Empty() && name != "esc" && name != "ctrl+c" && m.now().Sub(m.typed) < pause
}

func (m *model) close() { m.dialog = nil }

// closeThis closes a dialog, if it is the one that is open.
func (m *model) closeThis(d dialog) {
	if m.dialog == d {
		m.dialog = nil
	}
}

func (m *model) cancelDialog() {
	if m.dialog != nil {
		m.dialog.cancel()
		m.dialog = nil
	}
}

func (m *model) dialogKey(k term.Key) {
	switch k.String() {
	case "esc", "ctrl+c":
		m.cancelDialog()
	default:
		if d := m.dialog; d.key(m, k) {
			m.closeThis(d)
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

func (p *picker) paste(string) {}
func (p *picker) cancel()      { p.reply <- outcome[int]{-1, context.Canceled} }
func (p *picker) ticks() bool  { return false }

func (p *picker) view(m *model, _ time.Time) ([]string, cursor) {
	lines, column := p.list.View(m.width, m.height)
	lines[len(lines)-1] = m.styles.dim(lines[len(lines)-1])
	lines[0] = m.styles.bold(lines[0])
	return lines, cursor{column: column}
}

// A question asks for one line.
type question struct {
	sdk.Question
	edit  *editor.Editor
	empty bool // Enter was pressed without an answer
	reply chan<- outcome[string]
}

func newQuestion(q sdk.Question, reply chan<- outcome[string]) *question {
	return &question{Question: q, edit: editor.New(nil), reply: reply}
}

func (q *question) key(_ *model, k term.Key) bool {
	if k.Name != "enter" && k.String() != "ctrl+j" { // the answer is one line
		q.edit.Press(k)
		return false
	}
	answer := strings.TrimSpace(q.edit.Text())
	if answer == "" && q.Default == "" && !q.Optional {
		q.empty = true
		return false
	}
	if answer == "" {
		answer = q.Default
	}
	q.reply <- outcome[string]{value: answer}
	return true
}

// paste takes text as one line: that of a key may have been broken where it was shown.
func (q *question) paste(text string) {
	between := " "
	if q.Secret {
		between = ""
	}
	q.edit.Insert(strings.NewReplacer("\r\n", between, "\n", between).Replace(strings.TrimSpace(text)))
}

func (q *question) cancel()     { q.reply <- outcome[string]{"", context.Canceled} }
func (q *question) ticks() bool { return false }

func (q *question) view(m *model, _ time.Time) ([]string, cursor) {
	lines := []string{m.styles.bold(term.CleanLine(q.Label))}
	if help := term.CleanLine(q.Help); help != "" {
		lines = append(lines, m.each(m.styles.dim, m.wrap(help))...)
	}
	if q.Placeholder != "" {
		lines = append(lines, m.styles.dim("such as "+term.CleanLine(q.Placeholder)))
	}
	prompt := "> "
	if q.Default != "" && !q.Secret {
		prompt = "[" + term.CleanLine(q.Default) + "] > "
	}
	at := len(lines)
	typed, row, column := q.typed(max(10, m.width-term.Width(prompt)-1))
	for i, l := range typed {
		if i == 0 {
			l = prompt + l
		} else {
			l = strings.Repeat(" ", term.Width(prompt)) + l
		}
		lines = append(lines, l)
	}
	hint := "Enter answer · Esc cancel"
	if q.empty {
		hint = "An answer is needed · Esc cancel"
	}
	return append(lines, m.styles.dim("  "+hint)), cursor{row: at + row, column: term.Width(prompt) + column}
}

// typed is what has been typed: of a secret only how long it is.
func (q *question) typed(columns int) (lines []string, row, column int) {
	if q.Secret {
		n := min(len([]rune(q.edit.Text())), columns-1)
		return []string{strings.Repeat("•", n)}, 0, n
	}
	v := q.edit.View(columns, 3)
	return v.Lines, v.Row, v.Column
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

func (c *confirmation) paste(string) {}
func (c *confirmation) cancel()      { c.reply <- outcome[bool]{false, context.Canceled} }
func (c *confirmation) ticks() bool  { return false }

func (c *confirmation) view(m *model, _ time.Time) ([]string, cursor) {
	choice := " [y/N] "
	if c.byDefault {
		choice = " [Y/n] "
	}
	lines := m.wrap(term.CleanLine(c.question))
	lines[len(lines)-1] += choice
	return append(lines, m.styles.dim("  y yes · n no · Esc cancel")),
		cursor{row: len(lines) - 1, column: term.Width(lines[len(lines)-1])}
}
