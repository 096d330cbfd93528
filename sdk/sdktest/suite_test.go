package sdktest

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// recorder is a TB that keeps what happened.
type recorder struct {
	ctx      context.Context
	mu       sync.Mutex
	failures []string
	skipped  string
	cleanups []func()
}

func (r *recorder) Helper()                  {}
func (r *recorder) Context() context.Context { return r.ctx }
func (r *recorder) Logf(string, ...any)      {}
func (r *recorder) Cleanup(f func())         { r.cleanups = append(r.cleanups, f) }

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Skipf(format string, args ...any) {
	r.skipped = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// record runs a case as the testing package would.
func record(test Case, c Config) *recorder {
	ctx, cancel := context.WithCancel(context.Background())
	r := &recorder{ctx: ctx}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			cancel()
			for _, f := range slices.Backward(r.cleanups) {
				f()
			}
		}()
		test.Run(r, c)
	}()
	<-done
	return r
}

func TestHonestProviderPasses(t *testing.T) {
	w := newWorld()
	Run(t, Config{New: func() sdk.Provider { return &honest{world: w} }, Service: w.start})
}

// mutant is the honest provider with one fault.
type mutant struct {
	sdk.Provider
	describe func(*sdk.Description)
	login    func(context.Context, *sdk.LoginRequest, sdk.UI) (*sdk.Credential, error)
	token    func(context.Context, *sdk.TokenRequest) (*sdk.Credential, error)
	chat     func(context.Context, *sdk.ChatRequest) iter.Seq2[sdk.Event, error]
}

func (m *mutant) Describe(ctx context.Context) (*sdk.Description, error) {
	d, err := m.Provider.Describe(ctx)
	if m.describe != nil {
		m.describe(d)
	}
	return d, err
}

func (m *mutant) Login(ctx context.Context, r *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
	if m.login != nil {
		return m.login(ctx, r, ui)
	}
	return m.Provider.Login(ctx, r, ui)
}

func (m *mutant) Token(ctx context.Context, r *sdk.TokenRequest) (*sdk.Credential, error) {
	if m.token != nil {
		return m.token(ctx, r)
	}
	return m.Provider.Token(ctx, r)
}

func (m *mutant) Chat(ctx context.Context, r *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
	if m.chat != nil {
		return m.chat(ctx, r)
	}
	return m.Provider.Chat(ctx, r)
}

// A fault makes a mutant of the honest provider h of w.
type fault func(w *world, h *honest) *mutant

// describes returns a fault of Describe.
func describes(change func(*sdk.Description)) fault {
	return func(_ *world, h *honest) *mutant { return &mutant{Provider: h, describe: change} }
}

// when returns a fault that shows with some behaviours only: the events and the
// error of their answers pass through change.
func when(change func(sdk.Event, error) (sdk.Event, error), behaviours ...Behaviour) fault {
	return func(w *world, h *honest) *mutant {
		return &mutant{Provider: h, chat: func(ctx context.Context, r *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
			good := h.Chat(ctx, r)
			m := w.service(&r.Connection)
			if m != nil && !isBehaviour(m.behaviour, behaviours...) || m == nil && !isBehaviour(Nowhere, behaviours...) {
				return good
			}
			return func(yield func(sdk.Event, error) bool) {
				for e, err := range good {
					if e, err := change(e, err); !(e == nil && err == nil) && !yield(e, err) {
						return
					}
				}
			}
		}}
	}
}

// kind returns a fault that reports errors as of another kind.
func kind(b Behaviour) fault {
	return when(func(e sdk.Event, err error) (sdk.Event, error) {
		if err != nil {
			other := *sdk.AsError(err)
			other.Kind = sdk.KindConfig
			err = &other
		}
		return e, err
	}, b)
}

// event returns a fault that changes events of type E; nil drops them.
func event[E sdk.Event](change func(E) sdk.Event, behaviours ...Behaviour) fault {
	return when(func(e sdk.Event, err error) (sdk.Event, error) {
		if typed, ok := e.(E); ok {
			return change(typed), err
		}
		return e, err
	}, behaviours...)
}

