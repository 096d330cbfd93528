package codingplan

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

const planKey = "sk-sp-0123456789abcdef"

func start(t *testing.T) *fakecloud.Cloud {
	cloud := fakecloud.New()
	t.Cleanup(cloud.Close)
	return cloud
}

func connection(endpoint, key string) sdk.Connection {
	c := sdk.Connection{Endpoint: endpoint}
	if key != "" {
		c.Credential = &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: sdk.Secret(key)}
	}
	return c
}

// ask sends a turn and returns its text.
func ask(t *testing.T, p sdk.Provider, conn sdk.Connection, model string) (string, error) {
	t.Helper()
	var text strings.Builder
	req := &sdk.ChatRequest{Connection: conn, Model: model, Messages: []sdk.Message{sdk.TextMessage(sdk.RoleUser, "hello there")}}
	for e, err := range sdk.CheckStream(p.Chat(t.Context(), req)) {
		if err != nil {
			return text.String(), err
		}
		if d, ok := e.(*sdk.Delta); ok {
			text.WriteString(d.Text)
		}
	}
	return text.String(), nil
}

func TestChat(t *testing.T) {
	cloud := start(t)
	got, err := ask(t, New(), connection(cloud.CodingPlan(), planKey), "")
	if err != nil || got != "You said: hello there" {
		t.Fatalf("%q, %v", got, err)
	}
	requests := cloud.Requests()
	if len(requests) != 1 || requests[0].Key() != planKey || !strings.Contains(requests[0].Body, `"qwen3-coder-plus"`) {
		t.Errorf("%+v", requests)
	}
	if agent := requests[0].Header.Get("User-Agent"); !strings.HasPrefix(agent, "qwen/"+version) {
		t.Errorf("the program calls itself %q", agent)
	}
}

