package sdktest

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

const honestKey = sdk.Secret("fk-0123456789")

// A world is services in memory and the provider that talks to them: the honest
// provider, which keeps every rule. Mutants of it show that the suite notices.
type world struct {
	mu       sync.Mutex
	services map[string]*memoryService // by endpoint
}

// memoryService is one service with one behaviour.
type memoryService struct {
	behaviour Behaviour
	mu        sync.Mutex
	requests  int
	sent      string
	astray    int
	left      chan struct{} // closed when a client leaves early
	leave     func()
}

func newWorld() *world { return &world{services: map[string]*memoryService{}} }

// start is a Config.Service.
func (w *world) start(_ TB, b Behaviour) *Service {
	m := &memoryService{behaviour: b, left: make(chan struct{})}
	m.leave = sync.OnceFunc(func() { close(m.left) })
	w.mu.Lock()
	endpoint := fmt.Sprintf("memory://host-%d/v1", len(w.services))
	w.services[endpoint] = m
	w.mu.Unlock()
	s := &Service{
		Connection: sdk.Connection{
			Endpoint:   endpoint,
			Credential: &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: honestKey},
		},
		Model:    "fake-1",
		Requests: func() int { m.mu.Lock(); defer m.mu.Unlock(); return m.requests },
		Sent:     func() string { m.mu.Lock(); defer m.mu.Unlock(); return m.sent },
		Astray:   func() int { m.mu.Lock(); defer m.mu.Unlock(); return m.astray },
		Left: func(ctx context.Context) error {
			select {
			case <-m.left:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		},
	}
	switch b {
	case SignIn, SignInRefused:
		s.Connection.Credential = nil
		s.Answers = map[string]string{sdk.QuestionKey: honestKey.Reveal()}
	case Nowhere:
		s.Connection.Endpoint = "memory://nowhere"
	}
	return s
}

// service returns the service that conn leads to, or nil.
func (w *world) service(conn *sdk.Connection) *memoryService {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.services[conn.Endpoint]
}

// arrive takes a request.
func (m *memoryService) arrive(req *sdk.ChatRequest) {
	var b strings.Builder
	for k, v := range req.ExtraHeaders {
		fmt.Fprintf(&b, "%s: %s\n", k, v)
	}
	fmt.Fprintf(&b, "Authorization: %s\n\n", req.Connection.Credential.Secret.Reveal())
	body := *req
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, msg := range req.Messages {
		for _, p := range msg.Parts {
			if i, ok := p.(*sdk.Image); ok {
				b.Write(i.Data)
			} else {
				_ = enc.Encode(p)
			}
		}
	}
	_ = enc.Encode(body.Tools)
	for _, t := range body.Tools {
		b.Write(t.Parameters)
	}
	_ = enc.Encode(map[string]any{"sampling": body.Sampling, "reasoning": body.Reasoning, "metadata": body.Metadata,
		"extra": body.ExtraBody, "format": body.ResponseFormat, "choice": body.ToolChoice, "parallel": body.ParallelToolCalls})
	if l := body.Sampling.LogProbs; l != nil {
		b.WriteString("logprobs")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests++
	m.sent = b.String()
}

// honest is the provider of a world.
type honest struct {
	world    *world
	careless bool // lets extra headers replace the credential's
}

func (h *honest) Describe(context.Context) (*sdk.Description, error) {
	d := FakeDescription()
	d.Capabilities = nil
	d.Settings = []sdk.Setting{
		{Name: "verbose", Type: sdk.SettingBool, Default: "true", Env: []string{"FAKE_VERBOSE"}, ProjectSafe: true},
		{Name: "backup-key", Secret: true},
	}
	d.Limits = []sdk.Limit{{Unit: sdk.LimitRequests, Amount: 60, Window: time.Minute}}
	return d, nil
}

func (h *honest) Login(ctx context.Context, req *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
	if req.Method != "" && req.Method != "api-key" {
		return nil, sdk.Errorf(sdk.KindUnsupported, "no such way to sign in")
	}
	key, err := ui.Ask(ctx, sdk.Question{ID: sdk.QuestionKey, Secret: true})
	if err != nil {
		return nil, err
	}
	if req.Verify && h.world.service(&req.Connection).behaviour == SignInRefused {
		return nil, sdk.Errorf(sdk.KindUnauthenticated, "the service refused the key")
	}
	return &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: sdk.Secret(key)}, nil
}

func (h *honest) Token(_ context.Context, req *sdk.TokenRequest) (*sdk.Credential, error) {
	if req.Connection.Credential == nil {
		return nil, sdk.Errorf(sdk.KindUnauthenticated, "sign in first")
	}
	return req.Connection.Credential.Clone(), nil
}

func (h *honest) Chat(ctx context.Context, req *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		s := sdk.NewStream(yield)
		m := h.world.service(&req.Connection)
		switch {
		case ctx.Err() != nil:
			s.Fail(ctx.Err())
		case m == nil:
			s.Fail(sdk.Errorf(sdk.KindNetwork, "nothing listens there"))
		default:
			m.arrive(h.clean(req))
			m.answer(ctx, s, req)
		}
	}
}

