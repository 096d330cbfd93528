package qwenoauth

import (
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

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// canned is a transport with one answer.
type canned struct {
	status int
	header http.Header
	body   string
	err    error
	got    []*http.Request
	form   string
}

func (c *canned) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	c.got, c.form = append(c.got, r), string(body)
	if c.err != nil {
		return nil, c.err
	}
	h := c.header
	if h == nil {
		h = http.Header{}
	}
	return &http.Response{StatusCode: c.status, Header: h, Body: io.NopCloser(strings.NewReader(c.body)), Request: r}, nil
}

func old() *sdk.Credential {
	return &sdk.Credential{
		Kind: sdk.CredentialOAuth, Secret: "old-access", RefreshToken: "old/refresh token", TokenType: "Bearer",
		Endpoint: "portal.qwen.ai", Extra: map[string]json.RawMessage{"unknown": []byte(`1`)},
	}
}

// refresh asks for a token while the service answers as c does.
func refresh(t *testing.T, c *canned) (*sdk.Credential, error) {
	t.Helper()
	p := newProvider(&http.Client{Transport: c})
	return p.Token(t.Context(), &sdk.TokenRequest{Connection: sdk.Connection{Credential: old()}, Reason: sdk.TokenRejected})
}

func TestRefreshRequest(t *testing.T) {
	c := &canned{status: 200, body: `{"access_token":"a"}`}
	if _, err := refresh(t, c); err != nil {
		t.Fatal(err)
	}
	want := "grant_type=refresh_token&refresh_token=old%2Frefresh%20token&client_id=f0304373b74a44d2b584a3fb70ca9e56"
	if c.form != want {
		t.Errorf("form %q, want %q", c.form, want)
	}
	r := c.got[0]
	if r.URL.String() != "https://chat.qwen.ai/api/v1/oauth2/token" || r.Header.Get("Accept") != "application/json" ||
		r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.Header.Get("X-Request-Id") != "" {
		t.Errorf("%s %v", r.URL, r.Header)
	}
}

func TestRefreshAnswers(t *testing.T) {
	const page = "<html>please log in</html>"
	tests := []struct {
		name      string
		c         canned
		kind      sdk.ErrorKind // "" for success
		retryable bool
	}{
		{"ok", canned{status: 200, body: `{"access_token":"new","expires_in":60}`}, "", false},
		{"invalid_grant", canned{status: 400, body: `{"error":"invalid_grant"}`}, sdk.KindUnauthenticated, false},
		{"invalid_request", canned{status: 400, body: `{"error":"invalid_request"}`}, sdk.KindUnauthenticated, false},
		{"401 invalid_grant", canned{status: 401, body: `{"error":"invalid_grant"}`}, sdk.KindUnauthenticated, false},
		{"401 page", canned{status: 401, body: page}, sdk.KindProtocol, false},
		{"400 page", canned{status: 400, body: page}, sdk.KindProtocol, false},
		{"400 other code", canned{status: 400, body: `{"error":"invalid_client"}`}, sdk.KindService, false},
		{"400 strange code", canned{status: 400, body: `{"error":"\u001b[31m"}`}, sdk.KindProtocol, false},
		{"500 invalid_grant", canned{status: 500, body: `{"error":"invalid_grant"}`}, sdk.KindService, true},
		{"503", canned{status: 503}, sdk.KindService, true},
		{"429", canned{status: 429, header: http.Header{"Retry-After": {"7"}}}, sdk.KindRateLimit, true},
		{"200 page", canned{status: 200, body: page}, sdk.KindProtocol, true},
		{"200 empty", canned{status: 200}, sdk.KindProtocol, true},
		{"200 cut", canned{status: 200, body: `{"access_token":"ne`}, sdk.KindProtocol, true},
		{"200 no token", canned{status: 200, body: `{"expires_in":60}`}, sdk.KindProtocol, true},
		{"200 token of another type", canned{status: 200, body: `{"access_token":7}`}, sdk.KindProtocol, true},
		{"200 token with a line break", canned{status: 200, body: `{"access_token":"a\r\nX: y"}`}, sdk.KindProtocol, true},
		{"200 null", canned{status: 200, body: `null`}, sdk.KindProtocol, true},
		{"redirect", canned{status: 307, header: http.Header{"Location": {"https://evil.example"}}}, sdk.KindProtocol, false},
		{"network", canned{err: errors.New("connection reset")}, sdk.KindNetwork, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := refresh(t, &tt.c)
			if tt.kind == "" {
				if err != nil || got.Secret != "new" {
					t.Fatalf("%v, %v", got, err)
				}
				return
			}
			e := sdk.AsError(err)
			if e == nil || e.Kind != tt.kind || e.Retryable != tt.retryable || e.Host != "chat.qwen.ai" || e.Hint == "" && tt.kind != sdk.KindService {
				t.Errorf("%+v", e)
			}
			if text := fmt.Sprintf("%+v", e); strings.Contains(text, "old/refresh") || strings.Contains(text, "\x1b") {
				t.Errorf("the error holds what it must not: %s", text)
			}
			if len(tt.c.got) != 1 {
				t.Errorf("%d requests", len(tt.c.got))
			}
		})
	}
}

