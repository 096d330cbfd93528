package tui

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/editor"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/sdk"
)

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
	q.empty = false
	switch k.String() {
	case "enter":
		return q.answer()
	case "ctrl+r": // there is nothing to search
		return false
	}
	if q.edit.Press(k); strings.Contains(q.edit.Text(), "\n") {
		q.edit.Undo() // it is one line that is asked for
	}
	return false
}

// answer takes what is typed for the answer, if it is one.
func (q *question) answer() bool {
	answer := strings.TrimSpace(q.edit.Text())
	if answer == "" {
		answer = q.Default
	}
	if answer == "" && !q.Optional {
		q.empty = true
		return false
	}
	q.reply <- outcome[string]{value: answer}
	return true
}

// paste takes text as one line: that of a key may have been broken where it was shown.
func (q *question) paste(_ *model, text string) {
	q.empty = false
	between := " "
	if q.Secret {
		between = ""
	}
	q.edit.Insert(strings.ReplaceAll(strings.TrimSpace(text), "\n", between))
}

func (q *question) cancel()           { q.reply <- outcome[string]{"", context.Canceled} }
func (q *question) counts() time.Time { return time.Time{} }

func (q *question) view(m *model, _ time.Time) ([]string, cursor) {
	lines := m.each(m.styles.bold, m.wrap(term.CleanLine(q.Label)))
	if help := term.CleanLine(q.Help); help != "" {
		lines = append(lines, m.each(m.styles.dim, m.wrap(help))...)
	}
	if q.Placeholder != "" {
		lines = append(lines, m.styles.dim("such as "+term.CleanLine(q.Placeholder)))
	}
	if q.Default != "" && !q.Secret {
		lines = append(lines, m.styles.dim("Enter alone takes "+term.CleanLine(q.Default)))
	}
	typed, c := q.typed(max(8, m.width-len(inputPrompt)-1))
	c.row += len(lines)
	c.column += len(inputPrompt)
	for i, l := range typed {
		lines = append(lines, m.styles.accent(inputPrompt)+l)
		if i > 0 {
			lines[len(lines)-1] = strings.Repeat(" ", len(inputPrompt)) + l
		}
	}
	return append(lines, m.styles.dim("  "+q.hint())), c
}

func (q *question) hint() string {
	switch {
	case q.empty:
		return "An answer is needed · Esc cancel"
	case q.Optional && q.Default == "":
		return "Enter answer; it may be empty · Esc cancel"
	}
	return "Enter answer · Esc cancel"
}

// typed is what has been typed: of a secret only how long it is.
func (q *question) typed(columns int) ([]string, cursor) {
	if q.Secret {
		most := columns - 1
		n, at := utf8.RuneCountInString(q.edit.Text()), utf8.RuneCountInString(q.edit.Before())
		return []string{strings.Repeat("•", min(n, most))}, cursor{column: min(at, most)}
	}
	v := q.edit.View(columns, 3)
	return v.Lines, cursor{row: v.Row, column: v.Column}
}
