package qwenoauth

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// signIn runs a sign-in in a bubble of its own time.
func signIn(ctx context.Context, cloud *fakecloud.Cloud, ui sdk.UI, verify bool) (*sdk.Credential, error) {
	req := &sdk.LoginRequest{Verify: verify, Connection: sdk.Connection{Settings: map[string]string{"issuer": cloud.OAuthURL()}}}
	return newProvider(cloud.Client()).Login(ctx, req, ui)
}

// gaps returns the times between the requests to the OAuth server, in seconds.
func gaps(cloud *fakecloud.Cloud) []int {
	var list []int
	var last time.Time
	for _, r := range cloud.Requests() {
		if !last.IsZero() {
			list = append(list, int(r.Time.Sub(last).Seconds()))
		}
		last = r.Time
	}
	return list
}

func equal(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestSignIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := fakecloud.Unstarted()
		cloud.SetOAuth(fakecloud.OAuthOptions{StrictInterval: true, TokenLifetime: 2 * time.Hour})
		ui := &screen{onCode: func(c sdk.DeviceCode) {
			time.AfterFunc(12*time.Second, func() { cloud.Approve(c.Code) })
		}}
		began := time.Now()
		c, err := signIn(t.Context(), cloud, ui, false)
		if err != nil {
			t.Fatal(err)
		}
		if c.Kind != sdk.CredentialOAuth || c.Secret == "" || c.RefreshToken == "" || c.Endpoint != cloud.Qwen() ||
			c.TokenType != "Bearer" || c.Expiry.Sub(began) != 15*time.Second+2*time.Hour {
			t.Errorf("%+v", c)
		}
		if got := gaps(cloud); !equal(got, []int{5, 5, 5}) {
			t.Errorf("polled after %v seconds, want every 5 and no more after the success", got)
		}
		code := ui.codes[0]
		if code.URL != cloud.URL()+"/authorize" || !strings.Contains(code.CompleteURL, "user_code="+code.Code) || code.Expires.Sub(began) != 10*time.Minute {
			t.Errorf("%+v", code)
		}
		if len(ui.told) != 1 || !strings.Contains(ui.told[0], "127.0.0.1") {
			t.Errorf("told %q", ui.told)
		}
	})
}

// TestWireForm compares with what Qwen's service is sent by its own clients.
func TestWireForm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := fakecloud.Unstarted()
		cloud.SetOAuth(fakecloud.OAuthOptions{AutoApprove: true})
		if _, err := signIn(t.Context(), cloud, &screen{}, false); err != nil {
			t.Fatal(err)
		}
		got := cloud.Requests()
		begin, poll := got[0], got[1]
		if !strings.HasPrefix(begin.Body, "client_id=f0304373b74a44d2b584a3fb70ca9e56&scope=openid%20profile%20email%20model.completion&code_challenge=") ||
			!strings.HasSuffix(begin.Body, "&code_challenge_method=S256") || begin.Header.Get("X-Request-Id") == "" {
			t.Errorf("%+v", begin)
		}
		if !strings.HasPrefix(poll.Body, "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=") || poll.Header.Get("X-Request-Id") != "" {
			t.Errorf("%+v", poll)
		}
		form, err := url.ParseQuery(poll.Body)
		if err != nil || len(form.Get("code_verifier")) != 43 {
			t.Errorf("verifier %q, %v", form.Get("code_verifier"), err)
		}
	})
}

