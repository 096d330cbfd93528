package chat

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/retry"
	"github.com/qwen-cli/qwen/sdk"
)

// patient retries four times within two minutes and always waits as long as it may.
var patient = retry.Policy{Max: 4, Budget: 2 * time.Minute, Jitter: func(limit time.Duration) time.Duration { return limit }}

// fails is an answer that ends at once, with err.
func fails(err *sdk.Error) script { return func(_ context.Context, s *sdk.Stream) { s.Fail(err) } }

func overloaded() *sdk.Error {
	return &sdk.Error{Kind: sdk.KindOverloaded, Message: "no capacity", Host: "api.acme.example", Status: 503, Retryable: true}
}

func TestRetry(t *testing.T) {
	local := time.Local
	time.Local = time.UTC
	defer func() { time.Local = local }()
	later := func(d time.Duration) script {
		e := overloaded()
		e.RetryAfter = d
		return fails(e)
	}
	busy := fails(overloaded())
	bad := fails(&sdk.Error{Kind: sdk.KindInvalidRequest, Message: "no"})
	quota := fails(&sdk.Error{Kind: sdk.KindQuota, Message: "used up", Status: 429, RetryAfter: 30 * time.Second, Hint: "Buy more."})
	counted := func(ctx context.Context, s *sdk.Stream) { // tokens of an attempt that failed
		s.Emit(&sdk.Started{RequestID: "req-0"})
		s.Emit(&sdk.UsageReported{Usage: sdk.Usage{InputTokens: 9}})
		busy(ctx, s)
	}
	spoke := func(ctx context.Context, s *sdk.Stream) {
		s.Text("Hel")
		busy(ctx, s)
	}
	thought := func(ctx context.Context, s *sdk.Stream) {
		s.Reasoning("hm")
		busy(ctx, s)
	}
	for _, c := range []struct {
		name    string
		policy  retry.Policy
		scripts []script
		kind    sdk.ErrorKind // of the error; "" for none
		after   time.Duration
		hint    string
	}{
		{name: "helps", policy: patient, scripts: []script{busy, hello}, after: 2 * time.Second},
		{name: "helps late", policy: patient, scripts: []script{busy, busy, busy, busy, hello}, after: 30 * time.Second},
		{name: "waits as told", policy: patient, scripts: []script{later(time.Second), hello}, after: 1100 * time.Millisecond},
		{name: "an attempt that had begun", policy: patient, scripts: []script{counted, hello}, after: 2 * time.Second},
		{name: "does not help", policy: patient, scripts: []script{busy, busy, busy, busy, busy}, kind: sdk.KindOverloaded, after: 30 * time.Second,
			hint: "It was tried 5 times in 30s."},
		{name: "other trouble", policy: patient, scripts: []script{busy, bad}, kind: sdk.KindInvalidRequest, after: 2 * time.Second,
			hint: "It was tried 2 times in 2s."},
		{name: "too late", policy: patient, scripts: []script{later(150 * time.Second)}, kind: sdk.KindOverloaded,
			hint: "Try again after 00:02:30. qwen waits that long with --retry-budget 3m."},
		{name: "much too late", policy: patient, scripts: []script{later(30 * time.Hour)}, kind: sdk.KindOverloaded,
			hint: "Try again after 06:00 on Sunday, 2 January."},
		{name: "quota", policy: patient, scripts: []script{quota}, kind: sdk.KindQuota, hint: "Buy more. Try again after 00:00:30."},
		{name: "off", scripts: []script{busy}, kind: sdk.KindOverloaded},
		{name: "after text", policy: patient, scripts: []script{spoke}, kind: sdk.KindOverloaded},
		{name: "after a thought", policy: patient, scripts: []script{thought}, kind: sdk.KindOverloaded},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // begins at 2000-01-01 00:00:00 UTC, a Saturday
				turn, f := answers(Options{Retry: c.policy}, c.scripts...)
				began := time.Now()
				events, err := run(t.Context(), turn)
				if sdk.KindOf(err) != c.kind || time.Since(began) != c.after || len(f.requests) != len(c.scripts) {
					t.Errorf("%v after %v and %d requests; want %q after %v and %d", err, time.Since(began), len(f.requests), c.kind, c.after, len(c.scripts))
				}
				if e := sdk.AsError(err); e != nil && (e.Hint != c.hint || e.Provider != "acme") {
					t.Errorf("hint %q of %q, want %q", e.Hint, e.Provider, c.hint)
				}
				r := turn.Result()
				if r.Attempts != len(c.scripts) || f.released != len(c.scripts) {
					t.Errorf("%d attempts, %d released", r.Attempts, f.released)
				}
				if n := count[*sdk.Started](events); err == nil && (n != 1 || r.Started.RequestID != "req-1" || r.Usage.InputTokens != 3) {
					t.Errorf("started %d times; result %+v, %+v", n, r.Started, r.Usage)
				}
			})
		})
	}
}

// Whoever shows the answer sees events that keep the rules, however many requests
// there were.
func TestRetriedAnswerKeepsTheRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cut := func(ctx context.Context, s *sdk.Stream) {
			s.Emit(&sdk.Warning{Code: "w"})
			s.Emit(&sdk.Heartbeat{})
			s.Emit(&sdk.Started{RequestID: "req-0"})
			s.Emit(&sdk.UsageReported{Usage: sdk.Usage{InputTokens: 99}})
			fails(overloaded())(ctx, s)
		}
		turn, _ := answers(Options{Retry: patient}, cut, cut, hello)
		for e, err := range sdk.CheckStream(turn.Events(t.Context())) {
			if err != nil {
				t.Error(err)
			}
			if u, ok := e.(*sdk.UsageReported); ok && u.Usage.InputTokens == 99 {
				t.Error("the tokens of a failed attempt were reported as the answer's")
			}
		}
	})
}

