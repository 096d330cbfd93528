// Command qwen-provider-gateway is a provider for a company's gateway that
// speaks the OpenAI dialect. What such a provider has to bring of its own is how
// one gets a key; the rest is package openaiapi.
package main

import (
	"context"
	"iter"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/openaiapi"
	"github.com/qwen-cli/qwen/sdk/serve"
)

func main() { serve.Main(New()) }

const (
	defaultModel = "house-model"
	method       = "ticket"
)

type provider struct{ client openaiapi.Client }

// New returns the provider.
func New() sdk.Provider {
	return &provider{client: openaiapi.Client{UserAgent: "qwen-provider-gateway/1.0.0"}}
}

func (p *provider) Describe(context.Context) (*sdk.Description, error) {
	return &sdk.Description{
		Name:          "gateway",
		DisplayName:   "Example gateway",
		Summary:       "models behind the gateway of Example Ltd",
		Version:       "1.0.0",
		LoginMethods:  []sdk.LoginMethod{{ID: method, Label: "Ticket", Summary: "from the intranet's page \"My tickets\""}},
		CredentialEnv: []string{"GATEWAY_TICKET"},
		DefaultModel:  defaultModel,
	}, nil
}

// Login asks for a ticket. A real gateway would trade it for a token here.
func (p *provider) Login(ctx context.Context, req *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
	if req.Method != "" && req.Method != method {
		return nil, sdk.Errorf(sdk.KindUnsupported, "there is no way to sign in called %q", req.Method)
	}
	endpoint := req.Connection.Endpoint
	if endpoint == "" {
		var err error
		if endpoint, err = ui.Ask(ctx, sdk.Question{ID: sdk.QuestionEndpoint, Label: "Address of the gateway"}); err != nil {
			return nil, err
		}
	}
	ticket, err := ui.Ask(ctx, sdk.Question{ID: sdk.QuestionKey, Label: "Ticket", Secret: true})
	if err != nil {
		return nil, err
	}
	credential := &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: sdk.Secret(ticket), Endpoint: endpoint}
	if req.Verify {
		err = p.client.Verify(ctx, service(&sdk.Connection{Credential: credential}))
	}
	return credential, err
}

// Token returns the ticket as it is: it cannot be renewed.
func (p *provider) Token(_ context.Context, req *sdk.TokenRequest) (*sdk.Credential, error) {
	if req.Connection.Credential == nil || req.Reason == sdk.TokenRejected {
		return nil, sdk.Errorf(sdk.KindUnauthenticated, "the gateway does not accept the ticket").
			WithHint("Get a new one from the intranet's page \"My tickets\".")
	}
	return req.Connection.Credential, nil
}

func (p *provider) Models(ctx context.Context, req *sdk.ModelsRequest) ([]sdk.Model, error) {
	return p.client.Models(ctx, service(&req.Connection))
}

func (p *provider) Chat(ctx context.Context, req *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
	turn := *req
	if turn.Model == "" {
		turn.Model = defaultModel
	}
	return p.client.Chat(ctx, service(&req.Connection), &turn)
}

// service says where the gateway is and as whom to ask it.
func service(c *sdk.Connection) *openaiapi.Service {
	s := &openaiapi.Service{BaseURL: c.Endpoint}
	if c.Credential != nil {
		s.Key = c.Credential.Secret
		if s.BaseURL == "" {
			s.BaseURL = c.Credential.Endpoint
		}
	}
	return s
}
