package fakecloud

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"net/http"
	"strings"
	"sync"
	"time"
)

// deviceGrant is the grant type of RFC 8628 section 3.4.
const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

// OAuthOptions says how the OAuth server behaves. The zero value is a well
// behaved one whose sign-ins wait for [Cloud.Approve] or the page.
type OAuthOptions struct {
	// Polls are the answers to the first polls of each sign-in: "pending",
	// "slow_down" (HTTP 429, as Qwen has it), "slow_down:400" (as RFC 8628 has
	// it), "denied", "expired", "approve" or any error code with HTTP 400. After
	// them, or without them, it counts what was decided.
	Polls []string `json:"polls,omitempty"`

	// AutoApprove approves each sign-in at its first poll after Polls.
	AutoApprove bool `json:"auto_approve,omitempty"`

	// StrictInterval answers slow_down to who polls faster than allowed and
	// lengthens the interval by 5 s each time (RFC 8628 section 3.5).
	StrictInterval bool `json:"strict_interval,omitempty"`

	// Interval is sent as "interval"; 0: not sent, which means 5 s. Parts of a
	// second are sent too, for tests in real time.
	Interval time.Duration `json:"interval,omitempty"`

	// CodeLifetime is how long a device code is good; 0: 10 minutes.
	// CodeExpiresIn, if not nil, is what is said about it in its place.
	CodeLifetime  time.Duration   `json:"code_lifetime,omitempty"`
	CodeExpiresIn json.RawMessage `json:"code_expires_in,omitempty"`

	// TokenLifetime is how long an access token is good; 0: one hour.
	// ExpiresIn, if not nil, is sent as "expires_in" in its place; the JSON
	// text null leaves the field out.
	TokenLifetime time.Duration   `json:"token_lifetime,omitempty"`
	ExpiresIn     json.RawMessage `json:"expires_in,omitempty"`

	// Rotate makes a refresh token good for one use. RevokeFamily revokes all
	// tokens of a sign-in when a used one comes again (RFC 9700 section 4.14.2).
	Rotate       bool `json:"rotate,omitempty"`
	RevokeFamily bool `json:"revoke_family,omitempty"`

	// ResourceURL is sent as resource_url; empty: that of [Cloud.Qwen]; "-":
	// none. OmitOnRefresh leaves it and the refresh token out of the answers to
	// refreshes.
	ResourceURL   string `json:"resource_url,omitempty"`
	OmitOnRefresh bool   `json:"omit_on_refresh,omitempty"`

	// VerificationURI and UserCode, if not empty, are sent in place of the real
	// ones.
	VerificationURI string `json:"verification_uri,omitempty"`
	UserCode        string `json:"user_code,omitempty"`

	// Closed makes the chat service refuse every token, as Qwen's does since
	// its free tier was closed.
	Closed bool `json:"closed,omitempty"`
}

// SetOAuth sets how the OAuth server behaves from now on.
func (c *Cloud) SetOAuth(o OAuthOptions) {
	c.oauth.mu.Lock()
	defer c.oauth.mu.Unlock()
	c.oauth.options = o
}

// Approve approves the sign-in with this user code; all that wait if it is
// empty. It reports whether there was one.
func (c *Cloud) Approve(userCode string) bool { return c.oauth.decide(userCode, stateApproved) }

// Deny denies, as [Cloud.Approve] approves.
func (c *Cloud) Deny(userCode string) bool { return c.oauth.decide(userCode, stateDenied) }

// A Token is what the OAuth server issued.
type Token struct {
	Access  string
	Refresh string
	Expires time.Time // of the access token
}

// IssueToken issues a token without a sign-in, good for the lifetime of the
// options.
func (c *Cloud) IssueToken() Token {
	c.oauth.mu.Lock()
	defer c.oauth.mu.Unlock()
	return c.oauth.issue(new(family))
}

// SeedToken makes the server accept the given tokens as if it had issued them.
// Without a lifetime the access token has expired; an empty token is left out.
func (c *Cloud) SeedToken(access, refresh string, lifetime time.Duration) {
	c.oauth.mu.Lock()
	defer c.oauth.mu.Unlock()
	f := new(family)
	if access != "" {
		c.oauth.access[access] = &accessToken{family: f, expires: time.Now().Add(lifetime)}
	}
	if refresh != "" {
		c.oauth.refresh[refresh] = &refreshToken{family: f}
	}
}

// RevokeAccess revokes all access tokens; refresh tokens stay good.
func (c *Cloud) RevokeAccess() {
	c.oauth.mu.Lock()
	defer c.oauth.mu.Unlock()
	clear(c.oauth.access)
}

// RevokeAll revokes all tokens.
func (c *Cloud) RevokeAll() {
	c.oauth.mu.Lock()
	defer c.oauth.mu.Unlock()
	clear(c.oauth.access)
	clear(c.oauth.refresh)
}

