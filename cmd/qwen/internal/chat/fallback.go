package chat

import (
	"context"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/retry"
	"github.com/qwen-cli/qwen/sdk"
)

// A Switch says that another connection is asked.
type Switch struct {
	Err  *sdk.Error // why: how the one before ended
	To   sdk.Origin // who is asked
	Name string     // of the connection
}

// elsewhere goes over to another connection, if there is one and that may help. Else it
// returns the error that the turn ends with.
func (t *Turn) elsewhere(ctx context.Context, failed *sdk.Error) (bool, error) {
	if t.opts.Fallback == nil || t.shown || t.barred || ctx.Err() != nil || !retry.Elsewhere(failed) {
		return false, failed
	}
	next, err := t.opts.Fallback(ctx, failed)
	switch {
	case err != nil:
		return false, t.explain(t.cause(ctx, nil, err))
	case next == nil:
		return false, failed
	}
	t.opts = *next
	t.retries, t.renewed = 0, false
	t.begin()
	return true, nil
}
