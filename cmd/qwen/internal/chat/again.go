package chat

import (
	"context"
	"fmt"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/retry"
	"github.com/qwen-cli/qwen/sdk"
)

// Retry announces that a request is sent again.
type Retry struct {
	Err     *sdk.Error    // why: how the attempt before ended
	Attempt int           // number of the request to come, from 2
	Of      int           // requests at most
	Wait    time.Duration // before it is sent
	Renewed bool          // it goes with another credential
}

// next returns the request to send after an attempt that failed, when it is time
// to send it, or the error that the turn ends with.
func (t *Turn) next(ctx context.Context, req *sdk.ChatRequest, failed *sdk.Error) (*sdk.ChatRequest, error) {
	switch {
	case t.shown:
		return nil, failed
	case failed.Kind == sdk.KindUnauthenticated:
		return t.renew(ctx, req, failed)
	}
	d := t.schedule.After(failed, time.Now())
	if !d.Again {
		return nil, t.giveUp(failed, d)
	}
	if err := t.allow(ctx, req); err != nil {
		return nil, t.notAllowed(t.giveUp(failed, d), err)
	}
	if err := t.announce(Retry{Err: failed, Wait: d.Wait}); err != nil {
		return nil, err
	}
	return req, t.pause(ctx, d.Wait)
}

// renew returns the request with a fresh credential, once.
func (t *Turn) renew(ctx context.Context, req *sdk.ChatRequest, refused *sdk.Error) (*sdk.ChatRequest, error) {
	if t.opts.Refresh == nil || t.renewed || !t.schedule.Renew() {
		return nil, refused
	}
	t.renewed = true
	fresh, err := t.opts.Refresh(ctx, req.Connection.Credential)
	switch {
	case err != nil:
		return nil, refusedBy(t.explain(t.cause(ctx, nil, err)), refused)
	case fresh == nil:
		return nil, refused
	}
	again := *req
	again.Connection.Credential = fresh
	if err := t.allow(ctx, &again); err != nil {
		return nil, t.notAllowed(refused, err)
	}
	return &again, t.announce(Retry{Err: refused, Renewed: true})
}

// refusedBy adds to why there is no other credential who has refused this one.
func refusedBy(e, refused *sdk.Error) *sdk.Error {
	if e.Kind != sdk.KindUnauthenticated || e.Host != "" {
		return e
	}
	e.Host, e.Status, e.RequestID = refused.Host, refused.Status, refused.RequestID
	return e
}

// announce tells that a request is sent again.
func (t *Turn) announce(r Retry) error {
	r.Attempt, r.Of = t.schedule.Attempts(), t.schedule.MaxAttempts()
	if !r.Renewed {
		t.retries++
	}
	if t.opts.Retrying == nil {
		return nil
	}
	if err := t.opts.Retrying(r); err != nil {
		return sdk.AsError(err)
	}
	return nil
}

// pause waits, or returns why it need not any more.
func (t *Turn) pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return t.explain(t.cause(ctx, nil, ctx.Err()))
	}
}

// giveUp completes the error that nothing more is done about: with what was tried,
// and with the time from which on it makes sense to try again, if the service has
// said so.
func (t *Turn) giveUp(failed *sdk.Error, d retry.Decision) *sdk.Error {
	e := *failed
	if t.retries > 0 {
		e.Hint = joinSentences(fmt.Sprintf("It was tried %d times in %v.", t.sent, inWords(time.Since(t.since))), e.Hint)
	}
	if e.RetryAfter > 0 {
		e.Hint = joinSentences(e.Hint, fmt.Sprintf("Try again %s.", comeBack(time.Now(), e.RetryAfter)))
	}
	if d.TooLate && e.RetryAfter < time.Hour {
		minutes := (time.Since(t.since)+e.RetryAfter)/time.Minute + 1
		e.Hint = joinSentences(e.Hint, fmt.Sprintf("qwen waits that long with --retry-budget %dm.", minutes))
	}
	return &e
}

func joinSentences(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// inWords rounds d to what people care about.
func inWords(d time.Duration) time.Duration {
	if d < time.Second {
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Second)
}

// comeBack says when a wait that begins now is over, in the zone of now: with
// seconds if that is within the hour, with the day if it is another one.
func comeBack(now time.Time, wait time.Duration) string {
	precision, layout := time.Minute, "15:04"
	if wait < time.Hour {
		precision, layout = time.Second, "15:04:05"
	}
	at := now.Add(wait + precision - 1).Truncate(precision) // never too early
	if at.YearDay() != now.YearDay() || at.Year() != now.Year() {
		layout += " on Monday, 2 January"
	}
	return "after " + at.Format(layout)
}
