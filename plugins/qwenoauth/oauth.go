package qwenoauth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// The client as Qwen has registered it, a public one (RFC 6749 section 2.1), and
// the paths of its endpoints.
const (
	clientID        = "f0304373b74a44d2b584a3fb70ca9e56"
	scope           = "openid profile email model.completion"
	deviceCodePath  = "/api/v1/oauth2/device/code"
	tokenPath       = "/api/v1/oauth2/token"
	deviceGrantType = "urn:ietf:params:oauth:grant-type:device_code"
)

const (
	requestTimeout = 30 * time.Second
	maxAnswer      = 1 << 20 // bytes of an OAuth answer
)

// A field is one parameter of a form; their order is kept.
type field struct{ name, value string }

// encodeForm encodes as the service's own clients do: a space is %20, which every
// reader of application/x-www-form-urlencoded understands as well as "+".
func encodeForm(fields []field) string {
	var b strings.Builder
	for i, f := range fields {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(f.name + "=" + strings.ReplaceAll(url.QueryEscape(f.value), "+", "%20"))
	}
	return b.String()
}

// An answer is what an OAuth endpoint said.
type answer struct {
	host       string
	status     int
	retryAfter time.Duration
	code       string // "error" of RFC 6749 section 5.2; empty if there is none
	body       []byte
	began      time.Time // when the request was sent
}

// post sends a form to an OAuth endpoint. An error means that nothing was
// answered; its kind says whether to try again.
func (p *provider) post(ctx context.Context, iss issuer, path string, header http.Header, fields ...field) (*answer, error) {
	client, err := p.oauth.Client(iss.network)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(limited, http.MethodPost, iss.endpoint(path), strings.NewReader(encodeForm(fields)))
	if err != nil {
		return nil, sdk.Errorf(sdk.KindConfig, "the address of the sign-in service is not usable")
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", userAgent)
	a := &answer{host: req.URL.Host, began: time.Now()}
	resp, err := client.Do(req)
	if err != nil {
		return nil, networkError(ctx, a.host, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if a.body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer)); err != nil {
		return nil, networkError(ctx, a.host, err)
	}
	a.status, a.retryAfter, a.code = resp.StatusCode, retryAfter(resp.Header), errorCode(a.body)
	return a, nil
}

// errorCode returns the error code of an answer, as far as it is one: the
// characters of RFC 6749 section 5.2 that codes are made of.
func errorCode(body []byte) string {
	var v struct {
		Error json.RawMessage `json:"error"`
	}
	var code string
	if json.Unmarshal(body, &v) != nil || json.Unmarshal(v.Error, &code) != nil || len(code) > 64 {
		return ""
	}
	if strings.Trim(strings.ToLower(code), "abcdefghijklmnopqrstuvwxyz0123456789_-.") != "" {
		return ""
	}
	return code
}

// retryAfter reads the seconds of Retry-After (RFC 9110 section 10.2.3).
func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(strings.TrimSpace(h.Get("Retry-After")))
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(min(n, 24*60*60)) * time.Second
}

// networkError says why there was no answer. The text that net/http wraps around
// the cause is left out.
func networkError(ctx context.Context, host string, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	e := &sdk.Error{Kind: sdk.KindNetwork, Host: host, Retryable: true, Err: err,
		Message: "the sign-in service was not reached", Hint: "Check the network connection and the proxy settings."}
	var timeout net.Error
	var dns *net.DNSError
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		e.Kind, e.Message = sdk.KindTimeout, "the sign-in service did not answer in time"
	case errors.As(err, &dns):
		e.Message = "the name of the sign-in service could not be looked up"
	case isTLS(err):
		e.Message, e.Retryable = "no secure connection to the sign-in service", false
		e.Hint = "A company proxy often is the cause: point --ca-file to its certificate."
	}
	return e
}

