package openaiapi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-cli/qwen/sdk"
)

func ptr[T any](v T) *T { return &v }

// same compares a decoded value with the JSON it should be.
func same(t *testing.T, got any, wantJSON string) {
	t.Helper()
	var want any
	if err := json.Unmarshal([]byte(wantJSON), &want); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestRequestMinimal(t *testing.T) {
	got, warnings := sent(t, Dialect{}, ask())
	same(t, got, `{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true,"stream_options":{"include_usage":true}}`)
	if len(warnings) > 0 {
		t.Errorf("warnings: %v", warnings)
	}
}

func TestRequestComplete(t *testing.T) {
	req := &sdk.ChatRequest{
		Model:    "m",
		Messages: []sdk.Message{sdk.TextMessage(sdk.RoleUser, "hi")},
		Tools: []sdk.Tool{{Name: "ls", Description: "List", Parameters: json.RawMessage(`{"type":"object"}`), Strict: true,
			Extra: sdk.Extras{"cache_control": json.RawMessage(`{"type":"ephemeral"}`)}}},
		ToolChoice:        sdk.ToolChoice{Mode: sdk.ToolChoiceNamed, Name: "ls"},
		ParallelToolCalls: ptr(false),
		ResponseFormat:    &sdk.ResponseFormat{Type: sdk.FormatJSONSchema, Schema: json.RawMessage(`{"type":"object"}`), Strict: true},
		Sampling: sdk.Sampling{MaxOutputTokens: ptr(int64(9)), Temperature: ptr(0.5), TopP: ptr(0.25), TopK: ptr(int64(4)), MinP: ptr(0.125),
			FrequencyPenalty: ptr(-1.0), PresencePenalty: ptr(0.0), Seed: ptr(int64(7)), Stop: []string{"a", "\n"}, LogProbs: ptr(true),
			TopLogProbs: ptr(int64(2)), LogitBias: map[string]float64{"50256": -100}},
		Reasoning: sdk.ReasoningOptions{Effort: "low"},
		Metadata:  map[string]string{"k": "v"},
		ExtraBody: sdk.Extras{"temperature": json.RawMessage(`0.75`), "search": json.RawMessage(`{"on":true}`)},
	}
	got, warnings := sent(t, Dialect{Rename: map[string]string{"max_tokens": "max_completion_tokens"}}, req)
	same(t, got, `{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true,"stream_options":{"include_usage":true},
		"tools":[{"type":"function","function":{"name":"ls","description":"List","parameters":{"type":"object"},"strict":true},"cache_control":{"type":"ephemeral"}}],
		"tool_choice":{"type":"function","function":{"name":"ls"}},"parallel_tool_calls":false,
		"max_completion_tokens":9,"top_p":0.25,"top_k":4,"min_p":0.125,"frequency_penalty":-1,"presence_penalty":0,"seed":7,
		"stop":["a","\n"],"logprobs":true,"top_logprobs":2,"logit_bias":{"50256":-100},"reasoning_effort":"low",
		"response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"},"strict":true}},
		"metadata":{"k":"v"},"temperature":0.75,"search":{"on":true}}`)
	if len(warnings) > 0 {
		t.Errorf("warnings: %v", warnings)
	}
}

func TestMessages(t *testing.T) {
	here := &sdk.Origin{Provider: "p", Endpoint: "https://api.example/v1/", Model: "m"}
	elsewhere := &sdk.Origin{Provider: "q", Endpoint: "https://other.example/v1"}
	image := &sdk.Image{Media: sdk.Media{MediaType: "image/jpeg", Data: []byte("hi")}, Detail: "low"}
	assistant := func(o *sdk.Origin, parts ...sdk.Part) sdk.Message {
		return sdk.Message{Role: sdk.RoleAssistant, Origin: o, Parts: parts}
	}
	thought := &sdk.Reasoning{Text: "hm", Opaque: []byte(`[{"data":"E"}]`)}
	call := &sdk.ToolCall{ID: "c1", Name: "f", Arguments: `{"a":1}`, Opaque: []byte(`{"s":1}`)}

	for _, tt := range []struct {
		name     string
		dialect  Dialect
		messages []sdk.Message
		want     string
		warnings string
	}{
		{"roles", Dialect{}, []sdk.Message{sdk.TextMessage(sdk.RoleSystem, "s"), sdk.TextMessage(sdk.RoleDeveloper, "d")},
			`[{"role":"system","content":"s"},{"role":"system","content":"d"}]`, ""},
		{"developer role", Dialect{DeveloperRole: true}, []sdk.Message{sdk.TextMessage(sdk.RoleDeveloper, "d")},
			`[{"role":"developer","content":"d"}]`, ""},
		{"several texts", Dialect{}, []sdk.Message{{Role: sdk.RoleUser, Name: "bob", Parts: []sdk.Part{&sdk.Text{Text: "a"}, &sdk.Text{Text: "b"}}}},
			`[{"role":"user","name":"bob","content":"a\n\nb"}]`, ""},
		{"text with extras", Dialect{}, []sdk.Message{{Role: sdk.RoleUser, Parts: []sdk.Part{&sdk.Text{Text: "a", Extra: sdk.Extras{"x": json.RawMessage(`1`)}}}}},
			`[{"role":"user","content":[{"type":"text","text":"a","x":1}]}]`, ""},
		{"media", Dialect{AudioURL: true, FileURL: true}, []sdk.Message{{Role: sdk.RoleUser, Parts: []sdk.Part{
			&sdk.Text{Text: "a"}, image, &sdk.Image{Media: sdk.Media{URL: "https://x/y.png"}},
			&sdk.Audio{Media: sdk.Media{MediaType: "audio/mpeg", Data: []byte("hi")}},
			&sdk.File{Media: sdk.Media{FileID: "f1"}}, &sdk.File{Media: sdk.Media{MediaType: "application/pdf", Name: "a.pdf", Data: []byte("hi")}}}}},
			`[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,aGk=","detail":"low"}},
			{"type":"image_url","image_url":{"url":"https://x/y.png"}},{"type":"input_audio","input_audio":{"data":"data:audio/mpeg;base64,aGk=","format":"mp3"}},
			{"type":"file","file":{"file_id":"f1"}},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,aGk="}}]}]`, ""},
		{"audio as OpenAI wants it", Dialect{}, []sdk.Message{{Role: sdk.RoleUser, Parts: []sdk.Part{&sdk.Audio{Media: sdk.Media{MediaType: "audio/x-wav", Data: []byte("hi")}}}}},
			`[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"aGk=","format":"wav"}}]}]`, ""},
		{"tool round", Dialect{}, []sdk.Message{assistant(here, call),
			{Role: sdk.RoleTool, Parts: []sdk.Part{&sdk.ToolResult{CallID: "c1", Name: "f", Content: []sdk.Part{&sdk.Text{Text: "ok"}}}}}},
			`[{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"},"extra_content":{"s":1}}]},
			{"role":"tool","tool_call_id":"c1","name":"f","content":"ok"}]`, ""},
		{"tool error and picture", Dialect{}, []sdk.Message{assistant(here, &sdk.Text{Text: "t"}, &sdk.ToolCall{ID: "c1", Name: "f"}, &sdk.ToolCall{ID: "c2", Name: "f"}),
			{Role: sdk.RoleTool, Parts: []sdk.Part{&sdk.ToolResult{CallID: "c1", IsError: true, Content: []sdk.Part{&sdk.Text{Text: "no"}, image}}}},
			{Role: sdk.RoleTool, Parts: []sdk.Part{&sdk.ToolResult{CallID: "c2"}}}, sdk.TextMessage(sdk.RoleUser, "go on")},
			`[{"role":"assistant","content":"t","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"c2","type":"function","function":{"name":"f","arguments":"{}"}}]},
			{"role":"tool","tool_call_id":"c1","content":"error: no"},{"role":"tool","tool_call_id":"c2","content":""},
			{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,aGk=","detail":"low"}}]},{"role":"user","content":"go on"}]`, "part-moved"},
		{"thoughts are not sent back", Dialect{}, []sdk.Message{assistant(here, thought, &sdk.Text{Text: "a"})},
			`[{"role":"assistant","content":"a"}]`, ""},
		{"unless the service wants them", Dialect{ReasoningField: "reasoning_content", ReasoningDetails: true}, []sdk.Message{assistant(here, thought, &sdk.Text{Text: "a"})},
			`[{"role":"assistant","content":"a","reasoning_content":"hm","reasoning_details":[{"data":"E"}]}]`, ""},
		{"never those of others", Dialect{ReasoningField: "reasoning_content", ReasoningDetails: true}, []sdk.Message{
			{Role: sdk.RoleAssistant, Origin: elsewhere, Parts: []sdk.Part{thought, &sdk.Text{Text: "a"}, call}, Extra: sdk.Extras{"x": json.RawMessage(`1`)}}, assistant(nil, thought)},
			`[{"role":"assistant","content":"a","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"assistant","content":""}]`, ""},
		{"thought demanded of every message", Dialect{ReasoningField: "reasoning_content", ReasoningAlways: true}, []sdk.Message{assistant(nil, &sdk.Text{Text: "a"})},
			`[{"role":"assistant","content":"a","reasoning_content":""}]`, ""},
		{"refusal", Dialect{}, []sdk.Message{assistant(here, &sdk.Refusal{Text: "no"})},
			`[{"role":"assistant","content":"","refusal":"no"}]`, ""},
		{"parts without a place", Dialect{}, []sdk.Message{assistant(here, &sdk.Text{Text: "a"}, image), {Role: sdk.RoleUser, Parts: []sdk.Part{&sdk.Text{Text: "b"}, &sdk.Unknown{}}}},
			`[{"role":"assistant","content":"a"},{"role":"user","content":[{"type":"text","text":"b"}]}]`, "part-ignored part-ignored"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, warnings := sent(t, tt.dialect, &sdk.ChatRequest{Messages: tt.messages})
			same(t, got["messages"], tt.want)
			var codes []string
			for _, w := range warnings {
				codes = append(codes, w.Code)
			}
			if got := strings.Join(codes, " "); got != tt.warnings {
				t.Errorf("warnings %q, want %q", got, tt.warnings)
			}
		})
	}
}

