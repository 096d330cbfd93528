package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

// stub is a provider of functions; those that are nil fail the call.
type stub struct {
	describe func(context.Context) (*sdk.Description, error)
	login    func(context.Context, *sdk.LoginRequest, sdk.UI) (*sdk.Credential, error)
	token    func(context.Context, *sdk.TokenRequest) (*sdk.Credential, error)
	chat     func(context.Context, *sdk.ChatRequest) iter.Seq2[sdk.Event, error]
}

func (s *stub) Describe(ctx context.Context) (*sdk.Description, error) { return s.describe(ctx) }
func (s *stub) Login(ctx context.Context, r *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
	return s.login(ctx, r, ui)
}
func (s *stub) Token(ctx context.Context, r *sdk.TokenRequest) (*sdk.Credential, error) {
	return s.token(ctx, r)
}
func (s *stub) Chat(ctx context.Context, r *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
	return s.chat(ctx, r)
}

// dial serves what register registers, and returns a connection to it.
func dial(t testing.TB, register func(*grpc.Server)) (*grpc.Server, *grpc.ClientConn) {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	server := grpc.NewServer(grpc.MaxRecvMsgSize(MaxMessageSize))
	register(server)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	conn, err := grpc.NewClient("passthrough:///memory",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		server.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return server, conn
}

func pair(t testing.TB, p sdk.Provider, opts ...Option) *Client {
	t.Helper()
	_, conn := dial(t, func(s *grpc.Server) { Register(s, p, opts...) })
	return NewClient(conn)
}

// yields returns a Chat function that yields the events and then err, if any.
func yields(err error, events ...sdk.Event) func(context.Context, *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
	return func(context.Context, *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
		return func(yield func(sdk.Event, error) bool) {
			for _, e := range events {
				if !yield(e, nil) {
					return
				}
			}
			if err != nil {
				yield(nil, err)
			}
		}
	}
}

// collect reads an answer, joining deltas as the wire may.
func collect(answer iter.Seq2[sdk.Event, error]) (events []sdk.Event, err error) {
	for e, err := range answer {
		if err != nil {
			return events, err
		}
		if d, ok := e.(*sdk.Delta); ok && len(events) > 0 {
			if last, ok := events[len(events)-1].(*sdk.Delta); ok && last.Index == d.Index {
				last.Text += d.Text
				continue
			}
		}
		events = append(events, e)
	}
	return events, nil
}

func TestChatKeepsOrder(t *testing.T) {
	want := []sdk.Event{
		&sdk.Started{Model: "m"},
		&sdk.PartStarted{Index: 0, Kind: sdk.PartReasoning},
		&sdk.Delta{Index: 0, Text: "hm"},
		&sdk.PartStarted{Index: 1, Kind: sdk.PartText},
		&sdk.Delta{Index: 1, Text: "你好"},
		&sdk.Delta{Index: 0, Text: "."},
		&sdk.Heartbeat{},
		&sdk.Delta{Index: 0, Text: ".."},
		&sdk.PartDone{Index: 0, Part: &sdk.Reasoning{Text: "hm..."}},
		&sdk.PartDone{Index: 1, Part: &sdk.Text{Text: "你好"}},
		&sdk.Finished{Reason: "a reason from the future"},
	}
	got, err := collect(pair(t, &stub{chat: yields(nil, want...)}).Chat(t.Context(), &sdk.ChatRequest{}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-sent +received):\n%s", diff)
	}
}

// The provider waits after each delta until it was received: joining must not
// hold one back.
func TestChatDoesNotDelay(t *testing.T) {
	received := make(chan struct{})
	p := &stub{chat: func(ctx context.Context, _ *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
		return func(yield func(sdk.Event, error) bool) {
			s := sdk.NewStream(yield)
			for range 3 {
				s.Text("a")
				select {
				case <-received:
				case <-ctx.Done():
					s.Fail(ctx.Err())
					return
				}
			}
			s.Finish(&sdk.Finished{Reason: sdk.FinishStop})
		}
	}}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for e, err := range pair(t, p).Chat(ctx, &sdk.ChatRequest{}) {
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := e.(*sdk.Delta); ok {
			received <- struct{}{}
		}
	}
}

func TestChatErrorFollowsEvents(t *testing.T) {
	want := &sdk.Error{
		Kind: sdk.KindRateLimit, Message: "slow down", Hint: "Wait.", Host: "h:1", Status: 429, Code: "c",
		RequestID: "r", Field: "f", Retryable: true, RetryAfter: 1500 * time.Millisecond,
	}
	events, err := collect(pair(t, &stub{chat: yields(fmt.Errorf("in chat: %w", want), &sdk.Started{})}).
		Chat(t.Context(), &sdk.ChatRequest{}))
	if len(events) != 1 {
		t.Errorf("events = %v, want the one before the error", events)
	}
	var got *sdk.Error
	if !errors.As(err, &got) {
		t.Fatalf("err = %v, want an *sdk.Error", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-sent +received):\n%s", diff)
	}
}

func TestChatWithoutFinish(t *testing.T) {
	_, err := collect(pair(t, &stub{chat: yields(nil, &sdk.Started{})}).Chat(t.Context(), &sdk.ChatRequest{}))
	if sdk.KindOf(err) != sdk.KindProtocol || !strings.Contains(err.Error(), "finish") {
		t.Errorf("err = %v, want one of KindProtocol that names the finish event", err)
	}
}

// endless yields deltas until its context or its consumer stops it, and says on
// stopped that it has returned.
func endless(stopped chan<- error) *stub {
	return &stub{chat: func(ctx context.Context, _ *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
		return func(yield func(sdk.Event, error) bool) {
			defer func() { stopped <- ctx.Err() }()
			s := sdk.NewStream(yield)
			for s.Text(strings.Repeat("abc ", 1000)) {
			}
		}
	}}
}

func TestLeavingTheLoopStopsTheProvider(t *testing.T) {
	stopped := make(chan error, 1)
	for _, err := range pair(t, endless(stopped)).Chat(t.Context(), &sdk.ChatRequest{}) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if err := <-stopped; !errors.Is(err, context.Canceled) {
		t.Errorf("the provider's context says %v, want canceled", err)
	}
}

func TestCancelReachesTheProvider(t *testing.T) {
	stopped := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	for _, err := range pair(t, endless(stopped)).Chat(ctx, &sdk.ChatRequest{}) {
		cancel()
		last = err
	}
	if !errors.Is(last, context.Canceled) || sdk.KindOf(last) != sdk.KindCanceled {
		t.Errorf("err = %#v, want canceled", last)
	}
	<-stopped
}

func TestDeadline(t *testing.T) {
	p := &stub{token: func(ctx context.Context, _ *sdk.TokenRequest) (*sdk.Credential, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := pair(t, p).Token(ctx, &sdk.TokenRequest{})
	if !errors.Is(err, context.DeadlineExceeded) || sdk.KindOf(err) != sdk.KindTimeout {
		t.Errorf("err = %#v, want deadline exceeded", err)
	}
}

func TestPanicFailsOneCall(t *testing.T) {
	var log strings.Builder
	panics := true
	p := &stub{chat: func(context.Context, *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
		return func(yield func(sdk.Event, error) bool) {
			s := sdk.NewStream(yield)
			s.Text("so far")
			if panics {
				panic("oh no")
			}
			s.Finish(&sdk.Finished{Reason: sdk.FinishStop})
		}
	}}
	c := pair(t, p, PanicsTo(&log))
	events, err := collect(c.Chat(t.Context(), &sdk.ChatRequest{}))
	if sdk.KindOf(err) != sdk.KindInternal || !strings.Contains(err.Error(), "the provider panicked: oh no") {
		t.Errorf("err = %v", err)
	}
	if len(events) != 2 {
		t.Errorf("events = %v, want those before the panic", events)
	}
	if !strings.Contains(log.String(), "adapter_test.go") {
		t.Errorf("the log has no stack: %s", log.String())
	}
	panics = false
	if _, err := collect(c.Chat(t.Context(), &sdk.ChatRequest{})); err != nil {
		t.Errorf("the next call failed: %v", err)
	}
}

func TestPlainErrorIsInternal(t *testing.T) {
	p := &stub{token: func(context.Context, *sdk.TokenRequest) (*sdk.Credential, error) { return nil, errors.New("hm \xff") }}
	_, err := pair(t, p).Token(t.Context(), &sdk.TokenRequest{})
	if sdk.KindOf(err) != sdk.KindInternal || err.Error() != "hm \uFFFD" {
		t.Errorf("err = %#v", err)
	}
}

func TestNothingIsAnError(t *testing.T) {
	c := pair(t, &stub{
		describe: func(context.Context) (*sdk.Description, error) { return nil, nil },
		token:    func(context.Context, *sdk.TokenRequest) (*sdk.Credential, error) { return nil, nil },
		login:    func(context.Context, *sdk.LoginRequest, sdk.UI) (*sdk.Credential, error) { return nil, nil },
	})
	_, describeErr := c.Describe(t.Context())
	_, tokenErr := c.Token(t.Context(), &sdk.TokenRequest{})
	_, loginErr := c.Login(t.Context(), &sdk.LoginRequest{}, mutePerson{})
	for _, err := range []error{describeErr, tokenErr, loginErr} {
		if sdk.KindOf(err) != sdk.KindInternal {
			t.Errorf("err = %v, want one of KindInternal", err)
		}
	}
}

// lister is a stub that can do more.
type lister struct{ *stub }

func (lister) Models(context.Context, *sdk.ModelsRequest) ([]sdk.Model, error) {
	return []sdk.Model{{ID: "m"}}, nil
}

func TestCapabilitiesAreTrue(t *testing.T) {
	d := &sdk.Description{Name: "x", Capabilities: []string{sdk.CapabilityRevoke, "telepathy"}}
	c := pair(t, lister{&stub{describe: func(context.Context) (*sdk.Description, error) { return d, nil }}})
	got, err := c.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{sdk.CapabilityModels, "telepathy"}, got.Capabilities); diff != "" {
		t.Error(diff)
	}
	if len(d.Capabilities) != 2 || d.Capabilities[0] != sdk.CapabilityRevoke {
		t.Errorf("the provider's own description was changed: %v", d.Capabilities)
	}
	if models, err := c.Models(t.Context(), &sdk.ModelsRequest{}); err != nil || len(models) != 1 {
		t.Errorf("Models = %v, %v", models, err)
	}
	if err := c.Revoke(t.Context(), &sdk.RevokeRequest{}); sdk.KindOf(err) != sdk.KindUnsupported {
		t.Errorf("Revoke = %v, want KindUnsupported", err)
	}
}

func TestMissingServiceIsUnsupported(t *testing.T) {
	_, conn := dial(t, func(*grpc.Server) {})
	_, err := NewClient(conn).Token(t.Context(), &sdk.TokenRequest{})
	if sdk.KindOf(err) != sdk.KindUnsupported {
		t.Errorf("err = %v", err)
	}
}

func TestLostConnectionIsThePluginsFault(t *testing.T) {
	stopped := make(chan error, 1)
	server, conn := dial(t, func(s *grpc.Server) { Register(s, endless(stopped)) })
	var last error
	for _, err := range NewClient(conn).Chat(t.Context(), &sdk.ChatRequest{}) {
		if err == nil {
			go server.Stop()
		}
		last = err
	}
	<-stopped
	if sdk.KindOf(last) != sdk.KindPlugin || status.Code(errors.Unwrap(last)) != codes.Unavailable {
		t.Errorf("err = %#v, want KindPlugin around the status", last)
	}
}

func TestErrorKinds(t *testing.T) {
	for _, kind := range []sdk.ErrorKind{
		sdk.KindUnauthenticated, sdk.KindPermission, sdk.KindQuota, sdk.KindRateLimit, sdk.KindOverloaded,
		sdk.KindInvalidRequest, sdk.KindContextLength, sdk.KindContentFilter, sdk.KindNotFound, sdk.KindUnsupported,
		sdk.KindService, sdk.KindNetwork, sdk.KindTimeout, sdk.KindProtocol, sdk.KindIncomplete, sdk.KindConfig,
		sdk.KindCannotAsk, sdk.KindCanceled, sdk.KindPlugin, sdk.KindInternal, "a kind from the future",
	} {
		s := statusOf(&sdk.Error{Kind: kind})
		if code := status.Code(s); code == codes.OK || code == codes.Unknown {
			t.Errorf("%s: code %v", kind, code)
		}
		if got := sdk.KindOf(errorOf(t.Context(), s)); got != kind {
			t.Errorf("%s came back as %s", kind, got)
		}
	}
}

func TestLongErrorIsCut(t *testing.T) {
	s := statusOf(errors.New(strings.Repeat("x", 1<<20)))
	if n := len(s.Error()); n > 2*maxErrorText {
		t.Errorf("%d bytes", n)
	}
}

func TestRegisterNil(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	Register(grpc.NewServer(), nil)
}

// Warming up goes on while the first call begins.
func TestWarmWhileCalling(t *testing.T) {
	p := &stub{chat: func(context.Context, *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
		return func(yield func(sdk.Event, error) bool) { yield(&sdk.Finished{Reason: sdk.FinishStop}, nil) }
	}}
	c := pair(t, p)
	go Warm()
	for e, err := range c.Chat(t.Context(), &sdk.ChatRequest{}) {
		if f, ok := e.(*sdk.Finished); err != nil || !ok || f.Reason != sdk.FinishStop {
			t.Errorf("%v, %v", e, err)
		}
	}
}

func BenchmarkChat(b *testing.B) {
	const deltas = 20_000
	p := &stub{chat: func(context.Context, *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
		return func(yield func(sdk.Event, error) bool) {
			yield(&sdk.PartStarted{Kind: sdk.PartText}, nil)
			d := &sdk.Delta{Text: "twenty bytes of text"}
			for range deltas {
				if !yield(d, nil) {
					return
				}
			}
			yield(&sdk.Finished{Reason: sdk.FinishStop}, nil)
		}
	}}
	c := pair(b, p)
	b.ReportAllocs()
	received := 0
	for b.Loop() {
		for e, err := range c.Chat(b.Context(), &sdk.ChatRequest{}) {
			if err != nil {
				b.Fatal(err)
			}
			if _, ok := e.(*sdk.Delta); ok {
				received++
			}
		}
	}
	b.ReportMetric(deltas, "deltas/op")
	b.ReportMetric(float64(received)/float64(b.N), "received/op")
}

// The oneof of a request that is not a start.
func TestLoginMustStart(t *testing.T) {
	_, conn := dial(t, func(s *grpc.Server) { Register(s, &stub{}) })
	stream, err := pb.NewLoginServiceClient(conn).Login(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&pb.LoginRequest{}); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	_, err = stream.Recv()
	if got := sdk.KindOf(errorOf(t.Context(), err)); got != sdk.KindProtocol {
		t.Errorf("err = %v", err)
	}
}
