package openaicompat

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/sdk"
)

// A cloud is a loopback service that records what arrives.
type cloud struct {
	*httptest.Server
	requests []*http.Request
	bodies   []string
}

// newCloud answers chats with "Hi", and lists one model to whoever has the key.
func newCloud(t *testing.T, key string) *cloud {
	c := &cloud{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		c.requests, c.bodies = append(c.requests, r), append(c.bodies, string(body))
		switch {
		case key != "" && r.Header.Get("Authorization") != "Bearer "+key && r.Header.Get("api-key") != key:
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}`)
		case strings.HasSuffix(r.URL.Path, "/models"):
			_, _ = io.WriteString(w, `{"data":[{"id":"m1","context_length":4096}]}`)
		case strings.HasSuffix(r.URL.Path, "/chat/completions"):
			_, _ = io.WriteString(w, "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(c.Close)
	return c
}

func connection(endpoint, key string, settings ...string) sdk.Connection {
	conn := sdk.Connection{Endpoint: endpoint, Settings: map[string]string{}}
	if key != "" {
		conn.Credential = &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: sdk.Secret(key)}
	}
	for i := 0; i+1 < len(settings); i += 2 {
		conn.Settings[settings[i]] = settings[i+1]
	}
	return conn
}

func chat(t *testing.T, req *sdk.ChatRequest) (string, error) {
	t.Helper()
	var text strings.Builder
	for ev, err := range New().Chat(t.Context(), req) {
		if err != nil {
			return text.String(), err
		}
		if d, ok := ev.(*sdk.Delta); ok {
			text.WriteString(d.Text)
		}
	}
	return text.String(), nil
}

func TestChat(t *testing.T) {
	c := newCloud(t, "key-1")
	req := &sdk.ChatRequest{Connection: connection(c.URL+"/v1/", "key-1"), Model: "m1", Messages: []sdk.Message{sdk.TextMessage(sdk.RoleUser, "hi")}}
	text, err := chat(t, req)
	if err != nil || text != "Hi" {
		t.Fatalf("got %q, %v", text, err)
	}
	if len(c.requests) != 1 || c.requests[0].URL.Path != "/v1/chat/completions" || c.requests[0].UserAgent() != "qwen/"+Version {
		t.Errorf("%d requests, first %v", len(c.requests), c.requests[0].URL)
	}
	if !strings.Contains(c.bodies[0], `"model":"m1"`) {
		t.Errorf("body %s", c.bodies[0])
	}

	req.Connection = connection(c.URL+"/v1", "key-2")
	_, err = chat(t, req)
	if sdk.KindOf(err) != sdk.KindUnauthenticated || sdk.AsError(err).Hint == "" {
		t.Errorf("wrong key: %v", err)
	}
}

func TestModels(t *testing.T) {
	c := newCloud(t, "key-1")
	models, err := New().(sdk.ModelLister).Models(t.Context(), &sdk.ModelsRequest{Connection: connection(c.URL+"/v1", "key-1")})
	if err != nil || len(models) != 1 || models[0].ID != "m1" || models[0].ContextTokens != 4096 {
		t.Errorf("got %+v, %v", models, err)
	}
}

func TestDefaults(t *testing.T) {
	chosen := connection("", "k")
	chosen.Credential.Extra = map[string]json.RawMessage{sdk.ExtraModel: json.RawMessage(`"mine"`)}
	chosen.Credential.Endpoint = "https://api.example/v1"
	for _, tt := range []struct {
		conn            sdk.Connection
		endpoint, model string
	}{
		{connection("", "k"), defaultEndpoint, defaultModel},
		{connection("https://openrouter.ai/api/v1", "k"), "https://openrouter.ai/api/v1", "qwen/qwen3-coder"},
		{connection("http://localhost:9/v1", ""), "http://localhost:9/v1", defaultModel},
		{chosen, "https://api.example/v1", "mine"},
	} {
		if got := endpointOf(&tt.conn); got != tt.endpoint {
			t.Errorf("endpoint %q, want %q", got, tt.endpoint)
		}
		if got := modelFor(&tt.conn); got != tt.model {
			t.Errorf("%s: model %q, want %q", tt.endpoint, got, tt.model)
		}
	}
}

func TestLookup(t *testing.T) {
	for endpoint, id := range map[string]string{
		"https://api.openai.com/v1":                              "openai",
		"https://API.OpenAI.com:443/v1":                          "openai",
		"https://api.openai.com.attacker.example/v1":             "",
		"https://attacker.example/api.openai.com/v1":             "",
		"https://notopenrouter.ai/v1":                            "",
		"https://openrouter.ai/api/v1":                           "openrouter",
		"https://x.openai.azure.com/openai/v1":                   "azure",
		"https://openai.azure.com":                               "",
		"https://coding.dashscope.aliyuncs.com/v1":               "dashscope",
		"https://coding-intl.dashscope.aliyuncs.com/v1":          "dashscope",
		"https://cn-hongkong.dashscope.aliyuncs.com/v1":          "dashscope",
		"https://token-plan.cn-beijing.maas.aliyuncs.com/v1":     "dashscope",
		"https://evildashscope.aliyuncs.com.attacker.example/v1": "",
		"http://localhost:11434/v1":                              "ollama",
		"http://127.0.0.1:1234/v1":                               "lmstudio",
		"http://[::1]:8000/v1":                                   "vllm",
		"http://server.example:11434/v1":                         "",
		"https://api-inference.modelscope.cn/v1":                 "modelscope",
	} {
		u, err := url.Parse(endpoint)
		if err != nil {
			t.Fatal(err)
		}
		if got := lookup(u).id; got != id {
			t.Errorf("%s is %q, want %q", endpoint, got, id)
		}
	}
}

func TestAzure(t *testing.T) {
	const resource = "https://r.openai.azure.com"
	for _, tt := range []struct {
		name, endpoint, version string
		base, query             string
		models                  string
	}{
		{"v1", resource + "/openai/v1/", "", resource + "/openai/v1", "", ""},
		{"v1 with a version", resource + "/openai/v1", "preview", resource + "/openai/v1", "api-version=preview", ""},
		{"resource alone", resource + "/", "", resource + "/openai/v1", "", ""},
		{"resource and version", resource, "2024-06-01", resource + "/openai/deployments/gpt-x", "api-version=2024-06-01", "../../models"},
		{"deployment", resource + "/openai/deployments/d", "", resource + "/openai/deployments/d", "api-version=" + azureVersion, "../../models"},
		{"as the portal shows it", resource + "/openai/deployments/d/chat/completions?api-version=2025-01-01-preview", "", resource + "/openai/deployments/d", "api-version=2025-01-01-preview", "../../models"},
		{"setting wins", resource + "/openai/deployments/d?api-version=1", "2", resource + "/openai/deployments/d", "api-version=2", "../../models"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conn := connection(tt.endpoint, "k", settingAPIVersion, tt.version)
			svc, err := newService(&conn, "gpt-x")
			if err != nil {
				t.Fatal(err)
			}
			if svc.BaseURL != tt.base && svc.BaseURL != tt.base+"/" || svc.Query.Encode() != tt.query || svc.ModelsPath != tt.models || svc.KeyHeader != "api-key" {
				t.Errorf("got %s ? %s, models %s, header %s", svc.BaseURL, svc.Query.Encode(), svc.ModelsPath, svc.KeyHeader)
			}
		})
	}
	conn := connection(resource, "eyJhbGciOiJub25lIn0.e30.c2ln")
	if svc, err := newService(&conn, "m"); err != nil || svc.KeyHeader != "" {
		t.Errorf("an Entra token goes into %q, %v", svc.KeyHeader, err)
	}
}

func TestAzureOnTheWire(t *testing.T) {
	c := newCloud(t, "key-1")
	req := &sdk.ChatRequest{Connection: connection(c.URL+"/openai/deployments/d", "key-1", settingDialect, "azure"), Messages: []sdk.Message{sdk.TextMessage(sdk.RoleUser, "hi")}}
	if text, err := chat(t, req); err != nil || text != "Hi" {
		t.Fatalf("got %q, %v", text, err)
	}
	if _, err := New().(sdk.ModelLister).Models(t.Context(), &sdk.ModelsRequest{Connection: req.Connection}); err != nil {
		t.Fatal(err)
	}
	want := []string{"/openai/deployments/d/chat/completions?api-version=" + azureVersion, "/openai/models?api-version=" + azureVersion}
	for i, r := range c.requests {
		if r.URL.String() != want[i] || r.Header.Get("Authorization") != "" {
			t.Errorf("request %d: %s, Authorization %q", i, r.URL, r.Header.Get("Authorization"))
		}
	}
}

func TestSettings(t *testing.T) {
	service := func(endpoint string, settings ...string) (dialect, header string, err error) {
		conn := connection(endpoint, "k", settings...)
		svc, err := newService(&conn, "m")
		if err != nil {
			return "", "", err
		}
		raw, _ := json.Marshal(map[string]any{"rename": svc.Dialect.Rename["max_tokens"], "think": svc.Dialect.ThinkTags, "http": svc.AllowHTTP, "key": svc.KeyHeader})
		return string(raw), svc.Header.Get("OpenAI-Organization") + svc.Header.Get("OpenAI-Project"), nil
	}
	const plain = `{"http":false,"key":"","rename":"","think":false}`
	const openai = `{"http":false,"key":"","rename":"max_completion_tokens","think":false}`
	for _, tt := range []struct {
		endpoint        string
		settings        []string
		dialect, header string
	}{
		{"https://api.example/v1", nil, plain, ""},
		{defaultEndpoint, []string{settingOrganization, "org", settingProject, "proj"}, openai, "orgproj"},
		{"https://api.example/v1", []string{settingOrganization, "org"}, plain, ""},
		{defaultEndpoint, []string{settingDialect, "plain"}, plain, ""},
		{"https://api.example/v1", []string{settingDialect, "openai"}, openai, ""},
		{defaultEndpoint, []string{settingMaxTokens, "max_tokens"}, `{"http":false,"key":"","rename":"max_tokens","think":false}`, ""},
		{"https://api.example/v1", []string{settingThinkTags, "true", settingAllowHTTP, "1", settingAuthHeader, "X-Key", settingMaxTokens, "n"}, `{"http":true,"key":"X-Key","rename":"n","think":true}`, ""},
		{"http://localhost:11434/v1", []string{settingThinkTags, "false"}, plain, ""},
	} {
		dialect, header, err := service(tt.endpoint, tt.settings...)
		if err != nil || dialect != tt.dialect || header != tt.header {
			t.Errorf("%s %v: %s %q %v", tt.endpoint, tt.settings, dialect, header, err)
		}
	}
	for _, bad := range [][]string{{settingDialect, "klingon"}, {settingThinkTags, "maybe"}} {
		if _, _, err := service(defaultEndpoint, bad...); sdk.KindOf(err) != sdk.KindConfig {
			t.Errorf("%v: %v", bad, err)
		}
	}
	// The table itself must not have changed.
	if k, _ := byID("openai"); k.dialect.Rename["max_tokens"] != "max_completion_tokens" {
		t.Error("a setting changed the table")
	}
}

func TestPlanKeyStaysHome(t *testing.T) {
	for endpoint, refused := range map[string]bool{
		"":                             true,
		"https://openrouter.ai/api/v1": true,
		"https://api.deepseek.com":     true,
		"https://r.openai.azure.com":   true,
		"https://coding.dashscope.aliyuncs.com/v1":                           false,
		"https://coding-intl.dashscope.aliyuncs.com/v1":                      false,
		"https://token-plan.cn-beijing.maas.aliyuncs.com/compatible-mode/v1": false,
		"https://gateway.example/v1":                                         false,
		"http://localhost:4000/v1":                                           false,
	} {
		for _, dialect := range []string{"auto", "plain", "dashscope"} {
			conn := connection(endpoint, "sk-sp-0123456789", settingDialect, dialect)
			_, err := newService(&conn, "m")
			if (err != nil) != refused {
				t.Errorf("%q as %s: %v", endpoint, dialect, err)
			}
			if err != nil && (sdk.KindOf(err) != sdk.KindConfig || strings.Contains(err.Error(), "0123456789") || !strings.Contains(sdk.AsError(err).Hint, "coding-plan")) {
				t.Errorf("%q: %v (%s)", endpoint, err, sdk.AsError(err).Hint)
			}
		}
	}
}

func TestNoKey(t *testing.T) {
	_, err := chat(t, &sdk.ChatRequest{Messages: []sdk.Message{sdk.TextMessage(sdk.RoleUser, "hi")}})
	if sdk.KindOf(err) != sdk.KindUnauthenticated || !strings.Contains(sdk.AsError(err).Hint, keyVariable) {
		t.Errorf("without a key: %v", err)
	}
	c := newCloud(t, "")
	text, err := chat(t, &sdk.ChatRequest{Connection: connection(c.URL+"/v1", ""), Messages: []sdk.Message{sdk.TextMessage(sdk.RoleUser, "hi")}})
	if err != nil || text != "Hi" || c.requests[0].Header.Get("Authorization") != "" {
		t.Errorf("local server: %q, %v", text, err)
	}
}

func TestToken(t *testing.T) {
	conn := connection("", "k")
	got, err := New().Token(t.Context(), &sdk.TokenRequest{Connection: conn, Reason: sdk.TokenExpiring})
	if err != nil || got.Secret != "k" || got == conn.Credential {
		t.Errorf("expiring: %v, %v", got, err)
	}
	for _, req := range []*sdk.TokenRequest{{Connection: conn, Reason: sdk.TokenRejected}, {}} {
		_, err := New().Token(t.Context(), req)
		if sdk.KindOf(err) != sdk.KindUnauthenticated || sdk.AsError(err).Hint == "" {
			t.Errorf("%s: %v", req.Reason, err)
		}
	}
}

func TestDescribe(t *testing.T) {
	d, err := New().Describe(context.Background())
	if err != nil || d.Name != "openai" || d.DefaultEndpoint == "" || d.DefaultModel == "" {
		t.Fatalf("%+v, %v", d, err)
	}
	for _, p := range d.Presets {
		if p.Endpoint == "" {
			continue
		}
		u, err := url.Parse(p.Endpoint)
		if err != nil || u.Scheme != "https" && !p.NoKey || lookup(u).id == "" {
			t.Errorf("preset %s: %v, %q", p.ID, err, lookup(u).id)
		}
		conn := connection(p.Endpoint, "k")
		if _, err := newService(&conn, "m"); err != nil {
			t.Errorf("preset %s: %v", p.ID, err)
		}
	}
	for _, s := range d.Settings {
		if s.ProjectSafe && slices.Contains([]string{settingDialect, settingAuthHeader, settingAllowHTTP}, s.Name) {
			t.Errorf("a project may set %s, which decides where a key goes", s.Name)
		}
	}
}
