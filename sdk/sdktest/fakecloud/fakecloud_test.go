package fakecloud_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

func start(t testing.TB, opts ...fakecloud.Option) *fakecloud.Cloud {
	cloud := fakecloud.New(opts...)
	t.Cleanup(cloud.Close)
	return cloud
}

// ask posts a chat request and returns the response.
func ask(ctx context.Context, t testing.TB, client *http.Client, base, key, model string, stream bool) (*http.Response, error) {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"model": model, "stream": stream, "stream_options": map[string]any{"include_usage": true},
		"messages": []any{map[string]any{"role": "user", "content": "hello there"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/chat/completions", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Api-Key", key)
	return client.Do(req)
}

// read returns status, body and the error that reading it ended with.
func read(t testing.TB, base, key, model string, stream bool) (int, string, error) {
	t.Helper()
	resp, err := ask(t.Context(), t, http.DefaultClient, base, key, model, stream)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), err
}

// text joins the content deltas of a stream.
func text(t testing.TB, body string) (joined string, chunks int) {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(body) {
		data, ok := strings.CutPrefix(strings.TrimSpace(line), "data: ")
		if !ok || data == "[DONE]" {
			continue
		}
		var c struct {
			Choices []struct{ Delta struct{ Content string } }
		}
		if err := json.Unmarshal([]byte(data), &c); err != nil {
			t.Fatalf("%v in %q", err, data)
		}
		for _, choice := range c.Choices {
			b.WriteString(choice.Delta.Content)
			chunks++
		}
	}
	return b.String(), chunks
}

