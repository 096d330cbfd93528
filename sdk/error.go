package sdk

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrorKind classifies a failure by what can be done about it. The set is open.
type ErrorKind string

// The kinds of error.
const (
	KindUnauthenticated ErrorKind = "unauthenticated" // no credential, or the service refused it
	KindPermission      ErrorKind = "permission"      // known, but not allowed to do this
	KindQuota           ErrorKind = "quota"           // a plan's allowance is used up
	KindRateLimit       ErrorKind = "rate_limit"      // too fast; the same request succeeds later
	KindOverloaded      ErrorKind = "overloaded"      // the service has no capacity now
	KindInvalidRequest  ErrorKind = "invalid_request" // the service did not accept the request
	KindContextLength   ErrorKind = "context_length"  // the conversation is too long for the model
	KindContentFilter   ErrorKind = "content_filter"  // the service refused the content
	KindNotFound        ErrorKind = "not_found"       // no such model or path
	KindUnsupported     ErrorKind = "unsupported"     // this provider cannot do that
	KindService         ErrorKind = "service"         // fault inside the service (HTTP 5xx)
	KindNetwork         ErrorKind = "network"         // the service was not reached
	KindTimeout         ErrorKind = "timeout"         // it was reached but did not answer in time
	KindProtocol        ErrorKind = "protocol"        // its answer made no sense
	KindIncomplete      ErrorKind = "incomplete"      // its answer broke off before its end
	KindConfig          ErrorKind = "config"          // a setting is missing or wrong
	KindCannotAsk       ErrorKind = "cannot_ask"      // the host has nobody to ask
	KindCanceled        ErrorKind = "canceled"        // the user or the host gave up
	KindPlugin          ErrorKind = "plugin"          // the plugin process failed; the host makes these
	KindInternal        ErrorKind = "internal"        // none of the above
)

// An Error says what failed, who failed and what to do next, in a form that
// survives the process boundary. It never holds what was sent: no key, no
// header, no prompt.
type Error struct {
	Kind ErrorKind

	// Message is one sentence, lower case, without a final period: what was
	// wrong. It need not repeat Provider or Host.
	Message string

	// Hint is the next step for the person, as a sentence of its own; may be
	// empty.
	Hint string

	// Provider and Host say who failed. The host program fills in Provider.
	Provider string
	Host     string // host[:port] of the endpoint

	// Status is the HTTP status, 0 if there was none. Code and RequestID are
	// the service's own words.
	Status    int
	Code      string
	RequestID string

	// Field is the request field that the service objected to; may be empty.
	Field string

	// Retryable says that the same request may succeed if it is sent again,
	// not before RetryAfter (0: not said).
	Retryable  bool
	RetryAfter time.Duration

	// Err is the cause, for errors.Is and errors.As. It does not cross the
	// process boundary.
	Err error
}

// Error returns provider, host and message on one line, without the hint.
func (e *Error) Error() string {
	s := e.Message
	if s == "" {
		s = string(e.Kind)
	}
	if e.Host != "" {
		s = e.Host + ": " + s
	}
	if e.Provider != "" {
		s = e.Provider + ": " + s
	}
	return s
}

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }

// Errorf returns an error of the given kind. It understands %w.
func Errorf(kind ErrorKind, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Message: err.Error(), Err: errors.Unwrap(err)}
}

// WithHint sets e.Hint and returns e.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// KindOf returns the kind of err: that of the first [*Error] in its tree,
// [KindCanceled] for a cancelled context, [KindTimeout] for an exceeded
// deadline, else [KindInternal]. It returns "" for nil.
func KindOf(err error) ErrorKind {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Kind
	case errors.Is(err, context.Canceled):
		return KindCanceled
	case errors.Is(err, context.DeadlineExceeded):
		return KindTimeout
	}
	return KindInternal
}

// AsError returns err as an [*Error]: the one in its tree, or a new one that
// wraps it with the kind that [KindOf] gives. It returns nil for nil.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Kind: KindOf(err), Message: err.Error(), Err: err}
}