// shortens is a fault that loses the end of each delta.
func shortens(b Behaviour) fault {
	return event(func(d *sdk.Delta) sdk.Event { return &sdk.Delta{Index: d.Index, Text: d.Text[:len(d.Text)/2]} }, b)
}

// swallows is a fault that ends a broken answer well.
func swallows(b Behaviour) fault {
	return when(func(e sdk.Event, err error) (sdk.Event, error) {
		if err != nil {
			return &sdk.Finished{Reason: sdk.FinishStop}, nil
		}
		return e, nil
	}, b)
}

// loses is a fault that loses the last tool call.
func loses(b Behaviour) fault {
	last := callCounts()[b] - 1
	return event(func(d *sdk.PartDone) sdk.Event {
		if d.Index == last {
			return nil
		}
		return d
	}, b)
}

// requests returns a fault that changes the request before it is sent.
func requests(change func(*sdk.ChatRequest)) fault {
	return func(_ *world, h *honest) *mutant {
		return &mutant{Provider: h, chat: func(ctx context.Context, r *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
			c := *r
			change(&c)
			return h.Chat(ctx, &c)
		}}
	}
}

// signsIn returns a fault of Login.
func signsIn(login func(h *honest, ctx context.Context, r *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error)) fault {
	return func(_ *world, h *honest) *mutant {
		return &mutant{Provider: h, login: func(ctx context.Context, r *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
			return login(h, ctx, r, ui)
		}}
	}
}

// renews returns a fault of Token.
func renews(token func(h *honest, ctx context.Context, r *sdk.TokenRequest) (*sdk.Credential, error)) fault {
	return func(_ *world, h *honest) *mutant {
		return &mutant{Provider: h, token: func(ctx context.Context, r *sdk.TokenRequest) (*sdk.Credential, error) {
			return token(h, ctx, r)
		}}
	}
}

// openUI asks everything openly.
type openUI struct{ sdk.UI }

func (u openUI) Ask(ctx context.Context, q sdk.Question) (string, error) {
	q.Secret = false
	return u.UI.Ask(ctx, q)
}

// faultsByCase returns, for each case, a fault that fails this case and no other.
func faultsByCase(t *testing.T) map[string]fault {
	all := map[string]fault{}
	for _, faults := range []map[string]fault{describeFaults(), loginFaults(), tokenFaults(t), answerFaults(), requestFaults(),
		toolFaults(), brokenFaults(), refusedFaults(), onceFaults(), controlFaults()} {
		maps.Copy(all, faults)
	}
	return all
}

func describeFaults() map[string]fault {
	return map[string]fault{
		"describe-valid":               describes(func(d *sdk.Description) { d.Name = "Not A Name" }),
		"describe-ignores-environment": describes(func(d *sdk.Description) { d.Summary = os.Getenv("FAKE_API_KEY") }),
		"capabilities-true":            describes(func(d *sdk.Description) { d.Capabilities = []string{sdk.CapabilityRevoke} }),
		"settings-valid":               describes(func(d *sdk.Description) { d.Settings[0].Default = "perhaps" }),
		"settings-secrets-marked":      describes(func(d *sdk.Description) { d.Settings[1].Secret = false }),
		"describe-stable": func(_ *world, h *honest) *mutant {
			shared, _ := h.Describe(context.Background())
			return &mutant{Provider: h, describe: func(d *sdk.Description) { d.Models = shared.Models }}
		},
	}
}