// TestRefusedLocally shows that nothing leaves the machine, by a transport that
// counts, and that what is said tells the keys apart without showing one.
func TestRefusedLocally(t *testing.T) {
	tests := []struct {
		name, endpoint, key string
		kind                sdk.ErrorKind
		says                string
	}{
		{"general key", "", "sk-0123456789abcdef", sdk.KindConfig, "general key"},
		{"foreign key", "", "AKIA0123456789", sdk.KindConfig, "not a Coding Plan key"},
		{"cut key", "", "sk-sp-", sdk.KindConfig, "ends after"},
		{"key with space", "", "sk-sp-01234567 89", sdk.KindConfig, "a space"},
		{"no key", "", "", sdk.KindUnauthenticated, "no key"},
		{"general key on loopback", "http://127.0.0.1:1/v1", "sk-0123456789abcdef", sdk.KindConfig, "general key"},
		{"general endpoint", "https://dashscope.aliyuncs.com/compatible-mode/v1", planKey, sdk.KindConfig, "DashScope's general endpoint"},
		{"general endpoint, international", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", planKey, sdk.KindConfig, "DashScope's general endpoint"},
		{"general endpoint, Hong Kong", "https://cn-hongkong.dashscope.aliyuncs.com/compatible-mode/v1", planKey, sdk.KindConfig, "DashScope's general endpoint"},
		{"general endpoint, disguised", "https://DashScope.Aliyuncs.Com.:443/compatible-mode/v1", planKey, sdk.KindConfig, "DashScope's general endpoint"},
		{"token plan", "https://token-plan.cn-beijing.maas.aliyuncs.com/compatible-mode/v1", planKey, sdk.KindConfig, "another plan"},
		{"OpenAI", "https://api.openai.com/v1", planKey, sdk.KindConfig, "OpenAI"},
		{"no TLS", "http://coding.dashscope.aliyuncs.com/v1", planKey, sdk.KindConfig, "without TLS"},
		{"no address", "coding.dashscope.aliyuncs.com/v1", planKey, sdk.KindConfig, "not a web address"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cloud := fakecloud.Unstarted()
			p := newProvider(cloud.Client())
			_, err := ask(t, p, connection(tt.endpoint, tt.key), "")
			e := sdk.AsError(err)
			if e == nil || e.Kind != tt.kind || !strings.Contains(e.Message, tt.says) || e.Hint == "" {
				t.Fatalf("error = %+v", e)
			}
			if tt.key != "" && tt.key != "sk-sp-" && strings.Contains(fmt.Sprintf("%+v", *e), tt.key) {
				t.Error("the error holds the key")
			}
			if n := len(cloud.Requests()); n != 0 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
}

func TestEndpointOf(t *testing.T) {
	stored := &sdk.Credential{Endpoint: "https://coding-intl.dashscope.aliyuncs.com/v1"}
	tests := []struct {
		conn sdk.Connection
		want string
	}{
		{sdk.Connection{}, "https://coding.dashscope.aliyuncs.com/v1"},
		{sdk.Connection{Credential: stored}, "https://coding-intl.dashscope.aliyuncs.com/v1"},
		{sdk.Connection{Credential: stored, Settings: map[string]string{"region": "China"}}, "https://coding.dashscope.aliyuncs.com/v1"},
		{sdk.Connection{Credential: stored, Endpoint: describe().DefaultEndpoint}, "https://coding-intl.dashscope.aliyuncs.com/v1"},
		{sdk.Connection{Settings: map[string]string{"region": "intl"}}, "https://coding-intl.dashscope.aliyuncs.com/v1"},
		{sdk.Connection{Endpoint: "https://coding.dashscope.aliyuncs.com/"}, "https://coding.dashscope.aliyuncs.com/v1"},
		{sdk.Connection{Endpoint: "https://gateway.example/plan"}, "https://gateway.example/plan"},
		{sdk.Connection{Endpoint: "http://localhost:8080/v1"}, "http://localhost:8080/v1"},
	}
	for _, tt := range tests {
		if got, err := endpointOf(&tt.conn); err != nil || got != tt.want {
			t.Errorf("%+v: %q, %v; want %q", tt.conn, got, err, tt.want)
		}
	}
	if _, err := endpointOf(&sdk.Connection{Settings: map[string]string{"region": "mars"}}); sdk.KindOf(err) != sdk.KindConfig {
		t.Errorf("region mars: %v", err)
	}
}

// TestServiceErrors has the texts that the plan sends, from its FAQ page.
func TestServiceErrors(t *testing.T) {
	tests := []struct {
		status          int
		code, message   string
		kind            sdk.ErrorKind
		says, hintsAt   string
		body            string
		retryAfterKnown bool
		retryable       bool
	}{
		{status: 401, message: "invalid access token or token expired", kind: sdk.KindUnauthenticated, says: "did not accept the key", hintsAt: "region"},
		{status: 403, message: "invalid api-key", kind: sdk.KindUnauthenticated, says: "does not take the plan's keys", hintsAt: "coding.dashscope"},
		{status: 404, body: "\n", kind: sdk.KindNotFound, says: "no API at this address", hintsAt: "/v1"},
		{status: 400, message: "model 'qwen-max' is not supported.", kind: sdk.KindNotFound, says: "does not have this model", hintsAt: "case-sensitive"},
		{status: 400, code: "InvalidParameter", message: "Range of input length should be [1, 258048]", kind: sdk.KindContextLength, says: "too long for the model: 258048 tokens fit", hintsAt: "new conversation"},
		{status: 429, code: "insufficient_quota", message: "hour allocated quota exceeded.", kind: sdk.KindQuota, says: "current 5 hours", hintsAt: "5 hours"},
		{status: 429, code: "insufficient_quota", message: "week allocated quota exceeded.", kind: sdk.KindQuota, says: "this week", hintsAt: "Monday 3 January at 00:00 UTC+8, in about 40 hours", retryAfterKnown: true},
		{status: 429, code: "Throttling.AllocationQuota", message: "month allocated quota exceeded.", kind: sdk.KindQuota, says: "this month", hintsAt: "billing day"},
		{status: 429, code: "insufficient_quota", message: "day allocated quota exceeded.", kind: sdk.KindQuota, says: "this day", hintsAt: "Sunday 2 January at 00:00 UTC+8, in about 16 hours", retryAfterKnown: true},
		{status: 429, code: "insufficient_quota", message: "month allocated quota exceeded, it will reset at 2000-01-20 00:00:00 UTC+8", kind: sdk.KindQuota, says: "this month", hintsAt: "Thursday 20 January at 00:00 UTC+8, in about 19 days", retryAfterKnown: true},
		{status: 429, code: "insufficient_quota", message: "concurrency allocated quota exceeded", kind: sdk.KindRateLimit, says: "at once", hintsAt: "fewer", retryable: true},
		{status: 429, code: "throttling", message: "usage allocated quota exceeded. please try again later.", kind: sdk.KindRateLimit, says: "in a short time", hintsAt: "within the hour"},
		{status: 429, code: "Throttling.RateQuota", message: "Requests rate limit exceeded, please try again later.", kind: sdk.KindRateLimit, says: "too many requests", hintsAt: "minute", retryable: true},
		{status: 429, code: "Throttling.AllocationQuota", message: "Allocated quota exceeded, please increase your quota limit.", kind: sdk.KindRateLimit, says: "too many tokens", hintsAt: "minute", retryable: true},
		{status: 401, code: "InvalidApiKey", message: "Invalid API-key provided.", kind: sdk.KindUnauthenticated, says: "did not accept the key", hintsAt: "region"},
		{status: 400, code: "Arrearage", message: "Access denied, please make sure your account is in good standing.", kind: sdk.KindQuota, says: "arrears", hintsAt: "bill"},
		{status: 400, code: "data_inspection_failed", message: "Input data may contain inappropriate content.", kind: sdk.KindContentFilter, says: "inappropriate", hintsAt: "other words"},
		{status: 400, code: "InvalidParameter", message: "Range of max_tokens should be [1, 65536]", kind: sdk.KindInvalidRequest, says: "max_tokens", hintsAt: "max_tokens"},
		{status: 503, code: "ModelServingError", message: "Too many requests. Your requests are being throttled due to system capacity limits.", kind: sdk.KindOverloaded, says: "capacity", hintsAt: "few minutes", retryable: true},
		{status: 500, code: "internal_error", message: "Internal server error!", kind: sdk.KindService, says: "Internal", hintsAt: "few minutes", retryable: true},
		{status: 403, message: "Coding Plan is currently only available for Coding Agents", kind: sdk.KindPermission, says: "not on it", hintsAt: "does not pretend"},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) { // begins at 2000-01-01 00:00 UTC, a Saturday
			cloud := fakecloud.Unstarted()
			cloud.Fault(fakecloud.Fault{Status: tt.status, Code: tt.code, Message: tt.message, Body: tt.body})
			p := newProvider(cloud.Client())
			_, err := ask(t, p, connection(cloud.CodingPlan(), planKey), "")
			e := sdk.AsError(err)
			if e == nil || e.Kind != tt.kind || !strings.Contains(e.Message, tt.says) || !strings.Contains(e.Hint, tt.hintsAt) || e.Retryable != tt.retryable {
				t.Errorf("%d %s: %+v", tt.status, tt.message, e)
			}
			if e != nil && (e.RetryAfter > 0) != tt.retryAfterKnown {
				t.Errorf("%s: retry after %v", tt.message, e.RetryAfter)
			}
		})
	}
}

func TestNextMonday(t *testing.T) {
	for now, want := range map[string]string{
		"2026-03-01T15:59:59Z": "2026-03-01T16:00:00Z", // Sunday 23:59:59 in Beijing
		"2026-03-01T16:00:00Z": "2026-03-08T16:00:00Z", // Monday 00:00
		"2026-03-03T12:00:00Z": "2026-03-08T16:00:00Z",
		"2026-12-31T12:00:00Z": "2027-01-03T16:00:00Z",
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := nextMonday(at).UTC().Format(time.RFC3339); got != want {
			t.Errorf("after %s: %s, want %s", now, got, want)
		}
	}
}

func TestToken(t *testing.T) {
	c := &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: planKey}
	got, err := New().Token(t.Context(), &sdk.TokenRequest{Connection: sdk.Connection{Credential: c}, Reason: sdk.TokenExpiring})
	if err != nil || got.Secret != c.Secret {
		t.Errorf("%v, %v", got, err)
	}
	for _, conn := range []sdk.Connection{{}, {Credential: c}} {
		_, err := New().Token(t.Context(), &sdk.TokenRequest{Connection: conn, Reason: sdk.TokenRejected})
		if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindUnauthenticated || e.Hint == "" {
			t.Errorf("%+v", e)
		}
	}
}

