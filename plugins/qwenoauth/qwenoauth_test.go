package qwenoauth

import (
	"fmt"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

func start(t *testing.T) *fakecloud.Cloud {
	cloud := fakecloud.New()
	t.Cleanup(cloud.Close)
	return cloud
}

// connection is signed in at the cloud with the token.
func connection(cloud *fakecloud.Cloud, token fakecloud.Token) sdk.Connection {
	return sdk.Connection{
		Settings: map[string]string{"issuer": cloud.OAuthURL()},
		Credential: &sdk.Credential{
			Kind: sdk.CredentialOAuth, Secret: sdk.Secret(token.Access), RefreshToken: sdk.Secret(token.Refresh),
			Expiry: token.Expires, Endpoint: cloud.Qwen(),
		},
	}
}

// ask sends a turn and returns its text and its warnings.
func ask(t *testing.T, p sdk.Provider, conn sdk.Connection, model string) (text string, warnings []*sdk.Warning, err error) {
	t.Helper()
	req := &sdk.ChatRequest{Connection: conn, Model: model, Messages: []sdk.Message{sdk.TextMessage(sdk.RoleUser, "hello there")}}
	for e, err := range sdk.CheckStream(p.Chat(t.Context(), req)) {
		if err != nil {
			return text, warnings, err
		}
		switch e := e.(type) {
		case *sdk.Delta:
			text += e.Text
		case *sdk.Warning:
			warnings = append(warnings, e)
		}
	}
	return text, warnings, nil
}

func TestChat(t *testing.T) {
	cloud := start(t)
	token := cloud.IssueToken()
	text, warnings, err := ask(t, New(), connection(cloud, token), "")
	if err != nil || text != "You said: hello there" || len(warnings) != 0 {
		t.Fatalf("%q, %v, %v", text, warnings, err)
	}
	got := cloud.Requests()
	if len(got) != 1 || got[0].Key() != token.Access || got[0].Path != "/qwen/v1/chat/completions" || !strings.Contains(got[0].Body, `"coder-model"`) {
		t.Fatalf("%+v", got)
	}
	for name, values := range got[0].Header {
		if strings.Contains(strings.ToLower(fmt.Sprint(values)), "qwencode") {
			t.Errorf("header %s pretends to be another program: %v", name, values)
		}
	}
}

func TestOtherModelIsReplacedWithWarning(t *testing.T) {
	cloud := start(t)
	_, warnings, err := ask(t, New(), connection(cloud, cloud.IssueToken()), "gpt-4o")
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].Message, "gpt-4o") {
		t.Fatalf("%+v, %v", warnings, err)
	}
	if body := cloud.Requests()[0].Body; strings.Contains(body, "gpt-4o") {
		t.Errorf("body %s", body)
	}
}

func TestChatErrors(t *testing.T) {
	tests := []struct {
		fault fakecloud.Fault
		kind  sdk.ErrorKind
		says  string
		hint  string
	}{
		{fakecloud.Fault{Status: 401, Message: "invalid access token or token expired"}, sdk.KindUnauthenticated, "did not accept the token", "2026-04-15"},
		{fakecloud.Fault{Status: 401, Body: "\n"}, sdk.KindUnauthenticated, "did not accept the token", "auth login"},
		{fakecloud.Fault{Status: 403, Message: "invalid access token"}, sdk.KindUnauthenticated, "did not accept the token", "auth login"},
		{fakecloud.Fault{Status: 403, Message: "not for you"}, sdk.KindPermission, "not for you", ""},
		{fakecloud.Fault{Status: 429, Code: "insufficient_quota", Message: "Free allocated quota exceeded."}, sdk.KindQuota, "2026-04-15", "coding-plan"},
		{fakecloud.Fault{Status: 429, Code: "Throttling.RateQuota", Message: "Requests rate limit exceeded"}, sdk.KindRateLimit, "too many requests", "minute"},
		{fakecloud.Fault{Status: 429, Code: "insufficient_quota", Message: "day allocated quota exceeded."}, sdk.KindQuota, "this day", "new day"},
		{fakecloud.Fault{Status: 429, Code: "insufficient_quota", Message: "concurrency allocated quota exceeded"}, sdk.KindRateLimit, "at once", "side by side"},
		{fakecloud.Fault{Status: 429, Code: "throttling", Message: "usage allocated quota exceeded. please try again later."}, sdk.KindRateLimit, "short time", "within the hour"},
		{fakecloud.Fault{Status: 429, Code: "insufficient_quota", Message: "You exceeded your current quota."}, sdk.KindQuota, "used up", "coding-plan"},
	}
	for _, tt := range tests {
		cloud := start(t)
		cloud.Fault(tt.fault)
		_, _, err := ask(t, New(), connection(cloud, cloud.IssueToken()), "")
		e := sdk.AsError(err)
		if e == nil || e.Kind != tt.kind || !strings.Contains(e.Message, tt.says) || !strings.Contains(e.Hint, tt.hint) {
			t.Errorf("%+v: %+v", tt.fault, e)
		}
	}
}

