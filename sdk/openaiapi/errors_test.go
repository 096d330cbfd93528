package openaiapi

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

func TestServiceErrors(t *testing.T) {
	const free, hour = "Free allocated quota exceeded.", "hour allocated quota exceeded, please try again"
	for _, tt := range []struct {
		name   string
		status int
		body   string
		want   sdk.Error // Kind, Message (a part), Code, RequestID, Field, Retryable
	}{
		{"OpenAI", 401, `{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`,
			sdk.Error{Kind: sdk.KindUnauthenticated, Message: "Incorrect API key", Code: "invalid_api_key"}},
		{"OpenAI, field", 400, `{"error":{"message":"Invalid 'temperature'","type":"invalid_request_error","param":"temperature","code":null}}`,
			sdk.Error{Kind: sdk.KindInvalidRequest, Message: "Invalid", Code: "invalid_request_error", Field: "temperature"}},
		{"OpenAI, quota", 429, `{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}`,
			sdk.Error{Kind: sdk.KindQuota, Message: "current quota", Code: "insufficient_quota"}},
		{"OpenAI, rate", 429, `{"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}}`,
			sdk.Error{Kind: sdk.KindRateLimit, Message: "Rate limit", Code: "rate_limit_exceeded", Retryable: true}},
		{"OpenAI, length", 400, `{"error":{"message":"too long","code":"context_length_exceeded"}}`,
			sdk.Error{Kind: sdk.KindContextLength, Message: "too long", Code: "context_length_exceeded"}},
		{"Azure, filter", 400, `{"error":{"message":"The response was filtered","type":null,"param":"prompt","code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"}}}`,
			sdk.Error{Kind: sdk.KindContentFilter, Message: "filtered", Code: "content_filter", Field: "prompt"}},
		{"Azure, gateway", 401, `{"statusCode":401,"message":"Access denied due to invalid subscription key"}`,
			sdk.Error{Kind: sdk.KindUnauthenticated, Message: "Access denied"}},
		{"DashScope", 400, `{"code":"InvalidApiKey","message":"Invalid API-key provided.","request_id":"r-1"}`,
			sdk.Error{Kind: sdk.KindUnauthenticated, Message: "Invalid API-key", Code: "InvalidApiKey", RequestID: "r-1"}},
		{"DashScope, free tier", 429, `{"error":{"message":"` + free + `","code":"Throttling.AllocationQuota"}}`,
			sdk.Error{Kind: sdk.KindQuota, Message: "free allowance", Code: "Throttling.AllocationQuota"}},
		{"DashScope, tokens per minute", 429, `{"code":"Throttling.AllocationQuota","message":"Allocated quota exceeded, please increase your quota limit."}`,
			sdk.Error{Kind: sdk.KindRateLimit, Message: "Allocated quota", Code: "Throttling.AllocationQuota", Retryable: true}},
		{"plan's window, by words", 429, `{"error":{"message":"` + hour + `","code":"insufficient_quota"}}`,
			sdk.Error{Kind: sdk.KindQuota, Message: "current hours", Code: "insufficient_quota"}},
		{"DashScope, length", 400, `{"code":"InvalidParameter","message":"Range of input length should be [1, 30720]"}`,
			sdk.Error{Kind: sdk.KindContextLength, Message: "Range of input", Code: "InvalidParameter"}},
		{"DashScope, arrears", 400, `{"code":"Arrearage","message":"Access denied"}`,
			sdk.Error{Kind: sdk.KindQuota, Message: "arrears", Code: "Arrearage"}},
		{"OpenAI, tokens per minute", 429, `{"error":{"message":"Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 30000, Requested 9.","type":"tokens","code":"rate_limit_exceeded"}}`,
			sdk.Error{Kind: sdk.KindRateLimit, Message: "too many tokens in this minute", Code: "rate_limit_exceeded", Retryable: true}},
		{"OpenAI, more than a minute holds", 429, `{"error":{"message":"Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 50000.","type":"tokens","code":"rate_limit_exceeded"}}`,
			sdk.Error{Kind: sdk.KindRateLimit, Message: "may send in a minute", Code: "rate_limit_exceeded"}},
		{"Groq, requests per day", 429, `{"error":{"message":"Rate limit reached for model x on requests per day (RPD): Limit 1000, Used 1000, Requested 1. Please try again in 1m26.4s.","type":"requests","code":"rate_limit_exceeded"}}`,
			sdk.Error{Kind: sdk.KindQuota, Message: "allowance of this day", Code: "rate_limit_exceeded"}},
		{"OpenRouter, requests per day", 429, `{"error":{"message":"Rate limit exceeded: free-models-per-day. Add 10 credits","code":429}}`,
			sdk.Error{Kind: sdk.KindQuota, Message: "allowance of this day", Code: "429"}},
		{"Kimi, period", 429, `{"error":{"message":"You've reached your usage limit for this period","type":"rate_limit_error"}}`,
			sdk.Error{Kind: sdk.KindQuota, Message: "of this period", Code: "rate_limit_error"}},
		{"Kimi, overloaded", 429, `{"error":{"message":"The engine is currently overloaded, please try again later","type":"engine_overloaded_error"}}`,
			sdk.Error{Kind: sdk.KindOverloaded, Message: "overloaded", Code: "engine_overloaded_error", Retryable: true}},
		{"Anthropic, credit", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}}`,
			sdk.Error{Kind: sdk.KindQuota, Message: "no credit left", Code: "invalid_request_error"}},
		{"DashScope, requests per minute", 429, `{"code":"Throttling.RateQuota","message":"Requests rate limit exceeded, please try again later."}`,
			sdk.Error{Kind: sdk.KindRateLimit, Message: "too many requests in this minute", Code: "Throttling.RateQuota", Retryable: true}},
		{"DashScope, at once", 429, `{"error":{"message":"concurrency allocated quota exceeded","code":"insufficient_quota"}}`,
			sdk.Error{Kind: sdk.KindRateLimit, Message: "too many requests at once", Code: "insufficient_quota", Retryable: true}},
		{"DashScope, in a short time", 429, `{"error":{"message":"usage allocated quota exceeded. please try again later.","code":"throttling"}}`,
			sdk.Error{Kind: sdk.KindRateLimit, Message: "in a short time", Code: "throttling"}},
		{"DashScope, arrears in words", 400, `{"error":{"message":"Access denied, please make sure your account is in good standing.","type":"Arrearage"}}`,
			sdk.Error{Kind: sdk.KindQuota, Message: "arrears", Code: "Arrearage"}},
		{"DashScope, model", 400, `{"code":"InvalidParameter","message":"Model not exist."}`,
			sdk.Error{Kind: sdk.KindNotFound, Message: "no such model", Code: "InvalidParameter"}},
		{"DashScope, field", 400, `{"code":"InvalidParameter","message":"Range of max_tokens should be [1, 8192]"}`,
			sdk.Error{Kind: sdk.KindInvalidRequest, Message: "Range of", Code: "InvalidParameter", Field: "max_tokens"}},
		{"DeepSeek, content", 400, `{"error":{"message":"Content Exists Risk","type":"invalid_request_error","code":"invalid_request_error"}}`,
			sdk.Error{Kind: sdk.KindContentFilter, Message: "Content Exists Risk", Code: "invalid_request_error"}},
		{"FastAPI", 422, `{"detail":[{"loc":["body","messages",0,"role"],"msg":"field required","type":"value_error"}]}`,
			sdk.Error{Kind: sdk.KindInvalidRequest, Message: "field required", Code: "value_error", Field: "messages.0.role"}},
		{"FastAPI, text", 404, `{"detail":"Not Found"}`, sdk.Error{Kind: sdk.KindNotFound, Message: "Not Found"}},
		{"Mistral", 422, `{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]},"type":"invalid_request_error","code":null}`,
			sdk.Error{Kind: sdk.KindInvalidRequest, Message: "Extra inputs", Code: "extra_forbidden", Field: "seed"}},
		{"Ollama", 404, `{"error":"model 'x' not found"}`, sdk.Error{Kind: sdk.KindNotFound, Message: "model 'x'"}},
		{"ModelScope", 500, `{"errors":{"message":"oops"},"request_id":"r-2"}`, sdk.Error{Kind: sdk.KindService, Message: "oops", RequestID: "r-2", Retryable: true}},
		{"Gemini", 400, `[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]`,
			sdk.Error{Kind: sdk.KindUnauthenticated, Message: "API key not valid", Code: "400"}},
		{"OpenRouter", 502, `{"error":{"message":"Provider returned error","code":502,"metadata":{"raw":"upstream is down","provider_name":"X"}}}`,
			sdk.Error{Kind: sdk.KindService, Message: "upstream is down", Code: "502", Retryable: true}},
		{"plain text", 400, "nope\n", sdk.Error{Kind: sdk.KindInvalidRequest, Message: "nope"}},
		{"web page", 502, "<html><head><title>502 Bad Gateway</title></head>", sdk.Error{Kind: sdk.KindService, Message: "web page (502 Bad Gateway)", Retryable: true}},
		{"broken JSON", 503, `{"error":`, sdk.Error{Kind: sdk.KindOverloaded, Message: `{"error":`, Retryable: true}},
		{"nothing", 500, "", sdk.Error{Kind: sdk.KindService, Message: "the service failed", Retryable: true}},
		{"nothing", 529, "", sdk.Error{Kind: sdk.KindOverloaded, Message: "no capacity", Retryable: true}},
		{"nothing", 402, "", sdk.Error{Kind: sdk.KindQuota, Message: "no credit"}},
		{"nothing", 403, "", sdk.Error{Kind: sdk.KindPermission, Message: "not allowed"}},
		{"nothing", 408, "", sdk.Error{Kind: sdk.KindTimeout, Message: "gave up", Retryable: true}},
		{"nothing", 413, "", sdk.Error{Kind: sdk.KindInvalidRequest, Message: "too large"}},
		{"nothing", 418, "", sdk.Error{Kind: sdk.KindInvalidRequest, Message: "did not accept"}},
		{"nothing", 304, "", sdk.Error{Kind: sdk.KindProtocol, Message: "redirects"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := chat(t, service(t, respond(tt.status, "application/json", tt.body)), ask())
			e := want(t, err, tt.want.Kind)
			if !strings.Contains(e.Message, tt.want.Message) || e.Status != tt.status || e.Host == "" {
				t.Errorf("status %d, host %q, message %q; want %q in it", e.Status, e.Host, e.Message, tt.want.Message)
			}
			if e.Code != tt.want.Code || e.RequestID != tt.want.RequestID || e.Field != tt.want.Field || e.Retryable != tt.want.Retryable {
				t.Errorf("code %q, request %q, field %q, retryable %v", e.Code, e.RequestID, e.Field, e.Retryable)
			}
		})
	}
}

func TestDialectRules(t *testing.T) {
	svc := service(t, respond(429, "application/json", `{"error":{"message":"hour allocated quota exceeded","code":"insufficient_quota"}}`))
	svc.Dialect.Rules = []ErrorRule{
		{Status: 403, Contains: "quota", Kind: sdk.KindInternal},
		{Status: 429, Code: "INSUFFICIENT_QUOTA", Contains: "Hour Allocated", Kind: sdk.KindQuota, Message: "the window of 5 hours is used up", Hint: "Wait."},
		{Status: 429, Kind: sdk.KindInternal},
	}
	svc.Dialect.Classify = func(e *sdk.Error) { e.RetryAfter = time.Hour }
	_, err := chat(t, svc, ask())
	e := want(t, err, sdk.KindQuota)
	if e.Message != "the window of 5 hours is used up (the service says: hour allocated quota exceeded)" || e.Hint != "Wait." {
		t.Errorf("got %q, %q", e.Message, e.Hint)
	}
}

func TestClassifyHasTheLastWord(t *testing.T) {
	svc := service(t, respond(500, "text/plain", "x"))
	svc.Dialect.Classify = func(e *sdk.Error) { e.Kind = sdk.KindOverloaded }
	_, err := chat(t, svc, ask())
	want(t, err, sdk.KindOverloaded)
}

func TestErrorHeaders(t *testing.T) {
	svc := service(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "2")
		w.Header().Set("X-Request-Id", "req-9")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	_, err := chat(t, svc, ask())
	e := want(t, err, sdk.KindRateLimit)
	if e.RetryAfter != 2*time.Second || e.RequestID != "req-9" {
		t.Errorf("%+v", e)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, tt := range []struct {
		header map[string]string
		want   time.Duration
	}{
		{nil, 0},
		{map[string]string{"Retry-After": "120"}, 2 * time.Minute},
		{map[string]string{"Retry-After": "0.5"}, 500 * time.Millisecond},
		{map[string]string{"Retry-After": "-1"}, 0},
		{map[string]string{"Retry-After": "soon"}, 0},
		{map[string]string{"Retry-After": "NaN"}, 0},
		{map[string]string{"Retry-After": "1e300"}, maxRetryAfter},
		{map[string]string{"Retry-After-Ms": "1500", "Retry-After": "9"}, 1500 * time.Millisecond},
		{map[string]string{"Retry-After": now.Add(time.Minute).Format(http.TimeFormat)}, time.Minute},
		{map[string]string{"Retry-After": now.Add(-time.Minute).Format(http.TimeFormat)}, 0},
		{map[string]string{"Retry-After": "Fri, 02 Jan 2026 09:00:30 GMT", "Date": "Fri, 02 Jan 2026 09:00:00 GMT"}, 30 * time.Second},
	} {
		h := http.Header{}
		for name, value := range tt.header {
			h.Set(name, value)
		}
		if got := retryAfter(h, now); got != tt.want {
			t.Errorf("%v: got %v, want %v", tt.header, got, tt.want)
		}
	}
}

func TestErrorsDoNotRepeatTheKey(t *testing.T) {
	const key = "sk-test-key/with+odd=characters&0123456789"
	for name, body := range map[string]string{
		"as it is":   `{"error":{"message":"bad key ` + key + `!","code":"` + key + `","param":"` + key + `"}}`,
		"in quotes":  `key "` + key + `"`,
		"in a URL":   "https://x/?key=sk-test-key%2Fwith%2Bodd%3Dcharacters%260123456789",
		"escaped":    `{"note":"sk-test-key/with+odd=characters\u00260123456789"`,
		"cut":        "you sent " + key[:20],
		"web page":   "<title>" + key + "</title>",
		"request id": `{"message":"m","request_id":"` + key + `"}`,
	} {
		svc := service(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Request-Id", key)
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(body))
		})
		svc.Key = key
		_, err := chat(t, svc, ask())
		e := want(t, err, sdk.KindUnauthenticated)
		for _, s := range []string{e.Message, e.Code, e.Field, e.RequestID, e.Hint} {
			if strings.Contains(s, key[:visibleKey]) || strings.Contains(s, "0123456789") {
				t.Errorf("%s: the key shows in %q", name, s)
			}
		}
	}
}

func TestCleaner(t *testing.T) {
	c := newCleaner(testKey)
	for in, want := range map[string]string{
		"a\x1b[31mb\x00c\u202ed\u200b":             "a[31mbcd",
		"a \n\t b\r\n":                             "a b",
		"你好 é 😀":                                   "你好 é 😀",
		"\xff\xfe":                                 "",
		"Bearer abcdefghij0123456789x":             "[redacted]",
		"another key sk-ant-0123456789abcdef, too": "another key [redacted], too",
		"pip install sk-learn-extra-tools":         "pip install sk-learn-extra-tools",
		"the bearer of good news":                  "the bearer of good news",
		"aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd": "aaaaaaaaaabbbbbbbbbbcccccccccc…",
	} {
		if got := c.text(in, 30); got != want && !(len(want) > 30 && got == cleanText(want, 30)) {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := newCleaner("k").text("ok, kiosk", 30); got != "ok, kiosk" {
		t.Errorf("a key of one letter: %q", got)
	}
}

// FuzzReport checks that no body of an error does harm, and that the live key never
// comes through.
func FuzzReport(f *testing.F) {
	f.Add([]byte(`{"error":{"message":"x sk-test-0123456789abcdef","code":429,"param":["a"]}}`))
	f.Add([]byte(`[{"detail":[{"loc":["body",1],"msg":"m"}]}]`))
	f.Add([]byte(`<TITLE>a</title>`))
	f.Add([]byte(`{"error":{"error":{"error":{"error":{"error":"deep"}}}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c := &call{svc: &Service{Key: testKey}, host: "h", clean: newCleaner(testKey)}
		e := c.serviceError(400, reportOf(body))
		for _, s := range []string{e.Message, e.Code, e.Field, e.RequestID} {
			if strings.Contains(s, testKey) || len([]rune(s)) > 2*maxErrorMessage || strings.ContainsAny(s, "\x00\x1b\n\u009b") {
				t.Errorf("shows %q", s)
			}
		}
		if e.Message == "" || e.Kind == "" {
			t.Errorf("says nothing: %+v", e)
		}
	})
}
