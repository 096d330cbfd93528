package chat

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-cli/qwen/sdk"
)

// other returns the options of a turn over another connection, and its provider.
func other(scripts ...script) (Options, *fake) {
	f := &fake{scripts: scripts}
	return Options{
		Provider: f,
		Request:  &sdk.ChatRequest{Model: "mini", Messages: []sdk.Message{sdk.TextMessage(sdk.RoleUser, "hi")}},
		Origin:   sdk.Origin{Provider: "zeus", Endpoint: "https://zeus.example/v1", Model: "mini"},
	}, f
}

// What another connection may do better goes to one; what nobody can do does not, nor
// what has been answered in part.
func TestFallback(t *testing.T) {
	quota := fails(&sdk.Error{Kind: sdk.KindQuota, Message: "used up"})
	spoke := func(ctx context.Context, s *sdk.Stream) {
		s.Text("Hel")
		quota(ctx, s)
	}
	counted := func(ctx context.Context, s *sdk.Stream) {
		s.Emit(&sdk.Started{RequestID: "req-0"})
		s.Emit(&sdk.UsageReported{Usage: sdk.Usage{InputTokens: 9}})
		quota(ctx, s)
	}
	for _, c := range []struct {
		name   string
		first  []script
		second []script
		kind   sdk.ErrorKind // of the error at the end
		asked  int           // the second one, how often
	}{
		{"quota", []script{quota}, []script{hello}, "", 1},
		{"after some counting", []script{counted}, []script{hello}, "", 1},
		{"overloaded for good", []script{fails(overloaded()), fails(overloaded()), fails(overloaded()), fails(overloaded()), fails(overloaded())}, []script{hello}, "", 1},
		{"both have a bad day", []script{quota}, []script{fails(overloaded()), hello}, "", 2},
		{"not reached", []script{fails(&sdk.Error{Kind: sdk.KindNetwork, Message: "no such host"})}, []script{hello}, "", 1},
		{"nor the other", []script{quota}, []script{fails(&sdk.Error{Kind: sdk.KindUnauthenticated, Message: "who?"})}, sdk.KindUnauthenticated, 1},
		{"a bad request", []script{fails(&sdk.Error{Kind: sdk.KindInvalidRequest, Message: "no"})}, nil, sdk.KindInvalidRequest, 0},
		{"a bad key", []script{fails(&sdk.Error{Kind: sdk.KindUnauthenticated, Message: "no"})}, nil, sdk.KindUnauthenticated, 0},
		{"after text", []script{spoke}, nil, sdk.KindQuota, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				next, second := other(c.second...)
				next.Retry = patient
				var reasons []sdk.ErrorKind
				turn, first := answers(Options{Retry: patient, Fallback: func(_ context.Context, failed *sdk.Error) (*Options, error) {
					reasons = append(reasons, failed.Kind)
					return &next, nil
				}}, c.first...)
				events, err := run(t.Context(), turn)
				if sdk.KindOf(err) != c.kind || len(second.requests) != c.asked || len(first.requests) != len(c.first) || len(reasons) > 1 {
					t.Fatalf("%v; %d and %d requests; asked to go elsewhere because of %v", err, len(first.requests), len(second.requests), reasons)
				}
				r := turn.Result()
				if c.kind != "" {
					return
				}
				if n := count[*sdk.Started](events); n != 1 || r.Message.Origin.Provider != "zeus" || r.Attempts != len(first.requests)+len(second.requests) {
					t.Errorf("%d starts, %+v, %d attempts", n, r.Message.Origin, r.Attempts)
				}
			})
		})
	}
}

func TestFallbackEnds(t *testing.T) {
	quota := func() script { return fails(&sdk.Error{Kind: sdk.KindQuota, Message: "used up"}) }
	broken := errors.New("broken pipe")
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"there is nobody else": {nil, "acme: used up"},
		"it cannot be told":    {broken, "acme: broken pipe"},
	} {
		turn, _ := answers(Options{Fallback: func(context.Context, *sdk.Error) (*Options, error) { return nil, c.err }}, quota())
		if _, err := run(t.Context(), turn); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Nobody is asked in place of one whose answer was cancelled.
func TestNoFallbackWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	turn, _ := answers(Options{Fallback: func(context.Context, *sdk.Error) (*Options, error) {
		t.Error("asked to go elsewhere")
		return nil, nil
	}}, func(ctx context.Context, s *sdk.Stream) {
		cancel()
		s.Fail(overloaded())
	})
	if _, err := run(ctx, turn); sdk.KindOf(err) != sdk.KindCanceled {
		t.Errorf("%v", err)
	}
}

// The other service does not get what the first one has sealed, and what it took is
// told as its own.
func TestFallbackWithholds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		origin := sdk.Origin{Provider: "acme", Endpoint: "https://api.acme.example/v1", Model: "large"}
		history := []sdk.Message{
			sdk.TextMessage(sdk.RoleUser, "hi"),
			{Role: sdk.RoleAssistant, Origin: &origin, Parts: []sdk.Part{&sdk.Reasoning{Text: "hm", Opaque: []byte("sealed")}, &sdk.Text{Text: "Hello"}}},
			sdk.TextMessage(sdk.RoleUser, "and now?"),
		}
		next, second := other(hello)
		next.Request.Messages = history
		var attempts []string
		next.Sent = func(a Attempt) { attempts = append(attempts, "zeus "+string(a.Kind)) }
		turn, first := answers(Options{
			Request: &sdk.ChatRequest{Messages: history},
			Sent:    func(a Attempt) { attempts = append(attempts, "acme "+string(a.Kind)) },
			Fallback: func(context.Context, *sdk.Error) (*Options, error) {
				time.Sleep(time.Second) // a plugin starts
				return &next, nil
			},
		}, fails(&sdk.Error{Kind: sdk.KindQuota}))
		if _, err := run(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
		sealed := func(f *fake) string { return string(f.requests[0].Messages[1].Parts[0].(*sdk.Reasoning).Opaque) }
		if sealed(first) != "sealed" || sealed(second) != "" || turn.Result().Withheld != 1 {
			t.Errorf("%q, %q, %d withheld", sealed(first), sealed(second), turn.Result().Withheld)
		}
		if diff := cmp.Diff([]string{"acme quota", "zeus "}, attempts); diff != "" {
			t.Error(diff)
		}
	})
}
