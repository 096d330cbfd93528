// Package codingplan is the provider of the Alibaba Cloud Coding Plan: a
// subscription with keys of its own ("sk-sp-…") that work at endpoints of its
// own and nowhere else, in the OpenAI chat-completions dialect.
//
// Most of what goes wrong with the plan is the wrong key at the wrong address,
// and the service answers that with "token expired". So this package looks
// before it sends:
//
//   - a key without the prefix sk-sp- goes to no address at all;
//   - a plan's key goes to no address that is known to be another service's,
//     DashScope's general endpoints first of all;
//   - it goes to the plan's two endpoints, to this machine (tests, a local
//     proxy), and over https to any other host: a company's gateway. That an
//     address was chosen by the user and not by a file of somebody else's is the
//     host program's to make sure; see [sdk.Connection].
//
// The plan serves only the programs that are on its list. If it refuses this
// one, the error says so; nothing here pretends to be another program.
package codingplan

import (
	"context"
	"iter"
	"net/http"
	"runtime"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/openaiapi"
)

// Name is the provider's name.
const Name = "coding-plan"

// New returns the provider.
func New() sdk.Provider { return newProvider(nil) }

type provider struct {
	client openaiapi.Client
}

func newProvider(client *http.Client) *provider {
	return &provider{client: openaiapi.Client{HTTP: client, UserAgent: userAgent}}
}

// userAgent names this program and no other.
const userAgent = "qwen/" + version + " (" + runtime.GOOS + "; " + runtime.GOARCH + ")"

// Describe implements [sdk.Provider].
func (p *provider) Describe(context.Context) (*sdk.Description, error) { return describe(), nil }

// Chat implements [sdk.Provider].
func (p *provider) Chat(ctx context.Context, req *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
	svc, err := service(&req.Connection)
	if err != nil {
		return fail(err)
	}
	turn := *req
	if turn.Model == "" {
		turn.Model = defaultModel
	}
	return p.client.Chat(ctx, svc, &turn)
}

func fail(err error) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) { yield(nil, err) }
}

// Token implements [sdk.Provider]. A key does not expire and cannot be renewed.
func (p *provider) Token(_ context.Context, req *sdk.TokenRequest) (*sdk.Credential, error) {
	switch c := req.Connection.Credential; {
	case c == nil || c.Secret == "":
		return nil, errNoKey()
	case req.Reason == sdk.TokenRejected:
		return nil, sdk.Errorf(sdk.KindUnauthenticated, "the plan refused the key, and a key cannot be renewed").
			WithHint(`Check in the Model Studio console that the subscription is active, then run "qwen auth login coding-plan".`)
	default:
		return c.Clone(), nil
	}
}

// service returns where to send a request and as whom, or why nothing is sent.
func service(conn *sdk.Connection) (*openaiapi.Service, error) {
	endpoint, err := endpointOf(conn)
	if err != nil {
		return nil, err
	}
	if conn.Credential == nil || conn.Credential.Secret == "" {
		return nil, errNoKey()
	}
	if err := checkKey(conn.Credential.Secret); err != nil {
		return nil, err
	}
	return &openaiapi.Service{BaseURL: endpoint, Key: conn.Credential.Secret, Network: conn.Network, Dialect: dialect()}, nil
}
