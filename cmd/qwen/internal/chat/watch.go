package chat

import (
	"context"
	"fmt"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// watch cancels an attempt whose provider is silent for too long. The provider
// returns once its context is cancelled; that is part of its contract.
type watch struct {
	timer *time.Timer
	limit time.Duration
	heard bool // anything came yet

	answered bool // something of an answer did
}

// silence is why a watch cancelled.
type silence struct{}

func (silence) Error() string { return "the provider was silent for too long" }

func newWatch(cancel context.CancelCauseFunc) *watch {
	w := &watch{timer: time.AfterFunc(time.Hour, func() { cancel(silence{}) })}
	w.timer.Stop()
	return w
}

// wait begins a period of silence that may last for limit; 0: for ever.
func (w *watch) wait(limit time.Duration) {
	if limit > 0 {
		w.limit = limit
		w.timer.Reset(limit)
	}
}

// stop ends the period: something came, or the attempt is over.
func (w *watch) stop() { w.timer.Stop() }

// timeout returns the error for a provider that was silent, with what is known
// about the answer so far.
func (w *watch) timeout(a *answer) *sdk.Error {
	if !w.answered {
		return sdk.Errorf(sdk.KindTimeout, "no answer within %v", w.limit).
			WithHint("The request was sent, and it is not known what became of it. Allow more time with --timeout.")
	}
	return sdk.Errorf(sdk.KindTimeout, "no data for %v, %s", w.limit, a.progress()).
		WithHint("What arrived is kept. Allow longer pauses with --idle-timeout.")
}

// progress says how far the answer got.
func (a *answer) progress() string {
	size := map[sdk.PartKind]int{}
	for _, c := range a.collected {
		size[c.kind] += c.size
	}
	switch {
	case size[sdk.PartText] > 0:
		return fmt.Sprintf("after %d bytes of the answer", size[sdk.PartText])
	case size[sdk.PartReasoning] > 0:
		return fmt.Sprintf("after %d bytes of thought", size[sdk.PartReasoning])
	}
	return "before any text of the answer"
}
