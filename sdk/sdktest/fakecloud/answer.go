package fakecloud

import (
	"strings"
	"time"
	"unicode/utf8"
)

// An Answer says what a chat service answers. The zero Answer repeats what the
// user said.
type Answer struct {
	// Text is the answer; "{prompt}" in it stands for the last user message, and
	// "{sent}" for the time at which its chunk is sent, in nanoseconds since 1970.
	// Empty: "You said: {prompt}", unless there is a tool call or a refusal.
	Text string `json:"text,omitempty"`

	// Chunks is the number of chunks that the text is cut into; 0: one for each
	// word.
	Chunks int `json:"chunks,omitempty"`

	// Delay goes before each chunk; 0 for that of the cloud.
	Delay time.Duration `json:"delay,omitempty"`

	// Reasoning is what the model thinks before it answers, in the field
	// ReasoningField ("reasoning_content" if empty), or in <think> tags at the
	// start of the text.
	Reasoning      string `json:"reasoning,omitempty"`
	ReasoningField string `json:"reasoning_field,omitempty"`
	ThinkTags      bool   `json:"think_tags,omitempty"`

	ToolCalls []ToolCall `json:"tool_calls,omitempty"`
	ToolStyle ToolStyle  `json:"tool_style,omitempty"`

	// Citations say which phrases of the text rest on which source.
	Citations []Citation `json:"citations,omitempty"`

	// Refusal is the text of a refusal.
	Refusal string `json:"refusal,omitempty"`

	// FinishReason is sent as it is; empty: "tool_calls" or "stop".
	FinishReason string `json:"finish_reason,omitempty"`

	// Usage is what is reported; nil: counted in words. NoUsage: nothing is.
	Usage   *Usage `json:"usage,omitempty"`
	NoUsage bool   `json:"no_usage,omitempty"`

	// Header is added to the response.
	Header map[string]string `json:"header,omitempty"`
}

// A Citation names the source of a phrase of the answer's text.
type Citation struct {
	Phrase string `json:"phrase"`
	URL    string `json:"url"`
	Title  string `json:"title"`
}

// annotation is the citation as the API has it, which counts characters.
func (c Citation) annotation(text string) object {
	before, _, _ := strings.Cut(text, c.Phrase)
	start := utf8.RuneCountInString(before)
	return object{"type": "url_citation", "url_citation": object{
		"start_index": start, "end_index": start + utf8.RuneCountInString(c.Phrase), "url": c.URL, "title": c.Title,
	}}
}

// annotations returns all of them.
func (a *Answer) annotations() (list []object) {
	for _, c := range a.Citations {
		list = append(list, c.annotation(a.Text))
	}
	return list
}

// A ToolCall is one that the model makes. Without an ID one is made up from its
// position.
type ToolCall struct {
	ID        string `json:"id,omitempty"`
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

// A ToolStyle is a way in which servers stream tool calls. All but the first
// two are against the letter of the API, and all of them are met in the wild.
type ToolStyle string

// The styles.
const (
	ToolSplit       ToolStyle = "split"       // id and name first, then pieces of the arguments; the default
	ToolWhole       ToolStyle = "whole"       // each call in one chunk
	ToolInterleaved ToolStyle = "interleaved" // pieces of several calls in turn
	ToolNoIndex     ToolStyle = "no-index"    // index is missing
	ToolNoID        ToolStyle = "no-id"       // id is missing
	ToolRepeatID    ToolStyle = "repeat-id"   // id and name in every chunk
	ToolSameIndex   ToolStyle = "same-index"  // every call has index 0
	ToolLateName    ToolStyle = "late-name"   // id and name after the first piece
	ToolObject      ToolStyle = "object"      // arguments are an object, not a string
)

// Usage is the token count of an answer, in the service's own form.
type Usage struct {
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
	TotalTokens      int `json:"total_tokens"`

	PromptDetails struct {
		CachedTokens int `json:"cached_tokens"`
	} `json:"prompt_tokens_details"`
	CompletionDetails struct {
		ReasoningTokens int `json:"reasoning_tokens"`
	} `json:"completion_tokens_details"`
}

// resolve fills in what depends on the request.
func (a Answer) resolve(req *chatRequest, delay time.Duration) Answer {
	if a.Text == "" && len(a.ToolCalls) == 0 && a.Refusal == "" {
		a.Text = "You said: {prompt}"
	}
	a.Text = strings.ReplaceAll(a.Text, "{prompt}", req.prompt())
	if a.ThinkTags && a.Reasoning != "" {
		a.Text = "<think>" + a.Reasoning + "</think>" + a.Text
		a.Reasoning = ""
	}
	if a.ReasoningField == "" {
		a.ReasoningField = "reasoning_content"
	}
	if a.FinishReason == "" {
		a.FinishReason = "stop"
		if len(a.ToolCalls) > 0 {
			a.FinishReason = "tool_calls"
		}
	}
	if a.Delay == 0 {
		a.Delay = delay
	}
	a.Usage = a.usage(req)
	return a
}

// usage counts words where the answer has no usage of its own.
func (a *Answer) usage(req *chatRequest) *Usage {
	if a.NoUsage || a.Usage != nil {
		return a.Usage
	}
	u := &Usage{PromptTokens: req.words()}
	u.CompletionDetails.ReasoningTokens = len(strings.Fields(a.Reasoning))
	u.CompletionTokens = len(strings.Fields(a.Text)) + u.CompletionDetails.ReasoningTokens
	u.TotalTokens = u.PromptTokens + u.CompletionTokens
	return u
}

// cut cuts text into n pieces of about the same number of characters; into words
// with their spaces if n is 0.
func cut(text string, n int) []string {
	if n <= 0 {
		return strings.SplitAfter(text, " ")
	}
	runes := []rune(text)
	pieces := make([]string, 0, n)
	for i := range n {
		pieces = append(pieces, string(runes[i*len(runes)/n:(i+1)*len(runes)/n]))
	}
	return pieces
}
