package render

import (
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// result returns the object that comes last.
func (m *messages) result(o Outcome) *resultMessage {
	r := &resultMessage{
		Type: "result", Subtype: "success", UUID: m.newID(), SessionID: m.session,
		DurationMS: o.Duration.Milliseconds(), DurationAPIMS: o.APIDuration.Milliseconds(),
		StopReason: stopReason(m.finish), Usage: m.usage, PermissionDenials: []string{},
	}
	if m.finish != nil {
		r.NumTurns = 1
	}
	if err := m.failure(o); err != nil {
		r.Subtype, r.IsError, r.Error = "error_during_execution", true, m.errorDetail(err, o.ExitCode)
		return r
	}
	r.Result = new(m.text.String())
	return r
}

// failure returns what went wrong, nil if nothing did. An answer may end in good
// order and still count as a failure: at the token limit, for one. The exit code
// and is_error say the same.
func (m *messages) failure(o Outcome) *sdk.Error {
	if o.Err != nil || o.ExitCode == 0 {
		return sdk.AsError(o.Err)
	}
	e := &sdk.Error{Kind: sdk.KindIncomplete}
	if m.finish != nil {
		e.Message, e.Code = Remark(m.finish), m.finish.RawReason
		if m.finish.Reason == sdk.FinishContentFilter {
			e.Kind = sdk.KindContentFilter
		}
	}
	return e
}

func (m *messages) errorDetail(e *sdk.Error, exitCode int) *errorDetail {
	return &errorDetail{
		Message:      m.clean(message(e)),
		Kind:         string(e.Kind),
		Provider:     m.clean(e.Provider),
		Host:         m.clean(e.Host),
		Status:       e.Status,
		Code:         m.clean(e.Code),
		RequestID:    m.clean(e.RequestID),
		Field:        m.clean(e.Field),
		Hint:         m.clean(e.Hint),
		Retryable:    e.Retryable,
		RetryAfterMS: int64(e.RetryAfter / time.Millisecond),
		ExitCode:     exitCode,
	}
}

func usageOf(u *sdk.Usage) usage {
	return usage{
		InputTokens:     u.InputTokens,
		OutputTokens:    u.OutputTokens,
		CacheReadTokens: &u.CacheReadTokens,
		TotalTokens:     &u.TotalTokens,
	}
}

// stopReason names the end of an answer in the words of this format, in which a
// normal end has none; nor has an answer without an end.
func stopReason(f *sdk.Finished) string {
	if f == nil {
		return ""
	}
	switch f.Reason {
	case sdk.FinishStop:
		return ""
	case sdk.FinishToolCalls:
		return "tool_use"
	case sdk.FinishLength:
		return "max_tokens"
	case sdk.FinishPause:
		return "pause_turn"
	}
	return string(f.Reason)
}
