package cli

import (
	"cmp"
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/auth"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/pluginhost"
	"github.com/qwen-cli/qwen/sdk"
)

// A connection is a running provider, as somebody: what a request needs.
type connection struct {
	config *config.Config
	plugin *pluginhost.Plugin
	source auth.Source  // nil: nobody in particular
	stored credstore.ID // of the login, if source is a stored one
}

// connect resolves the configuration, starts the provider's plugin and finds the
// credential to use.
func (a *app) connect(cmd *cobra.Command) (*connection, error) {
	cfg, err := a.resolve(cmd)
	if err != nil {
		return nil, err
	}
	if cfg.Provider.Text == "" {
		return nil, errNobody()
	}
	ctx := cmd.Context()
	plugin, err := a.host.Open(ctx, cfg.Provider.Text)
	if err != nil {
		return nil, err
	}
	c := &connection{config: cfg, plugin: plugin}
	if c.source, err = a.source(ctx, c); err != nil {
		return nil, err
	}
	return c, nil
}

// errNobody says that nothing at all is configured.
func errNobody() error {
	return sdk.Errorf(sdk.KindUnauthenticated, "not signed in: no API key is set and no login is stored").
		WithHint("Set OPENAI_API_KEY (and OPENAI_BASE_URL for another service), or run \"qwen auth login\".")
}

// source returns where the credential of a connection comes from.
func (a *app) source(ctx context.Context, c *connection) (auth.Source, error) {
	cfg := c.config
	if cfg.Key.Text != "" {
		key := &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: sdk.Secret(cfg.Key.Text)}
		return auth.Static(key, c.plugin.Name(), cfg.Key.Source.String()), nil
	}
	if cfg.AllowStored {
		id, ok := a.storedFor(ctx, c.plugin.Name(), c.config.ChosenEndpoint())
		if ok {
			c.stored = id
			return a.session(c, id), nil
		}
	}
	if needsCredential(c) {
		return nil, errNoCredential(c)
	}
	return nil, nil
}

// needsCredential reports whether a request without a credential is pointless:
// only a service that the user named may be one that asks for none.
func needsCredential(c *connection) bool {
	d := c.description()
	return len(d.LoginMethods) > 0 && c.config.ChosenEndpoint() == ""
}

func errNoCredential(c *connection) error {
	e := sdk.Errorf(sdk.KindUnauthenticated, "not signed in")
	e.Provider = c.plugin.Name()
	login := "run \"qwen auth login " + c.plugin.Name() + "\""
	if len(c.config.KeyEnv) == 0 {
		return e.WithHint("%s.", strings.ToUpper(login[:1])+login[1:])
	}
	return e.WithHint("Set %s, or %s.", strings.Join(c.config.KeyEnv, " or "), login)
}

// session returns the source for a stored login.
func (a *app) session(c *connection, id credstore.ID) auth.Source {
	store := a.store()
	return auth.NewSession(auth.Config{
		ID:         id,
		Store:      store,
		Locker:     store,
		Refresher:  c.plugin,
		Connection: c.sdkConnection(nil),
		Notify:     func(n credstore.Note) { a.note("%s", string(n)) },
	})
}

// credential returns the credential to use now, nil for none.
func (c *connection) credential(ctx context.Context) (*sdk.Credential, error) {
	if c.source == nil {
		return nil, nil
	}
	return c.source.Credential(ctx)
}

// rejected returns another credential in place of one that the service refused.
func (c *connection) rejected(ctx context.Context, failed *sdk.Credential) (*sdk.Credential, error) {
	if _, stored := c.source.(*auth.Session); !stored {
		return nil, nil // the service's own refusal says more
	}
	return c.source.Rejected(ctx, failed)
}

// sdkConnection returns what the plugin is told. The configuration has made sure
// that the credential may go to the endpoint.
func (c *connection) sdkConnection(credential *sdk.Credential) sdk.Connection {
	connection := sdk.Connection{Credential: credential, Endpoint: cmp.Or(c.config.ChosenEndpoint(), c.stored.Endpoint)}
	if len(c.config.Settings) > 0 {
		connection.Settings = make(map[string]string, len(c.config.Settings))
		for name, value := range c.config.Settings {
			connection.Settings[name] = value.Text
		}
	}
	return connection
}

func (c *connection) description() *sdk.Description { return c.plugin.Description() }

// origin says where a request goes.
func (c *connection) origin(request *sdk.ChatRequest) sdk.Origin {
	d := c.description()
	origin := sdk.Origin{
		Provider: d.Name,
		Endpoint: cmp.Or(request.Connection.Endpoint, d.DefaultEndpoint),
		Model:    cmp.Or(request.Model, d.DefaultModel),
	}
	if credential := request.Connection.Credential; credential != nil && request.Connection.Endpoint == "" {
		origin.Endpoint = cmp.Or(credential.Endpoint, origin.Endpoint)
	}
	return origin
}
