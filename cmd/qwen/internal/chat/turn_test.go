package chat

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-cli/qwen/sdk"
)

// fake is a provider that answers each request with the next of its scripts.
type fake struct {
	sdk.Provider // only Chat is called
	scripts      []script
	requests     []*sdk.ChatRequest
	released     int // answers that were left or ended
}

// script plays one answer. It returns when ctx is cancelled, as providers do.
type script func(ctx context.Context, s *sdk.Stream)

func (f *fake) Chat(ctx context.Context, req *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		f.requests = append(f.requests, req)
		defer func() { f.released++ }()
		f.scripts[len(f.requests)-1](ctx, sdk.NewStream(yield))
	}
}

// answers returns a turn that is answered by the scripts, and its provider.
func answers(opts Options, scripts ...script) (*Turn, *fake) {
	f := &fake{scripts: scripts}
	opts.Provider = f
	if opts.Request == nil {
		opts.Request = &sdk.ChatRequest{Messages: []sdk.Message{sdk.TextMessage(sdk.RoleUser, "hi")}}
	}
	opts.Origin = sdk.Origin{Provider: "acme", Endpoint: "https://api.acme.example/v1", Model: "large"}
	return NewTurn(opts), f
}

func hello(_ context.Context, s *sdk.Stream) {
	s.Emit(&sdk.Started{ResponseID: "resp-1", RequestID: "req-1", Model: "large-0711"})
	s.Reasoning("hm")
	s.Text("Hel")
	s.Text("lo")
	s.Emit(&sdk.UsageReported{Usage: sdk.Usage{InputTokens: 3, OutputTokens: 1}})
	s.Emit(&sdk.UsageReported{Usage: sdk.Usage{InputTokens: 3, OutputTokens: 2}})
	s.Finish(&sdk.Finished{Reason: sdk.FinishStop, RawReason: "stop"})
}

func refuse(_ context.Context, s *sdk.Stream) {
	s.Fail(&sdk.Error{Kind: sdk.KindUnauthenticated, Message: "key not accepted"})
}

// run runs the turn and returns what it yielded.
func run(ctx context.Context, t *Turn) (events []sdk.Event, err error) {
	for e, err := range t.Events(ctx) {
		if err != nil {
			return events, err
		}
		events = append(events, e)
	}
	return events, nil
}

func TestAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turn, f := answers(Options{}, func(ctx context.Context, s *sdk.Stream) {
			time.Sleep(2 * time.Second)
			s.Emit(&sdk.Started{ResponseID: "resp-1", RequestID: "req-1", Model: "large-0711"})
			time.Sleep(time.Second)
			s.Reasoning("hm")
			s.Text("Hel")
			s.Text("lo")
			s.Emit(&sdk.Warning{Code: "c", Message: "m"})
			s.Emit(&sdk.UsageReported{Usage: sdk.Usage{OutputTokens: 1}})
			s.Emit(&sdk.UsageReported{Usage: sdk.Usage{OutputTokens: 2}})
			time.Sleep(time.Second)
			s.Finish(&sdk.Finished{Reason: sdk.FinishStop})
		})
		events, err := run(t.Context(), turn)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := events[len(events)-1].(*sdk.Finished); !ok || len(events) != 12 {
			t.Errorf("%d events, the last one %T", len(events), events[len(events)-1])
		}
		want := &Result{
			Message: sdk.Message{
				Role:   sdk.RoleAssistant,
				ID:     "resp-1",
				Parts:  []sdk.Part{&sdk.Reasoning{Text: "hm"}, &sdk.Text{Text: "Hello"}},
				Origin: &sdk.Origin{Provider: "acme", Endpoint: "https://api.acme.example/v1", Model: "large-0711"},
			},
			Started:  sdk.Started{ResponseID: "resp-1", RequestID: "req-1", Model: "large-0711"},
			Usage:    &sdk.Usage{OutputTokens: 2},
			Finish:   &sdk.Finished{Reason: sdk.FinishStop},
			Warnings: []sdk.Warning{{Code: "c", Message: "m"}},
			Timing:   Timing{FirstEvent: 2 * time.Second, FirstToken: 3 * time.Second, Total: 4 * time.Second},
			Attempts: 1,
		}
		if diff := cmp.Diff(want, turn.Result()); diff != "" {
			t.Errorf("result (-want +got):\n%s", diff)
		}
		if len(f.requests) != 1 || f.released != 1 {
			t.Errorf("%d requests, %d released, want one each", len(f.requests), f.released)
		}
	})
}