func TestStreamRepeatsPrompt(t *testing.T) {
	cloud := start(t)
	status, body, err := read(t, cloud.OpenAI(), "k", "any", true)
	if err != nil || status != 200 {
		t.Fatal(status, body, err)
	}
	if got, _ := text(t, body); got != "You said: hello there" {
		t.Errorf("text = %q", got)
	}
	for _, want := range []string{`"finish_reason":"stop"`, `"prompt_tokens":2`, "data: [DONE]\n\n"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	got := cloud.Requests()
	if len(got) != 1 || got[0].Key() != "k" || got[0].Path != "/v1/chat/completions" || got[0].Canceled || !strings.Contains(got[0].Body, "hello there") {
		t.Errorf("requests = %+v", got)
	}
}

func TestWholeAnswer(t *testing.T) {
	cloud := start(t)
	cloud.Script(fakecloud.Answer{Text: "first"}, fakecloud.Answer{Text: "second", Reasoning: "hm"})
	for _, want := range []string{`"content":"first"`, `"reasoning_content":"hm"`, `"content":"second"`} {
		_, body, err := read(t, cloud.OpenAI(), "k", "any", false)
		if err != nil || !strings.Contains(body, want) || !json.Valid([]byte(body)) {
			t.Errorf("no %s in %s, %v", want, body, err)
		}
	}
}

func TestKeys(t *testing.T) {
	cloud := start(t)
	cloud.SetKeys("good", "sk-sp-good")
	token := cloud.IssueToken().Access
	azure := cloud.Azure() + "/openai/deployments/gpt"
	tests := []struct {
		base, key string
		status    int
		body      string
	}{
		{cloud.OpenAI(), "good", 200, ""},
		{cloud.OpenAI(), "bad", 401, `"code":"invalid_api_key"`},
		{cloud.OpenAI(), "", 401, "You didn't provide an API key"},
		{cloud.DashScope(), "good", 200, ""},
		{cloud.DashScope(), "bad", 401, `"request_id"`},
		{cloud.DashScope(), "sk-sp-good", 403, "invalid api-key"},
		{cloud.CodingPlan(), "sk-sp-good", 200, ""},
		{cloud.CodingPlan(), "good", 401, "invalid access token or token expired"},
		{cloud.Qwen(), token, 200, ""},
		{cloud.Qwen(), "good", 401, "invalid access token or token expired"},
		{azure, "good", 404, "Resource not found"}, // no api-version
		{azure, "bad", 401, "invalid subscription key"},
	}
	for _, tt := range tests {
		status, body, err := read(t, tt.base, tt.key, "any", true)
		if err != nil || status != tt.status || !strings.Contains(body, tt.body) {
			t.Errorf("%s with %q: %d %s %v", tt.base, tt.key, status, body, err)
		}
	}
}

func TestAzure(t *testing.T) {
	cloud := start(t)
	req, _ := http.NewRequest(http.MethodPost, cloud.Azure()+"/openai/deployments/gpt/chat/completions?api-version=2024-10-21",
		strings.NewReader(`{"messages":[{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image_url"}]}]}`))
	req.Header.Set("Api-Key", "k")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if !strings.Contains(string(body), `"You said: hi [image_url]"`) || !strings.Contains(string(body), `"model":"gpt"`) {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

// TestModelFaults goes by name, as a script does.
func TestModelFaults(t *testing.T) {
	cloud := start(t)
	tests := []struct {
		model   string
		status  int
		has     string
		lacks   string
		wantErr bool // the body ends badly
	}{
		{model: "think", status: 200, has: "reasoning_content"},
		{model: "think-tags", status: 200, has: "<think>"},
		{model: "tools", status: 200, has: `"finish_reason":"tool_calls"`},
		{model: "tools-no-index", status: 200, has: "get_weather", lacks: `"index":1`},
		{model: "tools-no-id", status: 200, has: "get_time", lacks: "call_1"},
		{model: "tools-object", status: 200, has: `"arguments":{"city"`},
		{model: "refuse", status: 200, has: `"refusal"`},
		{model: "length", status: 200, has: `"finish_reason":"length"`},
		{model: "no-usage", status: 200, lacks: "prompt_tokens"},
		{model: "fault-500", status: 500, has: "server_error"},
		{model: "fault-429", status: 429, has: "rate_limit_exceeded"},
		{model: "fault-429-later", status: 429},
		{model: "fault-context", status: 400, has: "context_length_exceeded"},
		{model: "fault-week-quota", status: 429, has: "week allocated quota exceeded"},
		{model: "fault-agents-only", status: 403, has: "only available for Coding Agents"},
		{model: "fault-echo-key", status: 401, has: "the-key"},
		{model: "fault-html", status: 200, has: "<html>"},
		{model: "fault-empty", status: 200, lacks: "data"},
		{model: "fault-only-done", status: 200, has: "[DONE]", lacks: "content"},
		{model: "fault-cut", status: 200, has: "You", lacks: "there", wantErr: true},
		{model: "fault-cut-bytes", status: 200, wantErr: true},
		{model: "fault-reset", status: 200, wantErr: true},
		{model: "fault-no-finish", status: 200, has: "there", lacks: `"stop"`},
		{model: "fault-no-done", status: 200, has: `"stop"`, lacks: "[DONE]"},
		{model: "fault-error", status: 200, has: "the model crashed", lacks: "[DONE]"},
		{model: "fault-malformed", status: 200, has: "{\"content\n\n"},
		{model: "fault-keep-alive", status: 200, has: ": keep-alive\n\ndata"},
		{model: "fault-crlf", status: 200, has: "\r\n\r\n"},
		{model: "fault-bom", status: 200, has: "\ufeffdata"},
	}
	for _, tt := range tests {
		status, body, err := read(t, cloud.OpenAI(), "the-key", tt.model, true)
		if status != tt.status || !strings.Contains(body, tt.has) || (err != nil) != tt.wantErr ||
			(tt.lacks != "" && strings.Contains(body, tt.lacks)) {
			t.Errorf("%s: %d %s %v", tt.model, status, body, err)
		}
	}
}

func TestFlaky(t *testing.T) {
	cloud := start(t)
	for _, want := range []int{503, 200, 200} {
		if status, body, _ := read(t, cloud.OpenAI(), "k", "flaky-503", true); status != want {
			t.Errorf("got %d %s, want %d", status, body, want)
		}
	}
}

func TestFaultTimesAndPath(t *testing.T) {
	cloud := start(t)
	cloud.Fault(fakecloud.Fault{Status: 502, Times: 2})
	cloud.Fault(fakecloud.Fault{Kind: fakecloud.FaultMalformed, Path: "/dashscope"})
	for _, want := range []int{502, 502, 200} {
		if status, _, _ := read(t, cloud.OpenAI(), "k", "any", true); status != want {
			t.Errorf("got %d, want %d", status, want)
		}
	}
	if status, body, _ := read(t, cloud.DashScope(), "k", "any", false); status != 200 || json.Valid([]byte(body)) {
		t.Errorf("malformed: %d %s", status, body)
	}
}

func TestResetBeforeTheAnswer(t *testing.T) {
	for _, kind := range []fakecloud.FaultKind{fakecloud.FaultCut, fakecloud.FaultReset} {
		cloud := start(t)
		cloud.Fault(fakecloud.Fault{Kind: kind, After: -1})
		if status, _, err := read(t, cloud.OpenAI(), "k", "any", true); err == nil {
			t.Errorf("%s: status %d", kind, status)
		}
	}
}

func TestRedirectLeadsElsewhere(t *testing.T) {
	cloud := start(t)
	if _, _, err := read(t, cloud.OpenAI(), "k", "fault-redirect", true); err != nil {
		t.Fatal(err)
	}
	if got := cloud.Elsewhere(); len(got) != 1 || !strings.Contains(got[0].Body, "hello") {
		t.Errorf("elsewhere = %+v; net/http sends the body along, so it must arrive", got)
	}
}

func TestCancelIsSeen(t *testing.T) {
	for _, model := range []string{"slow", "fault-stall", "fault-hang", "fault-open-end"} {
		cloud := start(t)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			_ = cloud.Wait(t.Context(), func(list []fakecloud.Request) bool { return len(list) == 1 })
			cancel()
		}()
		resp, err := ask(ctx, t, http.DefaultClient, cloud.OpenAI(), "k", model, true)
		if err == nil {
			_, err = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", model, err)
		}
		if err := cloud.WaitCanceled(t.Context()); err != nil {
			t.Errorf("%s: %v", model, err)
		}
	}
}

func TestDelayFlushesEachChunk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := fakecloud.Unstarted(fakecloud.WithDelay(time.Second))
		began := time.Now()
		resp, err := ask(t.Context(), t, cloud.Client(), cloud.OpenAI(), "k", "any", true)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		lines.Scan()
		if took := time.Since(began); took != time.Second || !strings.HasPrefix(lines.Text(), "data:") {
			t.Errorf("first line %q after %v, want one second", lines.Text(), took)
		}
	})
}

