package wire

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

// mutePerson answers every question with nothing.
type mutePerson struct{}

func (mutePerson) Tell(context.Context, string) error                  { return nil }
func (mutePerson) ShowCode(context.Context, sdk.DeviceCode) error      { return nil }
func (mutePerson) Ask(context.Context, sdk.Question) (string, error)   { return "", nil }
func (mutePerson) Choose(context.Context, sdk.Choice) (string, error)  { return "", nil }
func (mutePerson) Confirm(context.Context, sdk.Question) (bool, error) { return false, nil }
func (mutePerson) Wait(context.Context, string) error                  { return nil }

// person keeps what it was shown, and answers as it is told to.
type person struct {
	seen []any
	ask  func(context.Context, sdk.Question) (string, error)
}

func (p *person) Tell(_ context.Context, s string) error {
	p.seen = append(p.seen, "tell "+s)
	return nil
}
func (p *person) Wait(_ context.Context, s string) error {
	p.seen = append(p.seen, "wait "+s)
	return nil
}
func (p *person) ShowCode(_ context.Context, c sdk.DeviceCode) error {
	p.seen = append(p.seen, c)
	return nil
}
func (p *person) Ask(ctx context.Context, q sdk.Question) (string, error) {
	p.seen = append(p.seen, q)
	return p.ask(ctx, q)
}
func (p *person) Choose(_ context.Context, c sdk.Choice) (string, error) {
	p.seen = append(p.seen, c)
	return c.Options[1].ID, nil
}
func (p *person) Confirm(_ context.Context, q sdk.Question) (bool, error) {
	p.seen = append(p.seen, q)
	return true, nil
}

func answerWith(v string, err error) func(context.Context, sdk.Question) (string, error) {
	return func(context.Context, sdk.Question) (string, error) { return v, err }
}

func TestLoginDialogue(t *testing.T) {
	code := sdk.DeviceCode{URL: "https://x", CompleteURL: "https://x?c", Code: "AB-CD", Expires: time.Unix(1_800_000_000, 0).UTC()}
	key := sdk.Question{ID: sdk.QuestionKey, Label: "API key", Help: "h", Placeholder: "sk-", Default: "d", Secret: true, Optional: true}
	region := sdk.Choice{ID: sdk.QuestionRegion, Label: "Region", Options: []sdk.Option{{ID: "cn"}, {ID: "intl", Label: "l", Note: "n"}}, Default: "cn"}
	sure := sdk.Question{ID: "sure"}
	login := func(ctx context.Context, r *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
		if err := errors.Join(ui.Tell(ctx, "hello"), ui.ShowCode(ctx, code), ui.Wait(ctx, "for you")); err != nil {
			return nil, err
		}
		secret, err := ui.Ask(ctx, key)
		if err != nil {
			return nil, err
		}
		account, err := ui.Choose(ctx, region)
		if err != nil {
			return nil, err
		}
		yes, err := ui.Confirm(ctx, sure)
		if err != nil || !yes {
			return nil, errors.Join(err, errors.New("not sure"))
		}
		return &sdk.Credential{Secret: sdk.Secret(secret), Account: account, Scope: r.Method, Endpoint: r.Connection.Endpoint}, nil
	}
	p := &person{ask: answerWith("k", nil)}
	got, err := pair(t, &stub{login: login}).
		Login(t.Context(), &sdk.LoginRequest{Method: "m", Connection: sdk.Connection{Endpoint: "e"}}, p)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&sdk.Credential{Secret: "k", Account: "intl", Scope: "m", Endpoint: "e"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]any{"tell hello", code, "wait for you", key, region, sure}, p.seen); diff != "" {
		t.Errorf("what the person saw (-want +got):\n%s", diff)
	}
}

// askKey is the Login of a provider that asks once and returns errors as they are.
func askKey(ctx context.Context, _ *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
	v, err := ui.Ask(ctx, sdk.Question{ID: sdk.QuestionKey})
	if err != nil {
		return nil, err
	}
	return &sdk.Credential{Secret: sdk.Secret(v)}, nil
}

func TestRefusalCrossesTwice(t *testing.T) {
	refusal := sdk.Errorf(sdk.KindCannotAsk, "there is no terminal").WithHint("Set QWEN_KEY.")
	_, err := pair(t, &stub{login: askKey}).Login(t.Context(), &sdk.LoginRequest{}, &person{ask: answerWith("", refusal)})
	var got *sdk.Error
	if !errors.As(err, &got) || got.Kind != sdk.KindCannotAsk || got.Hint != refusal.Hint || got.Message != refusal.Message {
		t.Errorf("err = %#v, want the refusal", err)
	}
}

