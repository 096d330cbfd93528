package tui

import "github.com/qwen-cli/qwen/cmd/qwen/internal/term"

// Between an answer and what it leads to, nobody knows where the next key belongs:
// the next question may be the one for a secret, which must not turn up in the input,
// in plain sight and one Enter away from being sent. So what is typed meanwhile is
// kept until it is known.

// replied says that a question was answered, while the chat goes on to whatever
// follows.
func (m *model) replied() { m.between = m.reader == nil }

// held reports whether an event is kept for later. What stops or paints anew is meant
// for now.
func (m *model) held(e term.Event) bool {
	if !m.between {
		return false
	}
	if k, ok := e.(term.Key); ok {
		switch k.String() {
		case "esc", "ctrl+c", "ctrl+l", "ctrl+z":
			return false
		}
	}
	m.ahead = append(m.ahead, e)
	return true
}

// asked gives the question that follows what was typed ahead for it. Nobody has said
// yes or chosen something before they have seen what it is about.
func (m *model) asked(d dialog) {
	m.between = false
	if _, ok := d.(*question); !ok {
		return
	}
	events := m.ahead
	m.ahead = nil
	for _, e := range events {
		m.event(e)
	}
}

// settled says that no question follows. What was typed is in the input then, and is
// not sent: it was typed for something else.
func (m *model) settled() {
	m.between = false
	events := m.ahead
	m.ahead = nil
	for _, e := range events {
		if k, ok := e.(term.Key); !ok || k.String() != "enter" {
			m.event(e)
		}
	}
}