// What a benchmark needs to know: when each chunk left, and when it was all over.
func TestTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := fakecloud.Unstarted()
		defer cloud.Close()
		cloud.Script(fakecloud.Answer{Text: strings.Repeat("{sent} ", 3), Chunks: 3, Delay: time.Second})
		began := time.Now()
		resp, err := ask(t.Context(), t, cloud.Client(), cloud.OpenAI(), "k", "any", true)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		var want string
		for i := range 3 { // the first chunk is the role
			want += fmt.Sprintf("%d ", began.Add(time.Duration(i+2)*time.Second).UnixNano())
		}
		if got, _ := text(t, string(body)); got != want {
			t.Errorf("the chunks say %q, want %q", got, want)
		}
		synctest.Wait()
		if r := cloud.Requests()[0]; !r.Time.Equal(began) || !r.Ended.Equal(time.Now()) {
			t.Errorf("from %s to %s, want %s to %s", r.Time, r.Ended, began, time.Now())
		}
	})
}

func TestBig(t *testing.T) {
	cloud := start(t)
	_, body, err := read(t, cloud.OpenAI(), "k", "big-20000", true)
	if err != nil {
		t.Fatal(err)
	}
	got, chunks := text(t, body)
	if len(got) != 20000*8 || chunks != 20000+2 { // and the role, and the finish reason
		t.Errorf("%d bytes in %d chunks", len(got), chunks)
	}
}

