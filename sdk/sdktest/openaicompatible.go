package sdktest

import (
	"cmp"
	"net"
	"slices"
	"strings"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// OpenAICompatible is the service for providers that speak the OpenAI
// chat-completions dialect. Its method Start is a Config.Service; it offers every
// [Behaviour]. The zero value is OpenAI itself with an API key.
type OpenAICompatible struct {
	// Connect picks one of the cloud's services and makes a credential for it;
	// nil for the service at /v1 with an API key of OpenAI's form. If the
	// credential is an API key, the cloud accepts this key only.
	Connect func(*fakecloud.Cloud) sdk.Connection

	// Model is the model to ask; empty for a made-up one.
	Model string

	// SignIn prepares the cloud for a person who signs in, and returns what the
	// person answers; nil for one who enters endpoint and key.
	SignIn func(*fakecloud.Cloud) map[string]string

	// Without has behaviours that the service is not to offer.
	Without []Behaviour
}

// Start starts a cloud of its own for t.
func (o OpenAICompatible) Start(t TB, b Behaviour) *Service {
	t.Helper()
	prepare, ok := behaviours()[b]
	if !ok || slices.Contains(o.Without, b) {
		return nil
	}
	cloud := fakecloud.New()
	t.Cleanup(cloud.Close)
	s := o.service(cloud)
	if c := s.Connection.Credential; c != nil && c.Kind == sdk.CredentialAPIKey {
		cloud.SetKeys(c.Secret.Reveal())
	}
	switch b {
	case SignIn, SignInRefused:
		s.Answers = o.answers(cloud, s.Connection)
		s.Connection.Credential = nil
	case Nowhere:
		s.Connection.Endpoint = strings.Replace(s.Connection.Endpoint, cloud.URL(), "http://"+freeAddress(t), 1)
	}
	prepare(cloud)
	return s
}

// service describes the cloud.
func (o OpenAICompatible) service(cloud *fakecloud.Cloud) *Service {
	connect := o.Connect
	if connect == nil {
		connect = withAPIKey
	}
	return &Service{
		Connection: connect(cloud),
		Model:      cmp.Or(o.Model, "fake-large"),
		Requests:   func() int { return len(cloud.RequestsTo("/chat/completions")) },
		Sent:       func() string { return lastRequest(cloud) },
		Left:       cloud.WaitCanceled,
		Astray:     func() int { return len(cloud.Elsewhere()) },
	}
}

func withAPIKey(cloud *fakecloud.Cloud) sdk.Connection {
	return sdk.Connection{
		Credential: &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: "sk-conformance-0123456789abcdef"},
		Endpoint:   cloud.OpenAI(),
	}
}

func (o OpenAICompatible) answers(cloud *fakecloud.Cloud, conn sdk.Connection) map[string]string {
	if o.SignIn != nil {
		return o.SignIn(cloud)
	}
	return map[string]string{
		sdk.QuestionKey:      conn.Credential.Secret.Reveal(),
		sdk.QuestionEndpoint: conn.Endpoint,
	}
}

// lastRequest returns the last chat request as text.
func lastRequest(cloud *fakecloud.Cloud) string {
	requests := cloud.RequestsTo("/chat/completions")
	if len(requests) == 0 {
		return ""
	}
	last := requests[len(requests)-1]
	var b strings.Builder
	_ = last.Header.Write(&b) // a strings.Builder does not fail
	return b.String() + "\r\n" + last.Body
}

