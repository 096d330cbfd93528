package chat

import (
	"context"
	"time"
)

// A Pause is a wait before a request, so that the rate of the service is kept.
type Pause struct {
	Until time.Time
	Why   string // as a clause: "to stay under 60 requests a minute"
}

// pace waits until a request may be sent. The time before the first one is nobody's:
// the turn begins after it.
func (t *Turn) pace(ctx context.Context) error {
	if t.opts.Pace == nil {
		return nil
	}
	if err := t.opts.Pace(ctx, t.pausing); err != nil {
		return t.explain(t.cause(ctx, nil, err))
	}
	if t.sent == 0 {
		t.begin()
	}
	return nil
}

func (t *Turn) pausing(p Pause) error {
	if t.opts.Pausing == nil {
		return nil
	}
	return t.opts.Pausing(p)
}