// answers is a UI with ready answers; it notes what was asked and told.
type answers struct {
	region, key string
	asked       []string
	told        []string
}

func (a *answers) Tell(_ context.Context, text string) error {
	a.told = append(a.told, text)
	return nil
}
func (a *answers) ShowCode(context.Context, sdk.DeviceCode) error { return nil }
func (a *answers) Ask(_ context.Context, q sdk.Question) (string, error) {
	a.asked = append(a.asked, q.ID)
	if !q.Secret {
		return "", fmt.Errorf("the key was asked for in the open")
	}
	return a.key, nil
}
func (a *answers) Choose(_ context.Context, c sdk.Choice) (string, error) {
	a.asked = append(a.asked, c.ID)
	return a.region, nil
}
func (a *answers) Confirm(context.Context, sdk.Question) (bool, error) { return false, nil }
func (a *answers) Wait(context.Context, string) error                  { return nil }

func TestLogin(t *testing.T) {
	ui := &answers{region: "international", key: " \"Bearer " + planKey + "\"\n"}
	got, err := New().Login(t.Context(), &sdk.LoginRequest{}, ui)
	if err != nil || got.Secret != planKey || got.Endpoint != international.endpoint() || got.Kind != sdk.CredentialAPIKey {
		t.Fatalf("%v, %v", got, err)
	}
	if want := "[region api-key]"; fmt.Sprint(ui.asked) != want {
		t.Errorf("asked %v, want %v", ui.asked, want)
	}
	ui = &answers{key: "sk-general"}
	req := &sdk.LoginRequest{Connection: sdk.Connection{Settings: map[string]string{"region": "china"}}}
	if _, err := New().Login(t.Context(), req, ui); sdk.KindOf(err) != sdk.KindConfig {
		t.Errorf("general key: %v", err)
	}
	if want := "[api-key]"; fmt.Sprint(ui.asked) != want {
		t.Errorf("asked %v although the region was given", ui.asked)
	}
}