func TestDialects(t *testing.T) {
	on, off, budget := ptr(true), ptr(false), ptr(int64(100))
	for _, tt := range []struct {
		name    string
		dialect Dialect
		change  func(*sdk.ChatRequest)
		want    string // of what is in the body beyond the minimum
		warning string // the setting warned of
	}{
		{"omitted", Dialect{Omit: []string{"seed"}}, func(r *sdk.ChatRequest) { r.Sampling.Seed = ptr(int64(1)) }, `{}`, "seed"},
		{"omitted and not asked for", Dialect{Omit: []string{"seed"}}, func(r *sdk.ChatRequest) {}, `{}`, ""},
		{"renamed", Dialect{Rename: map[string]string{"seed": "random_seed"}}, func(r *sdk.ChatRequest) { r.Sampling.Seed = ptr(int64(1)) }, `{"random_seed":1}`, ""},
		{"renamed, but given in ExtraBody", Dialect{Rename: map[string]string{"seed": "random_seed"}}, func(r *sdk.ChatRequest) {
			r.Sampling.Seed = ptr(int64(1))
			r.ExtraBody = sdk.Extras{"random_seed": json.RawMessage("2")}
		}, `{"random_seed":2}`, ""},
		{"no schema", Dialect{NoSchema: true}, func(r *sdk.ChatRequest) {
			r.ResponseFormat = &sdk.ResponseFormat{Type: sdk.FormatJSONSchema, Schema: json.RawMessage(`{}`)}
		}, `{"response_format":{"type":"json_object"}}`, "response_format"},
		{"any JSON", Dialect{}, func(r *sdk.ChatRequest) { r.ResponseFormat = &sdk.ResponseFormat{Type: sdk.FormatJSON} }, `{"response_format":{"type":"json_object"}}`, ""},
		{"tool choice", Dialect{}, func(r *sdk.ChatRequest) { r.ToolChoice.Mode = sdk.ToolChoiceRequired }, `{"tool_choice":"required"}`, ""},

		{"thinking off, no switch", Dialect{}, func(r *sdk.ChatRequest) { r.Reasoning.Enabled = off }, `{}`, "reasoning.enabled"},
		{"thinking on with an effort", Dialect{}, func(r *sdk.ChatRequest) { r.Reasoning = sdk.ReasoningOptions{Enabled: on, Effort: "high"} }, `{"reasoning_effort":"high"}`, ""},
		{"budget, no field", Dialect{}, func(r *sdk.ChatRequest) { r.Reasoning.BudgetTokens = budget }, `{}`, "reasoning.budget_tokens"},
		{"effort none", Dialect{Thinking: ThinkingEffortNone}, func(r *sdk.ChatRequest) { r.Reasoning.Enabled = off }, `{"reasoning_effort":"none"}`, ""},
		{"enable_thinking", Dialect{Thinking: ThinkingEnable}, func(r *sdk.ChatRequest) { r.Reasoning = sdk.ReasoningOptions{Enabled: on, BudgetTokens: budget} }, `{"enable_thinking":true,"thinking_budget":100}`, ""},
		{"thinking object", Dialect{Thinking: ThinkingObject}, func(r *sdk.ChatRequest) { r.Reasoning.Enabled = off }, `{"thinking":{"type":"disabled"}}`, ""},
		{"template", Dialect{Thinking: ThinkingTemplate}, func(r *sdk.ChatRequest) { r.Reasoning.Enabled = off }, `{"chat_template_kwargs":{"enable_thinking":false}}`, ""},
		{"reasoning object", Dialect{Thinking: ThinkingReasoning}, func(r *sdk.ChatRequest) { r.Reasoning = sdk.ReasoningOptions{Enabled: on, Effort: "low"} }, `{"reasoning":{"enabled":true,"effort":"low"}}`, ""},
		{"reasoning object, effort and budget", Dialect{Thinking: ThinkingReasoning}, func(r *sdk.ChatRequest) { r.Reasoning = sdk.ReasoningOptions{BudgetTokens: budget, Effort: "low"} }, `{"reasoning":{"max_tokens":100}}`, "reasoning.effort"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req := ask()
			tt.change(req)
			got, warnings := sent(t, tt.dialect, req)
			for _, always := range []string{"model", "messages", "stream", "stream_options"} {
				delete(got, always)
			}
			same(t, got, tt.want)
			switch {
			case tt.warning == "" && len(warnings) > 0, tt.warning != "" && (len(warnings) != 1 || warnings[0].Setting != tt.warning):
				t.Errorf("warnings %v, want one of %q", warnings, tt.warning)
			}
		})
	}
}