func TestRefusedLocally(t *testing.T) {
	cloud := start(t)
	signedIn := connection(cloud, cloud.IssueToken())
	change := func(f func(*sdk.Connection)) sdk.Connection {
		c := signedIn
		c.Credential = signedIn.Credential.Clone()
		f(&c)
		return c
	}
	tests := map[string]struct {
		conn sdk.Connection
		kind sdk.ErrorKind
	}{
		"not signed in":        {change(func(c *sdk.Connection) { c.Credential = nil }), sdk.KindUnauthenticated},
		"an API key":           {change(func(c *sdk.Connection) { c.Credential.Kind = sdk.CredentialAPIKey }), sdk.KindConfig},
		"loopback not allowed": {change(func(c *sdk.Connection) { c.Settings = nil }), sdk.KindConfig},
		"foreign resource":     {change(func(c *sdk.Connection) { c.Credential.Endpoint = "https://evil.example/v1" }), sdk.KindConfig},
		"foreign endpoint":     {change(func(c *sdk.Connection) { c.Endpoint = "https://api.openai.com/v1" }), sdk.KindConfig},
		"issuer over http":     {change(func(c *sdk.Connection) { c.Settings = map[string]string{"issuer": "http://qwen.ai"} }), sdk.KindConfig},
	}
	for name, tt := range tests {
		_, _, err := ask(t, New(), tt.conn, "")
		if e := sdk.AsError(err); e == nil || e.Kind != tt.kind || e.Hint == "" {
			t.Errorf("%s: %+v", name, e)
		}
	}
	if n := len(cloud.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestResource(t *testing.T) {
	iss := func(text string) issuer {
		t.Helper()
		i, err := issuerOf(&sdk.Connection{Settings: map[string]string{"issuer": text}})
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	tests := []struct{ issuer, said, want string }{
		{"", "", "https://dashscope.aliyuncs.com/compatible-mode/v1"},
		{"", "portal.qwen.ai", "https://portal.qwen.ai/v1"},
		{"", "portal.qwen.ai/", "https://portal.qwen.ai/v1"},
		{"", "https://portal.qwen.ai/v1", "https://portal.qwen.ai/v1"},
		{"", "https://portal.qwen.ai/v1/", "https://portal.qwen.ai/v1"},
		{"", "PORTAL.QWEN.AI", "https://PORTAL.QWEN.AI/v1"},
		{"", "qwen.ai:8443", "https://qwen.ai:8443/v1"},
		{"", "dashscope-intl.aliyuncs.com/compatible-mode", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1"},
		{"", "http://portal.qwen.ai", ""},
		{"", "https://evilqwen.ai", ""},
		{"", "https://qwen.ai.evil.example", ""},
		{"", "https://portal.qwen.ai@evil.example", ""},
		{"", "https://evil.example/portal.qwen.ai", ""},
		{"", "https://evil.example\\.qwen.ai", ""},
		{"", "https://evil.example?.qwen.ai", ""},
		{"", "https://evil.example#.qwen.ai", ""},
		{"", "https://аliyuncs.com", ""}, // a Cyrillic first letter
		{"", "https://x.аliyuncs.com", ""},
		{"", "bucket.oss-cn-hangzhou.aliyuncs.com", ""},
		{"", "1234.cn-hangzhou.fc.aliyuncs.com", ""},
		{"", "http://127.0.0.1:8080", ""},
		{"", "localhost", ""},
		{"", "file:///etc/passwd", ""},
		{"", "javascript:alert(1)", ""},
		{"", "\x00", ""},
		{"http://127.0.0.1:9", "http://127.0.0.1:8080/qwen", "http://127.0.0.1:8080/qwen/v1"},
		{"http://127.0.0.1:9", "portal.qwen.ai", "https://portal.qwen.ai/v1"},
		{"http://127.0.0.1:9", "https://evil.example", ""},
		{"https://mirror.example/qwen", "mirror.example", "https://mirror.example/v1"},
		{"https://mirror.example/qwen", "http://mirror.example", ""},
		{"https://mirror.example/qwen", "evil.mirror.example", ""},
		{"https://mirror.example/qwen", "http://127.0.0.1", ""},
	}
	for _, tt := range tests {
		got, err := iss(tt.issuer).resource(tt.said)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%q from issuer %q: %q, %v; want %q", tt.said, tt.issuer, got, err, tt.want)
		}
	}
}

// TestDefaultEndpointIsNobodysWord: a host that fills in the default endpoint
// must not take the token away from where the service wants it.
func TestDefaultEndpointIsNobodysWord(t *testing.T) {
	cloud := start(t)
	conn := connection(cloud, cloud.IssueToken())
	conn.Endpoint = describe().DefaultEndpoint
	if _, _, err := ask(t, New(), conn, ""); err != nil {
		t.Error(err)
	}
}

func FuzzResource(f *testing.F) {
	f.Add("portal.qwen.ai")
	f.Add("https://evil.example\\@qwen.ai")
	f.Add("//qwen.ai")
	i, err := issuerOf(&sdk.Connection{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, said string) {
		got, err := i.resource(said)
		if err != nil {
			return
		}
		host, _, _ := strings.Cut(strings.TrimPrefix(got, "https://"), "/")
		host, _, _ = strings.Cut(strings.ToLower(host), ":")
		host = strings.TrimSuffix(host, ".")
		if !strings.HasPrefix(got, "https://") || !strings.HasSuffix("."+host, ".qwen.ai") && !strings.HasSuffix(host, ".aliyuncs.com") {
			t.Errorf("%q became %q", said, got)
		}
	})
}
