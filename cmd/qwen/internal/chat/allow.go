package chat

import (
	"context"

	"github.com/qwen-cli/qwen/sdk"
)

// allow asks whether req may be sent.
func (t *Turn) allow(ctx context.Context, req *sdk.ChatRequest) error {
	if t.opts.Allow == nil {
		return nil
	}
	if err := t.opts.Allow(ctx, req); err != nil {
		return sdk.AsError(t.cause(ctx, nil, err))
	}
	return nil
}

// arrived tells of an event.
func (t *Turn) arrived(e sdk.Event) error {
	if t.opts.Arrived == nil {
		return nil
	}
	if err := t.opts.Arrived(e); err != nil {
		return sdk.AsError(err)
	}
	return nil
}

// notAllowed is the error of a turn that would go on if that were allowed.
func (t *Turn) notAllowed(failed *sdk.Error, reason error) *sdk.Error {
	t.barred = true
	if sdk.KindOf(reason) == sdk.KindCanceled {
		return sdk.AsError(reason)
	}
	e := *failed
	e.Hint = joinSentences(e.Hint, "It was not sent again: "+reason.Error()+".")
	e.Hint = joinSentences(e.Hint, sdk.AsError(reason).Hint)
	return &e
}
