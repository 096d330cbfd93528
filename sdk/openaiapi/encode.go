package openaiapi

import (
	"bytes"
	"fmt"

	"github.com/qwen-cli/qwen/sdk"
)

// encodeChat returns the request's body, and what the dialect could not carry.
func encodeChat(svc *Service, req *sdk.ChatRequest) ([]byte, []*sdk.Warning, error) {
	e := &encoder{svc: svc, d: &svc.Dialect, req: req}
	e.buf = make([]byte, 0, bodySize(req))
	e.open('{')
	e.head()
	e.messages()
	e.tools()
	e.sampling()
	e.reasoning()
	e.format()
	e.metadata()
	e.extra(req.ExtraBody, "extra_body")
	e.close('}')
	return e.buf, e.warnings, e.err
}

// An encoder writes one request. Its first error is kept; what is written after it
// does not matter.
type encoder struct {
	jsonWriter
	svc      *Service
	d        *Dialect
	req      *sdk.ChatRequest
	warnings []*sdk.Warning
	warned   map[string]bool
	err      error
}

// fail keeps the first error.
func (e *encoder) fail(kind sdk.ErrorKind, field, format string, args ...any) {
	if e.err == nil {
		err := sdk.Errorf(kind, format, args...)
		err.Field = field
		e.err = err
	}
}

// warn tells once that something is not sent as asked.
func (e *encoder) warn(code, setting, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if e.warned[code+message] {
		return
	}
	if e.warned == nil {
		e.warned = map[string]bool{}
	}
	e.warned[code+message] = true
	e.warnings = append(e.warnings, &sdk.Warning{Code: code, Setting: setting, Message: message})
}

// ignored tells that a setting is not sent.
func (e *encoder) ignored(setting string) {
	e.warn("setting-ignored", setting, "%s does not take %s; it was not sent", e.service(), setting)
}

// service names the service in a sentence.
func (e *encoder) service() string { return or(e.d.Name, "the service") }

// field begins a top-level field by its common name, and reports whether its value
// is to follow: not if the dialect refuses it, or if ExtraBody has it, which wins.
func (e *encoder) field(name string) bool {
	if e.omits(name) {
		e.ignored(name)
		return false
	}
	name = or(e.d.Rename[name], name)
	if _, replaced := e.req.ExtraBody[name]; replaced {
		return false
	}
	e.key(name)
	return true
}

// omits reports whether the dialect refuses a field.
func (e *encoder) omits(name string) bool {
	for _, o := range e.d.Omit {
		if o == name {
			return true
		}
	}
	return false
}

// head writes what every request begins with. A service with a single model may
// do without its name.
func (e *encoder) head() {
	if e.req.Model != "" && e.field("model") {
		e.str(e.req.Model)
	}
	if e.field("stream") {
		e.bool(true)
	}
	if stream, set := e.req.ExtraBody["stream"]; set && string(bytes.TrimSpace(stream)) == "false" {
		return // stream_options is an error then, at OpenAI as at ModelScope
	}
	if !e.omits("stream_options") && e.field("stream_options") {
		e.buf = append(e.buf, `{"include_usage":true}`...)
	}
}

func (e *encoder) tools() {
	if len(e.req.Tools) > 0 && e.field("tools") {
		e.open('[')
		for i := range e.req.Tools {
			e.tool(&e.req.Tools[i])
		}
		e.close(']')
	}
	e.toolChoice(e.req.ToolChoice)
	if p := e.req.ParallelToolCalls; p != nil && e.field("parallel_tool_calls") {
		e.bool(*p)
	}
}

