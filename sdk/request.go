package sdk

import "encoding/json"

// ChatRequest is one turn: the whole conversation so far, and how to answer it.
//
// A provider that cannot honour a field that is set says so with a [Warning]
// event, or refuses with [KindUnsupported] where the answer would be a different
// thing altogether; it never drops one silently.
type ChatRequest struct {
	Connection Connection

	// Model is the model to ask; empty for the provider's default.
	Model string

	// Messages is the conversation, oldest first. System and developer
	// instructions are messages too.
	Messages []Message

	Tools      []Tool
	ToolChoice ToolChoice

	// ParallelToolCalls allows or forbids several tool calls in one answer; nil
	// for the service's default.
	ParallelToolCalls *bool

	// ResponseFormat constrains the answer; nil for plain text.
	ResponseFormat *ResponseFormat

	Sampling  Sampling
	Reasoning ReasoningOptions

	// Metadata is passed to the service for its own records, where it has a
	// field for it.
	Metadata map[string]string

	// ExtraBody is merged into the request body as it is, last: for parameters
	// that only one service has.
	ExtraBody Extras

	// ExtraHeaders is added to the request's headers. It cannot replace the
	// header that carries the credential.
	ExtraHeaders map[string]string
}

// Sampling says how tokens are drawn. A nil or empty field means the service's
// default.
type Sampling struct {
	MaxOutputTokens  *int64
	Temperature      *float64
	TopP             *float64
	TopK             *int64
	MinP             *float64
	FrequencyPenalty *float64
	PresencePenalty  *float64
	Seed             *int64
	Stop             []string
	LogProbs         *bool
	TopLogProbs      *int64
	LogitBias        map[string]float64
}

// ReasoningOptions steers a model that can think before it answers. A nil or
// empty field means the service's default.
type ReasoningOptions struct {
	Enabled      *bool
	Effort       string // "low", "medium", "high"; open
	BudgetTokens *int64
}

// A Tool is a function that the model may ask to have called.
type Tool struct {
	Name        string
	Description string
	Parameters  json.RawMessage // JSON Schema of the arguments
	Strict      bool            // the arguments must match the schema
	Extra       Extras
}

// ToolChoiceMode says whether tools are called.
type ToolChoiceMode string

// The modes of [ToolChoice]. The empty mode is the service's default.
const (
	ToolChoiceAuto     ToolChoiceMode = "auto"
	ToolChoiceNone     ToolChoiceMode = "none"
	ToolChoiceRequired ToolChoiceMode = "required"
	ToolChoiceNamed    ToolChoiceMode = "named"
)

// ToolChoice says whether, and which, tools are called.
type ToolChoice struct {
	Mode ToolChoiceMode
	Name string // with ToolChoiceNamed
}

// ResponseFormatType is a kind of [ResponseFormat].
type ResponseFormatType string

// The response formats.
const (
	FormatText       ResponseFormatType = "text"
	FormatJSON       ResponseFormatType = "json"
	FormatJSONSchema ResponseFormatType = "json_schema"
)

// ResponseFormat constrains the form of the answer.
type ResponseFormat struct {
	Type   ResponseFormatType
	Name   string          // name of the schema; a provider makes one up if empty
	Schema json.RawMessage // with FormatJSONSchema
	Strict bool
}
