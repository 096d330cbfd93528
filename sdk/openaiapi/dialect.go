package openaiapi

import "github.com/qwen-cli/qwen/sdk"

// A Dialect says, as data, what a service does differently from the common core
// of the chat-completions API. The zero value is that core, and right for most
// services.
type Dialect struct {
	// Name is the service's name, for warnings: "DeepSeek".
	Name string

	// Rename gives top-level fields of the request body another name, as in
	// "max_tokens": "max_completion_tokens".
	Rename map[string]string

	// Omit lists top-level fields of the request body, by their common name,
	// that the service refuses. They are not sent; where the caller asked for
	// one, a warning says so.
	Omit []string

	// Thinking says how a model's thinking is switched on and off.
	Thinking ThinkingStyle

	// ReasoningField names the field of an assistant message in which the
	// service wants its earlier thoughts back ("reasoning_content"); empty:
	// they are not sent back, which is what most services ask for.
	ReasoningField string

	// ReasoningAlways sends ReasoningField with every assistant message, empty
	// where there was no thought.
	ReasoningAlways bool

	// ReasoningDetails keeps the reasoning_details of an answer as opaque data
	// and sends them back unchanged
	// (https://openrouter.ai/docs/use-cases/reasoning-tokens).
	ReasoningDetails bool

	// ThinkTags treats <think>…</think> or <thinking>…</thinking> at the very
	// start of an answer as a thought. Elsewhere such tags are text.
	ThinkTags bool

	// DeveloperRole says that the service knows the role "developer"; others are
	// sent such messages as "system".
	DeveloperRole bool

	// TextOnly says that message content can only be text.
	TextOnly bool

	// AudioURL and FileURL say that audio and files may be given by their
	// address, and audio as a data URL.
	AudioURL bool
	FileURL  bool

	// NoSchema says that the service knows response_format json_object but not
	// json_schema. The weaker one is asked for, with a warning.
	NoSchema bool

	// VerifyPath is the path, relative to the base URL, that [Client.Verify]
	// asks where listing the models proves nothing; empty for the models.
	VerifyPath string

	// Rules explain the service's own errors. They are tried in order, before
	// the rules for errors that many services have.
	Rules []ErrorRule

	// Classify has the last word on an error of the service, before it is
	// returned; may be nil. It must be safe for concurrent use.
	Classify func(*sdk.Error)
}

// ThinkingStyle says how a service is told to think or not to, as far as
// [sdk.ReasoningOptions] asks for it.
type ThinkingStyle string

// The styles. All of them send an effort as reasoning_effort, but for
// ThinkingReasoning, which has its own field.
const (
	// ThinkingEffort knows reasoning_effort and no switch.
	ThinkingEffort ThinkingStyle = ""
	// ThinkingEffortNone switches off by reasoning_effort "none".
	ThinkingEffortNone ThinkingStyle = "reasoning_effort"
	// ThinkingEnable has enable_thinking and thinking_budget (DashScope).
	ThinkingEnable ThinkingStyle = "enable_thinking"
	// ThinkingObject has thinking: {"type": "enabled" or "disabled"} (DeepSeek, Z.AI).
	ThinkingObject ThinkingStyle = "thinking"
	// ThinkingReasoning has reasoning: {enabled, effort, max_tokens} (OpenRouter).
	ThinkingReasoning ThinkingStyle = "reasoning"
	// ThinkingTemplate has chat_template_kwargs: {"enable_thinking": …} (vLLM, SGLang).
	ThinkingTemplate ThinkingStyle = "chat_template_kwargs"
)

// An ErrorRule recognises an error of a service and says what it means. Status,
// Code and Contains must all match; a zero one matches anything. One of them alone
// is seldom enough: the same status and even the same code stand for different
// things, and only the message tells them apart.
type ErrorRule struct {
	Status   int    // HTTP status
	Code     string // the service's code or type, in any case of letters
	Contains string // part of the service's message, in any case of letters

	Kind      sdk.ErrorKind
	Retryable bool

	// Message replaces the service's own, which is then added in parentheses;
	// empty keeps it. Hint is the next step for the person.
	Message string
	Hint    string
}
