package qwenoauth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// Times of the device authorization grant.
const (
	defaultInterval = 5 * time.Second  // RFC 8628 section 3.2: if the service says none
	slowDown        = 5 * time.Second  // section 3.5: added for good at each slow_down
	maxBackOff      = time.Minute      // between attempts while the service is out of reach
	maxCodeLifetime = 30 * time.Minute // nobody waits longer
	assumedCodeLife = 5 * time.Minute  // if the service does not say
)

// errCodeExpired ends a sign-in that nobody approved in time.
var errCodeExpired = errors.New("the code has expired")

// A deviceSignIn is one run of the device authorization grant (RFC 8628).
type deviceSignIn struct {
	p        *provider
	issuer   issuer
	verifier string // PKCE, RFC 7636: one for each run, and nowhere written down

	deviceCode string
	code       sdk.DeviceCode
	lifetime   time.Duration
	interval   time.Duration
	last       error // of the last poll, if the service was out of reach
}

// begin asks for a code.
func (p *provider) begin(ctx context.Context, iss issuer) (*deviceSignIn, error) {
	d := &deviceSignIn{p: p, issuer: iss, verifier: newVerifier()}
	challenge := sha256.Sum256([]byte(d.verifier))
	header := http.Header{"X-Request-Id": {newUUID()}}
	a, err := p.post(ctx, iss, deviceCodePath, header,
		field{"client_id", clientID},
		field{"scope", scope},
		field{"code_challenge", base64.RawURLEncoding.EncodeToString(challenge[:])},
		field{"code_challenge_method", "S256"})
	if err != nil {
		return nil, err
	}
	if a.status != http.StatusOK {
		return nil, a.error()
	}
	return d, d.read(a)
}

// newVerifier returns 43 characters with 256 random bits (RFC 7636 section 4.1).
func newVerifier() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// newUUID returns a random UUID (RFC 9562 section 5.4).
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// read reads the device authorization response (RFC 8628 section 3.2). The person
// is shown nothing of it that was not checked.
func (d *deviceSignIn) read(a *answer) error {
	var v struct {
		DeviceCode  string   `json:"device_code"`
		UserCode    string   `json:"user_code"`
		URI         string   `json:"verification_uri"`
		CompleteURI string   `json:"verification_uri_complete"`
		ExpiresIn   *seconds `json:"expires_in"`
		Interval    seconds  `json:"interval"`
	}
	if json.Unmarshal(a.body, &v) != nil || v.DeviceCode == "" {
		return a.error()
	}
	d.deviceCode = v.DeviceCode
	d.code = sdk.DeviceCode{URL: showable(v.URI), CompleteURL: showable(v.CompleteURI), Code: cleanCode(v.UserCode)}
	switch {
	case d.code.URL == "":
		return unusable(a, "the sign-in service names a page that is not safe to open")
	case d.code.Code == "":
		return unusable(a, "the sign-in service gave no code that can be typed")
	}
	d.lifetime = assumedCodeLife
	if v.ExpiresIn != nil {
		d.lifetime = v.ExpiresIn.within(maxCodeLifetime, 0)
	}
	d.interval = v.Interval.within(maxCodeLifetime, defaultInterval)
	if d.interval >= d.lifetime {
		return unusable(a, "the sign-in service gave a code that expires before it can be used")
	}
	d.code.Expires = time.Now().Add(d.lifetime)
	return nil
}

func unusable(a *answer, message string) error {
	return &sdk.Error{Kind: sdk.KindProtocol, Host: a.host, Message: message,
		Hint: "Check QWEN_OAUTH_BASE_URL if it is set; else try again later."}
}

// wait polls until the person has decided, the code has expired or ctx ends.
// After a success it polls no more: some servers take back what they granted if
// the same code comes again.
func (d *deviceSignIn) wait(ctx context.Context) (*sdk.Credential, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, d.lifetime, errCodeExpired)
	defer cancel()
	wait := d.interval
	for {
		if err := sleep(ctx, wait); err != nil {
			return nil, d.ended(err)
		}
		c, next, err := d.poll(ctx)
		if c != nil || err != nil {
			return c, d.ended(err)
		}
		wait = d.pause(wait, next)
	}
}

// sleep waits for t or returns why ctx ended.
func sleep(ctx context.Context, t time.Duration) error {
	timer := time.NewTimer(t)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// A verdict is what a poll that was not the last one means for the next.
type verdict int

const (
	pending verdict = iota
	slower
	unreached
)

// pause returns how long to wait before the next poll, after having waited for
// before.
func (d *deviceSignIn) pause(before time.Duration, v verdict) time.Duration {
	switch v {
	case slower:
		d.interval += slowDown
	case unreached: // RFC 8628 section 3.5: exponential back-off
		return max(d.interval, min(2*before, maxBackOff), sdk.AsError(d.last).RetryAfter)
	}
	return d.interval
}

// poll asks once (RFC 8628 section 3.4). It returns the credential, or a final
// error, or what to make of it.
func (d *deviceSignIn) poll(ctx context.Context) (*sdk.Credential, verdict, error) {
	a, err := d.p.post(ctx, d.issuer, tokenPath, nil,
		field{"grant_type", deviceGrantType},
		field{"client_id", clientID},
		field{"device_code", d.deviceCode},
		field{"code_verifier", d.verifier})
	if err != nil {
		return d.unreached(ctx, err)
	}
	switch a.code {
	case "authorization_pending":
		d.last = nil
		return nil, pending, nil
	case "slow_down": // as HTTP 400 by the RFC, as 429 by Qwen
		d.last = nil
		return nil, slower, nil
	}
	if err := a.declined(); err != nil {
		return nil, 0, err
	}
	g, err := a.grant()
	if err != nil {
		return d.unreached(ctx, err)
	}
	return g.credential(&sdk.Credential{}, a.began), 0, nil
}

// unreached notes a failure that may pass, and returns any other as final.
func (d *deviceSignIn) unreached(ctx context.Context, err error) (*sdk.Credential, verdict, error) {
	if e := sdk.AsError(err); ctx.Err() == nil && e.Retryable {
		d.last = err
		return nil, unreached, nil
	}
	return nil, 0, err
}

// declined returns the error of an answer that ends the sign-in, or nil.
func (a *answer) declined() error {
	e := &sdk.Error{Host: a.host, Status: a.status, Code: a.code}
	switch {
	case a.status >= 500:
		return nil // may pass, whatever it is called
	case a.code == "access_denied":
		e.Kind, e.Message = sdk.KindPermission, "the sign-in was declined in the browser"
		e.Hint = `Run "qwen auth login qwen-oauth" to start again.`
	case a.code == "expired_token", a.code == "invalid_grant", a.status == http.StatusUnauthorized:
		return codeExpired(e)
	case a.code != "":
		final := a.error() // whatever its status: the same code would be refused again
		final.Retryable = false
		return final
	default:
		return nil
	}
	return e
}

// ended puts the end of a sign-in into words.
func (d *deviceSignIn) ended(err error) error {
	switch {
	case !errors.Is(err, errCodeExpired):
		return err
	case d.last != nil:
		return d.last
	}
	return codeExpired(&sdk.Error{Host: d.issuer.base.Host})
}

func codeExpired(e *sdk.Error) error {
	e.Kind, e.Message = sdk.KindUnauthenticated, "the code expired before the sign-in was approved"
	e.Hint = `Run "qwen auth login qwen-oauth" to get a new one.`
	return e
}
