package render

import (
	"fmt"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// Retry writes one line: nothing of an answer was shown yet, so that it cannot
// break into one.
func (t *text) Retry(r Retry) error {
	return t.wait(time.Now().Add(r.Wait), func(left time.Duration) string {
		r.Wait = left
		return "qwen: " + t.Clean(retryText(r))
	})
}

// Retry emits an object of its own.
func (m *messages) Retry(r Retry) error {
	return m.emit(&retryMessage{
		Type: "system", Subtype: "retry", UUID: m.newID(), SessionID: m.session,
		Attempt: r.Attempt, MaxAttempts: r.Of, DelayMS: r.Wait.Milliseconds(), Renewed: r.Renewed,
		Error: m.errorDetail(r.Err, 0),
	})
}

// retryText says why, when and for which time a request is sent again:
//
//	openai (api.openai.com): overloaded (HTTP 503); trying again in 3s (attempt 2 of 5)
func retryText(r Retry) string {
	return fmt.Sprintf("%s; trying again %s (attempt %d of %d)", RetryReason(r), whenAgain(r), r.Attempt, r.Of)
}

// RetryReason says in a few words why a request is sent again. Whoever shows it
// cleans it.
func RetryReason(r Retry) string {
	why := who(r.Err, func(s string) string { return s }) + brief(r.Err)
	if r.Err.Status != 0 {
		why += fmt.Sprintf(" (HTTP %d)", r.Err.Status)
	}
	return why
}

func whenAgain(r Retry) string {
	switch {
	case r.Renewed:
		return "with a renewed login"
	case r.Wait < 50*time.Millisecond:
		return "at once"
	case r.Wait < time.Second:
		return fmt.Sprintf("in %v", r.Wait.Round(100*time.Millisecond))
	}
	return fmt.Sprintf("in %v", r.Wait.Round(time.Second))
}

// brief says in a few words what is going to pass; whole sentences are for what
// does not.
func brief(e *sdk.Error) string {
	switch e.Kind {
	case sdk.KindRateLimit:
		return "too many requests"
	case sdk.KindOverloaded:
		return "overloaded"
	case sdk.KindService:
		return "a fault in the service"
	case sdk.KindUnauthenticated:
		return "the login was refused"
	}
	return message(e)
}