// freeAddress returns an address of this machine where nothing listens.
func freeAddress(t TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("sdktest: %v", err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// behaviours returns how the cloud is made to behave.
func behaviours() map[Behaviour]func(*fakecloud.Cloud) {
	all := map[Behaviour]func(*fakecloud.Cloud){
		SignInRefused: func(c *fakecloud.Cloud) { c.SetKeys("another-key-than-anybody-has") },
	}
	for b, a := range goodAnswers() {
		all[b] = func(c *fakecloud.Cloud) { c.Script(a) }
	}
	for b, f := range faults() {
		all[b] = func(c *fakecloud.Cloud) {
			a := plain()
			if b == SplitBytes {
				a.Chunks = 1 // each byte takes its time
			}
			c.Script(a)
			c.Fault(f)
		}
	}
	return all
}

// plain is the answer of [Plain].
func plain() fakecloud.Answer {
	want := AnswerUsage()
	u := &fakecloud.Usage{
		PromptTokens:     int(want.InputTokens),
		CompletionTokens: int(want.OutputTokens),
		TotalTokens:      int(want.TotalTokens),
	}
	u.PromptDetails.CachedTokens = int(want.CacheReadTokens)
	u.CompletionDetails.ReasoningTokens = int(want.ReasoningTokens)
	return fakecloud.Answer{Text: AnswerText, Usage: u}
}

func goodAnswers() map[Behaviour]fakecloud.Answer {
	with := func(change func(*fakecloud.Answer)) fakecloud.Answer {
		a := plain()
		change(&a)
		return a
	}
	return map[Behaviour]fakecloud.Answer{
		Plain:         plain(),
		SignIn:        plain(),
		NoUsage:       {Text: AnswerText, NoUsage: true},
		LengthLimit:   with(func(a *fakecloud.Answer) { a.FinishReason = "length" }),
		Withheld:      with(func(a *fakecloud.Answer) { a.FinishReason = "content_filter" }),
		Refusal:       {Refusal: AnswerRefusal},
		Thinking:      with(func(a *fakecloud.Answer) { a.Reasoning = AnswerReasoning }),
		Cited:         {Text: CitedText, Citations: []fakecloud.Citation{{Phrase: CitedPhrase, URL: CitedURL, Title: "The sky"}}},
		Long:          {Text: strings.Repeat(LongPiece, LongPieces), Chunks: LongPieces},
		OneCall:       calls(1, fakecloud.ToolSplit),
		TwoCalls:      calls(2, fakecloud.ToolSplit),
		MixedCalls:    calls(2, fakecloud.ToolInterleaved),
		WholeCalls:    calls(2, fakecloud.ToolWhole),
		CallsNoIndex:  calls(2, fakecloud.ToolNoIndex),
		CallsNoID:     calls(2, fakecloud.ToolNoID),
		CallsOneIndex: calls(2, fakecloud.ToolSameIndex),
		CallsLateName: calls(2, fakecloud.ToolLateName),
		CallsRepeatID: calls(2, fakecloud.ToolRepeatID),
		CallsObject:   calls(2, fakecloud.ToolObject),
	}
}

func calls(n int, style fakecloud.ToolStyle) fakecloud.Answer {
	a := fakecloud.Answer{ToolStyle: style}
	for _, c := range AnswerCalls()[:n] {
		a.ToolCalls = append(a.ToolCalls, fakecloud.ToolCall{Name: c.Name, Arguments: c.Arguments})
	}
	return a
}

func faults() map[Behaviour]fakecloud.Fault {
	const half = 4 // chunks of the answer's eight
	status := func(status int) fakecloud.Fault { return fakecloud.Fault{Kind: fakecloud.FaultStatus, Status: status} }
	return map[Behaviour]fakecloud.Fault{
		SplitBytes: {Kind: fakecloud.FaultTrickle, Delay: 1},
		KeepAlive:  {Kind: fakecloud.FaultKeepAlive},
		CRLF:       {Kind: fakecloud.FaultCRLF},

		Cut:       {Kind: fakecloud.FaultCut, After: half},
		Reset:     {Kind: fakecloud.FaultReset, After: half},
		NoFinish:  {Kind: fakecloud.FaultNoFinish},
		Malformed: {Kind: fakecloud.FaultMalformed, After: half},
		FailsMid:  {Kind: fakecloud.FaultError, After: half},
		Stall:     {Kind: fakecloud.FaultStall, After: half},
		WebPage:   {Kind: fakecloud.FaultHTML},
		Empty:     {Kind: fakecloud.FaultEmpty},
		OnlyEnd:   {Kind: fakecloud.FaultOnlyDone},
		Hang:      {Kind: fakecloud.FaultHang},
		Elsewhere: {Kind: fakecloud.FaultRedirect},
		Nowhere:   {},
		EchoesKey: {Kind: fakecloud.FaultEchoKey},

		BadRequest:   status(400),
		Unauthorized: status(401),
		Forbidden:    status(403),
		NoSuchModel:  status(404),
		ServerError:  status(500),
		Overloaded:   status(503),
		TooManyRequests: {Kind: fakecloud.FaultStatus, Status: 429,
			Header: map[string]string{"Retry-After": "30"}},
		QuotaUsedUp: {Kind: fakecloud.FaultStatus, Status: 429, Code: "insufficient_quota",
			Message: "You exceeded your current quota, please check your plan and billing details."},
		TooLong: {Kind: fakecloud.FaultStatus, Status: 400, Code: "context_length_exceeded",
			Message: "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens."},
		PromptFiltered: {Kind: fakecloud.FaultStatus, Status: 400, Code: "content_filter",
			Message: "The response was filtered due to the prompt triggering the content management policy."},
	}
}