func loginFaults() map[string]fault {
	return map[string]fault{
		"login-credential": signsIn(func(h *honest, ctx context.Context, r *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
			c, err := h.Login(ctx, r, ui)
			if err == nil {
				c.Secret += "\n"
			}
			return c, err
		}),
		"login-refuses-without-person": signsIn(func(h *honest, ctx context.Context, r *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
			c, err := h.Login(ctx, r, ui)
			if sdk.KindOf(err) == sdk.KindCannotAsk {
				err = sdk.Errorf(sdk.KindInternal, "cannot go on")
			}
			return c, err
		}),
		"login-cancel": signsIn(func(h *honest, ctx context.Context, r *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
			c, err := h.Login(ctx, r, ui)
			if ctx.Err() != nil {
				err = sdk.Errorf(sdk.KindInternal, "cannot go on")
			}
			return c, err
		}),
		"login-unknown-method": signsIn(func(h *honest, ctx context.Context, r *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
			return h.Login(ctx, &sdk.LoginRequest{Connection: r.Connection, Verify: r.Verify}, ui)
		}),
		"login-asks-secretly": signsIn(func(h *honest, ctx context.Context, r *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
			return h.Login(ctx, r, openUI{ui})
		}),
		"login-verify": signsIn(func(h *honest, ctx context.Context, r *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
			return h.Login(ctx, &sdk.LoginRequest{Method: r.Method, Connection: r.Connection}, ui)
		}),
	}
}

func tokenFaults(t *testing.T) map[string]fault {
	return map[string]fault{
		"token-usable": renews(func(h *honest, ctx context.Context, r *sdk.TokenRequest) (*sdk.Credential, error) {
			c, err := h.Token(ctx, r)
			if err == nil {
				c.Secret = "another"
			}
			return c, err
		}),
		"token-keeps-extra": renews(func(h *honest, ctx context.Context, r *sdk.TokenRequest) (*sdk.Credential, error) {
			c, err := h.Token(ctx, r)
			if err == nil {
				c.Extra = nil
			}
			return c, err
		}),
		"token-leaves-argument": renews(func(h *honest, ctx context.Context, r *sdk.TokenRequest) (*sdk.Credential, error) {
			c, err := h.Token(ctx, r)
			if err == nil {
				r.Connection.Credential.Account = "Ann"
			}
			return c, err
		}),
		"token-without-credential": renews(func(h *honest, ctx context.Context, r *sdk.TokenRequest) (*sdk.Credential, error) {
			_ = r.Connection.Credential.Kind // panics for nil
			return h.Token(ctx, r)
		}),
		"token-cancelled": renews(func(h *honest, ctx context.Context, r *sdk.TokenRequest) (*sdk.Credential, error) {
			if ctx.Err() != nil {
				<-t.Context().Done() // whatever the context says
			}
			return h.Token(ctx, r)
		}),
	}
}

func answerFaults() map[string]fault {
	return map[string]fault{
		"unicode-split-every-byte": event(func(d *sdk.Delta) sdk.Event {
			return &sdk.Delta{Index: d.Index, Text: strings.ReplaceAll(d.Text, "你", "\uFFFD\uFFFD\uFFFD")}
		}, SplitBytes),
		"comment-keepalive": shortens(KeepAlive),
		"crlf-stream":       shortens(CRLF),
		"long-stream":       shortens(Long),
		"stop-finish": event(func(f *sdk.Finished) sdk.Event {
			return &sdk.Finished{Reason: sdk.FinishOther, RawReason: f.RawReason}
		}, Plain),
		"raw-finish-reason": event(func(f *sdk.Finished) sdk.Event { return &sdk.Finished{Reason: f.Reason} }, Plain),
		"event-order":       event(func(*sdk.PartDone) sdk.Event { return nil }, Plain),
		"usage-present":     event(func(*sdk.UsageReported) sdk.Event { return nil }, Plain),
		"usage-missing-marked": event(func(e *sdk.PartDone) sdk.Event {
			return &sdk.UsageReported{}
		}, NoUsage),
		"length-finish":         event(func(*sdk.Finished) sdk.Event { return &sdk.Finished{Reason: sdk.FinishStop} }, LengthLimit),
		"content-filter-finish": event(func(*sdk.Finished) sdk.Event { return &sdk.Finished{Reason: sdk.FinishStop} }, Withheld),
		"refusal": event(func(p *sdk.PartStarted) sdk.Event {
			return &sdk.PartStarted{Index: p.Index, Kind: sdk.PartText}
		}, Refusal),
		"citation-offsets-emoji": event(func(d *sdk.PartDone) sdk.Event {
			text := *d.Part.(*sdk.Text)
			text.Annotations = slices.Clone(text.Annotations)
			text.Annotations[0].Start -= len("🌍") - 1 // the emoji taken for one byte
			return &sdk.PartDone{Index: d.Index, Part: &text}
		}, Cited),
		"reasoning": event(func(p *sdk.PartStarted) sdk.Event {
			return &sdk.PartStarted{Index: p.Index, Kind: sdk.PartText}
		}, Thinking),
	}
}

