package sdktest

import (
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// A Fake is a provider that does as it is told and remembers what it was asked.
// The zero value works: it is called "fake", signs in by asking for a key, gives
// every credential back and answers "Hello.". Set its fields before its first
// use; its methods may be called at any time.
type Fake struct {
	// Description is what Describe returns; nil for [FakeDescription].
	Description *sdk.Description

	// The functions below stand for the methods of their names; nil for what is
	// said above.
	OnDescribe func(context.Context) (*sdk.Description, error)
	OnLogin    func(context.Context, *sdk.LoginRequest, sdk.UI) (*sdk.Credential, error)
	OnToken    func(context.Context, *sdk.TokenRequest) (*sdk.Credential, error)
	OnModels   func(context.Context, *sdk.ModelsRequest) ([]sdk.Model, error)
	OnRevoke   func(context.Context, *sdk.RevokeRequest) error

	mu      sync.Mutex
	answers [][]Step
	calls   Calls
}

var (
	_ sdk.Provider    = (*Fake)(nil)
	_ sdk.ModelLister = (*Fake)(nil)
	_ sdk.Revoker     = (*Fake)(nil)
)

// Calls are the requests that a [Fake] got, in the order of their arrival.
type Calls struct {
	Logins  []*sdk.LoginRequest
	Tokens  []*sdk.TokenRequest
	Chats   []*sdk.ChatRequest
	Models  []*sdk.ModelsRequest
	Revokes []*sdk.RevokeRequest
}

// FakeDescription returns a description that fills in little more than it must.
func FakeDescription() *sdk.Description {
	return &sdk.Description{
		Name:            "fake",
		DisplayName:     "Fake",
		Summary:         "a provider for tests",
		Version:         "1.0.0",
		Capabilities:    []string{sdk.CapabilityModels, sdk.CapabilityRevoke},
		LoginMethods:    []sdk.LoginMethod{{ID: "api-key", Label: "API key"}},
		CredentialEnv:   []string{"FAKE_API_KEY"},
		KeyPrefixes:     []string{"fk-"},
		DefaultEndpoint: "https://fake.invalid/v1",
		DefaultModel:    "fake-1",
		Models:          []sdk.Model{{ID: "fake-1"}},
	}
}

// Answer adds an answer to the script: the first Chat gets the first answer, and
// so on; the last answer stays. An answer whose steps come to their end without
// [Finish], [Fail] or alike ends there, against the rules of [sdk.Event].
func (f *Fake) Answer(steps ...Step) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers = append(f.answers, steps)
}

// Calls returns the requests so far.
func (f *Fake) Calls() Calls {
	f.mu.Lock()
	defer f.mu.Unlock()
	return Calls{
		Logins:  slices.Clone(f.calls.Logins),
		Tokens:  slices.Clone(f.calls.Tokens),
		Chats:   slices.Clone(f.calls.Chats),
		Models:  slices.Clone(f.calls.Models),
		Revokes: slices.Clone(f.calls.Revokes),
	}
}

// record runs f with the list of calls.
func (f *Fake) record(add func(*Calls)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	add(&f.calls)
}

// Describe implements [sdk.Provider].
func (f *Fake) Describe(ctx context.Context) (*sdk.Description, error) {
	switch {
	case f.OnDescribe != nil:
		return f.OnDescribe(ctx)
	case f.Description != nil:
		return f.Description, nil
	}
	return FakeDescription(), nil
}

// Login implements [sdk.Provider].
func (f *Fake) Login(ctx context.Context, req *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
	f.record(func(c *Calls) { c.Logins = append(c.Logins, req) })
	if f.OnLogin != nil {
		return f.OnLogin(ctx, req, ui)
	}
	key, err := ui.Ask(ctx, sdk.Question{ID: sdk.QuestionKey, Label: "API key", Secret: true})
	if err != nil {
		return nil, err
	}
	return &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: sdk.Secret(key)}, nil
}

