package chat

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/qwen-cli/qwen/sdk"
)

// allowing returns what allows so many requests.
func allowing(n int) func(context.Context, *sdk.ChatRequest) error {
	return func(context.Context, *sdk.ChatRequest) error {
		if n--; n < 0 {
			e := &sdk.Error{Kind: "budget", Message: "the budget is used up"}
			return e.WithHint("Allow more.")
		}
		return nil
	}
}

func TestAllow(t *testing.T) {
	elsewhere := func(context.Context, *sdk.Error) (*Options, error) {
		o, _ := other(hello)
		return &o, nil
	}
	for _, c := range []struct {
		name     string
		allowed  int
		scripts  []script
		fallback func(context.Context, *sdk.Error) (*Options, error)
		requests int
		err      string // "" for none
		hint     string
	}{
		{name: "none", scripts: []script{hello}, err: "the budget is used up", hint: "Allow more."},
		{name: "none, nor anywhere else", scripts: []script{hello}, fallback: elsewhere, err: "the budget is used up", hint: "Allow more."},
		{name: "one", allowed: 1, scripts: []script{hello}, requests: 1},
		{name: "one, and it fails", allowed: 1, scripts: []script{fails(overloaded())}, requests: 1, err: "acme: api.acme.example: no capacity",
			hint: "It was not sent again: the budget is used up. Allow more."},
		{name: "one, and it fails, nor anywhere else", allowed: 1, scripts: []script{fails(overloaded())}, fallback: elsewhere, requests: 1, err: "acme: api.acme.example: no capacity",
			hint: "It was not sent again: the budget is used up. Allow more."},
		{name: "one, and the login is refused", allowed: 1, scripts: []script{refuse}, requests: 1, err: "acme: key not accepted",
			hint: "It was not sent again: the budget is used up. Allow more."},
		{name: "two", allowed: 2, scripts: []script{fails(overloaded()), hello}, requests: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				told := 0
				turn, f := answers(Options{
					Retry: patient, Allow: allowing(c.allowed), Fallback: c.fallback,
					Retrying: func(Retry) error { told++; return nil },
					Refresh:  func(context.Context, *sdk.Credential) (*sdk.Credential, error) { return &sdk.Credential{}, nil },
				}, c.scripts...)
				_, err := run(t.Context(), turn)
				if len(f.requests) != c.requests || told != max(c.requests-1, 0) || (err == nil) != (c.err == "") {
					t.Fatalf("%v, %d requests, %d told", err, len(f.requests), told)
				}
				if err != nil && (err.Error() != c.err || sdk.AsError(err).Hint != c.hint) {
					t.Errorf("%v\nhint %s", err, sdk.AsError(err).Hint)
				}
			})
		})
	}
}

// An answer that becomes too much ends, and what arrived is kept.
func TestArrived(t *testing.T) {
	tooMuch := errors.New("too much")
	var got Attempt
	turn, f := answers(Options{
		Arrived: func(e sdk.Event) error {
			if d, ok := e.(*sdk.Delta); ok && d.Text == "Hel" {
				return tooMuch
			}
			return nil
		},
		Sent: func(a Attempt) { got = a },
	}, hello)
	_, err := run(t.Context(), turn)
	if !errors.Is(err, tooMuch) || turn.Result().Message.Text() != "Hel" || f.released != 1 || got.Kind != sdk.KindInternal {
		t.Errorf("%v, %q, %d released, %+v", err, turn.Result().Message.Text(), f.released, got)
	}
}
