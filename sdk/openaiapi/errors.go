package openaiapi

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

const (
	maxErrorBody    = 64 << 10 // bytes of an error's body that are read
	maxErrorMessage = 300      // runes of a service's message that are shown
)

// statusError makes an error of a response whose status is not 2xx.
func (c *call) statusError(resp *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	if cause := c.req.Context().Err(); err != nil && cause != nil {
		return cause
	}
	r := reportOf(body)
	if r.requestID == "" {
		r.requestID = c.requestID(resp)
	}
	e := c.serviceError(resp.StatusCode, r)
	e.RetryAfter = max(e.RetryAfter, retryAfter(resp.Header, time.Now())) // a used-up week outlasts a polite "5 seconds"
	return e
}

// A report is what a service says of an error, in whatever form it says it.
type report struct {
	message   string
	code      string // "invalid_api_key", "Throttling.RateQuota", "1302"
	kind      string // OpenAI's type: "invalid_request_error"
	field     string
	requestID string
	page      bool // the message is the title of a web page
}

// serviceError classifies a report and puts it into words.
func (c *call) serviceError(status int, r report) *sdk.Error {
	if n, err := strconv.Atoi(r.code); err == nil && n >= 400 && n < 600 && status/100 == 2 {
		status = n // OpenRouter puts the HTTP status of an error within a stream there
	}
	e := &sdk.Error{
		Host:      c.host,
		Code:      c.clean.text(or(r.code, r.kind), 80),
		RequestID: c.clean.text(r.requestID, 100),
		Field:     c.clean.text(r.field, 100),
		Message:   c.clean.text(r.message, maxErrorMessage),
	}
	if status/100 != 2 {
		e.Status = status
	}
	byStatus := kindOfStatus(status)
	e.Kind, e.Retryable = byStatus.Kind, byStatus.Retryable
	if r.page {
		e.Message = "answered with a web page (" + or(e.Message, "no title") + ") instead of JSON"
	}
	if rule, ok := matchRule(c.svc.Dialect.Rules, status, r); ok {
		rule.apply(e)
	} else if rule, ok := matchRule(commonRules, status, r); ok {
		rule.apply(e)
	}
	e.Message = or(e.Message, byStatus.Message)
	if e.Hint == "" && e.Kind == byStatus.Kind {
		e.Hint = byStatus.Hint
	}
	refine(e, r.message)
	if c.svc.Dialect.Classify != nil {
		c.svc.Dialect.Classify(e)
	}
	return e
}

// matchRule returns the first rule that fits.
func matchRule(rules []ErrorRule, status int, r report) (*ErrorRule, bool) {
	message := strings.ToLower(r.message)
	for i := range rules {
		rule := &rules[i]
		if rule.Status != 0 && rule.Status != status ||
			rule.Code != "" && !strings.EqualFold(rule.Code, r.code) && !strings.EqualFold(rule.Code, r.kind) ||
			!strings.Contains(message, strings.ToLower(rule.Contains)) {
			continue
		}
		return rule, true
	}
	return nil, false
}

// apply puts what the rule knows into e.
func (rule *ErrorRule) apply(e *sdk.Error) {
	e.Kind, e.Retryable, e.Hint = rule.Kind, rule.Retryable, rule.Hint
	e.Message = explained(rule.Message, e.Message)
}

// explained puts our sentence before the service's own.
func explained(ours, theirs string) string {
	switch {
	case ours == "":
		return theirs
	case theirs == "":
		return ours
	}
	return ours + " (the service says: " + theirs + ")"
}

// reportOf reads the body of an error, which is JSON of one of many shapes, plain
// text, or a proxy's web page.
func reportOf(body []byte) report {
	trimmed := bytes.TrimSpace(body)
	switch {
	case len(trimmed) == 0:
		return report{}
	case trimmed[0] == '<':
		return report{message: pageTitle(trimmed), page: true}
	case trimmed[0] == '{', trimmed[0] == '[':
		if r, ok := jsonReport(trimmed, 0); ok {
			return r
		}
	}
	return report{message: string(trimmed)}
}

// maxReportDepth bounds how deep a message is looked for.
const maxReportDepth = 4

// jsonReport finds code and message in an error object:
//
//	{"error": {"message", "type", "code", "param"}}      OpenAI, Azure, OpenRouter, vLLM
//	{"error": "text"}                                    Ollama, LM Studio
//	{"code", "message", "request_id"}                    DashScope
//	{"errors": {"message"}, "request_id"}                ModelScope
//	{"detail": "text"}, {"detail": [{"loc", "msg"}]}     FastAPI
//	{"message": {"detail": […]}}                         Mistral
//	[{"error": {…}}]                                     Gemini
func jsonReport(data []byte, depth int) (report, bool) {
	if depth > maxReportDepth || len(data) == 0 {
		return report{}, false
	}
	switch data[0] {
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(data, &list) != nil || len(list) == 0 {
			return report{}, false
		}
		return jsonReport(list[0], depth+1)
	case '{':
		return objectReport(data, depth)
	}
	var s looseString
	if json.Unmarshal(data, &s) != nil || s == "" {
		return report{}, false
	}
	return report{message: string(s)}, true
}