func (e *encoder) tool(t *sdk.Tool) {
	e.open('{')
	e.member("type", "function")
	e.key("function")
	e.open('{')
	e.member("name", t.Name)
	if t.Description != "" {
		e.member("description", t.Description)
	}
	if len(t.Parameters) > 0 {
		e.key("parameters")
		if !e.raw(t.Parameters) {
			e.fail(sdk.KindInvalidRequest, "tools", "the parameters of the tool %s are not JSON", t.Name)
		}
	}
	if t.Strict {
		e.key("strict")
		e.bool(true)
	}
	e.close('}')
	e.extra(t.Extra, "tools")
	e.close('}')
}

func (e *encoder) toolChoice(c sdk.ToolChoice) {
	if c.Mode == "" || !e.field("tool_choice") {
		return
	}
	if c.Mode != sdk.ToolChoiceNamed {
		e.str(string(c.Mode))
		return
	}
	e.open('{')
	e.member("type", "function")
	e.key("function")
	e.open('{')
	e.member("name", c.Name)
	e.close('}')
	e.close('}')
}

func (e *encoder) sampling() {
	s := &e.req.Sampling
	e.intField("max_tokens", s.MaxOutputTokens)
	e.floatField("temperature", s.Temperature)
	e.floatField("top_p", s.TopP)
	e.intField("top_k", s.TopK)
	e.floatField("min_p", s.MinP)
	e.floatField("frequency_penalty", s.FrequencyPenalty)
	e.floatField("presence_penalty", s.PresencePenalty)
	e.intField("seed", s.Seed)
	e.intField("top_logprobs", s.TopLogProbs)
	if s.LogProbs != nil && e.field("logprobs") {
		e.bool(*s.LogProbs)
	}
	if len(s.Stop) > 0 && e.field("stop") {
		e.open('[')
		for _, stop := range s.Stop {
			e.str(stop)
		}
		e.close(']')
	}
	if len(s.LogitBias) > 0 && e.field("logit_bias") {
		e.open('{')
		for _, token := range sortedKeys(s.LogitBias) {
			e.key(token)
			e.number("logit_bias", s.LogitBias[token])
		}
		e.close('}')
	}
}

func (e *encoder) intField(name string, v *int64) {
	if v != nil && e.field(name) {
		e.int(*v)
	}
}

func (e *encoder) floatField(name string, v *float64) {
	if v != nil && e.field(name) {
		e.number(name, *v)
	}
}

func (e *encoder) number(name string, v float64) {
	if !e.float(v) {
		e.fail(sdk.KindInvalidRequest, name, "%s is not a number", name)
	}
}

// format asks for the answer's form. A schema that was not given as such, or that
// the service does not know, falls back to any JSON.
func (e *encoder) format() {
	f := e.req.ResponseFormat
	if f == nil || f.Type == sdk.FormatText {
		return
	}
	if f.Type == sdk.FormatJSON || e.d.NoSchema {
		if f.Type != sdk.FormatJSON {
			e.warn("setting-weakened", "response_format", "%s does not take a JSON schema; it was asked for any JSON", e.service())
		}
		if e.field("response_format") {
			e.buf = append(e.buf, `{"type":"json_object"}`...)
		}
		return
	}
	if !e.field("response_format") {
		return
	}
	e.open('{')
	e.member("type", string(f.Type))
	e.key("json_schema")
	e.open('{')
	e.member("name", or(f.Name, "answer"))
	e.key("schema")
	if !e.raw(f.Schema) {
		e.fail(sdk.KindInvalidRequest, "response_format", "the schema of the answer is not JSON")
	}
	if f.Strict {
		e.key("strict")
		e.bool(true)
	}
	e.close('}')
	e.close('}')
}

func (e *encoder) metadata() {
	if len(e.req.Metadata) == 0 || !e.field("metadata") {
		return
	}
	e.open('{')
	for _, name := range sortedKeys(e.req.Metadata) {
		e.member(name, e.req.Metadata[name])
	}
	e.close('}')
}

// extra adds members that only this service knows.
func (e *encoder) extra(extra sdk.Extras, field string) {
	for _, name := range sortedKeys(extra) {
		e.key(name)
		if !e.raw(extra[name]) {
			e.fail(sdk.KindInvalidRequest, field, "the value of %s in %s is not JSON", name, field)
		}
	}
}

// reasoning steers the model's thinking in the way the service has for it.
func (e *encoder) reasoning() {
	r := &e.req.Reasoning
	if r.Enabled == nil && r.Effort == "" && r.BudgetTokens == nil {
		return
	}
	if e.d.Thinking == ThinkingReasoning {
		e.reasoningObject(r)
		return
	}
	effort := r.Effort
	switch {
	case r.Enabled == nil:
	case e.d.Thinking == ThinkingEnable:
		if e.field("enable_thinking") {
			e.bool(*r.Enabled)
		}
	case e.d.Thinking == ThinkingObject:
		if e.field("thinking") {
			e.open('{')
			e.member("type", map[bool]string{true: "enabled", false: "disabled"}[*r.Enabled])
			e.close('}')
		}
	case e.d.Thinking == ThinkingTemplate:
		if e.field("chat_template_kwargs") {
			e.open('{')
			e.key("enable_thinking")
			e.bool(*r.Enabled)
			e.close('}')
		}
	case e.d.Thinking == ThinkingEffortNone && !*r.Enabled:
		effort = "none"
	case *r.Enabled && effort != "": // an effort implies it
	default:
		e.ignored("reasoning.enabled")
	}
	if effort != "" && e.field("reasoning_effort") {
		e.str(effort)
	}
	e.thinkingBudget(r.BudgetTokens)
}

func (e *encoder) thinkingBudget(budget *int64) {
	switch {
	case budget == nil:
	case e.d.Thinking == ThinkingEnable:
		e.intField("thinking_budget", budget)
	default:
		e.ignored("reasoning.budget_tokens")
	}
}

// reasoningObject writes OpenRouter's form. It takes an effort or a budget, not
// both; the budget is the more exact one.
func (e *encoder) reasoningObject(r *sdk.ReasoningOptions) {
	if !e.field("reasoning") {
		return
	}
	e.open('{')
	if r.Enabled != nil {
		e.key("enabled")
		e.bool(*r.Enabled)
	}
	switch {
	case r.BudgetTokens != nil:
		e.key("max_tokens")
		e.int(*r.BudgetTokens)
		if r.Effort != "" {
			e.warn("setting-ignored", "reasoning.effort", "%s takes an effort or a budget of tokens; the budget was sent", e.service())
		}
	case r.Effort != "":
		e.member("effort", r.Effort)
	}
	e.close('}')
}

// bodySize estimates the size of the body, so that the buffer need not grow.
func bodySize(req *sdk.ChatRequest) int {
	n := 4 << 10
	for i := range req.Messages {
		n += 128
		for _, p := range req.Messages[i].Parts {
			n += partSize(p)
		}
	}
	for i := range req.Tools {
		n += len(req.Tools[i].Parameters) + len(req.Tools[i].Description) + 256
	}
	for _, v := range req.ExtraBody {
		n += len(v) + 64
	}
	return n
}

func partSize(p sdk.Part) int {
	const frame = 128 // what surrounds the content, roughly
	media := func(m *sdk.Media) int { return frame + len(m.Data)/3*4 + len(m.URL) }
	text := func(s string) int { return frame + len(s) + len(s)/16 }
	switch p := p.(type) {
	case *sdk.Text:
		return text(p.Text)
	case *sdk.Reasoning:
		return text(p.Text) + len(p.Opaque)
	case *sdk.ToolCall:
		return text(p.Arguments) + len(p.Opaque)
	case *sdk.Image:
		return media(&p.Media)
	case *sdk.Audio:
		return media(&p.Media)
	case *sdk.File:
		return media(&p.Media)
	case *sdk.ToolResult:
		n := frame
		for _, c := range p.Content {
			n += partSize(c)
		}
		return n
	}
	return frame
}
