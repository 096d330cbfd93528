package fakecloud

import (
	"net/http"
	"strings"
)

// An apiError is an error of a chat service, before it takes that service's
// form.
type apiError struct {
	status              int
	kind, code, message string
	header              map[string]string
}

// A dialect is how a service words its errors.
type dialect int

const (
	dialectOpenAI dialect = iota
	dialectAzure
	dialectDashScope
)

func dialectOf(path string) dialect {
	switch {
	case strings.HasPrefix(path, "/openai/"):
		return dialectAzure
	case strings.HasPrefix(path, "/dashscope/"), strings.HasPrefix(path, "/coding/"), strings.HasPrefix(path, "/qwen/"):
		return dialectDashScope
	}
	return dialectOpenAI
}

// body renders the error as the service that owns path does.
func (e apiError) body(path string) object {
	inner := object{"message": e.message, "type": orNull(e.kind), "param": nil, "code": orNull(e.code)}
	switch dialectOf(path) {
	case dialectAzure:
		return object{"error": object{"code": orDefault(e.code, "InternalServerError"), "message": e.message}}
	case dialectDashScope:
		return object{"error": inner, "request_id": "req-fake"}
	}
	return object{"error": inner}
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func writeError(w http.ResponseWriter, r *http.Request, e apiError) {
	for k, v := range e.header {
		w.Header().Set(k, v)
	}
	w.Header().Set("X-Request-Id", "req-fake")
	writeJSON(w, e.status, e.body(r.URL.Path))
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(encode(v), '\n'))
}

// statusError is what real services say with an HTTP status.
func statusError(status int) apiError {
	e := apiError{status: status, kind: "invalid_request_error"}
	switch status {
	case 400:
		e.message = "Invalid value for 'messages'."
	case 401:
		e.code, e.message = "invalid_api_key", "Incorrect API key provided."
	case 402:
		e.code, e.message = "insufficient_balance", "Insufficient balance."
	case 403:
		e.code, e.message = "access_denied", "You are not allowed to use this model."
	case 404:
		e.code, e.message = "model_not_found", "The model does not exist or you do not have access to it."
	case 413:
		e.code, e.message = "request_too_large", "The request is too large."
	case 429:
		e.kind, e.code, e.message = "requests", "rate_limit_exceeded", "Rate limit reached for requests."
	case 503:
		e.kind, e.code, e.message = "server_error", "overloaded", "The engine is currently overloaded, please try again later."
	default:
		e.kind, e.message = "server_error", "The server had an error while processing your request."
	}
	return e
}

// named are the errors that have a model of their own, "fault-" before the name.
// The texts of the plans' quotas are those that users quote.
func named(name string) (apiError, bool) {
	switch name {
	case "429-later":
		e := statusError(429)
		e.header = map[string]string{"Retry-After": "30"}
		return e, true
	case "context":
		return apiError{400, "invalid_request_error", "context_length_exceeded", "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.", nil}, true
	case "filtered":
		return apiError{400, "invalid_request_error", "content_filter", "The response was filtered due to the prompt triggering the content management policy.", nil}, true
	case "model":
		return statusError(404), true
	case "insufficient-quota":
		return apiError{429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota, please check your plan and billing details.", nil}, true
	case "free-quota":
		return apiError{429, "insufficient_quota", "insufficient_quota", "Free allocated quota exceeded.", nil}, true
	case "hour-quota":
		return apiError{429, "insufficient_quota", "insufficient_quota", "hour allocated quota exceeded.", nil}, true
	case "week-quota":
		return apiError{429, "insufficient_quota", "insufficient_quota", "week allocated quota exceeded.", nil}, true
	case "month-quota":
		return apiError{429, "insufficient_quota", "insufficient_quota", "month allocated quota exceeded.", nil}, true
	case "agents-only":
		return apiError{403, "invalid_request_error", "access_denied", "Coding Plan is currently only available for Coding Agents", nil}, true
	}
	return apiError{}, false
}