// Token implements [sdk.Provider].
func (f *Fake) Token(ctx context.Context, req *sdk.TokenRequest) (*sdk.Credential, error) {
	f.record(func(c *Calls) { c.Tokens = append(c.Tokens, req) })
	if f.OnToken != nil {
		return f.OnToken(ctx, req)
	}
	if req.Connection.Credential == nil {
		return nil, sdk.Errorf(sdk.KindUnauthenticated, "no credential")
	}
	return req.Connection.Credential.Clone(), nil
}

// Models implements [sdk.ModelLister].
func (f *Fake) Models(ctx context.Context, req *sdk.ModelsRequest) ([]sdk.Model, error) {
	f.record(func(c *Calls) { c.Models = append(c.Models, req) })
	if f.OnModels != nil {
		return f.OnModels(ctx, req)
	}
	return []sdk.Model{{ID: "fake-1"}}, nil
}

// Revoke implements [sdk.Revoker].
func (f *Fake) Revoke(ctx context.Context, req *sdk.RevokeRequest) error {
	f.record(func(c *Calls) { c.Revokes = append(c.Revokes, req) })
	if f.OnRevoke != nil {
		return f.OnRevoke(ctx, req)
	}
	return nil
}

// Chat implements [sdk.Provider].
func (f *Fake) Chat(ctx context.Context, req *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		f.record(func(c *Calls) { c.Chats = append(c.Chats, req) })
		s := sdk.NewStream(yield)
		for _, step := range f.next() {
			if !step(ctx, s) {
				return
			}
		}
	}
}

// next returns the steps of the next answer.
func (f *Fake) next() []Step {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.answers) == 0 {
		return []Step{Say("Hello."), Finish(sdk.FinishStop)}
	}
	steps := f.answers[0]
	if len(f.answers) > 1 {
		f.answers = f.answers[1:]
	}
	return steps
}

// A Step is one thing that a [Fake] does on its way through an answer. It returns
// false when the answer is over.
type Step func(context.Context, *sdk.Stream) bool

// Say adds text to the answer, a delta for each piece.
func Say(pieces ...string) Step {
	return func(_ context.Context, s *sdk.Stream) bool { return all(pieces, s.Text) }
}

// Think adds reasoning, a delta for each piece.
func Think(pieces ...string) Step {
	return func(_ context.Context, s *sdk.Stream) bool { return all(pieces, s.Reasoning) }
}

func all[T any](list []T, do func(T) bool) bool {
	for _, v := range list {
		if !do(v) {
			return false
		}
	}
	return true
}

// Call adds a tool call, with a delta for each piece of its arguments.
func Call(id, name string, arguments ...string) Step {
	return func(_ context.Context, s *sdk.Stream) bool {
		return s.StartToolCall(id, id, name) &&
			all(arguments, func(piece string) bool { return s.ToolArguments(id, piece) })
	}
}

// Emit yields events as they are, even if they break the rules.
func Emit(events ...sdk.Event) Step {
	return func(_ context.Context, s *sdk.Stream) bool { return all(events, s.Emit) }
}

// Finish closes what is open and ends the answer.
func Finish(reason sdk.FinishReason) Step {
	return func(_ context.Context, s *sdk.Stream) bool {
		s.Finish(&sdk.Finished{Reason: reason, RawReason: string(reason)})
		return false
	}
}

// Fail ends the answer with an error.
func Fail(err error) Step {
	return func(_ context.Context, s *sdk.Stream) bool {
		s.Fail(err)
		return false
	}
}

// Panic panics with v.
func Panic(v any) Step {
	return func(context.Context, *sdk.Stream) bool { panic(v) }
}

// Pause waits for d, or until the call is cancelled, which ends the answer.
func Pause(d time.Duration) Step {
	return func(ctx context.Context, s *sdk.Stream) bool {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
			return true
		case <-ctx.Done():
			s.Fail(ctx.Err())
			return false
		}
	}
}

// Until waits until c is closed or gives a value, or until the call is cancelled,
// which ends the answer.
func Until(c <-chan struct{}) Step {
	return func(ctx context.Context, s *sdk.Stream) bool {
		select {
		case <-c:
			return true
		case <-ctx.Done():
			s.Fail(ctx.Err())
			return false
		}
	}
}

// Block waits until the call is cancelled, which ends the answer.
func Block() Step { return Until(nil) }