func TestPolling(t *testing.T) {
	tests := []struct {
		name    string
		options fakecloud.OAuthOptions
		faults  []fakecloud.Fault
		gaps    []int
		kind    sdk.ErrorKind // "" for success
	}{
		{"interval of the service", fakecloud.OAuthOptions{Interval: 2 * time.Second, Polls: []string{"pending", "approve"}}, nil, []int{2, 2}, ""},
		{"slow_down is for good", fakecloud.OAuthOptions{Polls: []string{"slow_down", "pending", "pending", "approve"}}, nil, []int{5, 10, 10, 10}, ""},
		{"slow_down twice, as 400", fakecloud.OAuthOptions{Polls: []string{"slow_down:400", "slow_down:400", "approve"}}, nil, []int{5, 10, 15}, ""},
		{"denied", fakecloud.OAuthOptions{Polls: []string{"pending", "denied"}}, nil, []int{5, 5}, sdk.KindPermission},
		{"expired", fakecloud.OAuthOptions{Polls: []string{"expired"}}, nil, []int{5}, sdk.KindUnauthenticated},
		{"unknown error", fakecloud.OAuthOptions{Polls: []string{"unauthorized_client"}}, nil, []int{5}, sdk.KindService},
		{"401", fakecloud.OAuthOptions{}, []fakecloud.Fault{{Status: 401, Body: "?"}}, []int{5}, sdk.KindUnauthenticated},
		{"404", fakecloud.OAuthOptions{}, []fakecloud.Fault{{Status: 404, Body: "?"}}, []int{5}, sdk.KindProtocol},
		{"redirect", fakecloud.OAuthOptions{}, []fakecloud.Fault{{Kind: fakecloud.FaultRedirect}}, []int{5}, sdk.KindProtocol},
		{"connection drops", fakecloud.OAuthOptions{AutoApprove: true}, []fakecloud.Fault{{Kind: fakecloud.FaultReset, After: -1, Times: 2}}, []int{5, 10, 20}, ""},
		{"the answer with the token is lost", fakecloud.OAuthOptions{AutoApprove: true}, []fakecloud.Fault{{Kind: fakecloud.FaultReset, Times: 1}}, []int{5, 10}, sdk.KindUnauthenticated},
		{"hangs", fakecloud.OAuthOptions{AutoApprove: true}, []fakecloud.Fault{{Kind: fakecloud.FaultHang, Times: 1}}, []int{5, 40}, ""},
		{"back-off ends with the blip", fakecloud.OAuthOptions{Polls: []string{"pending", "approve"}}, []fakecloud.Fault{{Status: 503, Times: 1}}, []int{5, 10, 5}, ""},
		{"5xx with a code", fakecloud.OAuthOptions{AutoApprove: true}, []fakecloud.Fault{{Status: 500, Body: `{"error":"server_error"}`, Times: 1}}, []int{5, 10}, ""},
		{"web page", fakecloud.OAuthOptions{AutoApprove: true}, []fakecloud.Fault{{Kind: fakecloud.FaultHTML, Times: 1}}, []int{5, 10}, ""},
		{"429 of a gateway", fakecloud.OAuthOptions{AutoApprove: true}, []fakecloud.Fault{{Status: 429, Body: "slow!", Header: map[string]string{"Retry-After": "33"}, Times: 1}}, []int{5, 33}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := fakecloud.Unstarted()
				cloud.SetOAuth(tt.options)
				for _, f := range tt.faults {
					f.Path = tokenPath
					cloud.Fault(f)
				}
				c, err := signIn(t.Context(), cloud, &screen{}, false)
				if sdk.KindOf(err) != tt.kind || (c != nil) != (tt.kind == "") {
					t.Errorf("%v, %v", c, err)
				}
				if got := gaps(cloud); !equal(got, tt.gaps) {
					t.Errorf("requests after %v seconds, want %v", got, tt.gaps)
				}
			})
		})
	}
}

func TestTotalTimeIsBounded(t *testing.T) {
	for _, fault := range []fakecloud.Fault{{}, {Kind: fakecloud.FaultHang}, {Kind: fakecloud.FaultReset}} {
		synctest.Test(t, func(t *testing.T) {
			cloud := fakecloud.Unstarted()
			cloud.SetOAuth(fakecloud.OAuthOptions{CodeLifetime: time.Hour, CodeExpiresIn: json.RawMessage("100")})
			want := sdk.KindUnauthenticated
			if fault.Kind != "" {
				fault.Path = tokenPath
				cloud.Fault(fault)
				want = sdk.KindTimeout // the last thing that went wrong says more
				if fault.Kind == fakecloud.FaultReset {
					want = sdk.KindNetwork
				}
			}
			began := time.Now()
			_, err := signIn(t.Context(), cloud, &screen{}, false)
			if e := sdk.AsError(err); e == nil || e.Kind != want || e.Hint == "" || time.Since(began) != 100*time.Second {
				t.Errorf("%s: %+v after %v", fault.Kind, e, time.Since(began))
			}
		})
	}
}

