// Package auth decides which credential to use and when to renew it.
//
// A [Source] is asked before each call to a service and again when the service
// refused the answer:
//
//	c, err := source.Credential(ctx) // valid now
//	...                              // the service answers 401
//	c, err = source.Rejected(ctx, c) // another one, or an error: then give up
//
// [Static] is the source for a key from a flag or a variable, [Session] the one
// for a stored login. A session makes sure of three things: that of all
// processes only one renews a login at a time, because a service that rotates
// refresh tokens takes a second use of one for theft and revokes the login; that
// what was renewed is stored before anybody else looks; and that no failure ever
// removes a login. It is lost only when the service says so, and even then the
// file stays for the user to see.
//
// The package knows neither files nor plugin processes: it has a
// [credstore.Store] and a [Refresher].
package auth

import (
	"context"
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/sdk"
)

// A Source yields the credential for one connection. Its methods may be called
// concurrently. What they return is the caller's own.
type Source interface {
	// Credential returns a credential that is valid now.
	Credential(ctx context.Context) (*sdk.Credential, error)

	// Rejected returns another credential after the service refused this one
	// although it looked valid. Call it once for a request: when the second
	// credential is refused too, there is nothing left to try.
	Rejected(ctx context.Context, failed *sdk.Credential) (*sdk.Credential, error)
}

// A Refresher makes a usable credential of an old one. Every [sdk.Provider] is a
// Refresher.
type Refresher interface {
	Token(ctx context.Context, req *sdk.TokenRequest) (*sdk.Credential, error)
}

// Static returns a source for a credential that somebody else keeps, such as a
// key in a variable. It is never stored and never renewed. Provider and origin
// ("OPENAI_API_KEY") say in messages what was refused and where to correct it.
func Static(c *sdk.Credential, provider, origin string) Source {
	return &static{credential: c.Clone(), provider: provider, origin: origin}
}

type static struct {
	credential       *sdk.Credential
	provider, origin string
}

func (s *static) Credential(context.Context) (*sdk.Credential, error) {
	return s.credential.Clone(), nil
}

func (s *static) Rejected(context.Context, *sdk.Credential) (*sdk.Credential, error) {
	e := sdk.Errorf(sdk.KindUnauthenticated, "the service refused the key from %s", s.origin)
	e.Provider = s.provider
	return nil, e.WithHint("Check the value of %s and that it belongs to this service.", s.origin)
}

// loginCommand returns what to type to sign in to the connection.
func loginCommand(id credstore.ID) string {
	command := "qwen auth login " + id.Provider
	if id.Endpoint != "" {
		command += " --openai-base-url " + id.Endpoint
	}
	if id.Name != "" && id.Name != credstore.DefaultName {
		command += " --profile " + id.Name
	}
	return command
}

// needsLogin returns err as the error that tells the user to sign in again,
// after whatever advice the provider had. If that names the command already, it is
// made to name the login as well: a provider does not know which one it is.
func needsLogin(id credstore.ID, err error) error {
	e := *sdk.AsError(err)
	e.Kind, e.Provider, e.Retryable, e.Err = sdk.KindUnauthenticated, id.Provider, false, err
	command, byProvider := loginCommand(id), `"qwen auth login `+id.Provider+`"`
	if strings.Contains(e.Hint, byProvider) {
		e.Hint = strings.ReplaceAll(e.Hint, byProvider, `"`+command+`"`)
		return &e
	}
	e.Hint = strings.TrimLeft(e.Hint+` Run "`+command+`" to sign in.`, " ")
	return &e
}
