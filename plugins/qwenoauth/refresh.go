package qwenoauth

import (
	"context"
	"net/http"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// Token implements [sdk.Provider]: it refreshes (RFC 6749 section 6). Only the
// word of the token endpoint that the refresh token is no longer good makes a new
// sign-in necessary; anything else that goes wrong passes.
func (p *provider) Token(ctx context.Context, req *sdk.TokenRequest) (*sdk.Credential, error) {
	old := req.Connection.Credential
	if old == nil || old.Secret == "" && old.RefreshToken == "" {
		return nil, errNotSignedIn()
	}
	if old.RefreshToken == "" && req.Reason != sdk.TokenRejected && !old.ExpiresWithin(0, time.Now()) {
		return old.Clone(), nil // good while it lasts
	}
	if old.RefreshToken == "" {
		return nil, signInAgain("the sign-in has expired and cannot be renewed")
	}
	iss, err := issuerOf(&req.Connection)
	if err != nil {
		return nil, err
	}
	a, err := p.post(ctx, iss, tokenPath, nil,
		field{"grant_type", "refresh_token"},
		field{"refresh_token", old.RefreshToken.Reveal()},
		field{"client_id", clientID})
	if err != nil {
		return nil, err
	}
	if a.refreshRefused() {
		e := signInAgain("the sign-in has expired or was withdrawn")
		e.Host, e.Status, e.Code = a.host, a.status, a.code
		return nil, e
	}
	g, err := a.grant()
	if err != nil {
		return nil, err
	}
	return g.credential(old, a.began), nil
}

// refreshRefused reports whether the service says that the refresh token is not
// good. Some servers say invalid_request of one that was used before; a status
// without a code may be a proxy's.
func (a *answer) refreshRefused() bool {
	if a.status != http.StatusBadRequest && a.status != http.StatusUnauthorized {
		return false
	}
	switch a.code {
	case "invalid_grant", "invalid_request", "invalid_token", "expired_token":
		return true
	}
	return false
}

func signInAgain(message string) *sdk.Error {
	return sdk.Errorf(sdk.KindUnauthenticated, "%s", message).
		WithHint(`Run "qwen auth login qwen-oauth" to sign in again.`)
}
