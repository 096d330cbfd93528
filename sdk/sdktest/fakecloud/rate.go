package fakecloud

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// A Rate is how many chat requests the cloud takes of one key within any window of
// time; what is more is refused with status 429. The zero value is no limit.
type Rate struct {
	Requests int           `json:"requests"`
	Window   time.Duration `json:"window"`
}

// SetRate limits the rate of chat requests.
func (c *Cloud) SetRate(r Rate) { c.rate.set(r) }

// Refused returns how many chat requests were refused for their rate.
func (c *Cloud) Refused() int {
	c.rate.mu.Lock()
	defer c.rate.mu.Unlock()
	return c.rate.refused
}

// A rateLimit counts requests by key.
type rateLimit struct {
	mu      sync.Mutex
	rate    Rate
	taken   map[string][]time.Time // within the window, the oldest first
	refused int
}

func (l *rateLimit) set(r Rate) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rate, l.taken, l.refused = r, map[string][]time.Time{}, 0
}

// take counts a request of key; the error is nil if there is room for it.
func (l *rateLimit) take(key string) *apiError {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rate.Requests == 0 {
		return nil
	}
	now := time.Now()
	taken := slices.DeleteFunc(l.taken[key], func(t time.Time) bool { return now.Sub(t) >= l.rate.Window })
	if len(taken) < l.rate.Requests {
		l.taken[key] = append(taken, now)
		return nil
	}
	l.taken[key] = taken
	l.refused++
	e := statusError(429)
	wait := l.rate.Window - now.Sub(taken[0])
	e.message = fmt.Sprintf("Rate limit reached for requests: %d in %v.", l.rate.Requests, l.rate.Window)
	e.header = map[string]string{"Retry-After-Ms": fmt.Sprint(wait.Milliseconds() + 1)}
	return &e
}