// error says what is wrong with an answer that is not the one wanted.
func (a *answer) error() *sdk.Error {
	e := &sdk.Error{Host: a.host, Status: a.status, Code: a.code, RetryAfter: a.retryAfter}
	switch {
	case a.status == http.StatusOK:
		e.Kind, e.Retryable = sdk.KindProtocol, true
		e.Message = "the sign-in service gave an answer that makes no sense"
		e.Hint = "A network that wants you to log in first, or a proxy, can be the cause."
	case a.status/100 == 3:
		e.Kind = sdk.KindProtocol
		e.Message = "the sign-in service redirects elsewhere, which is not followed: a login would go there"
		e.Hint = "If the service has moved, set QWEN_OAUTH_BASE_URL."
	case a.status == http.StatusTooManyRequests:
		e.Kind, e.Retryable, e.Message = sdk.KindRateLimit, true, "too many requests to the sign-in service"
		e.Hint = "Wait a minute and try again."
	case a.status >= 500:
		e.Kind, e.Retryable, e.Message = sdk.KindService, true, "the sign-in service failed"
		e.Hint = "Try again in a while."
	case a.code != "":
		e.Kind, e.Message = sdk.KindService, "the sign-in service refused the request ("+a.code+")"
	default:
		e.Kind, e.Message = sdk.KindProtocol, "the sign-in service refused the request"
		e.Hint = "Check QWEN_OAUTH_BASE_URL if it is set; a proxy can be the cause, too."
	}
	return e
}

// A grant is the success answer of the token endpoint (RFC 6749 section 5.1, and
// Qwen's resource_url).
type grant struct {
	AccessToken  string  `json:"access_token"`
	RefreshToken string  `json:"refresh_token"`
	TokenType    string  `json:"token_type"`
	Scope        string  `json:"scope"`
	ResourceURL  string  `json:"resource_url"`
	ExpiresIn    seconds `json:"expires_in"`
}

// grant reads the answer as a grant; an error that is not final if it is none.
func (a *answer) grant() (*grant, error) {
	var g grant
	if a.status != http.StatusOK || json.Unmarshal(a.body, &g) != nil || !isToken(g.AccessToken) || g.RefreshToken != "" && !isToken(g.RefreshToken) {
		return nil, a.error()
	}
	return &g, nil
}

// isToken reports whether s can be a token: b64token of RFC 6750 is narrower than
// what servers send, but no space and no control character can be in a header.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// Bounds of a token's lifetime. What the service does not say is taken to be
// short, which costs a refresh; the opposite would cost a failed conversation.
const (
	assumedLifetime = 10 * time.Minute
	maxLifetime     = 365 * 24 * time.Hour
)

// seconds is a duration in seconds as servers write it: a number, a number in
// quotes, or something else, which is taken as not said (0).
type seconds float64

func (s *seconds) UnmarshalJSON(data []byte) error {
	n, err := strconv.ParseFloat(strings.TrimSpace(string(bytes.Trim(data, `"`))), 64)
	if err != nil && !math.IsInf(n, 1) || math.IsNaN(n) {
		n = 0
	}
	*s = seconds(n)
	return nil
}

// within returns s as a duration of at most limit; fallback if it is not said, or
// not positive.
func (s seconds) within(limit, fallback time.Duration) time.Duration {
	switch {
	case s <= 0:
		return fallback
	case float64(s) >= limit.Seconds():
		return limit
	}
	return time.Duration(float64(s) * float64(time.Second))
}

// credential returns old with what the grant says put in; what it does not say
// stays (RFC 6749 section 6: an absent refresh token means the old one).
func (g *grant) credential(old *sdk.Credential, now time.Time) *sdk.Credential {
	c := old.Clone()
	c.Kind = sdk.CredentialOAuth
	c.Secret = sdk.Secret(g.AccessToken)
	c.Expiry = now.Add(g.ExpiresIn.within(maxLifetime, assumedLifetime))
	keep := func(to *string, said string) {
		if said != "" {
			*to = said
		}
	}
	keep((*string)(&c.RefreshToken), g.RefreshToken)
	keep(&c.TokenType, g.TokenType)
	keep(&c.Scope, g.Scope)
	keep(&c.Endpoint, g.ResourceURL)
	return c
}