// clean removes headers that could replace the credential's.
func (h *honest) clean(req *sdk.ChatRequest) *sdk.ChatRequest {
	c := *req
	c.ExtraHeaders = map[string]string{}
	for k, v := range req.ExtraHeaders {
		if h.careless || !strings.EqualFold(k, "Authorization") {
			c.ExtraHeaders[k] = v
		}
	}
	return &c
}

// answer does what the behaviour says.
func (m *memoryService) answer(ctx context.Context, s *sdk.Stream, req *sdk.ChatRequest) {
	if e := m.refusal(req); e != nil {
		s.Fail(e)
		return
	}
	half := AnswerText[:len(AnswerText)/2]
	half = strings.ToValidUTF8(half, "")
	switch m.behaviour {
	case Hang:
		<-ctx.Done()
		s.Fail(ctx.Err())
	case Stall:
		defer m.leave()
		if s.Text(half) {
			<-ctx.Done()
			s.Fail(ctx.Err())
		}
	case Cut, Reset, NoFinish:
		s.Text(half)
		s.Fail(sdk.Errorf(sdk.KindIncomplete, "the answer broke off"))
	case Malformed:
		s.Text(half)
		s.Fail(sdk.Errorf(sdk.KindProtocol, "a piece is malformed"))
	case FailsMid:
		s.Text(half)
		s.Fail(sdk.Errorf(sdk.KindService, "the service reported an error"))
	default:
		m.say(s)
	}
}

// say answers well.
func (m *memoryService) say(s *sdk.Stream) {
	n := callCounts()[m.behaviour]
	switch {
	case m.behaviour == Long:
		for range LongPieces {
			s.Text(LongPiece)
		}
	case m.behaviour == Cited:
		s.Text(CitedText)
		start := strings.Index(CitedText, CitedPhrase)
		s.Annotate(sdk.Annotation{Type: "url", URL: CitedURL, Start: start, End: start + len(CitedPhrase)})
	case m.behaviour == Refusal:
		s.Refusal(AnswerRefusal)
	case n > 0:
		for i, c := range AnswerCalls()[:n] {
			key := fmt.Sprint("call-", i)
			s.StartToolCall(key, key, c.Name)
			s.ToolArguments(key, c.Arguments)
		}
	default:
		if m.behaviour == Thinking {
			s.Reasoning(AnswerReasoning)
		}
		for _, word := range strings.SplitAfter(AnswerText, " ") {
			s.Text(word)
		}
	}
	if m.behaviour != NoUsage {
		s.Emit(&sdk.UsageReported{Usage: AnswerUsage()})
	}
	s.Finish(&sdk.Finished{Reason: m.reason(n), RawReason: "end"})
}

func (m *memoryService) reason(calls int) sdk.FinishReason {
	switch {
	case calls > 0:
		return sdk.FinishToolCalls
	case m.behaviour == LengthLimit:
		return sdk.FinishLength
	case m.behaviour == Withheld:
		return sdk.FinishContentFilter
	}
	return sdk.FinishStop
}

func callCounts() map[Behaviour]int {
	return map[Behaviour]int{OneCall: 1, TwoCalls: 2, MixedCalls: 2, WholeCalls: 2, CallsNoIndex: 2, CallsNoID: 2,
		CallsOneIndex: 2, CallsLateName: 2, CallsRepeatID: 2, CallsObject: 2}
}

// refusal returns the error of a service that refuses, or nil.
func (m *memoryService) refusal(req *sdk.ChatRequest) error {
	if c := req.Connection.Credential; c == nil || c.Secret != honestKey {
		return sdk.Errorf(sdk.KindUnauthenticated, "the service refused the key")
	}
	kinds := map[Behaviour]sdk.ErrorKind{
		BadRequest: sdk.KindInvalidRequest, Unauthorized: sdk.KindUnauthenticated, Forbidden: sdk.KindPermission,
		NoSuchModel: sdk.KindNotFound, TooManyRequests: sdk.KindRateLimit, QuotaUsedUp: sdk.KindQuota,
		ServerError: sdk.KindService, Overloaded: sdk.KindOverloaded, TooLong: sdk.KindContextLength,
		PromptFiltered: sdk.KindContentFilter, EchoesKey: sdk.KindUnauthenticated,
		WebPage: sdk.KindProtocol, Empty: sdk.KindProtocol, OnlyEnd: sdk.KindProtocol, Elsewhere: sdk.KindProtocol,
	}
	kind, refuses := kinds[m.behaviour]
	if !refuses {
		return nil
	}
	host := strings.TrimSuffix(strings.TrimPrefix(req.Connection.Endpoint, "memory://"), "/v1")
	e := &sdk.Error{Kind: kind, Message: "the service refused", Host: host, Status: 403}
	if kind == sdk.KindRateLimit {
		e.Retryable, e.RetryAfter = true, 30*time.Second
	}
	return e
}

// isBehaviour reports whether b is one of list.
func isBehaviour(b Behaviour, list ...Behaviour) bool { return slices.Contains(list, b) }
