package sdktest

import (
	"context"
	"slices"
	"sync"

	"github.com/qwen-cli/qwen/sdk"
)

// A UI is a person who answers from a list and remembers what there was to see.
// The zero value refuses every question that has no default.
type UI struct {
	// Answers has the answers by [sdk.Question.ID] and [sdk.Choice.ID]; "yes"
	// confirms.
	Answers map[string]string

	// Nobody makes a UI of a host without a person, such as a script's: what
	// has to be answered or read by somebody gives an error of
	// [sdk.KindCannotAsk].
	Nobody bool

	// Silent makes a person who never answers: questions wait until their
	// context ends.
	Silent bool

	// OnShow, if set, is called with each thing that is shown, before it is
	// answered.
	OnShow func(Shown)

	mu    sync.Mutex
	shown []Shown
}

var _ sdk.UI = (*UI)(nil)

// Shown is one call on a [UI]. Method is the name of the method; of the other
// fields, those that it has are set.
type Shown struct {
	Method   string
	Text     string
	Code     sdk.DeviceCode
	Question sdk.Question
	Choice   sdk.Choice
	Answer   string // what was answered
}

// Shown returns the calls so far.
func (u *UI) Shown() []Shown {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.shown)
}

func (u *UI) show(s Shown) {
	u.mu.Lock()
	u.shown = append(u.shown, s)
	u.mu.Unlock()
	if u.OnShow != nil {
		u.OnShow(s)
	}
}

// answer shows s and returns the answer to it.
func (u *UI) answer(ctx context.Context, s Shown, id, fallback string, optional bool) (string, error) {
	v, known := u.Answers[id]
	if !known {
		v = fallback
	}
	s.Answer = v
	u.show(s)
	switch {
	case u.Silent:
		<-ctx.Done()
		return "", ctx.Err()
	case ctx.Err() != nil:
		return "", ctx.Err()
	case u.Nobody || !known && v == "" && !optional:
		return "", cannotAsk(id)
	}
	return v, nil
}

func cannotAsk(id string) error {
	return sdk.Errorf(sdk.KindCannotAsk, "there is nobody to ask for %q", id).
		WithHint("Say it beforehand, or sign in on a terminal.")
}

// Tell implements [sdk.UI].
func (u *UI) Tell(ctx context.Context, text string) error {
	u.show(Shown{Method: "Tell", Text: text})
	return ctx.Err()
}

// Wait implements [sdk.UI].
func (u *UI) Wait(ctx context.Context, text string) error {
	u.show(Shown{Method: "Wait", Text: text})
	return ctx.Err()
}

// ShowCode implements [sdk.UI].
func (u *UI) ShowCode(ctx context.Context, code sdk.DeviceCode) error {
	u.show(Shown{Method: "ShowCode", Code: code})
	if u.Nobody {
		return cannotAsk("code")
	}
	return ctx.Err()
}

// Ask implements [sdk.UI].
func (u *UI) Ask(ctx context.Context, q sdk.Question) (string, error) {
	return u.answer(ctx, Shown{Method: "Ask", Question: q}, q.ID, q.Default, q.Optional)
}

// Choose implements [sdk.UI].
func (u *UI) Choose(ctx context.Context, c sdk.Choice) (string, error) {
	return u.answer(ctx, Shown{Method: "Choose", Choice: c}, c.ID, c.Default, false)
}

// Confirm implements [sdk.UI].
func (u *UI) Confirm(ctx context.Context, q sdk.Question) (bool, error) {
	v, err := u.answer(ctx, Shown{Method: "Confirm", Question: q}, q.ID, q.Default, q.Optional)
	return v == "yes", err
}
