package pace

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// A Limit is a rate: at most Amount requests within a Window.
type Limit struct {
	Amount int
	Window time.Duration
}

// maxWindow is the longest window that is worth waiting for. What is longer is an
// allowance, and nobody waits for the next week.
const maxWindow = 5 * time.Minute

// Limits returns the rates among the limits that a provider declares. Tokens a minute
// are none of them: how many an answer will take is not known before it.
func Limits(declared []sdk.Limit) []Limit {
	var limits []Limit
	for _, l := range declared {
		if l.Unit == sdk.LimitRequests && l.Amount > 0 && l.Amount <= maxSlots/2 && l.Window > 0 && l.Window <= maxWindow {
			limits = append(limits, Limit{Amount: int(l.Amount), Window: l.Window})
		}
	}
	return limits
}

// ParseLimit reads a limit as people write it: "60/1m", or "5/s".
func ParseLimit(text string) (Limit, error) {
	amount, window, ok := strings.Cut(text, "/")
	n, err := strconv.Atoi(amount)
	if !ok || err != nil || n < 1 || n > maxSlots/2 {
		return Limit{}, fmt.Errorf("%q is not a number of requests in a time, such as 60/1m", text)
	}
	if strings.Trim(window, "sm") == "" {
		window = "1" + window
	}
	d, err := time.ParseDuration(window)
	if err != nil || d < time.Millisecond || d > maxWindow {
		return Limit{}, fmt.Errorf("%q is not a number of requests in a time of at most %v, such as 60/1m", text, maxWindow)
	}
	return Limit{Amount: n, Window: d}, nil
}

// String returns the limit in words: "60 requests a minute".
func (l Limit) String() string {
	noun := "requests"
	if l.Amount == 1 {
		noun = "request"
	}
	switch l.Window {
	case time.Second:
		return fmt.Sprintf("%d %s a second", l.Amount, noun)
	case time.Minute:
		return fmt.Sprintf("%d %s a minute", l.Amount, noun)
	}
	return fmt.Sprintf("%d %s in %v", l.Amount, noun, l.Window)
}

// reason says why a request waits.
func (l Limit) reason() string { return "to stay under " + l.String() }

// Bounds of what is added to a window, a twentieth of it.
const (
	minGrace = 50 * time.Millisecond
	maxGrace = 3 * time.Second
)

// grace is what is added to the window: the service counts from when a request
// arrives, which is some time after it was let go, and not each time the same.
func (l Limit) grace() time.Duration { return min(max(l.Window/20, minGrace), maxGrace) }

// span is for how long a request counts, in milliseconds.
func (l Limit) span() int64 { return (l.Window + l.grace()).Milliseconds() }
