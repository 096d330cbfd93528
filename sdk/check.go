package sdk

import (
	"fmt"
	"hash/maphash"
	"iter"
	"unicode/utf8"
)

// CheckStream passes on the events of one answer and ends it with an error of
// [KindProtocol] at the first event that breaks the rules of [Event], so that
// whoever reads the result may rely on them: hosts, and tests of providers. The
// underlying sequence is stopped then.
//
// Of each open part it keeps a hash of the text so far, not the text: memory does
// not grow with the answer.
func CheckStream(events iter.Seq2[Event, error]) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		c := checker{seed: maphash.MakeSeed(), open: map[int]*checkedPart{}}
		for e, err := range events {
			if err == nil {
				err = c.check(e)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(e, nil) {
				return
			}
		}
		if !c.finished {
			yield(nil, violation("the answer ended without a finish event"))
		}
	}
}

// checker is what [CheckStream] remembers of an answer.
type checker struct {
	seed     maphash.Seed
	open     map[int]*checkedPart
	next     int // index of the next part
	started  bool
	usage    Usage
	counted  bool // a usage report came
	finished bool
}

// checkedPart is an open part.
type checkedPart struct {
	start *PartStarted
	hash  maphash.Hash // of the deltas' text
	size  int
}

func violation(format string, args ...any) error {
	return Errorf(KindProtocol, "the provider broke the rules for answers: %s", fmt.Sprintf(format, args...)).
		WithHint("This is a fault in the provider; please report it to its author.")
}

func (c *checker) check(e Event) error {
	if c.finished {
		return violation("%T after the finish event", e)
	}
	switch e := e.(type) {
	case *Started:
		return c.checkStarted()
	case *PartStarted:
		return c.checkPartStarted(e)
	case *Delta:
		return c.checkDelta(e)
	case *PartDone:
		return c.checkPartDone(e)
	case *UsageReported:
		return c.checkUsage(e.Usage)
	case *Finished:
		return c.checkFinished()
	case *Warning, *Heartbeat:
		return nil
	}
	return violation("an event of type %T", e)
}

func (c *checker) checkStarted() error {
	if c.started {
		return violation("a second start event")
	}
	if c.next > 0 || c.counted {
		return violation("the start event came after content")
	}
	c.started = true
	return nil
}

func (c *checker) checkPartStarted(e *PartStarted) error {
	if e.Index != c.next {
		return violation("part %d began where part %d had to", e.Index, c.next)
	}
	if e.Kind == "" {
		return violation("part %d has no kind", e.Index)
	}
	if e.Kind == PartToolCall && (e.ToolCallID == "" || e.ToolName == "") {
		return violation("part %d is a tool call without an ID or a name", e.Index)
	}
	c.next++
	p := &checkedPart{start: e}
	p.hash.SetSeed(c.seed)
	c.open[e.Index] = p
	return nil
}

func (c *checker) checkDelta(e *Delta) error {
	p := c.open[e.Index]
	if p == nil {
		return violation("a delta for part %d, which is not open", e.Index)
	}
	if !utf8.ValidString(e.Text) {
		return violation("a delta of part %d is not valid UTF-8 (was a character split?)", e.Index)
	}
	_, _ = p.hash.WriteString(e.Text)
	p.size += len(e.Text)
	return nil
}

func (c *checker) checkPartDone(e *PartDone) error {
	p := c.open[e.Index]
	if p == nil {
		return violation("the end of part %d, which is not open", e.Index)
	}
	if e.Part == nil {
		return violation("part %d ended without its content", e.Index)
	}
	delete(c.open, e.Index)
	if _, ok := e.Part.(*Unknown); ok {
		return nil
	}
	if kind := e.Part.Kind(); kind != p.start.Kind {
		return violation("part %d began as %s and ended as %s", e.Index, p.start.Kind, kind)
	}
	if call, ok := e.Part.(*ToolCall); ok && (call.ID != p.start.ToolCallID || call.Name != p.start.ToolName) {
		return violation("part %d ended as another tool call than it began", e.Index)
	}
	if t, ok := e.Part.(*Text); ok {
		if err := checkAnnotations(e.Index, t); err != nil {
			return err
		}
	}
	return c.checkText(e.Index, p, partText(e.Part))
}

// checkAnnotations keeps hosts from cutting a text where it cannot be cut.
func checkAnnotations(index int, t *Text) error {
	boundary := func(i int) bool { return i == len(t.Text) || utf8.RuneStart(t.Text[i]) }
	for _, a := range t.Annotations {
		if a.Start < 0 || a.End < a.Start || a.End > len(t.Text) || !boundary(a.Start) || !boundary(a.End) {
			return violation("an annotation of part %d marks the bytes %d to %d, which are no span of its text", index, a.Start, a.End)
		}
	}
	return nil
}

// checkText compares the text of a part with its deltas.
func (c *checker) checkText(index int, p *checkedPart, whole string) error {
	if !utf8.ValidString(whole) {
		return violation("the text of part %d is not valid UTF-8", index)
	}
	if p.size != len(whole) || p.hash.Sum64() != maphash.String(c.seed, whole) {
		return violation("the deltas of part %d do not add up to its text (%d and %d bytes)", index, p.size, len(whole))
	}
	return nil
}

// partText returns the text of p that deltas carry.
func partText(p Part) string {
	switch p := p.(type) {
	case *Text:
		return p.Text
	case *Reasoning:
		return p.Text
	case *Refusal:
		return p.Text
	case *ToolCall:
		return p.Arguments
	}
	return ""
}

func (c *checker) checkUsage(u Usage) error {
	for _, n := range []struct {
		name        string
		before, now int64
	}{
		{"input", c.usage.InputTokens, u.InputTokens},
		{"output", c.usage.OutputTokens, u.OutputTokens},
		{"total", c.usage.TotalTokens, u.TotalTokens},
		{"cache read", c.usage.CacheReadTokens, u.CacheReadTokens},
		{"cache write", c.usage.CacheWriteTokens, u.CacheWriteTokens},
		{"reasoning", c.usage.ReasoningTokens, u.ReasoningTokens},
	} {
		if n.now < n.before {
			return violation("the count of %s tokens fell from %d to %d", n.name, n.before, n.now)
		}
	}
	c.usage, c.counted = u, true
	return nil
}

func (c *checker) checkFinished() error {
	if len(c.open) > 0 {
		return violation("the finish event came before the end of %d of its parts", len(c.open))
	}
	c.finished = true
	return nil
}
