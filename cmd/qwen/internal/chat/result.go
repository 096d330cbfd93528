package chat

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// Result is what came of a turn.
type Result struct {
	// Message is the assistant's message with its origin. If the answer did not
	// end properly it holds what arrived; tool calls that were not complete are
	// left out, since nobody may run them.
	Message sdk.Message

	Started  sdk.Started   // model, response ID and request ID, where known
	Usage    *sdk.Usage    // the last report of the last request; nil if there was none
	Finish   *sdk.Finished // nil if the answer did not end properly
	Warnings []sdk.Warning // each once
	Err      error         // what ended the answer, nil if it was complete
	Timing   Timing
	Attempts int // requests sent

	// Withheld counts the parts whose opaque data was not sent, because another
	// provider or endpoint had issued it.
	Withheld int
}

// Says reports whether the answer has anything for a person in it. White space is
// nothing.
func (r *Result) Says() bool {
	for _, p := range r.Message.Parts {
		switch p := p.(type) {
		case *sdk.Reasoning:
		case *sdk.Text:
			if strings.TrimSpace(p.Text) != "" {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// An Attempt is one request that was sent.
type Attempt struct {
	Began    time.Time
	Duration time.Duration
	Model    string        // that answered, else the one asked for
	Usage    *sdk.Usage    // the last report; nil if there was none
	Parts    []sdk.Part    // what arrived of an answer
	Kind     sdk.ErrorKind // of the error; "" if it was answered

	// RetryAfter is when the service wants to be asked again, if it has said so.
	RetryAfter time.Duration
}

// attempted returns what is known of the request that has just ended.
func (t *Turn) attempted(began time.Time, err error) Attempt {
	a := Attempt{
		Began: began, Duration: time.Since(began), Model: cmp.Or(t.result.Started.Model, t.opts.Origin.Model),
		Usage: t.result.Usage, Parts: t.answer.parts(), Kind: sdk.KindOf(err),
	}
	var failed *sdk.Error
	switch {
	case errors.Is(err, errStopped):
		a.Kind = sdk.KindCanceled
	case errors.As(err, &failed):
		a.RetryAfter = failed.RetryAfter
	}
	return a
}

// Timing says when what happened, counted from the start of the turn. A zero
// means that it did not happen.
type Timing struct {
	FirstEvent time.Duration // first sign of life
	FirstToken time.Duration // first piece of the answer or of a thought
	Total      time.Duration
}

func (t *Timing) event(e sdk.Event, since time.Duration) {
	if t.FirstEvent == 0 {
		t.FirstEvent = since
	}
	if _, ok := e.(*sdk.Delta); ok && t.FirstToken == 0 {
		t.FirstToken = since
	}
}

// answer collects the parts of a message from events, so that whatever arrived
// is kept when the rest does not.
type answer struct {
	collected []collected // by index
}

// collected is a part, whole or so far.
type collected struct {
	kind sdk.PartKind
	size int    // bytes of text that came as deltas
	text []byte // those deltas, while the part is open
	done sdk.Part
}

func (a *answer) add(e sdk.Event) {
	switch e := e.(type) {
	case *sdk.PartStarted:
		a.collected = append(a.collected, collected{kind: e.Kind})
	case *sdk.Delta:
		p := &a.collected[e.Index]
		p.text = append(p.text, e.Text...)
		p.size += len(e.Text)
	case *sdk.PartDone:
		p := &a.collected[e.Index]
		p.done, p.text = e.Part, nil
	}
}

func (a *answer) parts() []sdk.Part {
	var parts []sdk.Part
	for _, c := range a.collected {
		if p := c.part(); p != nil {
			parts = append(parts, p)
		}
	}
	return parts
}

// part returns the part, or what arrived of it; nil for nothing.
func (c *collected) part() sdk.Part {
	switch {
	case c.done != nil:
		return c.done
	case len(c.text) == 0:
		return nil
	case c.kind == sdk.PartText:
		return &sdk.Text{Text: string(c.text)}
	case c.kind == sdk.PartReasoning:
		return &sdk.Reasoning{Text: string(c.text)}
	case c.kind == sdk.PartRefusal:
		return &sdk.Refusal{Text: string(c.text)}
	}
	return nil
}
