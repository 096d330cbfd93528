package openaicompat

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/sdk"
)

// TestServiceErrors has texts of the services that word their errors in their own
// way; those that many send are in package openaiapi.
func TestServiceErrors(t *testing.T) {
	for _, tt := range []struct {
		dialect   string
		status    int
		code      string
		message   string
		kind      sdk.ErrorKind
		says      string
		hintsAt   string
		retryable bool
	}{
		{"dashscope", 401, "invalid_api_key", "Incorrect API key provided.", sdk.KindUnauthenticated, "Incorrect", "region", false},
		{"dashscope", 401, "", "invalid access token or token expired", sdk.KindUnauthenticated, "expired", "sk-sp-", false},
		{"dashscope", 403, "", "invalid api-key", sdk.KindUnauthenticated, "invalid", "coding-plan", false},
		{"dashscope", 429, "insufficient_quota", "You exceeded your current quota, please check your plan and billing details.", sdk.KindRateLimit, "tokens in this minute", "minute", true},
		{"dashscope", 429, "insufficient_quota", "Free allocated quota exceeded.", sdk.KindQuota, "free allowance", "billing", false},
		{"openai", 429, "insufficient_quota", "You exceeded your current quota, please check your plan and billing details.", sdk.KindQuota, "used up", "billing", false},
		{"zai", 429, "1302", "High concurrency usage of this API", sdk.KindRateLimit, "at once", "minute", true},
		{"zai", 429, "1308", "Usage limit reached for 5 hour. Your limit will reset at 2000-01-01 10:00:00", sdk.KindQuota, "current hours", "comes back", false},
		{"zai", 429, "1309", "Your GLM Coding Plan package has expired", sdk.KindPermission, "expired", "Renew", false},
		{"zai", 429, "1310", "Weekly/Monthly Limit Exhausted. Your limit will reset at 2000-01-06 22:19:54", sdk.KindQuota, "week or month", "comes back", false},
		{"zai", 429, "1311", "Your current subscription plan does not yet include access to glm-5", sdk.KindNotFound, "does not have this model", "qwen models", false},
		{"zai", 400, "1261", "Prompt exceeds max length", sdk.KindContextLength, "too long", "send less", false},
		{"zai", 429, "1113", "Your account is in arrears, please recharge and try again", sdk.KindQuota, "arrears", "Top up", false},
		{"azure", 429, "429", "Requests have exceeded call rate limit of your current pricing tier. Please retry after 26 seconds.", sdk.KindRateLimit, "too many requests", "minute", true},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(tt.status)
			_, _ = w.Write([]byte(`{"error":{"code":"` + tt.code + `","message":"` + tt.message + `"}}`))
		}))
		conn := connection(srv.URL+"/v1", "key-1", settingDialect, tt.dialect)
		_, err := chat(t, &sdk.ChatRequest{Connection: conn, Model: "m1", Messages: []sdk.Message{sdk.TextMessage(sdk.RoleUser, "hi")}})
		srv.Close()
		e := sdk.AsError(err)
		if e == nil || e.Kind != tt.kind || !strings.Contains(e.Message, tt.says) || !strings.Contains(e.Hint, tt.hintsAt) || e.Retryable != tt.retryable {
			t.Errorf("%s, %d %s %s: %+v", tt.dialect, tt.status, tt.code, tt.message, e)
		}
	}
}