// oauthServer is the state of the OAuth server.
type oauthServer struct {
	mu      sync.Mutex
	options OAuthOptions
	signIns map[string]*signIn // by device code
	access  map[string]*accessToken
	refresh map[string]*refreshToken
}

// A family is all tokens that come from one sign-in.
type family struct{ revoked bool }

type accessToken struct {
	family  *family
	expires time.Time
}

type refreshToken struct {
	family *family
	used   bool
}

// A signIn is one run of the device authorization grant.
type signIn struct {
	userCode, challenge, clientID string
	expires                       time.Time
	state                         signInState
	polls                         int
	lastPoll                      time.Time
	interval                      time.Duration
}

type signInState int

const (
	stateWaiting signInState = iota
	stateApproved
	stateDenied
	stateUsed
)

func (s *oauthServer) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.options = OAuthOptions{}
	s.signIns = map[string]*signIn{}
	s.access = map[string]*accessToken{}
	s.refresh = map[string]*refreshToken{}
}

func (s *oauthServer) valid(access string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.access[access]
	return t != nil && !s.options.Closed && !t.family.revoked && time.Now().Before(t.expires)
}

func (s *oauthServer) decide(userCode string, state signInState) (found bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, in := range s.signIns {
		if in.state == stateWaiting && (userCode == "" || in.userCode == userCode) {
			in.state, found = state, true
		}
	}
	return found
}

// issue makes a token pair; s.mu is held.
func (s *oauthServer) issue(f *family) Token {
	t := Token{
		Access: "at-" + rand.Text(), Refresh: "rt-" + rand.Text(),
		Expires: time.Now().Add(orDefault(s.options.TokenLifetime, time.Hour)),
	}
	s.access[t.Access] = &accessToken{family: f, expires: t.Expires}
	s.refresh[t.Refresh] = &refreshToken{family: f}
	return t
}

// An oauthError is an error answer of RFC 6749 section 5.2.
type oauthError struct {
	status      int
	code        string
	description string
}

func (e *oauthError) write(w http.ResponseWriter) {
	writeJSON(w, e.status, object{"error": e.code, "error_description": e.description})
}

// form checks the encoding that RFC 6749 demands and parses it.
func form(r *http.Request) *oauthError {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return &oauthError{400, "invalid_request", "the body is not form-encoded"}
	}
	if err := r.ParseForm(); err != nil || r.PostForm.Get("client_id") == "" {
		return &oauthError{400, "invalid_request", "client_id is missing"}
	}
	return nil
}

// deviceCode is the device authorization endpoint (RFC 8628 section 3.1), with
// PKCE (RFC 7636).
func (c *Cloud) deviceCode(w http.ResponseWriter, r *http.Request) {
	if e := form(r); e != nil {
		e.write(w)
		return
	}
	challenge := r.PostForm.Get("code_challenge")
	if challenge == "" || r.PostForm.Get("code_challenge_method") != "S256" {
		(&oauthError{400, "invalid_request", "code_challenge with method S256 is required"}).write(w)
		return
	}
	writeJSON(w, http.StatusOK, c.oauth.begin(r.PostForm.Get("client_id"), challenge, c.url))
}

func (s *oauthServer) begin(clientID, challenge, issuer string) object {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := &s.options
	code, lifetime := "dc-"+rand.Text(), orDefault(o.CodeLifetime, 10*time.Minute)
	in := &signIn{
		userCode: orDefault(o.UserCode, rand.Text()[:8]), challenge: challenge, clientID: clientID,
		expires: time.Now().Add(lifetime), interval: orDefault(o.Interval, 5*time.Second),
	}
	s.signIns[code] = in
	page := orDefault(o.VerificationURI, issuer+"/authorize")
	answer := object{
		"device_code": code, "user_code": in.userCode, "verification_uri": page,
		"verification_uri_complete": page + "?user_code=" + in.userCode + "&client=qwen-code",
		"expires_in":                int(lifetime / time.Second),
	}
	if o.CodeExpiresIn != nil {
		answer["expires_in"] = o.CodeExpiresIn
	}
	if o.Interval > 0 {
		answer["interval"] = o.Interval.Seconds()
	}
	return answer
}

// token is the token endpoint, for polls and refreshes.
func (c *Cloud) token(w http.ResponseWriter, r *http.Request) {
	e := form(r)
	if e != nil {
		e.write(w)
		return
	}
	var answer object
	switch r.PostForm.Get("grant_type") {
	case deviceGrant:
		answer, e = c.poll(r)
	case "refresh_token":
		answer, e = c.refresh(r)
	default:
		e = &oauthError{400, "unsupported_grant_type", "device_code and refresh_token are supported"}
	}
	if e != nil {
		e.write(w)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, answer)
}