func TestLoginVerifies(t *testing.T) {
	cloud := start(t)
	cloud.SetKeys(planKey)
	req := &sdk.LoginRequest{Verify: true, Connection: sdk.Connection{Endpoint: cloud.CodingPlan()}}
	ui := &answers{key: planKey}
	if _, err := New().Login(t.Context(), req, ui); err != nil {
		t.Fatal(err)
	}
	if len(ui.told) != 1 || !strings.Contains(ui.told[0], strings.TrimPrefix(cloud.URL(), "http://")) {
		t.Errorf("told %q, want the host", ui.told)
	}
	if got := cloud.Requests(); len(got) != 1 || !strings.Contains(got[0].Body, `"max_tokens":1`) {
		t.Errorf("%+v", got)
	}
	_, err := New().Login(t.Context(), req, &answers{key: planKey + "x"})
	if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindUnauthenticated || e.Host == "" {
		t.Errorf("%+v", e)
	}
}

func TestTrimKey(t *testing.T) {
	for in, want := range map[string]string{
		"sk-sp-a":                                 "sk-sp-a",
		"  sk-sp-a\r\n":                           "sk-sp-a",
		"'sk-sp-a'":                               "sk-sp-a",
		"bearer sk-sp-a":                          "sk-sp-a",
		"Authorization: Bearer sk-sp-a":           "sk-sp-a",
		"export OPENAI_API_KEY=\"sk-sp-a\"":       "sk-sp-a",
		"BAILIAN_CODING_PLAN_API_KEY='sk-sp-a'\n": "sk-sp-a",
		"":   "",
		"\"": "",
	} {
		if got := trimKey(in).Reveal(); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzTrimKey(f *testing.F) {
	f.Add(" 'Bearer sk-sp-a' ")
	f.Add("OPENAI_API_KEY=sk-sp-b")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		key := trimKey(s)
		if !strings.Contains(s, key.Reveal()) {
			t.Errorf("%q became %q, which is not part of it", s, key.Reveal())
		}
	})
}

func FuzzCheckEndpoint(f *testing.F) {
	f.Add("https://coding.dashscope.aliyuncs.com")
	f.Add("https://dashscope.aliyuncs.com./v1")
	f.Add("http://127.0.0.1:8080/v1")
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := checkEndpoint(s); err == nil {
			if again, err := checkEndpoint(got); err != nil || again != got {
				t.Errorf("%q: %q is not stable: %q, %v", s, got, again, err)
			}
		}
	})
}