func objectReport(data []byte, depth int) (report, bool) {
	var o struct {
		Error     json.RawMessage `json:"error"`
		Errors    json.RawMessage `json:"errors"`
		Detail    json.RawMessage `json:"detail"`
		Message   json.RawMessage `json:"message"`
		Msg       looseString     `json:"msg"`
		Code      looseString     `json:"code"`
		Type      looseString     `json:"type"`
		Param     looseString     `json:"param"`
		Location  location        `json:"loc"`
		RequestID looseString     `json:"request_id"`
		Metadata  struct {
			Raw looseString `json:"raw"`
		} `json:"metadata"`
	}
	if json.Unmarshal(data, &o) != nil {
		return report{}, false
	}
	r := report{message: string(o.Msg)}
	found := r.message != ""
	for _, inner := range []json.RawMessage{o.Error, o.Errors, o.Message, o.Detail} {
		if found || len(inner) == 0 || string(inner) == "null" {
			continue
		}
		r, found = jsonReport(inner, depth+1)
	}
	if raw := string(o.Metadata.Raw); raw != "" && !strings.Contains(r.message, raw) {
		r.message = strings.TrimSpace(r.message + ": " + raw) // OpenRouter quotes the upstream's words there
	}
	r.code = or(r.code, string(o.Code))
	r.kind = or(r.kind, string(o.Type))
	r.field = or(or(r.field, string(o.Param)), string(o.Location))
	r.requestID = or(r.requestID, string(o.RequestID))
	return r, found || r.code != "" || r.kind != ""
}

// location is FastAPI's path to a field, ["body", "messages", 0], as
// "messages.0".
type location string

func (l *location) UnmarshalJSON(data []byte) error {
	var steps []looseString
	if json.Unmarshal(data, &steps) != nil {
		return nil // some other service's idea of a location
	}
	var names []string
	for i, step := range steps {
		if i > 0 || step != "body" {
			names = append(names, string(step))
		}
	}
	*l = location(strings.Join(names, "."))
	return nil
}

// looseString accepts any JSON value: a string as itself, null as empty, a number
// or boolean as written, and nothing of objects and arrays.
type looseString string

func (s *looseString) UnmarshalJSON(data []byte) error {
	switch data[0] {
	case '"':
		return json.Unmarshal(data, (*string)(s))
	case 'n', '{', '[':
		*s = ""
	default:
		*s = looseString(data)
	}
	return nil
}

// pageTitle returns the title of a web page, or "".
func pageTitle(page []byte) string {
	lower := bytes.ToLower(page)
	if len(lower) != len(page) {
		return "" // lengths differ in exotic scripts; a title is not worth more
	}
	start := bytes.Index(lower, []byte("<title>"))
	if start < 0 {
		return ""
	}
	start += len("<title>")
	end := bytes.IndexByte(page[start:], '<')
	if end < 0 {
		return ""
	}
	return string(page[start : start+end])
}

// notTheAPI says that a response with a good status is not what the API sends.
func (c *call) notTheAPI(resp *http.Response, head []byte) *sdk.Error {
	contentType := c.clean.text(or(resp.Header.Get("Content-Type"), "no content type"), 60)
	head = bytes.TrimSpace(head)
	e := c.protocolError(resp, "answered with something else than the API would (%s)", contentType)
	e.Hint = "Check the endpoint: it is the address up to and with /v1, not that of the service's website."
	switch {
	case len(head) == 0:
		e.Message = "the answer is empty (" + contentType + ")"
		e.Hint = "Check the endpoint and the model."
	case head[0] == '<':
		e.Message = "answered with a web page instead of the API (" + contentType + ")"
	default:
		e.Message += ": " + c.clean.text(string(head[:min(len(head), 400)]), 80)
	}
	return e
}

// requestID returns the identifier by which the service's support finds a request.
func (c *call) requestID(resp *http.Response) string {
	for _, name := range []string{"X-Request-Id", "Request-Id", "X-Dashscope-Request-Id", "Apim-Request-Id", "X-Ms-Request-Id", "Cf-Ray"} {
		if id := resp.Header.Get(name); id != "" {
			return c.clean.text(id, 100)
		}
	}
	return ""
}

// maxRetryAfter bounds what a server can ask for.
const maxRetryAfter = 31 * 24 * time.Hour

// retryAfter reads Retry-After (RFC 9110 section 10.2.3), in seconds or as a date,
// and the finer retry-after-ms that some services send. A date counts from the
// server's own clock where the response tells it.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if ms, err := strconv.ParseFloat(strings.TrimSpace(h.Get("Retry-After-Ms")), 64); err == nil {
		return clampRetry(ms / 1000)
	}
	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		return clampRetry(seconds)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return clampRetry(at.Sub(now).Seconds())
}

func clampRetry(seconds float64) time.Duration {
	if !(seconds > 0) { // also NaN
		return 0
	}
	return time.Duration(min(seconds, maxRetryAfter.Seconds()) * float64(time.Second))
}

// sortedKeys returns the keys of m in order, so that what we send is the same
// every time.
func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
