package auth

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

const (
	// maxMargin is how long before its expiry a credential is renewed: time for
	// a request to be sent and for clocks that differ a little.
	maxMargin = time.Minute

	// assumedLifetime is how long a new credential is used that has expired
	// already, by its own account. One of the two clocks is wrong then, and
	// renewing at once would go on for ever.
	assumedLifetime = time.Minute

	// fieldObtained is the field of a stored credential that says when it was
	// issued, in milliseconds since 1970. The difference to its expiry is its
	// lifetime, whether the clock was right or not.
	fieldObtained = "obtained_at"
)

// stamp notes in c when it was obtained.
func stamp(c *sdk.Credential, now time.Time) {
	if c.Extra == nil {
		c.Extra = make(map[string]json.RawMessage)
	}
	c.Extra[fieldObtained] = strconv.AppendInt(nil, now.UnixMilli(), 10)
}

// lifetime returns for how long c was issued; 0 if that is not known.
func lifetime(c *sdk.Credential) time.Duration {
	ms, err := strconv.ParseInt(string(c.Extra[fieldObtained]), 10, 64)
	if err != nil || c.Expiry.IsZero() {
		return 0
	}
	return max(0, c.Expiry.Sub(time.UnixMilli(ms)))
}

// margin returns how long before its end a credential of the given lifetime is
// to be renewed: a tenth of it, so that a short-lived one is used at all.
func margin(lifetime time.Duration) time.Duration {
	if lifetime <= 0 {
		return maxMargin
	}
	return min(maxMargin, lifetime/10)
}

// A receipt says when this process received a credential. Unlike a stored time
// it has a monotonic clock reading, so that it still tells the credential's age
// after the wall clock was set.
type receipt struct {
	secret   sdk.Secret
	at       time.Time
	lifetime time.Duration // 0: never ends, as far as is known
	absurd   bool          // the expiry lay in the past when it came
	reason   sdk.TokenReason
}

func (s *Session) remember(c *sdk.Credential, now time.Time, reason sdk.TokenReason) {
	r := receipt{secret: c.Secret, at: now, reason: reason}
	if !c.Expiry.IsZero() {
		r.lifetime = c.Expiry.Sub(now)
	}
	if r.lifetime < 0 || r.lifetime == 0 && !c.Expiry.IsZero() {
		r.lifetime, r.absurd = assumedLifetime, true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.received = r
}

// expiring reports whether c has to be renewed before it is used: by the wall
// clock, which goes on while a computer sleeps, or by the monotonic clock, which
// nobody can set.
func (s *Session) expiring(c *sdk.Credential) bool {
	s.mu.Lock()
	r := s.received
	s.mu.Unlock()
	now := s.config.Now()
	if r.secret == "" || r.secret != c.Secret {
		return c.ExpiresWithin(margin(lifetime(c)), now)
	}
	if r.lifetime == 0 {
		return false
	}
	tooOld := now.Sub(r.at) >= r.lifetime-margin(r.lifetime)
	return tooOld || !r.absurd && c.ExpiresWithin(margin(r.lifetime), now)
}

// justRenewed reports whether c is the answer to an earlier refusal. A service
// that refuses that too will not change its mind.
func (s *Session) justRenewed(c *sdk.Credential) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.received
	return r.secret == c.Secret && r.reason == sdk.TokenRejected && s.config.Now().Sub(r.at) < assumedLifetime
}
