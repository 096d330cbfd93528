package sdktest

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/qwen-cli/qwen/sdk"
)

// tokenCases are about Token.
func tokenCases() []Case {
	return []Case{
		{
			ID:    "token-usable",
			Doc:   "Token turns a good credential into one that the service accepts; an API key comes back as it was.",
			Why:   "The host asks for a token before it trusts any credential of unknown age.",
			Needs: Plain,
			run:   tokenUsable,
		},
		{
			ID:    "token-keeps-extra",
			Doc:   "What Credential.Extra holds, and the provider does not know, is still there in the credential that Token returns.",
			Why:   "A newer version of the plugin may have stored it; losing it can end a login.",
			Needs: Plain,
			run:   tokenKeepsExtra,
		},
		{
			ID:    "token-leaves-argument",
			Doc:   "Token does not change the credential that it is given.",
			Why:   "The host compares before and after to see what it has to store.",
			Needs: Plain,
			run:   tokenLeavesArgument,
		},
		{
			ID:    "token-cancelled",
			Doc:   "With a context that has ended, Token returns at once, whatever it returns.",
			Why:   "The host holds a lock across processes meanwhile.",
			Needs: Plain,
			run:   tokenCancelled,
		},
		{
			ID:  "token-without-credential",
			Doc: "Without a credential, Token returns an error of kind unauthenticated or config, or a credential where the service needs none.",
			Why: "\"Sign in first\" is the most frequent error of all; it must not read like a crash.",
			run: tokenWithout,
		},
	}
}

func (s *subject) token(t TB, conn sdk.Connection) (c *sdk.Credential, err error) {
	t.Helper()
	s.within(t, "Token", func(ctx context.Context) {
		c, err = s.provider.Token(ctx, &sdk.TokenRequest{Connection: conn, Reason: sdk.TokenExpiring})
	})
	return c, err
}

// goodToken is [subject.token] for a credential that is good.
func (s *subject) goodToken(t TB, conn sdk.Connection) *sdk.Credential {
	t.Helper()
	c, err := s.token(t, conn)
	if err != nil {
		t.Fatalf("Token: %s", describeError(err))
	}
	if c == nil {
		t.Fatalf("Token returned neither a credential nor an error")
	}
	return c
}

func tokenUsable(t TB, s *subject) {
	before := s.Connection.Credential
	if before == nil {
		t.Skipf("the service needs no credential")
	}
	after := s.goodToken(t, s.Connection)
	if before.Kind == sdk.CredentialAPIKey && (after.Secret != before.Secret || after.Kind != before.Kind) {
		t.Errorf("the API key came back changed")
	}
	a := s.complete(t, func(r *sdk.ChatRequest) { r.Connection.Credential = after })
	wantText(t, a.text, AnswerText)
}

func tokenKeepsExtra(t TB, s *subject) {
	if s.Connection.Credential == nil {
		t.Skipf("the service needs no credential")
	}
	conn := s.Connection
	conn.Credential = conn.Credential.Clone()
	if conn.Credential.Extra == nil {
		conn.Credential.Extra = map[string]json.RawMessage{}
	}
	conn.Credential.Extra["from_the_future"] = json.RawMessage(`{"keep":"me"}`)
	if got := s.goodToken(t, conn).Extra["from_the_future"]; string(got) != `{"keep":"me"}` {
		t.Errorf("the unknown entry came back as %q", got)
	}
}

func tokenLeavesArgument(t TB, s *subject) {
	if s.Connection.Credential == nil {
		t.Skipf("the service needs no credential")
	}
	before := s.Connection.Credential.Clone()
	if after := s.goodToken(t, s.Connection); after.Extra != nil {
		after.Extra["spoilt"] = nil
	}
	if !reflect.DeepEqual(before, s.Connection.Credential) {
		t.Errorf("the credential was changed")
	}
}

func tokenCancelled(t TB, s *subject) {
	s.within(t, "Token", func(ctx context.Context) {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		_, _ = s.provider.Token(ctx, &sdk.TokenRequest{Connection: s.Connection, Reason: sdk.TokenRejected})
	})
}

func tokenWithout(t TB, s *subject) {
	c, err := s.token(t, sdk.Connection{})
	switch {
	case err != nil:
		wantKind(t, err, sdk.KindUnauthenticated, sdk.KindConfig)
	case c == nil:
		t.Errorf("Token returned neither a credential nor an error")
	}
}