func TestStreamOptions(t *testing.T) {
	got, warnings := sent(t, Dialect{Omit: []string{"stream_options"}}, ask())
	if _, has := got["stream_options"]; has || len(warnings) > 0 {
		t.Errorf("body %v, warnings %v", got, warnings)
	}
	req := ask()
	req.ExtraBody = sdk.Extras{"stream": json.RawMessage(`false`)}
	got, _ = sent(t, Dialect{}, req)
	if _, has := got["stream_options"]; has || got["stream"] != false {
		t.Errorf("body %v", got)
	}
}

func TestRequestsRefusedLocally(t *testing.T) {
	user := func(p sdk.Part) func(*sdk.ChatRequest) {
		return func(r *sdk.ChatRequest) { r.Messages = []sdk.Message{{Role: sdk.RoleUser, Parts: []sdk.Part{p}}} }
	}
	for _, tt := range []struct {
		name    string
		dialect Dialect
		change  func(*sdk.ChatRequest)
		kind    sdk.ErrorKind
	}{
		{"picture to a text service", Dialect{TextOnly: true}, user(&sdk.Image{Media: sdk.Media{URL: "https://x"}}), sdk.KindUnsupported},
		{"picture by id", Dialect{}, user(&sdk.Image{Media: sdk.Media{FileID: "f"}}), sdk.KindUnsupported},
		{"audio by address", Dialect{}, user(&sdk.Audio{Media: sdk.Media{URL: "https://x"}}), sdk.KindUnsupported},
		{"file by address", Dialect{}, user(&sdk.File{Media: sdk.Media{URL: "https://x"}}), sdk.KindUnsupported},
		{"result of no call", Dialect{}, user(&sdk.ToolResult{CallID: "c9"}), sdk.KindInvalidRequest},
		{"parameters not JSON", Dialect{}, func(r *sdk.ChatRequest) { r.Tools = []sdk.Tool{{Name: "f", Parameters: json.RawMessage(`{`)}} }, sdk.KindInvalidRequest},
		{"schema missing", Dialect{}, func(r *sdk.ChatRequest) { r.ResponseFormat = &sdk.ResponseFormat{Type: sdk.FormatJSONSchema} }, sdk.KindInvalidRequest},
		{"extra not JSON", Dialect{}, func(r *sdk.ChatRequest) { r.ExtraBody = sdk.Extras{"x": json.RawMessage(`nope`)} }, sdk.KindInvalidRequest},
		{"not a number", Dialect{}, func(r *sdk.ChatRequest) { r.Sampling.Temperature = ptr(math.NaN()) }, sdk.KindInvalidRequest},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req := ask()
			tt.change(req)
			_, _, err := encodeChat(&Service{BaseURL: "https://api.example/v1", Dialect: tt.dialect}, req)
			want(t, err, tt.kind)
		})
	}
}

