// Package openaicompat is the provider "openai": any service that speaks the OpenAI
// chat-completions dialect, with an API key or without one.
//
// What services do differently is data, in one table with its sources; see
// services.go. Azure OpenAI has addresses of its own; see azure.go.
package openaicompat

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/openaiapi"
)

// Version is the version of this provider.
const Version = "0.1.0"

// Name is the provider's name.
const Name = "openai"

const (
	homepage        = "https://github.com/qwen-cli/qwen"
	defaultEndpoint = "https://api.openai.com/v1"
	defaultModel    = "gpt-4o-mini"
	keyVariable     = "OPENAI_API_KEY"
)

// New returns the provider.
func New() sdk.Provider {
	return &provider{client: openaiapi.Client{UserAgent: "qwen/" + Version}}
}

type provider struct {
	client openaiapi.Client
}

var (
	_ sdk.Provider    = (*provider)(nil)
	_ sdk.ModelLister = (*provider)(nil)
)

// Describe implements [sdk.Provider].
func (p *provider) Describe(context.Context) (*sdk.Description, error) {
	return &sdk.Description{
		Name:            Name,
		DisplayName:     "OpenAI-compatible API",
		Summary:         "any service that speaks the OpenAI chat-completions API, with an API key",
		Version:         Version,
		Homepage:        homepage,
		LoginMethods:    []sdk.LoginMethod{{ID: methodKey, Label: "API key", Summary: "paste the key of a service"}},
		Settings:        settings(),
		CredentialEnv:   []string{keyVariable},
		DefaultEndpoint: defaultEndpoint,
		DefaultModel:    defaultModel,
		Presets:         presets(),
	}, nil
}

// Token implements [sdk.Provider]. A key stays what it is; a refused one cannot be
// refreshed.
func (p *provider) Token(_ context.Context, req *sdk.TokenRequest) (*sdk.Credential, error) {
	if req.Connection.Credential == nil {
		return nil, sdk.Errorf(sdk.KindUnauthenticated, "there is no API key").
			WithHint("Set %s, or sign in with: qwen auth login %s", keyVariable, Name)
	}
	if req.Reason == sdk.TokenRejected {
		return nil, sdk.Errorf(sdk.KindUnauthenticated, "the service refused the API key, and a key cannot be refreshed").
			WithHint("Check that the key is complete, still valid and for this endpoint, or sign in again with: qwen auth login %s", Name)
	}
	return req.Connection.Credential.Clone(), nil
}

// Chat implements [sdk.Provider].
func (p *provider) Chat(ctx context.Context, req *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
	model := req.Model
	if model == "" {
		model = modelFor(&req.Connection)
	}
	svc, err := newService(&req.Connection, model)
	if err != nil {
		return func(yield func(sdk.Event, error) bool) { yield(nil, err) }
	}
	turn := *req
	turn.Model = model
	return p.client.Chat(ctx, svc, &turn)
}

// Models implements [sdk.ModelLister].
func (p *provider) Models(ctx context.Context, req *sdk.ModelsRequest) ([]sdk.Model, error) {
	svc, err := newService(&req.Connection, modelFor(&req.Connection))
	if err != nil {
		return nil, err
	}
	return p.client.Models(ctx, svc)
}

// modelFor returns the model to use where the request names none: the one chosen at
// sign-in, else the endpoint's usual one, else the provider's.
func modelFor(conn *sdk.Connection) string {
	if conn.Credential != nil {
		var model string
		if json.Unmarshal(conn.Credential.Extra[sdk.ExtraModel], &model) == nil && model != "" {
			return model
		}
	}
	if preset, ok := presetFor(endpointOf(conn)); ok && preset.DefaultModel != "" {
		return preset.DefaultModel
	}
	return defaultModel
}

// endpointOf returns the base URL to use.
func endpointOf(conn *sdk.Connection) string {
	switch {
	case conn.Endpoint != "":
		return conn.Endpoint
	case conn.Credential != nil && conn.Credential.Endpoint != "":
		return conn.Credential.Endpoint
	}
	return defaultEndpoint
}