func TestTimeLimits(t *testing.T) {
	sleep := func(ctx context.Context, d time.Duration) {
		select {
		case <-ctx.Done():
		case <-time.After(d):
		}
	}
	for _, c := range []struct {
		name    string
		script  script
		after   time.Duration // 0: no error
		message string
		text    string
	}{
		{
			name:    "silent from the start",
			script:  func(ctx context.Context, s *sdk.Stream) { sleep(ctx, time.Hour); s.Fail(ctx.Err()) },
			after:   10 * time.Second,
			message: "acme: no answer within 10s",
		}, {
			name: "silent after a start",
			script: func(ctx context.Context, s *sdk.Stream) {
				s.Emit(&sdk.Started{RequestID: "req-1"})
				sleep(ctx, time.Hour)
				s.Fail(ctx.Err())
			},
			after:   20 * time.Second,
			message: "acme: no data for 20s, before any text of the answer",
		}, {
			name: "silent after a thought",
			script: func(ctx context.Context, s *sdk.Stream) {
				s.Reasoning("hm")
				sleep(ctx, time.Hour)
				s.Fail(ctx.Err())
			},
			after:   20 * time.Second,
			message: "acme: no data for 20s, after 2 bytes of thought",
		}, {
			name: "silent amid the text",
			script: func(ctx context.Context, s *sdk.Stream) {
				sleep(ctx, 9*time.Second)
				s.Reasoning("hm")
				s.Text("Hello")
				sleep(ctx, 19*time.Second)
				s.Text(", ")
				sleep(ctx, time.Hour)
				s.Fail(errors.New("rpc error"))
			},
			after:   48 * time.Second,
			message: "acme: no data for 20s, after 7 bytes of the answer",
			text:    "Hello, ",
		}, {
			name: "heartbeats keep it alive",
			script: func(ctx context.Context, s *sdk.Stream) {
				for range 10 {
					sleep(ctx, 9*time.Second)
					s.Emit(&sdk.Heartbeat{})
				}
				s.Text("done")
				s.Finish(&sdk.Finished{Reason: sdk.FinishStop})
			},
			text: "done",
		}, {
			name: "a sign of life is no answer yet",
			script: func(ctx context.Context, s *sdk.Stream) {
				sleep(ctx, 9*time.Second)
				s.Emit(&sdk.Heartbeat{})
				sleep(ctx, time.Hour)
				s.Fail(ctx.Err())
			},
			after:   19 * time.Second,
			message: "acme: no answer within 10s",
		}, {
			name: "a provider that ends without a word when cancelled",
			script: func(ctx context.Context, s *sdk.Stream) {
				s.Text("Hel")
				sleep(ctx, time.Hour)
			},
			after:   20 * time.Second,
			message: "acme: no data for 20s, after 3 bytes of the answer",
			text:    "Hel",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				turn, f := answers(Options{FirstByteTimeout: 10 * time.Second, IdleTimeout: 20 * time.Second}, c.script)
				began := time.Now()
				_, err := run(t.Context(), turn)
				checkTimeout(t, err, time.Since(began), c.after, c.message)
				if got := turn.Result().Message.Text(); got != c.text {
					t.Errorf("kept %q, want %q", got, c.text)
				}
				if f.released != 1 {
					t.Error("the answer was not released")
				}
			})
		})
	}
}

func checkTimeout(t *testing.T, err error, took, after time.Duration, message string) {
	t.Helper()
	if after == 0 {
		if err != nil {
			t.Errorf("got %v", err)
		}
		return
	}
	if took != after || sdk.KindOf(err) != sdk.KindTimeout || err.Error() != message {
		t.Errorf("after %v: %s %v\nwant after %v: %s", took, sdk.KindOf(err), err, after, message)
	}
}

func TestSlowReaderIsNoSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turn, _ := answers(Options{FirstByteTimeout: time.Second, IdleTimeout: time.Second}, hello)
		for _, err := range turn.Events(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute) // output is stopped with Ctrl-S
		}
	})
}

func TestCancel(t *testing.T) {
	stopped := &sdk.Error{Kind: sdk.KindTimeout, Message: "the whole took too long"}
	for _, c := range []struct {
		name  string
		cause error
		kind  sdk.ErrorKind
		want  string
	}{
		{"user", context.Canceled, sdk.KindCanceled, "canceled"},
		{"deadline", context.DeadlineExceeded, sdk.KindTimeout, "acme: the time allowed for the answer is over"},
		{"with a reason", stopped, sdk.KindTimeout, "acme: the whole took too long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			turn, f := answers(Options{}, func(ctx context.Context, s *sdk.Stream) {
				s.Text("Hel")
				cancel(c.cause)
				<-ctx.Done()
				s.Fail(ctx.Err())
			})
			_, err := run(ctx, turn)
			if sdk.KindOf(err) != c.kind || err.Error() != c.want || !errors.Is(turn.Result().Err, err) {
				t.Errorf("got %s %v, want %s %s", sdk.KindOf(err), err, c.kind, c.want)
			}
			if got := turn.Result().Message.Text(); got != "Hel" || f.released != 1 {
				t.Errorf("kept %q, released %d", got, f.released)
			}
		})
	}
	if stopped.Provider != "" {
		t.Error("the cause was changed")
	}
}

func TestReaderLeaves(t *testing.T) {
	turn, f := answers(Options{}, func(ctx context.Context, s *sdk.Stream) {
		if s.Text("Hello") {
			t.Error("the provider was not told to stop")
		}
	})
	for e := range turn.Events(t.Context()) {
		if _, ok := e.(*sdk.Delta); ok {
			break
		}
	}
	r := turn.Result()
	if f.released != 1 || r.Message.Text() != "Hello" || r.Finish != nil || sdk.KindOf(r.Err) != sdk.KindCanceled {
		t.Errorf("released %d, result %+v", f.released, r)
	}
}

func TestPartialAnswer(t *testing.T) {
	cut := &sdk.Error{Kind: sdk.KindIncomplete, Message: "the connection broke off", Host: "api.acme.example"}
	turn, _ := answers(Options{}, func(_ context.Context, s *sdk.Stream) {
		s.Emit(&sdk.Started{RequestID: "req-1"})
		s.Reasoning("hm")
		s.Text("Hello")
		s.StartToolCall("a", "call-1", "ls")
		s.ToolArguments("a", `{"pa`)
		s.Refusal("I ca")
		s.Fail(cut)
	})
	_, err := run(t.Context(), turn)
	want := &sdk.Error{Kind: sdk.KindIncomplete, Message: cut.Message, Host: cut.Host, Provider: "acme", RequestID: "req-1"}
	if diff := cmp.Diff(error(want), err); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	parts := []sdk.Part{&sdk.Reasoning{Text: "hm"}, &sdk.Text{Text: "Hello"}, &sdk.Refusal{Text: "I ca"}}
	if diff := cmp.Diff(parts, turn.Result().Message.Parts); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	if cut.Provider != "" {
		t.Error("the provider's error was changed")
	}
}

func TestRuleBreakers(t *testing.T) {
	for name, events := range map[string][]sdk.Event{
		"no end":             {&sdk.PartStarted{Kind: sdk.PartText}, &sdk.Delta{Text: "x"}},
		"nothing":            {},
		"delta without part": {&sdk.Delta{Index: 7, Text: "x"}},
		"second start":       {&sdk.Started{}, &sdk.Started{}},
	} {
		turn, _ := answers(Options{}, func(_ context.Context, s *sdk.Stream) {
			for _, e := range events {
				s.Emit(e)
			}
		})
		if _, err := run(t.Context(), turn); sdk.KindOf(err) != sdk.KindProtocol || !strings.HasPrefix(err.Error(), "acme: ") {
			t.Errorf("%s: got %s %v", name, sdk.KindOf(err), err)
		}
	}
}

