package chat

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/retry"
	"github.com/qwen-cli/qwen/sdk"
)

// Options say what a turn sends, to whom, and how long it waits.
type Options struct {
	Provider sdk.Provider

	// Request is sent as it is, but for opaque data of other issuers (see
	// [Result.Withheld]). It is not modified.
	Request *sdk.ChatRequest

	// Origin says where the request goes: the provider's name, the endpoint with
	// defaults resolved, and the model asked for. It becomes the origin of the
	// answer, with the model that answered.
	Origin sdk.Origin

	// FirstByteTimeout bounds each wait for a sign of life until the answer begins,
	// IdleTimeout each one after that; any event is one, heartbeats too, but with
	// these an answer has not begun. Only time spent waiting for the provider counts.
	// 0: no limit.
	FirstByteTimeout time.Duration
	IdleTimeout      time.Duration

	// Refresh returns a credential to try in place of one that the service
	// refused, or an error that says why there is none. nil: a refused
	// credential is an error at once.
	Refresh func(ctx context.Context, refused *sdk.Credential) (*sdk.Credential, error)

	// Retry says how often and for how long a request that failed before anything
	// of an answer came is sent again; the zero value: never.
	Retry retry.Policy

	// Retrying is told of every request after the first, before the wait for it.
	// An error that it returns ends the turn. nil: nobody is told.
	Retrying func(Retry) error

	// Allow is asked before each request. An error of it ends the turn, as it is: nothing
	// was sent. After a failure that could have been tried again, the turn ends with that
	// one, and says why it was not. nil: all are allowed.
	Allow func(ctx context.Context, req *sdk.ChatRequest) error

	// Arrived is told of each event of an answer when it has been passed on. An error of
	// it ends the answer, as it is. nil: nobody is told.
	Arrived func(sdk.Event) error

	// Pace returns when a request may be sent, so that the rate of the service is kept
	// rather than run into; before it waits it announces until when. It is called before
	// each request. nil: at once.
	Pace func(ctx context.Context, announce func(Pause) error) error

	// Pausing is told of each such wait. An error that it returns ends the turn. nil:
	// nobody is told.
	Pausing func(Pause) error

	// Fallback returns how to ask over another connection, after all that could be done
	// over this one has failed in a way that need not be so elsewhere, and before
	// anything of an answer came: the options of the turn from then on. Whoever it is
	// that answers is the origin of the result. nil, or a result of nil: nobody else is
	// asked. An error that it returns ends the turn.
	Fallback func(ctx context.Context, failed *sdk.Error) (*Options, error)

	// Heard is called when the first sign of life of an attempt arrives: the service
	// has the request. nil: nobody is told.
	Heard func()

	// Sent is told of every request when it is over, also of one that failed or was
	// cancelled. nil: nobody is told.
	Sent func(Attempt)
}

// A Turn is one question and its answer. It can be run once.
type Turn struct {
	opts     Options
	begun    time.Time
	schedule *retry.Schedule
	since    time.Time   // the first request over the connection in use
	sent     int         // requests over the connection in use
	retries  int         // requests sent again after a failure
	renewed  bool        // a fresh credential was asked for
	barred   bool        // no further request is allowed
	shown    bool        // something of the answer was passed on
	held     []sdk.Event // what comes before the answer, until it is known to come
	answer   answer
	result   Result
}

// NewTurn returns a turn that has not been sent.
func NewTurn(opts Options) *Turn { return &Turn{opts: opts} }

// Events sends the request and yields the answer as it arrives: events that keep
// the rules of [sdk.Event], ended by [*sdk.Finished] or by an error of type
// [*sdk.Error]. Leaving the loop early cancels the request.
func (t *Turn) Events(ctx context.Context) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		t.begin()
		err := t.run(ctx, func(e sdk.Event) bool { return yield(e, nil) })
		t.close(err)
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

// begin begins the time within which the request may be sent over a connection.
func (t *Turn) begin() {
	t.since, t.sent = time.Now(), 0
	t.schedule = t.opts.Retry.Begin(t.since)
	if t.result.Attempts == 0 {
		t.begun = t.since
	}
}

// errStopped says that the consumer left the loop.
var errStopped = errors.New("nobody reads the rest of the answer")

// run asks, over one connection after the other.
func (t *Turn) run(ctx context.Context, show func(sdk.Event) bool) error {
	for {
		err := t.ask(ctx, show)
		if err == nil || errors.Is(err, errStopped) {
			return err
		}
		again, err := t.elsewhere(ctx, sdk.AsError(err))
		if !again {
			t.release(show) // tokens may have been counted
			return err
		}
	}
}

// ask sends the request over one connection, and again for as long as that may help.
func (t *Turn) ask(ctx context.Context, show func(sdk.Event) bool) error {
	req, withheld := withholdOpaque(t.opts.Request, t.opts.Origin)
	t.result.Withheld = withheld
	if err := t.allow(ctx, req); err != nil {
		return err
	}
	for {
		err := t.attempt(ctx, req, show)
		if err == nil || errors.Is(err, errStopped) {
			return err
		}
		req, err = t.next(ctx, req, sdk.AsError(err))
		if err != nil {
			return err
		}
	}
}