func TestLargePictureIsEncodedOnce(t *testing.T) {
	picture := bytes.Repeat([]byte{0xAB}, 6<<20)
	req := ask()
	req.Messages = []sdk.Message{{Role: sdk.RoleUser, Parts: []sdk.Part{&sdk.Image{Media: sdk.Media{MediaType: "image/png", Data: picture}}}}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	body, _, err := encodeChat(&Service{BaseURL: "https://api.example/v1"}, req)
	runtime.ReadMemStats(&after)
	if err != nil || !bytes.Contains(body, []byte(base64.StdEncoding.EncodeToString(picture))) {
		t.Errorf("the picture is not in the body: %v", err)
	}
	if size, limit := after.TotalAlloc-before.TotalAlloc, uint64(len(picture)*4/3+1<<20); size > limit {
		t.Errorf("encoding allocates %d bytes, want at most one copy, %d", size, limit)
	}
}

// FuzzString checks that every string arrives as encoding/json would send it.
func FuzzString(f *testing.F) {
	f.Add("a\"b\\c\n\x00\x7f</script>\u2028é😀")
	f.Add("\xff\xc0a\xe2\x82")
	f.Fuzz(func(t *testing.T, s string) {
		var w jsonWriter
		w.str(s)
		var got string
		if err := json.Unmarshal(w.buf, &got); err != nil {
			t.Fatalf("%v in %q", err, w.buf)
		}
		if utf8.ValidString(s) && got != s || got != strings.ToValidUTF8(got, "") {
			t.Errorf("%q arrives as %q", s, got)
		}
		std, _ := json.Marshal(s)
		var want string
		_ = json.Unmarshal(std, &want)
		if got != want {
			t.Errorf("got %q, encoding/json %q", got, want)
		}
	})
}

// BenchmarkEncode makes the body of a request with two hundred messages.
func BenchmarkEncode(b *testing.B) {
	r := &sdk.ChatRequest{Model: "m"}
	for range 100 {
		r.Messages = append(r.Messages,
			sdk.TextMessage(sdk.RoleUser, "What does EADDRINUSE mean?"),
			sdk.TextMessage(sdk.RoleAssistant, strings.Repeat("The address is in use. ", 50)))
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := encodeChat(&Service{}, r); err != nil {
			b.Fatal(err)
		}
	}
}
