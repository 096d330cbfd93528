// Package qwenoauth is the provider of Qwen chat for people who signed in with
// their qwen.ai account: OAuth 2.0 with the device authorization grant (RFC
// 8628), PKCE (RFC 7636) and refresh tokens (RFC 6749 section 6), and chat
// completions with the access token.
//
// # Where a token may go
//
// The service says with each token where to use it (resource_url), and the file
// that keeps it can be edited. So a token goes only over https, and only to hosts
// under qwen.ai and to those of aliyuncs.com that are not rented out to
// customers. Who moves the issuer, by the setting "issuer", may have the token
// go to the issuer's own host as well, and to this machine if the issuer is
// there: for mirrors and tests. The OAuth endpoints follow no redirect at all.
//
// # Which model
//
// There is one, coder-model. Another one that is asked for is replaced with a
// warning: a model from a variable that was meant for another provider should not
// stop the conversation, but not pass in silence either.
//
// # The free tier
//
// Qwen closed it on 2026-04-15. Since then a sign-in may succeed and every token
// be refused; the errors here say so, with the next step.
package qwenoauth

import (
	"context"
	"iter"
	"net/http"
	"runtime"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/openaiapi"
)

// Name is the provider's name.
const Name = "qwen-oauth"

// New returns the provider.
func New() sdk.Provider { return newProvider(openaiapi.NewHTTPClient()) }

type provider struct {
	chat  openaiapi.Client
	oauth openaiapi.Dialer // its clients follow no redirects
}

func newProvider(client *http.Client) *provider {
	oauth := *client
	oauth.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &provider{chat: openaiapi.Client{HTTP: client, UserAgent: userAgent}, oauth: openaiapi.Dialer{HTTP: &oauth}}
}

// userAgent names this program and no other: the service may refuse us, and then
// the user is told.
const userAgent = "qwen/" + version + " (" + runtime.GOOS + "; " + runtime.GOARCH + ")"

// Describe implements [sdk.Provider].
func (p *provider) Describe(context.Context) (*sdk.Description, error) { return describe(), nil }

// Chat implements [sdk.Provider].
func (p *provider) Chat(ctx context.Context, req *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		svc, err := service(&req.Connection)
		if err != nil {
			yield(nil, err)
			return
		}
		if req.Model != "" && req.Model != onlyModel && !yield(replaced(req.Model), nil) {
			return
		}
		turn := *req
		turn.Model = onlyModel
		p.chat.Chat(ctx, svc, &turn)(yield)
	}
}

func replaced(model string) *sdk.Warning {
	return &sdk.Warning{Code: "model-replaced", Setting: "model",
		Message: "Qwen OAuth has one model only: " + onlyModel + " answers in place of " + model}
}

// service returns where to send a request and as whom, or why nothing is sent.
func service(conn *sdk.Connection) (*openaiapi.Service, error) {
	c := conn.Credential
	if c == nil || c.Secret == "" {
		return nil, errNotSignedIn()
	}
	if c.Kind == sdk.CredentialAPIKey {
		return nil, sdk.Errorf(sdk.KindConfig, "an API key is not a Qwen sign-in").
			WithHint(`Run "qwen auth login qwen-oauth", or use the key with the provider it belongs to.`)
	}
	iss, err := issuerOf(conn)
	if err != nil {
		return nil, err
	}
	base, err := iss.resource(resourceOf(conn))
	if err != nil {
		return nil, err
	}
	return &openaiapi.Service{BaseURL: base, Key: c.Secret, Network: conn.Network, Header: headers(), Dialect: dialect()}, nil
}

// resourceOf returns what was said about where to use the token: by the user, else
// by the service. The default endpoint, which a host may fill in, is nobody's word.
func resourceOf(conn *sdk.Connection) string {
	if conn.Endpoint != "" && conn.Endpoint != defaultEndpoint {
		return conn.Endpoint
	}
	return conn.Credential.Endpoint
}

// headers tell the service what kind of token it gets.
func headers() http.Header {
	return http.Header{"X-Dashscope-Authtype": {"qwen-oauth"}}
}

func errNotSignedIn() error {
	return sdk.Errorf(sdk.KindUnauthenticated, "not signed in").
		WithHint(`Run "qwen auth login qwen-oauth".`)
}
