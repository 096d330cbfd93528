package sdktest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/qwen-cli/qwen/sdk"
)

// requestCases are about what reaches the service.
func requestCases() []Case {
	return []Case{
		{
			ID: "asks-once", Needs: Plain,
			Doc: "One Chat is one request to the service.",
			Why: "Each request is paid for and counts against a limit.",
			run: func(t TB, s *subject) {
				needsRequests(t, s)
				s.complete(t)
				wantRequests(t, s, 1)
			},
		},
		{
			ID: "asks-when-ranged", Needs: Plain,
			Doc: "Nothing is sent before the answer is ranged over.",
			Why: "A request that nobody reads is never cancelled.",
			run: func(t TB, s *subject) {
				needsRequests(t, s)
				_ = s.provider.Chat(t.Context(), s.request())
				wantRequests(t, s, 0)
			},
		},
		{
			ID: "request-unchanged", Needs: Plain,
			Doc: "Chat does not change the request that it is given.",
			Why: "The host sends it again after it has renewed a credential.",
			run: requestUnchanged,
		},
		{
			ID: "conversation", Needs: Plain,
			Doc: "Messages of every role, a tool call and its result reach the service.",
			Why: "A model that does not see half of the conversation answers another one.",
			run: conversation,
		},
		{
			ID: "tools-offered", Needs: Plain,
			Doc: "The name, the description and the parameters of a tool reach the service, or the provider says that it has no tools.",
			Why: "Without them the model makes tools up.",
			run: toolsOffered,
		},
		{
			ID: "settings-accounted", Needs: Plain,
			Doc: "Each setting of a request reaches the service, or a warning or an error of kind unsupported says that it does not.",
			Why: "A seed or a stop sequence that is dropped in silence costs somebody an afternoon.",
			run: settingsAccounted,
		},
		{
			ID: "credential-header-kept", Needs: Plain,
			Doc: "Extra headers cannot replace the header that carries the credential.",
			Why: "Headers may come from less trusted places than the key.",
			run: credentialHeaderKept,
		},
		{
			ID: "20MB-image", Needs: Plain, heavy: true,
			Doc: "A picture of 20 MB reaches the service, or an error of kind unsupported says that pictures do not.",
			Why: "It is the size that services accept and that default message limits do not.",
			run: bigImage,
		},
	}
}

func needsRequests(t TB, s *subject) {
	t.Helper()
	if s.Requests == nil {
		t.Skipf("the service of this test does not count requests")
	}
}

func wantRequests(t TB, s *subject, want int) {
	t.Helper()
	if got := s.Requests(); got != want {
		t.Errorf("%d requests arrived at the service, want %d", got, want)
	}
}

// sent sends a turn and returns what arrived at the service. An error of kind
// unsupported is returned as refused.
func (s *subject) sent(t TB, change ...func(*sdk.ChatRequest)) (request string, a *answer, refused bool) {
	t.Helper()
	if s.Sent == nil {
		t.Skipf("the service of this test does not keep requests")
	}
	a = s.ask(t, change...)
	if sdk.KindOf(a.err) == sdk.KindUnsupported {
		return "", a, true
	}
	if a.err != nil {
		t.Fatalf("the answer ended with an error: %s", describeError(a.err))
	}
	return s.Sent(), a, false
}

func requestUnchanged(t TB, s *subject) {
	req, same := s.request(full), s.request(full)
	s.within(t, "Chat", func(ctx context.Context) { new(answer).read(s.provider.Chat(ctx, req)) })
	if !reflect.DeepEqual(req, same) {
		t.Errorf("the request was changed")
	}
}

// full fills in most of a request.
func full(r *sdk.ChatRequest) {
	r.Messages = []sdk.Message{
		sdk.TextMessage(sdk.RoleSystem, "system-4301"),
		sdk.TextMessage(sdk.RoleDeveloper, "developer-4302"),
		sdk.TextMessage(sdk.RoleUser, "user-4303"),
		{Role: sdk.RoleAssistant, Parts: []sdk.Part{
			&sdk.Text{Text: "assistant-4304"},
			&sdk.ToolCall{ID: "call-4305", Name: "tool_4306", Arguments: `{"argument":"value-4307"}`},
		}},
		{Role: sdk.RoleTool, Parts: []sdk.Part{
			&sdk.ToolResult{CallID: "call-4305", Name: "tool_4306", Content: []sdk.Part{&sdk.Text{Text: "result-4308"}}},
		}},
		sdk.TextMessage(sdk.RoleUser, "user-4309"),
	}
	r.Tools = []sdk.Tool{{
		Name: "tool_4306", Description: "describes-4310",
		Parameters: json.RawMessage(`{"type":"object","properties":{"argument":{"type":"string","description":"property-4311"}}}`),
	}}
}

func conversation(t TB, s *subject) {
	request, _, refused := s.sent(t, full)
	if refused {
		t.Fatalf("the provider refuses the conversation")
	}
	for _, word := range []string{
		"system-4301", "developer-4302", "user-4303", "assistant-4304", "call-4305", "value-4307", "result-4308", "user-4309",
	} {
		if !strings.Contains(request, word) {
			t.Errorf("%q did not reach the service", word)
		}
	}
}