func requestFaults() map[string]fault {
	return map[string]fault{
		"request-unchanged": func(_ *world, h *honest) *mutant {
			return &mutant{Provider: h, chat: func(ctx context.Context, r *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
				r.Model = "changed"
				return h.Chat(ctx, r)
			}}
		},
		"conversation": requests(func(r *sdk.ChatRequest) {
			r.Messages = slices.DeleteFunc(slices.Clone(r.Messages), func(m sdk.Message) bool { return m.Role == sdk.RoleDeveloper })
		}),
		"tools-offered": requests(func(r *sdk.ChatRequest) {
			r.Tools = slices.Clone(r.Tools)
			for i := range r.Tools {
				r.Tools[i].Description = ""
			}
		}),
		"settings-accounted": requests(func(r *sdk.ChatRequest) { r.Sampling.Seed = nil }),
		"20MB-image": requests(func(r *sdk.ChatRequest) {
			r.Messages = slices.Clone(r.Messages)
			r.Messages[0].Parts = r.Messages[0].Parts[:1]
		}),
		"credential-header-kept": func(_ *world, h *honest) *mutant {
			h.careless = true
			return &mutant{Provider: h}
		},
	}
}

func toolFaults() map[string]fault {
	all := map[string]fault{}
	for id, b := range map[string]Behaviour{
		"tool-single": OneCall, "tool-parallel": TwoCalls, "tool-interleaved": MixedCalls, "tool-whole": WholeCalls,
		"tool-index-missing": CallsNoIndex, "tool-id-missing": CallsNoID, "tool-same-index": CallsOneIndex,
		"tool-name-late": CallsLateName, "tool-repeated-id": CallsRepeatID, "tool-arguments-object": CallsObject,
	} {
		all[id] = loses(b)
	}
	return all
}

func brokenFaults() map[string]fault {
	all := map[string]fault{}
	for id, b := range map[string]Behaviour{
		"truncated-stream": Cut, "connection-reset-after-first-token": Reset, "no-finish-reason": NoFinish,
		"truncated-json": Malformed, "mid-stream-error-event": FailsMid,
	} {
		all[id] = swallows(b)
	}
	return all
}

func refusedFaults() map[string]fault {
	all := map[string]fault{
		"400":                  kind(BadRequest),
		"401":                  kind(Unauthorized),
		"403":                  kind(Forbidden),
		"404":                  kind(NoSuchModel),
		"500":                  kind(ServerError),
		"503":                  kind(Overloaded),
		"quota":                kind(QuotaUsedUp),
		"context-length-typed": kind(TooLong),
		"content-filter-typed": kind(PromptFiltered),
		"html-body":            swallows(WebPage),
		"empty-body":           swallows(Empty),
		"empty-stream":         swallows(OnlyEnd),
		"connection-refused":   kind(Nowhere),
	}
	all["429-retry-after"] = when(func(e sdk.Event, err error) (sdk.Event, error) {
		return e, &sdk.Error{Kind: sdk.KindRateLimit, Message: "slow down", Retryable: true}
	}, TooManyRequests)
	all["error-status"] = when(func(e sdk.Event, err error) (sdk.Event, error) {
		return e, &sdk.Error{Kind: sdk.KindPermission, Message: "not allowed"}
	}, Forbidden)
	all["secret-not-in-error"] = when(func(e sdk.Event, err error) (sdk.Event, error) {
		return e, sdk.Errorf(sdk.KindUnauthenticated, "the key %s is wrong", honestKey.Reveal())
	}, EchoesKey)
	all["redirect-refused"] = func(w *world, h *honest) *mutant {
		return &mutant{Provider: h, chat: func(ctx context.Context, r *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
			if m := w.service(&r.Connection); m != nil {
				m.astray++ // it went there, and came back with an error
			}
			return h.Chat(ctx, r)
		}}
	}
	return all
}