// attempt sends req, passes on the answer's events, and tells that it was sent.
func (t *Turn) attempt(ctx context.Context, req *sdk.ChatRequest, show func(sdk.Event) bool) error {
	if err := t.pace(ctx); err != nil {
		return err
	}
	began := time.Now()
	err := t.send(ctx, req, show)
	if t.opts.Sent != nil {
		t.opts.Sent(t.attempted(began, err))
	}
	return err
}

// send sends req and passes on the answer's events.
func (t *Turn) send(ctx context.Context, req *sdk.ChatRequest, show func(sdk.Event) bool) error {
	t.result.Attempts++
	t.sent++
	t.result.Started, t.result.Usage, t.held = sdk.Started{}, nil, nil
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w := newWatch(cancel)
	defer w.stop()

	w.wait(t.opts.FirstByteTimeout)
	for e, err := range sdk.CheckStream(t.opts.Provider.Chat(ctx, req)) {
		w.stop()
		if err != nil {
			return t.explain(t.cause(ctx, w, err))
		}
		t.hear(w, e)
		if !t.pass(e, show) {
			return errStopped
		}
		if err := t.arrived(e); err != nil {
			return err
		}
		if _, ok := e.(*sdk.Finished); ok {
			return nil
		}
		w.wait(t.patience(w))
	}
	return nil // not reached: CheckStream ends with Finished or with an error
}

// hear notes a sign of life, and whether it is one of an answer.
func (t *Turn) hear(w *watch, e sdk.Event) {
	if !w.heard && t.opts.Heard != nil {
		t.opts.Heard()
	}
	w.heard = true
	if _, ok := e.(*sdk.Heartbeat); !ok {
		w.answered = true
	}
}

// patience returns how long the next sign of life may take: while the model has not
// begun to answer, as long as the first one, for it may think in silence.
func (t *Turn) patience(w *watch) time.Duration {
	if !w.answered {
		return t.opts.FirstByteTimeout
	}
	return t.opts.IdleTimeout
}

// pass records e and shows it, unless a first attempt has shown the same warning
// already. It reports whether to go on.
func (t *Turn) pass(e sdk.Event, show func(sdk.Event) bool) bool {
	t.result.Timing.event(e, time.Since(t.begun))
	switch e := e.(type) {
	case *sdk.Heartbeat:
		return show(e)
	case *sdk.Warning:
		if slices.Contains(t.result.Warnings, *e) {
			return true
		}
		t.result.Warnings = append(t.result.Warnings, *e)
		return show(e)
	case *sdk.Started:
		t.result.Started = *e
		return t.hold(e, show)
	case *sdk.UsageReported:
		t.result.Usage = &e.Usage
		return t.hold(e, show)
	case *sdk.Finished:
		t.result.Finish = e
	default:
		t.answer.add(e)
	}
	t.shown = true
	return t.release(show) && show(e)
}

// hold keeps back an event that says nothing to a person as long as the answer may
// still have to be asked for again: an answer starts once.
func (t *Turn) hold(e sdk.Event, show func(sdk.Event) bool) bool {
	if t.shown {
		return show(e)
	}
	t.held = append(t.held, e)
	return true
}

// release shows what was held back.
func (t *Turn) release(show func(sdk.Event) bool) bool {
	held := t.held
	t.held = nil
	for _, e := range held {
		if !show(e) {
			return false
		}
	}
	return true
}

// cause returns what was really behind err: a provider whose context is cancelled
// returns some error of its own.
func (t *Turn) cause(ctx context.Context, w *watch, err error) error {
	cause := context.Cause(ctx)
	var known *sdk.Error
	switch {
	case cause == nil:
		return err
	case errors.Is(cause, silence{}):
		return w.timeout(&t.answer)
	case errors.As(cause, &known):
		return known
	case errors.Is(cause, context.DeadlineExceeded):
		return &sdk.Error{Kind: sdk.KindTimeout, Message: "the time allowed for the answer is over", Err: cause}
	}
	return &sdk.Error{Kind: sdk.KindCanceled, Message: "canceled", Err: cause}
}

// explain completes an error with what the turn knows: who failed (nobody, if it
// was cancelled), and the request's identifier.
func (t *Turn) explain(err error) *sdk.Error {
	e := *sdk.AsError(err)
	if e.Provider == "" && e.Kind != sdk.KindCanceled {
		e.Provider = t.opts.Origin.Provider
	}
	if e.RequestID == "" {
		e.RequestID = t.result.Started.RequestID
	}
	return &e
}

// close completes the result.
func (t *Turn) close(err error) {
	r := &t.result
	r.Timing.Total = time.Since(t.begun)
	r.Err = err
	if errors.Is(err, errStopped) {
		r.Err = sdk.Errorf(sdk.KindCanceled, "%w", err)
	}
	origin := t.opts.Origin
	if r.Started.Model != "" {
		origin.Model = r.Started.Model
	}
	r.Message = sdk.Message{
		Role:   sdk.RoleAssistant,
		ID:     r.Started.ResponseID,
		Parts:  t.answer.parts(),
		Origin: &origin,
	}
}

// Result returns what is known of the answer, also when it ended with an error.
// Call it when the loop over [Turn.Events] is over.
func (t *Turn) Result() *Result { return &t.result }
