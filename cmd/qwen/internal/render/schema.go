package render

import "encoding/json"

// The objects of the JSON formats. Their names and their order are those that
// scripts written for the established tool expect; what is ours beyond that is
// marked, and is left out where it says nothing.

// initMessage comes first.
type initMessage struct {
	Type           string   `json:"type"`    // "system"
	Subtype        string   `json:"subtype"` // "init"
	UUID           string   `json:"uuid"`
	SessionID      string   `json:"session_id"`
	Dir            string   `json:"cwd"`
	Tools          []string `json:"tools"`
	MCPServers     []string `json:"mcp_servers"`
	Model          string   `json:"model"`
	PermissionMode string   `json:"permission_mode"`
	SlashCommands  []string `json:"slash_commands"`
	Version        string   `json:"qwen_code_version"`
	Agents         []string `json:"agents"`
}

// warningMessage is ours.
type warningMessage struct {
	Type      string `json:"type"`    // "system"
	Subtype   string `json:"subtype"` // "warning"
	UUID      string `json:"uuid"`
	SessionID string `json:"session_id"`
	Code      string `json:"code,omitempty"`
	Message   string `json:"message"`
	Setting   string `json:"setting,omitempty"`
}

// retryMessage is ours: the request is sent again.
type retryMessage struct {
	Type        string       `json:"type"`    // "system"
	Subtype     string       `json:"subtype"` // "retry"
	UUID        string       `json:"uuid"`
	SessionID   string       `json:"session_id"`
	Attempt     int          `json:"attempt"` // of the request to come, from 2
	MaxAttempts int          `json:"max_attempts"`
	DelayMS     int64        `json:"delay_ms"`
	Renewed     bool         `json:"renewed_credential,omitempty"`
	Error       *errorDetail `json:"error"` // how the attempt before ended
}

// pauseMessage is ours: the request waits for its time.
type pauseMessage struct {
	Type      string `json:"type"`    // "system"
	Subtype   string `json:"subtype"` // "pacing"
	UUID      string `json:"uuid"`
	SessionID string `json:"session_id"`
	Provider  string `json:"provider"`
	Host      string `json:"host,omitempty"`
	DelayMS   int64  `json:"delay_ms"`
	Reason    string `json:"reason"`
}

// switchMessage is ours: another connection is asked.
type switchMessage struct {
	Type       string       `json:"type"`    // "system"
	Subtype    string       `json:"subtype"` // "fallback"
	UUID       string       `json:"uuid"`
	SessionID  string       `json:"session_id"`
	Connection string       `json:"connection"`
	Provider   string       `json:"provider"`
	Host       string       `json:"host,omitempty"`
	Model      string       `json:"model"`
	Error      *errorDetail `json:"error"` // how the connection before ended
}

// assistantMessage holds blocks of one type; an answer of several types becomes
// several messages.
type assistantMessage struct {
	Type            string         `json:"type"` // "assistant"
	UUID            string         `json:"uuid"`
	SessionID       string         `json:"session_id"`
	ParentToolUseID *string        `json:"parent_tool_use_id"`
	Message         messageContent `json:"message"`
}

type messageContent struct {
	ID         string  `json:"id"`
	Type       string  `json:"type"` // "message"
	Role       string  `json:"role"`
	Model      string  `json:"model"`
	Content    []any   `json:"content"`
	StopReason *string `json:"stop_reason"`
	Usage      usage   `json:"usage"`
}

type textBlock struct {
	Type string `json:"type"` // "text"
	Text string `json:"text"`
}

type thinkingBlock struct {
	Type      string `json:"type"` // "thinking"
	Thinking  string `json:"thinking"`
	Signature string `json:"signature"`
}

type toolUseBlock struct {
	Type  string          `json:"type"` // "tool_use"
	ID    string          `json:"id"`
	Name  string          `json:"name"`
	Input json.RawMessage `json:"input"`
}

// mediaBlock is an image, audio or file block; these are ours.
type mediaBlock struct {
	Type   string      `json:"type"`
	Source mediaSource `json:"source"`
}

type mediaSource struct {
	Type      string `json:"type"` // "base64", "url", "file"
	MediaType string `json:"media_type,omitempty"`
	Data      []byte `json:"data,omitempty"`
	URL       string `json:"url,omitempty"`
	FileID    string `json:"file_id,omitempty"`
}

// usage counts tokens. The pointers are nil where nothing was reported.
type usage struct {
	InputTokens     int64  `json:"input_tokens"`
	OutputTokens    int64  `json:"output_tokens"`
	CacheReadTokens *int64 `json:"cache_read_input_tokens,omitempty"`
	TotalTokens     *int64 `json:"total_tokens,omitempty"`
}

// resultMessage comes last.
type resultMessage struct {
	Type              string       `json:"type"`    // "result"
	Subtype           string       `json:"subtype"` // "success", "error_during_execution"
	UUID              string       `json:"uuid"`
	SessionID         string       `json:"session_id"`
	IsError           bool         `json:"is_error"`
	DurationMS        int64        `json:"duration_ms"`
	DurationAPIMS     int64        `json:"duration_api_ms"`
	NumTurns          int          `json:"num_turns"`
	Result            *string      `json:"result,omitempty"` // with success
	StopReason        string       `json:"stop_reason,omitempty"`
	Usage             usage        `json:"usage"`
	PermissionDenials []string     `json:"permission_denials"`
	Error             *errorDetail `json:"error,omitempty"`
}

// errorDetail is ours but for the message.
type errorDetail struct {
	Message      string `json:"message"`
	Kind         string `json:"kind"`
	Provider     string `json:"provider,omitempty"`
	Host         string `json:"host,omitempty"`
	Status       int    `json:"status,omitempty"`
	Code         string `json:"code,omitempty"`
	RequestID    string `json:"request_id,omitempty"`
	Field        string `json:"field,omitempty"`
	Hint         string `json:"hint,omitempty"`
	Retryable    bool   `json:"retryable"`
	RetryAfterMS int64  `json:"retry_after_ms,omitempty"`
	ExitCode     int    `json:"exit_code,omitempty"` // of a result
}

// streamEvent wraps a piece of a message that is still arriving.
type streamEvent struct {
	Type            string  `json:"type"` // "stream_event"
	UUID            string  `json:"uuid"`
	SessionID       string  `json:"session_id"`
	ParentToolUseID *string `json:"parent_tool_use_id"`
	Event           any     `json:"event"`
}

type messageStart struct {
	Type    string       `json:"type"` // "message_start"
	Message messageShell `json:"message"`
}

type messageShell struct {
	ID      string `json:"id"`
	Role    string `json:"role"`
	Model   string `json:"model"`
	Content []any  `json:"content"`
}

type blockStart struct {
	Type  string `json:"type"` // "content_block_start"
	Index int    `json:"index"`
	Block any    `json:"content_block"`
}

type blockDelta struct {
	Type  string `json:"type"` // "content_block_delta"
	Index int    `json:"index"`
	Delta any    `json:"delta"`
}

type textDelta struct {
	Type string `json:"type"` // "text_delta"
	Text string `json:"text"`
}

type thinkingDelta struct {
	Type     string `json:"type"` // "thinking_delta"
	Thinking string `json:"thinking"`
}

type inputDelta struct {
	Type    string `json:"type"` // "input_json_delta"
	Partial string `json:"partial_json"`
}

type blockStop struct {
	Type  string `json:"type"` // "content_block_stop"
	Index int    `json:"index"`
}

type messageStop struct {
	Type string `json:"type"` // "message_stop"
}
