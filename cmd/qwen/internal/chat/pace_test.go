package chat

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// inLine is a pace that makes each request wait for d, and tells so.
func inLine(d time.Duration) func(context.Context, func(Pause) error) error {
	return func(ctx context.Context, announce func(Pause) error) error {
		if err := announce(Pause{Until: time.Now().Add(d), Why: "to stay under 1 request a minute"}); err != nil {
			return err
		}
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Each request waits for its time. The time before the first one is no part of the turn,
// nor of what may be spent on sending it again.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []Pause
		opts := Options{Retry: patient, Pace: inLine(5 * time.Minute), Pausing: func(p Pause) error { told = append(told, p); return nil }}
		turn, f := answers(opts, fails(overloaded()), hello)
		began := time.Now()
		if _, err := run(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != 10*time.Minute+2*time.Second || len(told) != 2 || len(f.requests) != 2 {
			t.Errorf("%v, %d pauses, %d requests", took, len(told), len(f.requests))
		}
		if total := turn.Result().Timing.Total; total != 5*time.Minute+2*time.Second {
			t.Errorf("the turn took %v", total)
		}
	})
}

func TestPaceEnds(t *testing.T) {
	broken := errors.New("broken pipe")
	tooLong := &sdk.Error{Kind: sdk.KindRateLimit, Message: "the line is long", RetryAfter: time.Hour}
	for _, c := range []struct {
		name string
		pace func(context.Context, func(Pause) error) error
		told error
		kind sdk.ErrorKind
		text string
	}{
		{"cancelled", inLine(time.Hour), nil, sdk.KindCanceled, "canceled"},
		{"cannot be told", inLine(time.Hour), broken, sdk.KindInternal, "acme: broken pipe"},
		{"too long", func(context.Context, func(Pause) error) error { return tooLong }, nil, sdk.KindRateLimit, "acme: the line is long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				sent := 0
				turn, f := answers(Options{
					Retry: patient, Pace: c.pace,
					Pausing: func(Pause) error { return c.told },
					Sent:    func(Attempt) { sent++ },
				}, hello)
				_, err := run(ctx, turn)
				if sdk.KindOf(err) != c.kind || err.Error() != c.text || len(f.requests) != 0 || sent != 0 {
					t.Errorf("%s %v, %d requests, %d told", sdk.KindOf(err), err, len(f.requests), sent)
				}
			})
		})
	}
}

func TestAttemptTellsWhenToComeBack(t *testing.T) {
	e := overloaded()
	e.RetryAfter = time.Minute
	var got Attempt
	turn, _ := answers(Options{Sent: func(a Attempt) { got = a }}, fails(e))
	if _, err := run(t.Context(), turn); err == nil || got.RetryAfter != time.Minute {
		t.Errorf("%v, %+v", err, got)
	}
}