// chats returns a fault of Chat that knows the service.
func chats(chat func(h *honest, m *memoryService, ctx context.Context, r *sdk.ChatRequest) iter.Seq2[sdk.Event, error]) fault {
	return func(w *world, h *honest) *mutant {
		return &mutant{Provider: h, chat: func(ctx context.Context, r *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
			m := w.service(&r.Connection)
			if m == nil {
				return h.Chat(ctx, r)
			}
			return chat(h, m, ctx, r)
		}}
	}
}

func (m *memoryService) count(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests += n
}

type events = iter.Seq2[sdk.Event, error]

// onceFaults count requests that a service should not have seen.
func onceFaults() map[string]fault {
	all := map[string]fault{}
	all["asks-once"] = chats(func(h *honest, m *memoryService, ctx context.Context, r *sdk.ChatRequest) events {
		return func(yield func(sdk.Event, error) bool) {
			if m.behaviour == Plain && ctx.Err() == nil {
				m.count(1) // a look whether the service is there
			}
			h.Chat(ctx, r)(yield)
		}
	})
	all["asks-when-ranged"] = chats(func(h *honest, m *memoryService, ctx context.Context, r *sdk.ChatRequest) events {
		if ctx.Err() != nil {
			return h.Chat(ctx, r)
		}
		m.count(1)
		return func(yield func(sdk.Event, error) bool) {
			m.count(-1)
			h.Chat(ctx, r)(yield)
		}
	})
	all["asks-once-even-on-error"] = chats(func(h *honest, m *memoryService, ctx context.Context, r *sdk.ChatRequest) events {
		return func(yield func(sdk.Event, error) bool) {
			if m.behaviour == ServerError {
				m.count(1)
			}
			h.Chat(ctx, r)(yield)
		}
	})
	all["cancelled-sends-nothing"] = chats(func(h *honest, m *memoryService, ctx context.Context, r *sdk.ChatRequest) events {
		return func(yield func(sdk.Event, error) bool) {
			if ctx.Err() != nil {
				m.count(1)
			}
			h.Chat(ctx, r)(yield)
		}
	})
	return all
}

func controlFaults() map[string]fault {
	all := map[string]fault{}
	canceledAs := func(b Behaviour, cause error) fault {
		return chats(func(h *honest, m *memoryService, ctx context.Context, r *sdk.ChatRequest) events {
			return func(yield func(sdk.Event, error) bool) {
				for e, err := range h.Chat(ctx, r) {
					if m.behaviour == b && ctx.Err() == cause && err != nil {
						err = sdk.Errorf(sdk.KindNetwork, "the connection is closed")
					}
					if !yield(e, err) {
						return
					}
				}
			}
		})
	}
	all["cancel-before-first"] = canceledAs(Hang, context.Canceled)
	all["cancel-mid"] = canceledAs(Stall, context.Canceled)
	all["deadline"] = canceledAs(Hang, context.DeadlineExceeded)
	all["break-releases"] = chats(func(h *honest, m *memoryService, ctx context.Context, r *sdk.ChatRequest) events {
		if m.behaviour != Stall {
			return h.Chat(ctx, r)
		}
		return func(yield func(sdk.Event, error) bool) {
			next, stop := iter.Pull2(h.Chat(ctx, r))
			for e, err, ok := next(); ok && yield(e, err); e, err, ok = next() {
			}
			if ctx.Err() != nil {
				stop() // only then: whoever leaves the loop leaves the request running
			}
		}
	})
	var calls sync.Map // by context: the fault takes calls with one context for one call
	all["concurrent-16"] = chats(func(h *honest, m *memoryService, ctx context.Context, r *sdk.ChatRequest) events {
		if _, again := calls.LoadOrStore(ctx, true); again {
			return func(yield func(sdk.Event, error) bool) { yield(nil, sdk.Errorf(sdk.KindInternal, "busy")) }
		}
		return h.Chat(ctx, r)
	})
	all["usable-after-error"] = chats(func(h *honest, m *memoryService, ctx context.Context, r *sdk.ChatRequest) events {
		if m.behaviour == ServerError && m.requests > 0 {
			return func(yield func(sdk.Event, error) bool) { yield(nil, sdk.Errorf(sdk.KindConfig, "no connection left")) }
		}
		return h.Chat(ctx, r)
	})
	return all
}