func TestRefreshKeepsWhatIsNotSaid(t *testing.T) {
	got, err := refresh(t, &canned{status: 200, body: `{"access_token":"new","expires_in":60,"refresh_token":null}`})
	if err != nil || got.RefreshToken != "old/refresh token" || got.Endpoint != "portal.qwen.ai" || string(got.Extra["unknown"]) != "1" {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = refresh(t, &canned{status: 200, body: `{"access_token":"new","refresh_token":"r2","resource_url":"dashscope.aliyuncs.com"}`})
	if err != nil || got.RefreshToken != "r2" || got.Endpoint != "dashscope.aliyuncs.com" {
		t.Errorf("%+v, %v", got, err)
	}
	// A rotated token must not be lost for an address that Chat will refuse.
	got, err = refresh(t, &canned{status: 200, body: `{"access_token":"new","refresh_token":"r2","resource_url":"evil.example"}`})
	if err != nil || got.RefreshToken != "r2" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestExpiry(t *testing.T) {
	for text, want := range map[string]time.Duration{
		`3600`:     time.Hour,
		`"3600"`:   time.Hour,
		`1.5`:      1500 * time.Millisecond,
		`0`:        assumedLifetime,
		`-5`:       assumedLifetime,
		`null`:     assumedLifetime,
		`"soon"`:   assumedLifetime,
		`"NaN"`:    assumedLifetime,
		`{}`:       assumedLifetime,
		`1e300`:    maxLifetime,
		`"1e999"`:  maxLifetime,
		`31536001`: maxLifetime,
	} {
		synctest.Test(t, func(t *testing.T) {
			got, err := refresh(t, &canned{status: 200, body: `{"access_token":"new","expires_in":` + text + `}`})
			if err != nil || time.Until(got.Expiry) != want {
				t.Errorf("expires_in %s: %v, %v; want %v", text, time.Until(got.Expiry), err, want)
			}
		})
	}
	got, err := refresh(t, &canned{status: 200, body: `{"access_token":"new"}`})
	if left := time.Until(got.Expiry); err != nil || left <= 0 || left > assumedLifetime {
		t.Errorf("no expires_in: %v, %v", left, err)
	}
}

func TestRefreshHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := fakecloud.Unstarted()
		cloud.Fault(fakecloud.Fault{Kind: fakecloud.FaultHang, Path: tokenPath})
		conn := connection(cloud, cloud.IssueToken())
		began := time.Now()
		_, err := newProvider(cloud.Client()).Token(t.Context(), &sdk.TokenRequest{Connection: conn})
		if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindTimeout || !e.Retryable || time.Since(began) != requestTimeout {
			t.Errorf("%+v after %v", e, time.Since(began))
		}
	})
}

// TestRefreshRotates goes through sockets, and through a second use of the first
// refresh token.
func TestRefreshRotates(t *testing.T) {
	cloud := start(t)
	cloud.SetOAuth(fakecloud.OAuthOptions{Rotate: true, RevokeFamily: true})
	first := connection(cloud, cloud.IssueToken())
	cloud.RevokeAccess()
	second, err := New().Token(t.Context(), &sdk.TokenRequest{Connection: first, Reason: sdk.TokenRejected})
	if err != nil || second.RefreshToken == first.Credential.RefreshToken {
		t.Fatalf("%+v, %v", second, err)
	}
	renewed := first
	renewed.Credential = second
	if _, _, err := ask(t, New(), renewed, ""); err != nil {
		t.Error(err)
	}
	_, err = New().Token(t.Context(), &sdk.TokenRequest{Connection: first})
	if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindUnauthenticated || e.Code != "invalid_grant" {
		t.Errorf("%+v", e)
	}
}

func TestNoRedirectAtAll(t *testing.T) {
	cloud := start(t)
	for _, location := range []string{"", cloud.OAuthURL() + "/somewhere"} {
		cloud.Fault(fakecloud.Fault{Kind: fakecloud.FaultRedirect, Path: tokenPath, Location: location, Times: 1})
		_, err := New().Token(t.Context(), &sdk.TokenRequest{Connection: connection(cloud, cloud.IssueToken())})
		if sdk.KindOf(err) != sdk.KindProtocol {
			t.Errorf("%v", err)
		}
	}
	if n := len(cloud.Elsewhere()) + len(cloud.RequestsTo("/somewhere")); n != 0 {
		t.Errorf("%d redirects were followed", n)
	}
}

func TestTokenWithoutRefreshToken(t *testing.T) {
	c := old()
	c.RefreshToken, c.Expiry = "", time.Now().Add(time.Minute)
	ask := func(reason sdk.TokenReason) (*sdk.Credential, error) {
		return New().Token(t.Context(), &sdk.TokenRequest{Connection: sdk.Connection{Credential: c}, Reason: reason})
	}
	if got, err := ask(sdk.TokenExpiring); err != nil || got.Secret != c.Secret {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := ask(sdk.TokenRejected); sdk.KindOf(err) != sdk.KindUnauthenticated {
		t.Errorf("rejected: %v", err)
	}
	c.Expiry = time.Now().Add(-time.Minute)
	if _, err := ask(sdk.TokenExpiring); sdk.KindOf(err) != sdk.KindUnauthenticated {
		t.Errorf("expired: %v", err)
	}
}

func TestEncodeForm(t *testing.T) {
	got := encodeForm([]field{{"scope", "a b+c"}, {"x", "&=ü"}})
	if got != "scope=a%20b%2Bc&x=%26%3D%C3%BC" {
		t.Errorf("%q", got)
	}
	if v, err := url.ParseQuery(got); err != nil || v.Get("scope") != "a b+c" {
		t.Errorf("%v, %v", v, err)
	}
}

func FuzzGrant(f *testing.F) {
	f.Add(`{"access_token":"a","expires_in":"60"}`)
	f.Add(`{"access_token":"a\n","expires_in":1e309}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, body string) {
		g, err := (&answer{status: 200, body: []byte(body)}).grant()
		if err != nil {
			return
		}
		now := time.Now()
		c := g.credential(old(), now)
		if left := c.Expiry.Sub(now); c.Secret == "" || c.RefreshToken == "" || left < 0 || left > maxLifetime {
			t.Errorf("%q: %v left", body, left)
		}
	})
}