func BenchmarkBig(b *testing.B) {
	cloud := start(b)
	for b.Loop() {
		if _, _, err := read(b, cloud.OpenAI(), "k", "big-20000", true); err != nil {
			b.Fatal(err)
		}
	}
}

func TestControl(t *testing.T) {
	cloud := start(t)
	post := func(path, body string, want int) {
		t.Helper()
		resp, err := http.Post(cloud.URL()+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("POST %s: %d, want %d", path, resp.StatusCode, want)
		}
	}
	post("/_control/keys", `["good"]`, 204)
	post("/_control/script", `[{"text":"scripted"}]`, 204)
	post("/_control/fault", `{"kind":"status","status":418,"times":1}`, 204)
	post("/_control/fault", `{"knid":"typo"}`, 400)
	post("/_control/approve", ``, 404)
	for _, want := range []string{"server_error", "scripted"} {
		if _, body, _ := read(t, cloud.OpenAI(), "good", "any", true); !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	resp, err := http.Get(cloud.URL() + "/_control/requests")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var list []fakecloud.Request
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil || len(list) != 2 || list[0].Key() != "good" {
		t.Errorf("%+v, %v", list, err)
	}
	post("/_control/reset", ``, 204)
	if n := len(cloud.Requests()); n != 0 {
		t.Errorf("%d requests after reset", n)
	}
}

// oauth posts a form and returns status and the JSON answer.
func oauth(t *testing.T, cloud *fakecloud.Cloud, path string, form url.Values) (int, map[string]any) {
	t.Helper()
	form.Set("client_id", "me")
	resp, err := cloud.Client().PostForm(cloud.OAuthURL()+path, form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var v map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, v
}

const verifier = "a-verifier-of-at-least-forty-three-characters"

// begin starts a sign-in and returns the form of its polls.
func begin(t *testing.T, cloud *fakecloud.Cloud) (poll url.Values, answer map[string]any) {
	t.Helper()
	sum := sha256.Sum256([]byte(verifier))
	status, answer := oauth(t, cloud, "/api/v1/oauth2/device/code", url.Values{
		"code_challenge":        {base64.RawURLEncoding.EncodeToString(sum[:])},
		"code_challenge_method": {"S256"},
	})
	if status != 200 {
		t.Fatal(status, answer)
	}
	return url.Values{
		"grant_type":    {"urn:ietf:params:oauth:grant-type:device_code"},
		"device_code":   {answer["device_code"].(string)},
		"code_verifier": {verifier},
	}, answer
}

func TestDeviceFlow(t *testing.T) {
	cloud := fakecloud.Unstarted()
	cloud.SetOAuth(fakecloud.OAuthOptions{Polls: []string{"pending", "slow_down", "slow_down:400"}, Interval: 7 * time.Second})
	poll, answer := begin(t, cloud)
	if answer["interval"] != 7.0 || answer["expires_in"] != 600.0 {
		t.Errorf("%v", answer)
	}
	for _, want := range []struct {
		status int
		code   string
	}{{400, "authorization_pending"}, {429, "slow_down"}, {400, "slow_down"}, {400, "authorization_pending"}} {
		if status, v := oauth(t, cloud, "/api/v1/oauth2/token", poll); status != want.status || v["error"] != want.code {
			t.Errorf("%d %v, want %v", status, v, want)
		}
	}
	if !cloud.Approve(answer["user_code"].(string)) {
		t.Fatal("not waiting")
	}
	wrong := url.Values{"grant_type": poll["grant_type"], "device_code": poll["device_code"], "code_verifier": {"other"}}
	if status, v := oauth(t, cloud, "/api/v1/oauth2/token", wrong); status != 400 || v["error"] != "invalid_grant" {
		t.Errorf("wrong verifier: %d %v", status, v)
	}
	status, v := oauth(t, cloud, "/api/v1/oauth2/token", poll)
	if status != 200 || v["resource_url"] != cloud.Qwen() || v["expires_in"] != 3600.0 {
		t.Fatal(status, v)
	}
	if status, v := oauth(t, cloud, "/api/v1/oauth2/token", poll); status != 400 {
		t.Errorf("the code works twice: %v", v)
	}
	resp, err := ask(t.Context(), t, cloud.Client(), cloud.Qwen(), v["access_token"].(string), "coder-model", true)
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(resp, err)
	}
	resp.Body.Close()
}

func TestDeniedAndExpired(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := fakecloud.Unstarted()
		denied, _ := begin(t, cloud)
		cloud.Deny("")
		if _, v := oauth(t, cloud, "/api/v1/oauth2/token", denied); v["error"] != "access_denied" {
			t.Error(v)
		}
		late, _ := begin(t, cloud)
		time.Sleep(10 * time.Minute)
		if _, v := oauth(t, cloud, "/api/v1/oauth2/token", late); v["error"] != "expired_token" {
			t.Error(v)
		}
	})
}

func TestStrictInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := fakecloud.Unstarted()
		cloud.SetOAuth(fakecloud.OAuthOptions{StrictInterval: true})
		poll, _ := begin(t, cloud)
		for _, step := range []struct {
			wait time.Duration
			want string
		}{{0, "authorization_pending"}, {4 * time.Second, "slow_down"}, {9 * time.Second, "slow_down"}, {15 * time.Second, "authorization_pending"}} {
			time.Sleep(step.wait)
			if _, v := oauth(t, cloud, "/api/v1/oauth2/token", poll); v["error"] != step.want {
				t.Errorf("after %v: %v, want %s", step.wait, v, step.want)
			}
		}
	})
}

func TestRefreshRotation(t *testing.T) {
	cloud := fakecloud.Unstarted()
	cloud.SetOAuth(fakecloud.OAuthOptions{Rotate: true, RevokeFamily: true})
	old := cloud.IssueToken()
	refresh := func(token string) (int, map[string]any) {
		return oauth(t, cloud, "/api/v1/oauth2/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
	}
	status, fresh := refresh(old.Refresh)
	if status != 200 || fresh["refresh_token"] == old.Refresh {
		t.Fatal(status, fresh)
	}
	if status, v := refresh(old.Refresh); status != 400 || v["error"] != "invalid_grant" {
		t.Errorf("reuse: %d %v", status, v)
	}
	if status, v := refresh(fresh["refresh_token"].(string)); status != 400 {
		t.Errorf("the family lives on: %v", v)
	}
}

func TestTokenVariants(t *testing.T) {
	cloud := fakecloud.Unstarted()
	for _, tt := range []struct {
		expires string
		want    any
	}{{`"3600"`, "3600"}, {`-1`, -1.0}, {`null`, nil}, {`1e300`, 1e300}} {
		cloud.SetOAuth(fakecloud.OAuthOptions{AutoApprove: true, ExpiresIn: json.RawMessage(tt.expires), ResourceURL: "-"})
		poll, _ := begin(t, cloud)
		_, v := oauth(t, cloud, "/api/v1/oauth2/token", poll)
		if v["expires_in"] != tt.want || v["resource_url"] != nil {
			t.Errorf("%s: %v", tt.expires, v)
		}
	}
}

func TestAuthorizePage(t *testing.T) {
	cloud := start(t)
	code := userCode(t, cloud)
	resp, err := http.PostForm(cloud.URL()+"/authorize", url.Values{"user_code": {code}, "answer": {"approve"}})
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(resp, err)
	}
	resp.Body.Close()
}

// userCode starts a sign-in over a socket and returns its user code.
func userCode(t *testing.T, cloud *fakecloud.Cloud) string {
	t.Helper()
	resp, err := http.PostForm(cloud.OAuthURL()+"/api/v1/oauth2/device/code",
		url.Values{"client_id": {"me"}, "code_challenge": {"x"}, "code_challenge_method": {"S256"}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var v struct {
		UserCode string `json:"user_code"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v.UserCode
}
