package sdk

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"
)

// CredentialKind says how a credential is used.
type CredentialKind string

// The kinds of credential.
const (
	// CredentialAPIKey is a long-lived key.
	CredentialAPIKey CredentialKind = "api_key"
	// CredentialOAuth is an OAuth 2.0 token set (RFC 6749 section 5.1).
	CredentialOAuth CredentialKind = "oauth"
)

// A Credential is what a provider needs to act as somebody. The host stores it
// and hands it to the provider with each call; to the host it is opaque but for
// Expiry.
//
// A Credential prints without its secrets.
type Credential struct {
	Kind CredentialKind

	// Secret is the API key or the access token.
	Secret Secret

	// RefreshToken obtains the next access token; empty where there is none.
	RefreshToken Secret

	// TokenType is the token's type as the service gave it (RFC 6749 section
	// 7.1); empty means Bearer.
	TokenType string

	// Expiry is when Secret stops being valid; zero for never or not known.
	Expiry time.Time

	// Endpoint is the base URL that the service tied to this credential, as it
	// said it; empty where it said nothing. For Qwen OAuth this is resource_url.
	Endpoint string

	// Account names the person or organisation, for display; may be empty.
	Account string

	// Scope is the granted scope, space separated (RFC 6749 section 3.3).
	Scope string

	// Extra holds whatever else has to be kept with the credential. Fields that
	// the provider does not know must be left in it. See [ExtraModel].
	Extra map[string]json.RawMessage
}

// ExtraModel is the field of [Credential.Extra] for the model that was chosen at the
// sign-in, a JSON string. The provider uses it where a request names no model, and
// the host shows it.
const ExtraModel = "model"

// Format implements [fmt.Formatter], for all verbs alike. Without it a verb that
// does not fit would show the secrets after all: fmt prints what a pointer in a
// struct leads to without asking it then.
func (c Credential) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "{%s secret:%v refresh:%v expiry:%v endpoint:%s account:%s}",
		c.Kind, c.Secret, c.RefreshToken, c.Expiry, c.Endpoint, c.Account)
}

// ExpiresWithin reports whether c is expired at now, or will be within margin.
// A credential without an expiry never is.
func (c *Credential) ExpiresWithin(margin time.Duration, now time.Time) bool {
	return !c.Expiry.IsZero() && !now.Add(margin).Before(c.Expiry)
}

// Clone returns a copy of c that shares nothing with it; nil for nil.
func (c *Credential) Clone() *Credential {
	if c == nil {
		return nil
	}
	d := *c
	d.Extra = maps.Clone(c.Extra)
	return &d
}