// failures runs the suite on the mutant that f makes and returns the IDs of the
// cases that failed. The case that is expected to fail is not waited for; those
// that take their time run only if they are that one.
func failures(t *testing.T, f fault, expected string) (failed []string) {
	w := newWorld()
	m := f(w, &honest{world: w})
	for _, test := range Cases() {
		c := Config{New: func() sdk.Provider { return m }, Service: w.start}
		if test.ID == expected {
			c.Patience = 200 * time.Millisecond
		} else if test.ID == "20MB-image" || test.ID == "deadline" {
			continue
		}
		if r := record(test, c); len(r.failures) > 0 {
			failed = append(failed, test.ID)
			t.Logf("%s: %s", test.ID, r.failures[0])
		}
	}
	return failed
}

// Each fault is found by the case that is there for it, and by no other.
func TestEachCaseFindsItsFault(t *testing.T) {
	for id, f := range faultsByCase(t) {
		t.Run(id, func(t *testing.T) {
			if failed := failures(t, f, id); !slices.Equal(failed, []string{id}) {
				t.Errorf("the cases that failed are %q, want %q", failed, id)
			}
		})
	}
}

// A provider that loses text fails more than one case, text-stream among them.
func TestLostText(t *testing.T) {
	if failed := failures(t, shortens(Plain), "text-stream"); !slices.Contains(failed, "text-stream") {
		t.Errorf("the cases that failed are %q", failed)
	}
}

// Every case has a fault that it finds.
func TestEachCaseIsTested(t *testing.T) {
	tested := faultsByCase(t)
	for _, c := range Cases() {
		if _, ok := tested[c.ID]; !ok && c.ID != "text-stream" {
			t.Errorf("no fault tests the case %q", c.ID)
		}
		delete(tested, c.ID)
	}
	for id := range tested {
		t.Errorf("there is no case %q", id)
	}
}

func TestCasesAreDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Cases() {
		if c.ID == "" || seen[c.ID] || c.Doc == "" || c.Why == "" {
			t.Errorf("case %q: want an ID of its own, Doc and Why", c.ID)
		}
		seen[c.ID] = true
	}
}

// A case whose behaviour is not offered, or that the config takes out, says so.
func TestSkips(t *testing.T) {
	test := Case{ID: "x", Needs: Plain, run: func(t TB, _ *subject) { t.Errorf("it ran") }}
	if r := record(test, Config{}); !strings.Contains(r.skipped, `"plain"`) || r.failures != nil {
		t.Errorf("skipped %q, failures %q", r.skipped, r.failures)
	}
	if r := record(test, Config{Skip: map[string]string{"x": "no text"}}); !strings.Contains(r.skipped, "no text") {
		t.Errorf("skipped %q", r.skipped)
	}
	r := &recorder{ctx: t.Context()}
	checkSkips(r, map[string]string{"no-such-case": "", "text-stream": ""})
	if len(r.failures) != 1 {
		t.Errorf("failures %q, want one", r.failures)
	}
}

// A provider that neither returns nor minds its context fails the case in time.
func TestHangingProviderFails(t *testing.T) {
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	p := &Fake{OnDescribe: func(context.Context) (*sdk.Description, error) { <-release; return nil, nil }}
	r := record(Cases()[0], Config{New: func() sdk.Provider { return p }, Patience: 10 * time.Millisecond})
	if len(r.failures) != 1 || !strings.Contains(r.failures[0], "did not return") {
		t.Errorf("failures %q", r.failures)
	}
}
