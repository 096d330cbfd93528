package openaiapi

import (
	"strings"

	"github.com/qwen-cli/qwen/sdk"
)

// finishReason normalises the service's finish reason. Several services say "stop"
// where they mean that tools are to be called.
func finishReason(raw string, calls, refused bool) sdk.FinishReason {
	switch strings.ToLower(raw) {
	case "", "stop", "end_turn", "eos", "eos_token", "stop_sequence", "completed":
		switch {
		case calls:
			return sdk.FinishToolCalls
		case refused:
			return sdk.FinishRefusal
		}
		return sdk.FinishStop
	case "tool_calls", "tool_call", "function_call", "tool_use":
		return sdk.FinishToolCalls
	case "length", "max_tokens", "model_length", "model_context_window_exceeded":
		return sdk.FinishLength
	case "content_filter", "safety", "sensitive":
		return sdk.FinishContentFilter
	case "refusal":
		return sdk.FinishRefusal
	case "pause_turn":
		return sdk.FinishPause
	}
	return sdk.FinishOther
}

// finishIsError reports whether a finish reason says that the answer failed. At
// DashScope (error_finish) the text that comes with it is the error's.
func finishIsError(raw string) bool {
	switch strings.ToLower(raw) {
	case "error", "error_finish", "network_error", "insufficient_system_resource", "abort":
		return true
	}
	return false
}