// What a failed last attempt has used is reported nevertheless.
func TestUsageOfAFailure(t *testing.T) {
	turn, _ := answers(Options{}, func(ctx context.Context, s *sdk.Stream) {
		s.Emit(&sdk.Started{RequestID: "req-7"})
		s.Emit(&sdk.UsageReported{Usage: sdk.Usage{InputTokens: 9}})
		fails(overloaded())(ctx, s)
	})
	events, err := run(t.Context(), turn)
	if count[*sdk.UsageReported](events) != 1 || sdk.AsError(err).RequestID != "req-7" {
		t.Errorf("%v, %+v", events, err)
	}
}

func TestAnnouncements(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []Retry
		turn, f := answers(Options{
			Retry:    patient,
			Retrying: func(r Retry) error { told = append(told, r); return nil },
			Refresh:  func(context.Context, *sdk.Credential) (*sdk.Credential, error) { return &sdk.Credential{}, nil },
		}, fails(overloaded()), refuse, fails(overloaded()), refuse)
		_, err := run(t.Context(), turn)
		if sdk.KindOf(err) != sdk.KindUnauthenticated || len(f.requests) != 4 {
			t.Fatalf("%v after %d requests", err, len(f.requests))
		}
		want := []Retry{
			{Attempt: 2, Of: 5, Wait: 2 * time.Second},
			{Attempt: 3, Of: 5, Renewed: true},
			{Attempt: 4, Of: 5, Wait: 4 * time.Second},
		}
		for i := range told {
			if told[i].Err == nil || told[i].Err.Provider != "acme" {
				t.Errorf("announcement without its reason: %+v", told[i])
			}
			told[i].Err = nil
		}
		if !slices.Equal(told, want) {
			t.Errorf("told %+v, want %+v", told, want)
		}
	})
}

// A person who cannot be told does not wait in silence.
func TestAnnouncementFails(t *testing.T) {
	closed := errors.New("standard output is closed")
	turn, f := answers(Options{Retry: patient, Retrying: func(Retry) error { return closed }}, fails(overloaded()))
	_, err := run(t.Context(), turn)
	if !errors.Is(err, closed) || len(f.requests) != 1 {
		t.Errorf("%v after %d requests", err, len(f.requests))
	}
}

func TestCancelWhileWaiting(t *testing.T) {
	for _, c := range []struct {
		cause error
		kind  sdk.ErrorKind
	}{{context.Canceled, sdk.KindCanceled}, {context.DeadlineExceeded, sdk.KindTimeout}} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			turn, f := answers(Options{Retry: patient}, fails(overloaded()))
			began := time.Now()
			time.AfterFunc(time.Second, func() { cancel(c.cause) })
			_, err := run(ctx, turn)
			if sdk.KindOf(err) != c.kind || time.Since(began) != time.Second || len(f.requests) != 1 {
				t.Errorf("%v after %v and %d requests", err, time.Since(began), len(f.requests))
			}
		})
	}
}

func TestComeBack(t *testing.T) {
	zone := time.FixedZone("", 2*60*60)
	now := time.Date(2026, 3, 1, 21, 59, 30, 1, zone)
	for wait, want := range map[time.Duration]string{
		time.Nanosecond:          "after 21:59:31",
		20 * time.Second:         "after 21:59:51",
		time.Hour:                "after 23:00",
		3 * time.Hour:            "after 01:00 on Monday, 2 March",
		365 * 24 * time.Hour:     "after 22:00 on Monday, 1 March",
		59*time.Minute + 20*1e9:  "after 22:58:51",
		2*time.Hour + 29*1e9 + 1: "after 00:00 on Monday, 2 March",
	} {
		if got := comeBack(now, wait); got != want {
			t.Errorf("%v: %s, want %s", wait, got, want)
		}
	}
	if got := joinSentences("", "B."); got != "B." || !strings.HasSuffix(joinSentences("A.", "B."), " B.") {
		t.Errorf("%q", got)
	}
}

// Every request is told, however it ended and whoever ended it.
func TestSent(t *testing.T) {
	busy := fails(overloaded())
	cut := func(_ context.Context, s *sdk.Stream) {
		s.Text("Hel")
		s.Fail(&sdk.Error{Kind: sdk.KindIncomplete})
	}
	for _, c := range []struct {
		name    string
		scripts []script
		leave   bool // after the first event
		want    []sdk.ErrorKind
		parts   int // of the last
	}{
		{"answered", []script{hello}, false, []sdk.ErrorKind{""}, 2},
		{"at the second attempt", []script{busy, hello}, false, []sdk.ErrorKind{sdk.KindOverloaded, ""}, 2},
		{"cut off", []script{cut}, false, []sdk.ErrorKind{sdk.KindIncomplete}, 1},
		{"nobody reads on", []script{hello}, true, []sdk.ErrorKind{sdk.KindCanceled}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var sent []Attempt
				turn, _ := answers(Options{Retry: patient, Sent: func(a Attempt) { sent = append(sent, a) }}, c.scripts...)
				for range turn.Events(t.Context()) {
					if c.leave {
						break
					}
				}
				var kinds []sdk.ErrorKind
				for _, a := range sent {
					kinds = append(kinds, a.Kind)
				}
				if !slices.Equal(kinds, c.want) {
					t.Fatalf("%q, want %q", kinds, c.want)
				}
				last := sent[len(sent)-1]
				if len(last.Parts) != c.parts || last.Began.IsZero() || last.Kind == "" && (last.Model != "large-0711" || last.Usage.InputTokens != 3) {
					t.Errorf("%+v", last)
				}
			})
		})
	}
}
