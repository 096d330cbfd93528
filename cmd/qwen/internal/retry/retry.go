// Package retry decides whether a request that failed is sent again, and when.
// It is the only place that does: plugins and their HTTP clients send a request
// once, so that attempts never multiply.
//
// Three rules: what cannot succeed is not sent again (see [Rules]); there are few
// attempts, and none begins after the budget of time is over; a service that says
// when to come back is believed.
//
//	s := policy.Begin(time.Now())
//	for {
//		err := send()
//		d := s.After(err, time.Now())
//		if !d.Again {
//			return err
//		}
//		time.Sleep(d.Wait)
//	}
//
// The package keeps no clock and never waits itself.
package retry

import (
	"math/rand/v2"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// A Policy says how often and for how long a request is sent again. The zero
// value is never.
type Policy struct {
	// Max is how many times a request is sent again at most.
	Max int

	// Budget is the time after the first request in which another one may begin.
	Budget time.Duration

	// Jitter returns a random duration from 0 to limit; nil for a uniform one.
	Jitter func(limit time.Duration) time.Duration
}

// MaxAttempts returns how many requests there are at most.
func (p Policy) MaxAttempts() int { return 1 + max(p.Max, 0) }

// Begin returns the schedule of a turn whose first request is sent now.
func (p Policy) Begin(now time.Time) *Schedule {
	if p.Jitter == nil {
		p.Jitter = uniform
	}
	return &Schedule{policy: p, end: now.Add(p.Budget), attempts: 1}
}

func uniform(limit time.Duration) time.Duration { return rand.N(limit + 1) }

// A Schedule is where one turn stands. It is for one goroutine.
type Schedule struct {
	policy   Policy
	end      time.Time // of the budget
	attempts int       // requests that were sent, or are about to be
	backoffs int       // of them, those for which nobody had said how long to wait
}

// A Decision says what to do after a request failed.
type Decision struct {
	Again bool
	Wait  time.Duration // before the next request

	// TooLate says that the service named a time to come back that the budget
	// does not reach: the only thing in the way of another request.
	TooLate bool
}

// After decides what follows a request that failed with err at the given time,
// before anything of its answer was shown. A decision for another request counts
// as one.
func (s *Schedule) After(err *sdk.Error, now time.Time) Decision {
	rule, ok := ruleFor(err.Kind)
	left := s.end.Sub(now)
	switch {
	case !ok, rule.Base == 0, !err.Retryable, s.attempts >= s.policy.MaxAttempts():
		return Decision{}
	case err.RetryAfter > max(left, 0):
		return Decision{TooLate: true}
	case left <= 0:
		return Decision{}
	}
	s.attempts++
	return Decision{Again: true, Wait: s.wait(rule.Base, err.RetryAfter, left)}
}

// Renew counts a request with a renewed credential, if there may be one: it is
// an attempt like the others, but allowed also where nothing is sent again.
func (s *Schedule) Renew() bool {
	if s.attempts >= max(s.policy.MaxAttempts(), 2) {
		return false
	}
	s.attempts++
	return true
}

// Attempts returns how many requests were sent or decided for.
func (s *Schedule) Attempts() int { return s.attempts }

// MaxAttempts returns how many requests there are at most.
func (s *Schedule) MaxAttempts() int { return max(s.policy.MaxAttempts(), s.attempts) }

// Cap is the longest back-off.
const Cap = 30 * time.Second

// wait returns the time to wait: what the service said and up to a tenth of it,
// so that all who were told the same do not come back at once; else a back-off
// with full jitter, random(0, min(cap, base·2ⁿ)). See
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
func (s *Schedule) wait(base, said, left time.Duration) time.Duration {
	if said > 0 {
		return min(said+s.policy.Jitter(said/10), left)
	}
	limit := min(Cap, left)
	if n := s.backoffs; n < 16 { // else the shift may overflow
		limit = min(limit, base<<n)
	}
	s.backoffs++
	return s.policy.Jitter(limit)
}