// poll is the device access token request (RFC 8628 section 3.4).
func (c *Cloud) poll(r *http.Request) (object, *oauthError) {
	s := &c.oauth
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.signIns[r.PostForm.Get("device_code")]
	if in == nil || in.clientID != r.PostForm.Get("client_id") {
		return nil, &oauthError{400, "invalid_grant", "no such device code"}
	}
	if e := s.pollError(in); e != nil {
		return nil, e
	}
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	if base64.RawURLEncoding.EncodeToString(sum[:]) != in.challenge {
		return nil, &oauthError{400, "invalid_grant", "code_verifier does not match"}
	}
	in.state = stateUsed
	return s.tokenAnswer(s.issue(new(family)), c.Qwen(), false), nil
}

// pollError says why there is no token yet, or nil; s.mu is held.
func (s *oauthServer) pollError(in *signIn) *oauthError {
	now := time.Now()
	early := !in.lastPoll.IsZero() && now.Sub(in.lastPoll) < in.interval
	in.lastPoll = now
	if s.options.StrictInterval && early {
		in.interval += 5 * time.Second
		return &oauthError{429, "slow_down", "polling too fast"}
	}
	if !now.Before(in.expires) {
		return &oauthError{400, "expired_token", "the device code has expired"}
	}
	in.polls++
	if in.polls <= len(s.options.Polls) {
		if e := s.scripted(in, s.options.Polls[in.polls-1]); e != nil {
			return e
		}
	}
	if in.state == stateWaiting && s.options.AutoApprove {
		in.state = stateApproved
	}
	switch in.state {
	case stateWaiting:
		return &oauthError{400, "authorization_pending", "the person has not decided yet"}
	case stateDenied:
		return &oauthError{400, "access_denied", "the person denied the request"}
	case stateUsed:
		return &oauthError{400, "invalid_grant", "the device code was used already"}
	}
	return nil
}

// scripted turns a word of OAuthOptions.Polls into an answer; nil for "approve".
func (s *oauthServer) scripted(in *signIn, word string) *oauthError {
	switch word {
	case "approve":
		in.state = stateApproved
		return nil
	case "pending":
		return &oauthError{400, "authorization_pending", ""}
	case "slow_down":
		in.interval += 5 * time.Second
		return &oauthError{429, "slow_down", ""}
	case "slow_down:400":
		in.interval += 5 * time.Second
		return &oauthError{400, "slow_down", ""}
	case "denied":
		return &oauthError{400, "access_denied", ""}
	case "expired":
		return &oauthError{400, "expired_token", ""}
	}
	return &oauthError{400, word, ""}
}

// refresh is RFC 6749 section 6, with rotation where the options want it.
func (c *Cloud) refresh(r *http.Request) (object, *oauthError) {
	s := &c.oauth
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.refresh[r.PostForm.Get("refresh_token")]
	if old == nil || old.family.revoked {
		return nil, &oauthError{400, "invalid_grant", "the refresh token is not valid"}
	}
	if old.used && s.options.Rotate {
		old.family.revoked = s.options.RevokeFamily
		return nil, &oauthError{400, "invalid_grant", "the refresh token was used already"}
	}
	old.used = true
	return s.tokenAnswer(s.issue(old.family), c.Qwen(), true), nil
}

// tokenAnswer is the success answer of RFC 6749 section 5.1, with Qwen's
// resource_url.
func (s *oauthServer) tokenAnswer(t Token, resource string, refreshed bool) object {
	o := &s.options
	answer := object{
		"access_token": t.Access, "refresh_token": t.Refresh, "token_type": "Bearer",
		"expires_in":   int(orDefault(o.TokenLifetime, time.Hour) / time.Second),
		"resource_url": orDefault(o.ResourceURL, resource),
	}
	if o.ExpiresIn != nil {
		answer["expires_in"] = o.ExpiresIn
	}
	if string(o.ExpiresIn) == "null" {
		delete(answer, "expires_in")
	}
	if o.ResourceURL == "-" {
		delete(answer, "resource_url")
	}
	if refreshed && o.OmitOnRefresh {
		delete(answer, "resource_url")
		delete(answer, "refresh_token")
	}
	return answer
}

// page is where a person decides. html/template escapes the code.
const page = `<!DOCTYPE html><title>fakecloud</title>
<p>A program asks for access. Its code is <b>{{.}}</b>.
<form method="post"><input type="hidden" name="user_code" value="{{.}}">
<button name="answer" value="approve">Approve</button> <button name="answer" value="deny">Deny</button></form>
`

func (c *Cloud) authorizePage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	t := template.Must(template.New("page").Parse(page))
	_ = t.Execute(w, r.URL.Query().Get("user_code"))
}

func (c *Cloud) authorizeDecide(w http.ResponseWriter, r *http.Request) {
	code, decide := r.FormValue("user_code"), c.Deny
	if r.FormValue("answer") == "approve" {
		decide = c.Approve
	}
	if code == "" || !decide(code) {
		http.Error(w, "no sign-in waits for this code", http.StatusNotFound)
		return
	}
	_, _ = w.Write([]byte("Done. You can close this page.\n"))
}
