package retry

import (
	"testing"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// longest is a jitter that always waits as long as it may.
func longest(limit time.Duration) time.Duration { return limit }

// passing is an error of a kind that may pass.
func passing(kind sdk.ErrorKind, after time.Duration) *sdk.Error {
	return &sdk.Error{Kind: kind, Retryable: true, RetryAfter: after}
}

// waits plays a turn in which every attempt takes a second and fails with err, and
// returns how long it waited before each further one.
func waits(p Policy, err *sdk.Error) (list []time.Duration, last Decision) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := p.Begin(now)
	for {
		now = now.Add(time.Second)
		d := s.After(err, now)
		if !d.Again {
			return list, d
		}
		list = append(list, d.Wait)
		now = now.Add(d.Wait)
	}
}

func TestSchedule(t *testing.T) {
	const s = time.Second
	usual := Policy{Max: 4, Budget: 2 * time.Minute, Jitter: longest}
	for _, tt := range []struct {
		name    string
		policy  Policy
		err     *sdk.Error
		want    []time.Duration
		tooLate bool
	}{
		{"doubles", usual, passing(sdk.KindOverloaded, 0), []time.Duration{2 * s, 4 * s, 8 * s, 16 * s}, false},
		{"a rate, slowly", usual, passing(sdk.KindRateLimit, 0), []time.Duration{5 * s, 10 * s, 20 * s, 30 * s}, false},
		{"up to the cap", Policy{Max: 7, Budget: time.Hour, Jitter: longest}, passing(sdk.KindService, 0),
			[]time.Duration{2 * s, 4 * s, 8 * s, 16 * s, Cap, Cap, Cap}, false},
		{"within the budget", Policy{Max: 9, Budget: 20 * s, Jitter: longest}, passing(sdk.KindNetwork, 0),
			[]time.Duration{2 * s, 4 * s, 8 * s, 2 * s}, false},
		{"as the service says, and a tenth", usual, passing(sdk.KindRateLimit, 10*s), []time.Duration{11 * s, 11 * s, 11 * s, 11 * s}, false},
		{"said, within the budget", Policy{Max: 4, Budget: 12 * s, Jitter: longest}, passing(sdk.KindTimeout, 11*s), []time.Duration{11 * s}, true},
		{"said, beyond the budget", usual, passing(sdk.KindOverloaded, 2*time.Minute), nil, true},
		{"said, beyond the budget, none left anyway", Policy{Budget: time.Minute}, passing(sdk.KindOverloaded, time.Hour), nil, false},
		{"none", Policy{Budget: time.Minute, Jitter: longest}, passing(sdk.KindOverloaded, 0), nil, false},
		{"no time", Policy{Max: 4, Jitter: longest}, passing(sdk.KindOverloaded, 0), nil, false},
		{"negative", Policy{Max: -1, Budget: -s, Jitter: longest}, passing(sdk.KindOverloaded, 0), nil, false},
		{"not retryable", usual, &sdk.Error{Kind: sdk.KindService}, nil, false},
		{"a quota, whatever the provider says", usual, passing(sdk.KindQuota, s), nil, false},
		{"a kind of tomorrow", usual, passing("new", 0), nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, last := waits(tt.policy, tt.err)
			if len(got) != len(tt.want) || last.TooLate != tt.tooLate {
				t.Fatalf("waits %v, too late %v; want %v, %v", got, last.TooLate, tt.want, tt.tooLate)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("waits %v, want %v", got, tt.want)
				}
			}
		})
	}
}

// A wait that is not said is anything from nothing to the bound, and different
// each time.
func TestFullJitter(t *testing.T) {
	least, most := time.Hour, time.Duration(0)
	for range 500 {
		got, _ := waits(Policy{Max: 1, Budget: time.Hour}, passing(sdk.KindOverloaded, 0))
		least, most = min(least, got[0]), max(most, got[0])
	}
	if least > soon/10 || most < soon*9/10 || most > soon {
		t.Errorf("500 waits lie between %v and %v, want 0 to %v", least, most, soon)
	}
}

func TestManyAttempts(t *testing.T) {
	got, _ := waits(Policy{Max: 100, Budget: 24 * time.Hour, Jitter: longest}, passing(sdk.KindOverloaded, 0))
	if len(got) != 100 || got[99] != Cap {
		t.Errorf("%d waits, the last %v", len(got), got[len(got)-1])
	}
}

func TestRenew(t *testing.T) {
	for _, tt := range []struct{ max, before, want int }{
		{0, 0, 2}, // allowed where nothing is sent again
		{4, 0, 2},
		{4, 3, 5},
		{4, 4, 5}, // no sixth request
	} {
		s := Policy{Max: tt.max, Budget: time.Hour}.Begin(time.Now())
		for range tt.before {
			s.After(passing(sdk.KindOverloaded, 0), time.Now())
		}
		if allowed := s.Renew(); s.Attempts() != tt.want || allowed != (tt.want > tt.before+1) || s.MaxAttempts() < tt.want {
			t.Errorf("%+v: %v, attempt %d of %d", tt, allowed, s.Attempts(), s.MaxAttempts())
		}
		if s.After(passing(sdk.KindOverloaded, 0), time.Now()).Again && s.Attempts() > tt.max+1 {
			t.Errorf("%+v: %d requests", tt, s.Attempts())
		}
	}
}
