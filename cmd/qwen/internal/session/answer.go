package session

import (
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// An answer is what has arrived of a message.
type answer struct {
	since  time.Time
	size   int // bytes of text
	pieces []*piece
}

// piece is text of one kind.
type piece struct {
	kind sdk.PartKind
	text strings.Builder
}

// add appends text; it goes with the text before if that is of the same kind.
func (a *answer) add(kind sdk.PartKind, text string, now time.Time) {
	if len(a.pieces) == 0 {
		a.since = now
	}
	last := len(a.pieces) - 1
	if last < 0 || a.pieces[last].kind != kind {
		a.pieces = append(a.pieces, &piece{kind: kind})
		last++
	}
	a.pieces[last].text.WriteString(text)
	a.size += len(text)
}

// reset forgets everything.
func (a *answer) reset() { *a = answer{} }

// records returns what has arrived as records of pieces.
func (a *answer) records(now time.Time) []*record {
	var list []*record
	for _, p := range a.pieces {
		list = append(list, &record{Type: kindPartial, Time: stamp(now), Kind: p.kind, Text: text(p.text.String())})
	}
	return list
}

// item returns what has arrived as a message that is not whole; ok is false if
// nothing has.
func (a *answer) item(model, connection string) (item Item, ok bool) {
	m := &sdk.Message{Role: sdk.RoleAssistant}
	for _, p := range a.pieces {
		if part := p.part(); part != nil {
			m.Parts = append(m.Parts, part)
		}
	}
	item = Item{Time: a.since, Message: m, Interrupted: true, Model: model, Connection: connection}
	return item, len(m.Parts) > 0
}

// readable reports whether a part of that kind means something before it is whole.
// Half a tool call must not be run.
func readable(kind sdk.PartKind) bool { return (&piece{kind: kind}).part() != nil }

// part returns the part that the text is of, nil for one that is not readable.
func (p *piece) part() sdk.Part {
	s := p.text.String()
	switch p.kind {
	case sdk.PartText:
		return &sdk.Text{Text: s}
	case sdk.PartReasoning:
		return &sdk.Reasoning{Text: s}
	case sdk.PartRefusal:
		return &sdk.Refusal{Text: s}
	}
	return nil
}