func TestCancelAtOnce(t *testing.T) {
	for _, at := range []time.Duration{time.Second, 6 * time.Second} { // between polls, and within one
		synctest.Test(t, func(t *testing.T) {
			cloud := fakecloud.Unstarted()
			cloud.Fault(fakecloud.Fault{Kind: fakecloud.FaultHang, Path: tokenPath})
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(at, cancel)
			began := time.Now()
			_, err := signIn(ctx, cloud, &screen{}, false)
			if !errors.Is(err, context.Canceled) || time.Since(began) != at {
				t.Errorf("%v after %v, want cancelled after %v", err, time.Since(began), at)
			}
		})
	}
}

func TestHostileCodes(t *testing.T) {
	tests := []struct {
		name    string
		options fakecloud.OAuthOptions
		kind    sdk.ErrorKind // "" for success
		code    string        // that is shown
	}{
		{"file", fakecloud.OAuthOptions{VerificationURI: "file:///etc/passwd"}, sdk.KindProtocol, ""},
		{"script", fakecloud.OAuthOptions{VerificationURI: "javascript:alert(1)"}, sdk.KindProtocol, ""},
		{"no TLS", fakecloud.OAuthOptions{VerificationURI: "http://chat.qwen.ai/authorize"}, sdk.KindProtocol, ""},
		{"user name", fakecloud.OAuthOptions{VerificationURI: "https://chat.qwen.ai@evil.example/"}, sdk.KindProtocol, ""},
		{"look-alike", fakecloud.OAuthOptions{VerificationURI: "https://chаt.qwen.ai/"}, sdk.KindProtocol, ""},
		{"escape", fakecloud.OAuthOptions{VerificationURI: "https://chat.qwen.ai/\x1b[2J"}, sdk.KindProtocol, ""},
		{"long", fakecloud.OAuthOptions{VerificationURI: "https://chat.qwen.ai/" + strings.Repeat("a", 10_000)}, sdk.KindProtocol, ""},
		{"code with escapes", fakecloud.OAuthOptions{AutoApprove: true, UserCode: "AB\x1b[31mCD\u202e"}, "", "AB[31mCD"},
		{"code of escapes", fakecloud.OAuthOptions{UserCode: "\u202e\u200b"}, sdk.KindProtocol, ""},
		{"expires at once", fakecloud.OAuthOptions{CodeExpiresIn: json.RawMessage("0")}, sdk.KindProtocol, ""},
		{"expires before the first poll", fakecloud.OAuthOptions{Interval: time.Hour}, sdk.KindProtocol, ""},
		{"never expires", fakecloud.OAuthOptions{CodeLifetime: 9999 * time.Hour, CodeExpiresIn: json.RawMessage("1e300")}, sdk.KindUnauthenticated, "any"},
		{"token for elsewhere", fakecloud.OAuthOptions{AutoApprove: true, ResourceURL: "evil.example"}, sdk.KindConfig, "any"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := fakecloud.Unstarted()
				cloud.SetOAuth(tt.options)
				ui := &screen{}
				_, err := signIn(t.Context(), cloud, ui, false)
				if sdk.KindOf(err) != tt.kind {
					t.Errorf("%v", err)
				}
				if (len(ui.codes) == 1) != (tt.code != "") || tt.code != "" && tt.code != "any" && ui.codes[0].Code != tt.code {
					t.Errorf("shown: %q", ui.codes)
				}
			})
		})
	}
}

