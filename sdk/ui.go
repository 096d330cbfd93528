package sdk

import (
	"context"
	"time"
)

// UI is how a provider talks to the person who signs in. The host implements
// it: on a terminal, in the chat, or as a refusal where there is nobody.
//
// Text given to a UI is shown as text: the host removes control sequences. All
// methods block until the person has answered, return the context's error when
// it is cancelled, and an error of [KindCannotAsk] when there is nobody to ask.
// A provider calls them one at a time.
type UI interface {
	// Tell shows a line of text. It never fails for want of a terminal.
	Tell(ctx context.Context, text string) error

	// ShowCode shows where to sign in and which code to enter there, until the
	// next call on the UI or the end of the sign-in. The host may open a
	// browser and draw a QR code.
	ShowCode(ctx context.Context, code DeviceCode) error

	// Ask asks for one value.
	Ask(ctx context.Context, q Question) (string, error)

	// Choose asks to pick one of the options and returns its ID.
	Choose(ctx context.Context, c Choice) (string, error)

	// Confirm asks a question that is answered by yes or no.
	Confirm(ctx context.Context, q Question) (bool, error)

	// Wait says what the provider waits for from now on; an empty text ends
	// that. It returns at once.
	Wait(ctx context.Context, text string) error
}

// DeviceCode is what a person needs to approve a sign-in on another device
// (RFC 8628 section 3.3).
type DeviceCode struct {
	URL         string    // where to go
	CompleteURL string    // the same with the code in it; may be empty
	Code        string    // what to compare or to enter there
	Expires     time.Time // when it is too late
}

// A Question asks for one value. Its ID is stable, so that a host can answer it
// from a flag, a variable or standard input without asking; [QuestionKey] and
// its siblings name the common ones.
type Question struct {
	ID          string
	Label       string // "API key"
	Help        string // one line on where to find it; may be empty
	Placeholder string // an example, never taken as the answer
	Default     string // taken when the person just presses Enter
	Secret      bool   // do not show what is typed
	Optional    bool   // an empty answer is an answer
}

// IDs of common questions.
const (
	QuestionKey      = "api-key"
	QuestionEndpoint = "endpoint"
	QuestionRegion   = "region"
	QuestionModel    = "model"
)

// A Choice asks to pick one of several options.
type Choice struct {
	ID      string
	Label   string
	Options []Option
	Default string // ID of the option selected at first; may be empty
}

// An Option is one answer to a [Choice].
type Option struct {
	ID    string
	Label string
	Note  string // shown dim beside the label; may be empty
}
