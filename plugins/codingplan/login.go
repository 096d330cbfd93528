package codingplan

import (
	"context"
	"net/url"
	"strings"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/openaiapi"
)

// Login implements [sdk.Provider]: region, key, and if wanted one request that
// proves them.
func (p *provider) Login(ctx context.Context, req *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
	if req.Method != "" && req.Method != "api-key" {
		return nil, sdk.Errorf(sdk.KindUnsupported, "the Coding Plan has no such way to sign in").
			WithHint("Sign in with the plan's key.")
	}
	endpoint, err := askEndpoint(ctx, req, ui)
	if err != nil {
		return nil, err
	}
	key, err := askKey(ctx, ui)
	if err != nil {
		return nil, err
	}
	credential := &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: key, Endpoint: endpoint}
	if req.Verify {
		if err := p.verify(ctx, credential, req.Connection.Network, ui); err != nil {
			return nil, err
		}
	}
	return credential, nil
}

// askEndpoint asks for the region, unless that or the endpoint is given. What an
// older credential says does not count: it is about to be replaced.
func askEndpoint(ctx context.Context, req *sdk.LoginRequest, ui sdk.UI) (string, error) {
	given := sdk.Connection{Endpoint: req.Connection.Endpoint, Settings: req.Connection.Settings}
	if given.Endpoint != "" && given.Endpoint != beijing.endpoint() || given.Settings["region"] != "" {
		return endpointOf(&given)
	}
	id, err := ui.Choose(ctx, sdk.Choice{
		ID: sdk.QuestionRegion, Label: "Where was the plan bought?", Default: beijing.id,
		Options: []sdk.Option{
			{ID: beijing.id, Label: beijing.label, Note: beijing.host},
			{ID: international.id, Label: international.label, Note: international.host},
		},
	})
	if err != nil {
		return "", err
	}
	r, err := parseRegion(id)
	return r.endpoint(), err
}

func askKey(ctx context.Context, ui sdk.UI) (sdk.Secret, error) {
	answer, err := ui.Ask(ctx, sdk.Question{
		ID: sdk.QuestionKey, Label: "Coding Plan key", Placeholder: "sk-sp-...", Secret: true,
		Help: "in the Model Studio console, on the page of the Coding Plan",
	})
	if err != nil {
		return "", err
	}
	key := trimKey(answer)
	return key, checkKey(key)
}

// trimKey removes what comes along when a key is copied: spaces, quotes, the name
// of the authentication scheme, the name of a variable.
func trimKey(s string) sdk.Secret {
	s = strings.TrimSpace(s)
	for _, name := range []string{"export ", "BAILIAN_CODING_PLAN_API_KEY=", "OPENAI_API_KEY=", "Authorization:"} {
		s = strings.TrimSpace(strings.TrimPrefix(s, name))
	}
	s = strings.TrimSpace(strings.Trim(s, "\"'`"))
	if scheme, rest, ok := strings.Cut(s, " "); ok && strings.EqualFold(scheme, "bearer") {
		s = strings.TrimSpace(rest)
	}
	return sdk.Secret(s)
}

// verify asks the model for one token. Listing the models would cost nothing, but
// proves neither that the plan is active nor that it serves this program.
func (p *provider) verify(ctx context.Context, c *sdk.Credential, network sdk.Network, ui sdk.UI) error {
	svc := &openaiapi.Service{BaseURL: c.Endpoint, Key: c.Secret, Network: network, Dialect: dialect()}
	if err := ui.Wait(ctx, "checking the key with one short request"); err != nil {
		return err
	}
	one := int64(1)
	turn := &sdk.ChatRequest{
		Model:    defaultModel,
		Messages: []sdk.Message{sdk.TextMessage(sdk.RoleUser, "hi")},
		Sampling: sdk.Sampling{MaxOutputTokens: &one},
	}
	for _, err := range p.client.Chat(ctx, svc, turn) {
		if err != nil {
			return err
		}
	}
	if err := ui.Wait(ctx, ""); err != nil {
		return err
	}
	return ui.Tell(ctx, hostOf(c.Endpoint)+" accepted the key")
}

func hostOf(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return endpoint
	}
	return u.Host
}