func toolsOffered(t TB, s *subject) {
	request, a, refused := s.sent(t, full)
	if refused || a.warns("tool") {
		return
	}
	for _, word := range []string{"tool_4306", "describes-4310", "property-4311"} {
		if !strings.Contains(request, word) {
			t.Errorf("%q did not reach the service, and no warning says so", word)
		}
	}
}

// A probe sets one setting to a value that is easy to find in a request.
type probe struct {
	name string
	set  func(*sdk.ChatRequest)
	find string
}

func probes() []probe {
	return []probe{
		{"max output tokens", func(r *sdk.ChatRequest) { r.Sampling.MaxOutputTokens = new(int64(4201)) }, "4201"},
		{"temperature", func(r *sdk.ChatRequest) { r.Sampling.Temperature = new(0.4202) }, "0.4202"},
		{"top-p", func(r *sdk.ChatRequest) { r.Sampling.TopP = new(0.4203) }, "0.4203"},
		{"top-k", func(r *sdk.ChatRequest) { r.Sampling.TopK = new(int64(4204)) }, "4204"},
		{"min-p", func(r *sdk.ChatRequest) { r.Sampling.MinP = new(0.4205) }, "0.4205"},
		{"frequency penalty", func(r *sdk.ChatRequest) { r.Sampling.FrequencyPenalty = new(0.4206) }, "0.4206"},
		{"presence penalty", func(r *sdk.ChatRequest) { r.Sampling.PresencePenalty = new(0.4207) }, "0.4207"},
		{"seed", func(r *sdk.ChatRequest) { r.Sampling.Seed = new(int64(4208)) }, "4208"},
		{"stop", func(r *sdk.ChatRequest) { r.Sampling.Stop = []string{"stop-4209"} }, "stop-4209"},
		{"logit bias", func(r *sdk.ChatRequest) { r.Sampling.LogitBias = map[string]float64{"4210": 1} }, "4210"},
		{"log probabilities", func(r *sdk.ChatRequest) { r.Sampling.LogProbs = new(true) }, "logprobs"},
		{"reasoning effort", func(r *sdk.ChatRequest) { r.Reasoning.Effort = "high" }, "high"},
		{"reasoning budget", func(r *sdk.ChatRequest) { r.Reasoning.BudgetTokens = new(int64(4211)) }, "4211"},
		{"metadata", func(r *sdk.ChatRequest) { r.Metadata = map[string]string{"note": "metadata-4212"} }, "metadata-4212"},
		{"extra body", func(r *sdk.ChatRequest) { r.ExtraBody = sdk.Extras{"extra": json.RawMessage(`"body-4213"`)} }, "body-4213"},
		{"extra header", func(r *sdk.ChatRequest) { r.ExtraHeaders = map[string]string{"X-Extra": "header-4214"} }, "header-4214"},
		{"response format", func(r *sdk.ChatRequest) {
			r.ResponseFormat = &sdk.ResponseFormat{Type: sdk.FormatJSONSchema, Name: "form",
				Schema: json.RawMessage(`{"type":"object","description":"schema-4215"}`)}
		}, "schema-4215"},
		{"tool choice", func(r *sdk.ChatRequest) {
			full(r)
			r.ToolChoice = sdk.ToolChoice{Mode: sdk.ToolChoiceRequired}
		}, "required"},
		{"parallel tool calls", func(r *sdk.ChatRequest) {
			full(r)
			r.ParallelToolCalls = new(false)
		}, "parallel"},
	}
}

func settingsAccounted(t TB, s *subject) {
	for _, p := range probes() {
		request, a, refused := s.sent(t, p.set)
		if !refused && !strings.Contains(request, p.find) && !a.warns(p.name) {
			t.Errorf("%s: it did not reach the service, and no warning says so", p.name)
		}
	}
}

func credentialHeaderKept(t TB, s *subject) {
	if s.Connection.Credential == nil {
		t.Skipf("the service needs no credential")
	}
	evil := map[string]string{}
	for _, name := range []string{"Authorization", "authorization", "Api-Key", "api-key", "X-Api-Key"} {
		evil[name] = "Bearer evil-4401"
	}
	request, _, refused := s.sent(t, func(r *sdk.ChatRequest) { r.ExtraHeaders = evil })
	if refused {
		return
	}
	if !strings.Contains(request, s.Connection.Credential.Secret.Reveal()) {
		t.Errorf("the request arrived without the credential")
	}
	if strings.Contains(headerOf(request, "Authorization"), "evil-4401") {
		t.Errorf("an extra header has replaced the credential's")
	}
}

// headerOf returns the line of a header, or "".
func headerOf(request, name string) string {
	for line := range strings.Lines(request) {
		if strings.HasPrefix(strings.ToLower(line), strings.ToLower(name)+":") {
			return line
		}
	}
	return ""
}

func bigImage(t TB, s *subject) {
	data := bytes.Repeat([]byte("\x89PNG pixels "), imageSize/12)
	request, a, refused := s.sent(t, func(r *sdk.ChatRequest) {
		r.Messages[0].Parts = append(r.Messages[0].Parts, &sdk.Image{Media: sdk.Media{MediaType: "image/png", Data: data}})
	})
	if !refused && len(request) < len(data) && !a.warns("image") {
		t.Errorf("a request of %s arrived, and no warning says that the picture is missing", size(len(request)))
	}
}

func size(n int) string { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }
