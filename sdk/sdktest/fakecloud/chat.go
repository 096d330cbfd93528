package fakecloud

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A chatRequest is what this package reads of a chat-completions request.
type chatRequest struct {
	Model         string    `json:"model"`
	Messages      []message `json:"messages"`
	Stream        bool      `json:"stream"`
	StreamOptions struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
}

type message struct {
	Role    string  `json:"role"`
	Content content `json:"content"`
}

// content is a message's text: the text parts joined, and the type of any other
// part in brackets.
type content string

func (c *content) UnmarshalJSON(data []byte) error {
	if data[0] != '[' { // a string or null
		return json.Unmarshal(data, (*string)(c))
	}
	var parts []struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	if err := json.Unmarshal(data, &parts); err != nil {
		return fmt.Errorf("content is neither a string nor a list of parts")
	}
	for _, p := range parts {
		if p.Type != "text" {
			p.Text = " [" + p.Type + "]"
		}
		*c += content(p.Text)
	}
	return nil
}

// prompt returns the last user message.
func (r *chatRequest) prompt() string {
	for _, m := range slices.Backward(r.Messages) {
		if m.Role == "user" {
			return string(m.Content)
		}
	}
	return ""
}

func (r *chatRequest) words() (n int) {
	for _, m := range r.Messages {
		n += len(strings.Fields(string(m.Content)))
	}
	return n
}

// chat answers chat/completions of every service.
func (c *Cloud) chat(w http.ResponseWriter, r *http.Request) {
	if e := c.rate.take(credential(r.Header)); e != nil {
		writeError(w, r, *e)
		return
	}
	req, err := readChat(r)
	if err != nil {
		writeError(w, r, apiError{status: 400, kind: "invalid_request_error", message: err.Error()})
		return
	}
	scripted, number := c.nextAnswer()
	answer, fault := c.decide(req, scripted, c.takeFault(r.URL.Path, true))
	if fault != nil && c.replace(w, r, fault) {
		return
	}
	out := c.render(req, answer, number)
	if fault != nil {
		fault.apply(out)
	}
	c.deliver(w, r, out)
}

func readChat(r *http.Request) (*chatRequest, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var req chatRequest
	if err := json.Unmarshal(elideData(body), &req); err != nil {
		return nil, fmt.Errorf("we could not parse the JSON body of your request: %w", err)
	}
	if d := r.PathValue("deployment"); d != "" {
		req.Model = d // Azure OpenAI: the path names the model
	}
	switch {
	case req.Model == "":
		return nil, fmt.Errorf("you must provide a model parameter")
	case len(req.Messages) == 0:
		return nil, fmt.Errorf("[] is too short - 'messages'")
	}
	return &req, nil
}

// decide picks answer and fault: those that were set, else those that the
// model's name stands for.
func (c *Cloud) decide(req *chatRequest, scripted *Answer, fault *Fault) (Answer, *Fault) {
	var answer Answer
	if scripted != nil {
		answer = *scripted
	} else {
		answer = namedAnswer(req.Model)
		if fault == nil {
			fault = c.namedFault(req.Model)
		}
	}
	return answer, fault
}

// namedAnswer returns the answer that a model's name stands for; see the
// package documentation.
func namedAnswer(model string) Answer {
	const thoughts = "The user said something. I repeat it."
	weather := []ToolCall{{Name: "get_weather", Arguments: `{"city":"Hangzhou","unit":"celsius"}`}}
	switch model {
	case "slow":
		return Answer{Delay: 200 * time.Millisecond}
	case "think":
		return Answer{Reasoning: thoughts}
	case "think-reasoning":
		return Answer{Reasoning: thoughts, ReasoningField: "reasoning"}
	case "think-tags":
		return Answer{Reasoning: thoughts, ThinkTags: true}
	case "tools":
		return Answer{ToolCalls: weather}
	case "cite":
		return Answer{Text: "Hello 🌍! The sky is blue 💙, says the almanac.", Citations: []Citation{
			{Phrase: "The sky is blue 💙", URL: "https://almanac.example/sky", Title: "The sky"}}}
	case "refuse":
		return Answer{Refusal: "I cannot help with that."}
	case "length":
		return Answer{FinishReason: "length"}
	case "filter":
		return Answer{FinishReason: "content_filter"}
	case "error-finish":
		return Answer{Text: "Throttled by the service, please try again later.", FinishReason: "error_finish"}
	case "no-usage":
		return Answer{NoUsage: true}
	}
	if style, ok := strings.CutPrefix(model, "tools-"); ok {
		again := ToolCall{Name: "get_time", Arguments: `{"zone":"Asia/Shanghai"}`}
		return Answer{ToolCalls: append(weather, again), ToolStyle: ToolStyle(style)}
	}
	return Answer{}
}

// namedFault returns the fault that a model's name stands for, or nil.
func (c *Cloud) namedFault(model string) *Fault {
	if s, ok := strings.CutPrefix(model, "flaky-"); ok {
		if status, err := strconv.Atoi(s); err == nil && c.failOnce(model) {
			return &Fault{Kind: FaultStatus, Status: status}
		}
		return nil
	}
	name, ok := strings.CutPrefix(model, "fault-")
	if !ok {
		return nil
	}
	f := Fault{Kind: FaultKind(name)}
	if status, err := strconv.Atoi(name); err == nil && 400 <= status && status <= 599 {
		f = Fault{Kind: FaultStatus, Status: status}
	} else if e, ok := named(name); ok {
		f = Fault{Kind: FaultStatus, Status: e.status, Code: e.code, Message: e.message, Header: e.header}
	}
	f = f.withDefaults()
	return &f
}

// render brings the answer into its wire form.
func (c *Cloud) render(req *chatRequest, a Answer, number int) *rendering {
	if n, ok := bigModel(req); ok {
		return c.big(n, req)
	}
	a = a.resolve(req, c.delay)
	e := envelope{id: "chatcmpl-" + strconv.Itoa(number), model: req.Model}
	if !req.Stream {
		return e.whole(&a)
	}
	return e.stream(&a, req.StreamOptions.IncludeUsage)
}

// maxBig bounds the answers of the models big-N.
const maxBig = 1_000_000

// bigModel returns the number of chunks of a streamed request to big-N.
func bigModel(req *chatRequest) (n int, ok bool) {
	s, ok := strings.CutPrefix(req.Model, "big-")
	if !ok || !req.Stream {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && 0 < n && n <= maxBig
}

// big returns an answer of n chunks, rendered once and joined, so that sending
// it costs next to nothing. Each chunk is a word of eight bytes.
func (c *Cloud) big(n int, req *chatRequest) *rendering {
	cached, ok := c.bigAnswer.Load(n)
	if !ok {
		a := Answer{Text: strings.Repeat("lorem-i ", n), Chunks: n}.resolve(req, 0)
		r := envelope{id: "chatcmpl-big", model: req.Model}.stream(&a, true)
		r.chunks = [][]byte{r.join()}
		r.tail, r.done = nil, nil
		cached, _ = c.bigAnswer.LoadOrStore(n, r)
	}
	r := *cached.(*rendering)
	r.delay = c.delay
	return &r
}

// listModels answers models of every service.
func (c *Cloud) listModels(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	ids := slices.Clone(c.models)
	c.mu.Unlock()
	list := []any{}
	for _, id := range ids {
		list = append(list, object{"id": id, "object": "model", "created": created, "owned_by": "fakecloud"})
	}
	c.deliver(w, r, jsonRendering(object{"object": "list", "data": list}))
}
