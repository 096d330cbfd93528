package repl

import (
	"slices"
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/chat"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/session"
	"github.com/qwen-cli/qwen/sdk"
)

// A talk is the conversation, in memory and on disk.
type talk struct {
	store  *session.Store  // nil: it is not saved
	writer *session.Writer // nil until there is something to save
	items  []session.Item
	meta   session.Meta

	tokens   int64 // that it takes of the model's context, by the service's last word
	withheld int   // parts of which the person was told that they are not sent
}

// begin makes what writes the conversation to disk, if it is saved.
func (t *talk) begin(a About, model string) error {
	if t.store == nil || t.writer != nil {
		return nil
	}
	t.meta.Connection, t.meta.Provider, t.meta.Model = a.Name, a.Provider, model
	w, err := t.store.Create(t.meta)
	t.writer = w
	return err
}

// instruct adds the instructions to the model, if they are not those that it has.
func (t *talk) instruct(text string) error {
	if text == (&session.Conversation{Items: t.items}).Instructions() {
		return nil
	}
	m := sdk.TextMessage(sdk.RoleSystem, text)
	t.items = append(t.items, session.Item{Message: &m})
	if t.writer == nil {
		return nil
	}
	return t.writer.Message(m, session.TurnInfo{})
}

// prompt adds what the person says.
func (t *talk) prompt(m sdk.Message, a About, model string) error {
	if err := t.begin(a, model); err != nil {
		return err
	}
	t.items = append(t.items, session.Item{Message: &m, Model: model, Connection: a.Name})
	if t.writer == nil {
		return nil
	}
	return t.writer.Message(m, session.TurnInfo{Model: model, Connection: a.Name})
}

// partial takes a piece of the answer that arrives.
func (t *talk) partial(kind sdk.PartKind, text string) {
	if t.writer != nil {
		t.writer.Partial(kind, text)
	}
}

// answer adds what came of a turn: what arrived, and how it failed, if it did.
func (t *talk) answer(r *chat.Result, a About) error {
	info := session.TurnInfo{Connection: a.Name, Usage: r.Usage, Duration: r.Timing.Total, Interrupted: r.Err != nil}
	if r.Message.Origin != nil {
		info.Model = r.Message.Origin.Model
	}
	if u := r.Usage; u != nil && r.Err == nil {
		t.tokens = u.InputTokens + u.OutputTokens
	}
	var err error
	if len(r.Message.Parts) > 0 {
		err = t.message(r.Message, info)
	}
	if r.Err == nil || sdk.KindOf(r.Err) == sdk.KindCanceled {
		return err
	}
	failed := sdk.AsError(r.Err)
	t.items = append(t.items, session.Item{Error: failed})
	if t.writer != nil && err == nil {
		err = t.writer.Failed(failed, info)
	}
	return err
}

func (t *talk) message(m sdk.Message, info session.TurnInfo) error {
	t.items = append(t.items, session.Item{
		Message: &m, Model: info.Model, Connection: info.Connection,
		Usage: info.Usage, Duration: info.Duration, Interrupted: info.Interrupted,
	})
	if t.writer == nil {
		return nil
	}
	return t.writer.Message(m, info)
}

// note adds something that the program has said and that belongs to the conversation.
func (t *talk) note(text string) error {
	t.items = append(t.items, session.Item{Note: text})
	if t.writer == nil {
		return nil
	}
	return t.writer.Note(text)
}

// conversation returns what is sent.
func (t *talk) conversation() *chat.Conversation {
	c := new(chat.Conversation)
	c.Add((&session.Conversation{Items: t.items}).Said()...)
	return c
}

// lastPrompt returns the index of what the person said last, -1 if they have said
// nothing.
func (t *talk) lastPrompt() int {
	for i, item := range slices.Backward(t.items) {
		if item.Message != nil && item.Message.Role == sdk.RoleUser {
			return i
		}
	}
	return -1
}

// truncate forgets all but the first items.
func (t *talk) truncate(keep int) error {
	t.items = t.items[:keep:keep]
	if t.writer == nil {
		return nil
	}
	return t.writer.Truncate(keep)
}

// lastAnswer returns the text of the last answer, "" if there is none.
func (t *talk) lastAnswer() string {
	for _, item := range slices.Backward(t.items) {
		if item.Message != nil && item.Message.Role == sdk.RoleAssistant {
			if text := item.Message.Text(); strings.TrimSpace(text) != "" {
				return text
			}
		}
	}
	return ""
}

// asSession returns the conversation in the form that is exported.
func (t *talk) asSession() *session.Conversation {
	meta := t.meta
	if t.writer != nil {
		meta = t.writer.Meta()
	}
	return &session.Conversation{Meta: meta, Items: t.items}
}

// saved returns the ID under which the conversation can be gone on with, "" if it
// cannot.
func (t *talk) saved() string {
	if t.writer == nil || !t.writer.Stored() || t.lastPrompt() < 0 {
		return ""
	}
	return t.writer.ID()
}

// close lets go of the file.
func (t *talk) close() {
	if t.writer != nil {
		_ = t.writer.Close() // what it could not write, it has told before
		t.writer = nil
	}
}