func TestShowable(t *testing.T) {
	for in, want := range map[string]string{
		"https://chat.qwen.ai/authorize?user_code=AB-CD&client=qwen-code": "https://chat.qwen.ai/authorize?client=qwen-code&user_code=AB-CD",
		"https://CHAT.qwen.ai":            "https://chat.qwen.ai",
		"https://chat.qwen.ai/\u202e":     "https://chat.qwen.ai/%E2%80%AE",
		"https://chat.qwen.ai/?a=\u202e":  "https://chat.qwen.ai/?a=%E2%80%AE",
		"https://chat.qwen.ai/?a=%0a|cmd": "https://chat.qwen.ai/?a=%0A%7Ccmd",
		"http://127.0.0.1:1/":             "http://127.0.0.1:1/",
		"http://[::1]:1/":                 "http://[::1]:1/",
		"https:opaque":                    "",
		"//chat.qwen.ai":                  "",
		"":                                "",
	} {
		if got := showable(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzShowable(f *testing.F) {
	f.Add("https://chat.qwen.ai/authorize?user_code=A#b")
	f.Add("https://a@b/")
	f.Add("http://localhost/\x7f")
	f.Fuzz(func(t *testing.T, in string) {
		got := showable(in)
		if got == "" {
			return
		}
		u, err := url.Parse(got)
		if err != nil || u.User != nil || u.Host == "" || u.Scheme != "https" && !isLoopback(u) {
			t.Errorf("%q became %q", in, got)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Errorf("%q became %q, which is not plain", in, got)
		}
	})
}

func FuzzDeviceAnswer(f *testing.F) {
	f.Add(`{"device_code":"d","user_code":"U","verification_uri":"https://chat.qwen.ai","expires_in":600,"interval":5}`)
	f.Add(`{"device_code":"d","user_code":"\u001b","verification_uri":"x","expires_in":"-1"}`)
	f.Fuzz(func(t *testing.T, body string) {
		var d deviceSignIn
		if d.read(&answer{status: 200, body: []byte(body)}) != nil {
			return
		}
		if d.deviceCode == "" || d.code.URL == "" || d.code.Code == "" || d.interval <= 0 || d.interval >= d.lifetime || d.lifetime > maxCodeLifetime {
			t.Errorf("%q: %+v", body, d)
		}
	})
}

func TestVerify(t *testing.T) {
	tests := []struct {
		name   string
		closed bool
		fault  *fakecloud.Fault
		kind   sdk.ErrorKind // "" for success
		tells  string
	}{
		{"good", false, nil, "", ""},
		{"closed", true, nil, sdk.KindUnauthenticated, ""},
		{"busy", false, &fakecloud.Fault{Status: 503}, "", "first request failed"},
		{"used up", false, &fakecloud.Fault{Status: 429, Code: "insufficient_quota", Message: "Free allocated quota exceeded."}, "", "2026-04-15"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := fakecloud.Unstarted()
				cloud.SetOAuth(fakecloud.OAuthOptions{AutoApprove: true, Closed: tt.closed})
				if tt.fault != nil {
					cloud.Fault(*tt.fault)
				}
				ui := &screen{}
				c, err := signIn(t.Context(), cloud, ui, true)
				if sdk.KindOf(err) != tt.kind || (c != nil) != (tt.kind == "") {
					t.Fatalf("%v, %v", c, err)
				}
				if e := sdk.AsError(err); e != nil && (!strings.Contains(e.Message, "2026-04-15") || !strings.Contains(e.Hint, "coding-plan")) {
					t.Errorf("%+v", e)
				}
				if told := strings.Join(ui.told[1:], "\n"); !strings.Contains(told, tt.tells) || (told == "") != (tt.tells == "") {
					t.Errorf("told %q", told)
				}
			})
		})
	}
}

func TestVerifierIsNewEachTime(t *testing.T) {
	if a, b := newVerifier(), newVerifier(); a == b || len(a) != 43 {
		t.Errorf("%q, %q", a, b)
	}
}

// TestUIRefuses: where nobody can be asked, the refusal comes back as it is.
func TestUIRefuses(t *testing.T) {
	cloud := start(t)
	req := &sdk.LoginRequest{Connection: sdk.Connection{Settings: map[string]string{"issuer": cloud.OAuthURL()}}}
	refusal := &sdk.Error{Kind: sdk.KindCannotAsk}
	_, err := newProvider(http.DefaultClient).Login(t.Context(), req, &refusing{err: refusal})
	if !errors.Is(err, refusal) {
		t.Errorf("%v", err)
	}
}

type refusing struct {
	screen
	err error
}

func (r *refusing) ShowCode(context.Context, sdk.DeviceCode) error { return r.err }
