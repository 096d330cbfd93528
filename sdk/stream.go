package sdk

import (
	"fmt"
	"strings"
)

// A Stream builds the events of one answer in the order that [Event] demands, so
// that a provider only says what came: text, thoughts, tool calls. It opens a
// part when its first piece comes and closes it when a piece of another kind
// does; tool calls stay open side by side until [Stream.Finish].
//
// Every method returns false once the consumer has stopped; the provider then
// returns at once. A Stream is for one goroutine.
type Stream struct {
	yield   func(Event, error) bool
	stopped bool
	next    int       // index of the next part
	current *textPart // open text, reasoning or refusal part
	calls   []*openCall
	ended   bool
}

// textPart is an open part whose deltas are plain text.
type textPart struct {
	index  int
	kind   PartKind
	text   strings.Builder
	opaque []byte
	extra  Extras
	notes  []Annotation
}

// openCall is an open tool call.
type openCall struct {
	key   string
	index int
	call  ToolCall
	args  strings.Builder
}

// NewStream returns a stream over the yield function of an iterator:
//
//	return func(yield func(sdk.Event, error) bool) {
//		s := sdk.NewStream(yield)
//		s.Text("Hello")
//		s.Finish(&sdk.Finished{Reason: sdk.FinishStop})
//	}
func NewStream(yield func(Event, error) bool) *Stream {
	return &Stream{yield: yield}
}

// Emit passes on an event that has no part: [*Started], [*UsageReported],
// [*Warning] or [*Heartbeat].
func (s *Stream) Emit(e Event) bool {
	if s.stopped || s.ended {
		return false
	}
	if !s.yield(e, nil) {
		s.stopped = true
	}
	return !s.stopped
}

// Text adds a piece of the answer's text.
func (s *Stream) Text(text string) bool { return s.piece(PartText, text) }

// Reasoning adds a piece of the model's thought.
func (s *Stream) Reasoning(text string) bool { return s.piece(PartReasoning, text) }

// Refusal adds a piece of a refusal.
func (s *Stream) Refusal(text string) bool { return s.piece(PartRefusal, text) }

// ReasoningOpaque sets the opaque data of the current thought, opening one if
// there is none: some services send it on its own, after the readable text.
func (s *Stream) ReasoningOpaque(data []byte) bool {
	if !s.open(PartReasoning) {
		return false
	}
	s.current.opaque = data
	return true
}

// ReasoningExtra sets provider-specific data of the current thought.
func (s *Stream) ReasoningExtra(extra Extras) bool {
	if !s.open(PartReasoning) {
		return false
	}
	s.current.extra = extra
	return true
}

// Annotate marks a span of the current text part, which comes with the part's
// [PartDone]. It opens a text part if there is none. [Stream.CurrentText] has the text
// that the span counts bytes of. Log probabilities have no place of their own; they go
// into [Finished.Extra].
func (s *Stream) Annotate(a Annotation) bool {
	if !s.open(PartText) {
		return false
	}
	s.current.notes = append(s.current.notes, a)
	return true
}

// CurrentText returns the text so far of the part that [Stream.Text] adds to; empty if
// none is open. It copies nothing.
func (s *Stream) CurrentText() string {
	if s.current == nil || s.current.kind != PartText {
		return ""
	}
	return s.current.text.String()
}

func (s *Stream) piece(kind PartKind, text string) bool {
	if text == "" {
		return !s.stopped && !s.ended
	}
	if !s.open(kind) {
		return false
	}
	s.current.text.WriteString(text)
	return s.Emit(&Delta{Index: s.current.index, Text: text})
}

// open makes the current part one of the given kind.
func (s *Stream) open(kind PartKind) bool {
	if s.current != nil && s.current.kind == kind {
		return !s.stopped && !s.ended
	}
	if !s.closeCurrent() {
		return false
	}
	s.current = &textPart{index: s.next, kind: kind}
	s.next++
	return s.Emit(&PartStarted{Index: s.current.index, Kind: kind})
}

func (s *Stream) closeCurrent() bool {
	p := s.current
	if p == nil {
		return !s.stopped && !s.ended
	}
	s.current = nil
	return s.Emit(&PartDone{Index: p.index, Part: p.part()})
}

func (p *textPart) part() Part {
	switch p.kind {
	case PartReasoning:
		return &Reasoning{Text: p.text.String(), Opaque: p.opaque, Extra: p.extra}
	case PartRefusal:
		return &Refusal{Text: p.text.String(), Extra: p.extra}
	default:
		return &Text{Text: p.text.String(), Annotations: p.notes, Extra: p.extra}
	}
}

// StartToolCall opens a tool call. The key tells open calls of this answer apart
// and is not sent; id and name must not be empty.
func (s *Stream) StartToolCall(key, id, name string) bool {
	if !s.closeCurrent() {
		return false
	}
	c := &openCall{key: key, index: s.next, call: ToolCall{ID: id, Name: name}}
	s.next++
	s.calls = append(s.calls, c)
	return s.Emit(&PartStarted{Index: c.index, Kind: PartToolCall, ToolCallID: id, ToolName: name})
}

// ToolArguments adds a piece of an open call's arguments. It panics if no call
// with that key was started, which is a fault in the provider.
func (s *Stream) ToolArguments(key, text string) bool {
	if text == "" {
		return !s.stopped && !s.ended
	}
	for i := len(s.calls) - 1; i >= 0; i-- {
		if c := s.calls[i]; c.key == key {
			c.args.WriteString(text)
			return s.Emit(&Delta{Index: c.index, Text: text})
		}
	}
	panic(fmt.Sprintf("sdk: arguments for tool call %q, which was not started", key))
}

// ToolOpaque sets the signature of an open call; see [ToolCall.Opaque].
func (s *Stream) ToolOpaque(key string, data []byte) {
	for _, c := range s.calls {
		if c.key == key {
			c.call.Opaque = data
		}
	}
}

// Part emits a part that came whole, such as an image.
func (s *Stream) Part(p Part) bool {
	if !s.closeCurrent() {
		return false
	}
	index := s.next
	s.next++
	return s.Emit(&PartStarted{Index: index, Kind: p.Kind()}) && s.Emit(&PartDone{Index: index, Part: p})
}

// closeParts closes whatever is open.
func (s *Stream) closeParts() bool {
	if !s.closeCurrent() {
		return false
	}
	for _, c := range s.calls {
		c.call.Arguments = c.args.String()
		if !s.Emit(&PartDone{Index: c.index, Part: &c.call}) {
			return false
		}
	}
	s.calls = nil
	return true
}

// Finish closes all parts and ends the answer.
func (s *Stream) Finish(f *Finished) {
	if s.closeParts() && s.Emit(f) {
		s.ended = true
	}
}

// Fail ends the answer with an error. Open parts stay open: what they would
// have become is not known.
func (s *Stream) Fail(err error) {
	if s.stopped || s.ended {
		return
	}
	s.ended = true
	s.yield(nil, err)
}

// Parts reports how many parts were opened so far.
func (s *Stream) Parts() int { return s.next }