func TestPersonGivesUp(t *testing.T) {
	_, err := pair(t, &stub{login: askKey}).
		Login(t.Context(), &sdk.LoginRequest{}, &person{ask: answerWith("", context.Canceled)})
	if !errors.Is(err, context.Canceled) || sdk.KindOf(err) != sdk.KindCanceled {
		t.Errorf("err = %#v, want canceled", err)
	}
}

func TestLoginCancelReachesBothSides(t *testing.T) {
	providerSaw := make(chan error, 1)
	login := func(ctx context.Context, _ *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
		_, err := ui.Ask(ctx, sdk.Question{})
		<-ctx.Done()
		providerSaw <- ctx.Err()
		return nil, err
	}
	ctx, cancel := context.WithCancel(t.Context())
	p := &person{ask: func(ctx context.Context, _ sdk.Question) (string, error) {
		cancel()
		<-ctx.Done() // the question's own context ends too
		return "", ctx.Err()
	}}
	_, err := pair(t, &stub{login: login}).Login(ctx, &sdk.LoginRequest{}, p)
	if sdk.KindOf(err) != sdk.KindCanceled {
		t.Errorf("err = %v", err)
	}
	if err := <-providerSaw; !errors.Is(err, context.Canceled) {
		t.Errorf("the provider saw %v", err)
	}
}

// A provider that waits for a browser and for a pasted code takes what comes
// first, and gives the other question up.
func TestAbandonedQuestion(t *testing.T) {
	asked := make(chan struct{})
	login := func(ctx context.Context, _ *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
		askCtx, cancel := context.WithCancel(ctx)
		go func() { <-asked; cancel() }()
		if _, err := ui.Ask(askCtx, sdk.Question{ID: "code"}); !errors.Is(err, context.Canceled) {
			t.Errorf("Ask = %v, want canceled", err)
		}
		v, err := ui.Ask(ctx, sdk.Question{ID: "name"})
		return &sdk.Credential{Account: v}, err
	}
	p := &person{ask: func(ctx context.Context, q sdk.Question) (string, error) {
		if q.ID == "name" {
			return "Ann", nil
		}
		close(asked)
		<-ctx.Done()
		return "too late", nil
	}}
	c, err := pair(t, &stub{login: login}).Login(t.Context(), &sdk.LoginRequest{}, p)
	if err != nil || c.Account != "Ann" {
		t.Errorf("Login = %v, %v", c, err)
	}
}

func TestLoginPanic(t *testing.T) {
	login := func(context.Context, *sdk.LoginRequest, sdk.UI) (*sdk.Credential, error) { panic("oh no") }
	var log strings.Builder
	_, err := pair(t, &stub{login: login}, PanicsTo(&log)).Login(t.Context(), &sdk.LoginRequest{}, mutePerson{})
	if sdk.KindOf(err) != sdk.KindInternal {
		t.Errorf("err = %v", err)
	}
}

// oddPlugin answers a sign-in with messages of its own making.
type oddPlugin struct {
	pb.UnimplementedLoginServiceServer
	send   []*pb.LoginResponse
	answer chan *pb.LoginAnswer
}

func (o *oddPlugin) Login(stream loginStream) error {
	if _, err := stream.Recv(); err != nil {
		return err
	}
	for _, m := range o.send {
		if err := stream.Send(m); err != nil {
			return err
		}
		r, err := stream.Recv()
		if err != nil {
			return err
		}
		o.answer <- r.GetAnswer()
	}
	return nil
}

func TestUnknownQuestionIsRefused(t *testing.T) {
	o := &oddPlugin{send: []*pb.LoginResponse{{Question: 7}}, answer: make(chan *pb.LoginAnswer, 1)}
	_, conn := dial(t, func(s *grpc.Server) { pb.RegisterLoginServiceServer(s, o) })
	_, err := NewClient(conn).Login(t.Context(), &sdk.LoginRequest{}, mutePerson{})
	a := <-o.answer
	if a.GetQuestion() != 7 || sdkError(a.GetError()).Kind != sdk.KindUnsupported {
		t.Errorf("answer = %v, want a refusal of question 7", a)
	}
	if sdk.KindOf(err) != sdk.KindProtocol { // it ended without a result
		t.Errorf("err = %v", err)
	}
}