func TestRefresh(t *testing.T) {
	old, fresh := &sdk.Credential{Secret: "old"}, &sdk.Credential{Secret: "new"}
	warning := func(ctx context.Context, s *sdk.Stream) {
		s.Emit(&sdk.Warning{Code: "setting-ignored"})
		s.Emit(&sdk.Heartbeat{})
		refuse(ctx, s)
	}
	warningAgain := func(ctx context.Context, s *sdk.Stream) {
		s.Emit(&sdk.Warning{Code: "setting-ignored"})
		hello(ctx, s)
	}
	shown := func(ctx context.Context, s *sdk.Stream) {
		s.Text("Hel")
		refuse(ctx, s)
	}
	offline := &sdk.Error{Kind: sdk.KindNetwork, Message: "sign-in service not reached"}

	for _, c := range []struct {
		name      string
		scripts   []script
		answer    *sdk.Credential
		err       error
		refreshes int
		attempts  int
		kind      sdk.ErrorKind
		warnings  int
	}{
		{name: "not needed", scripts: []script{hello}, attempts: 1},
		{name: "helps", scripts: []script{refuse, hello}, answer: fresh, refreshes: 1, attempts: 2},
		{name: "helps, warnings are shown once", scripts: []script{warning, warningAgain}, answer: fresh, refreshes: 1, attempts: 2, warnings: 1},
		{name: "does not help", scripts: []script{refuse, refuse}, answer: fresh, refreshes: 1, attempts: 2, kind: sdk.KindUnauthenticated},
		{name: "nothing fresher", scripts: []script{refuse}, refreshes: 1, attempts: 1, kind: sdk.KindUnauthenticated},
		{name: "fails", scripts: []script{refuse}, err: offline, refreshes: 1, attempts: 1, kind: sdk.KindNetwork},
		{name: "too late", scripts: []script{shown}, answer: fresh, attempts: 1, kind: sdk.KindUnauthenticated},
	} {
		t.Run(c.name, func(t *testing.T) {
			refreshes := 0
			opts := Options{
				Request: &sdk.ChatRequest{Connection: sdk.Connection{Credential: old}},
				Refresh: func(_ context.Context, refused *sdk.Credential) (*sdk.Credential, error) {
					refreshes++
					if refused != old {
						t.Errorf("asked to replace %v", refused)
					}
					return c.answer, c.err
				},
			}
			turn, f := answers(opts, c.scripts...)
			events, err := run(t.Context(), turn)
			if sdk.KindOf(err) != c.kind || refreshes != c.refreshes || turn.Result().Attempts != c.attempts || len(f.requests) != c.attempts {
				t.Errorf("error %v, %d refreshes, %d attempts, %d requests", err, refreshes, turn.Result().Attempts, len(f.requests))
			}
			if n := count[*sdk.Warning](events); n != c.warnings || len(turn.Result().Warnings) != n {
				t.Errorf("%d warnings shown, want %d", n, c.warnings)
			}
			for i, req := range f.requests {
				if want := []*sdk.Credential{old, fresh}[i]; req.Connection.Credential != want {
					t.Errorf("request %d went with %v", i, req.Connection.Credential)
				}
			}
			if opts.Request.Connection.Credential != old {
				t.Error("the caller's request was changed")
			}
		})
	}

	turn, f := answers(Options{}, refuse)
	if _, err := run(t.Context(), turn); sdk.KindOf(err) != sdk.KindUnauthenticated || len(f.requests) != 1 {
		t.Errorf("without Refresh: %v after %d requests", err, len(f.requests))
	}
}

func count[E sdk.Event](events []sdk.Event) int {
	n := 0
	for _, e := range events {
		if _, ok := e.(E); ok {
			n++
		}
	}
	return n
}
