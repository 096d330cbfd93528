package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/auth"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/pluginhost"
	"github.com/qwen-cli/qwen/sdk"
)

// A connection is a provider, as somebody: what a request needs.
type connection struct {
	config *config.Config
	plugin *pluginhost.Plugin // nil until there is need of it
	about  *sdk.Description
	source auth.Source   // nil: nobody in particular
	stored *credstore.ID // the login, if source is a stored one

	network sdk.Network // to the service
}

// connect finds out as whom to ask whom, and starts the provider's plugin.
func (a *app) connect(cmd *cobra.Command) (*connection, error) {
	a.trusting.mayAsk = true
	c, err := a.identify(cmd)
	if err != nil {
		return nil, err
	}
	a.tellShadowed(cmd.Context(), c)
	return c, a.start(cmd.Context(), c)
}

// start starts the plugin of a connection.
func (a *app) start(ctx context.Context, c *connection) (err error) {
	c.plugin, err = a.host.Open(ctx, c.config.Provider.Text)
	return err
}

// identify resolves the configuration and finds the credential to use. No plugin
// is started, but for one whose settings are not known otherwise.
func (a *app) identify(cmd *cobra.Command) (*connection, error) {
	cfg, err := a.resolve(cmd)
	if err != nil {
		return nil, err
	}
	return a.connectionFor(cmd.Context(), cfg, a.chosen)
}

// connectionFor returns the connection that a configuration describes; chosen is
// the stored login that was asked for by name, nil if none was.
func (a *app) connectionFor(ctx context.Context, cfg *config.Config, chosen *credstore.ID) (*connection, error) {
	if cfg.Provider.Text == "" {
		return nil, errNobody()
	}
	c := &connection{config: cfg, stored: chosen}
	if c.about = a.description(cfg.Provider.Text); c.about == nil {
		plugin, err := a.host.Open(ctx, cfg.Provider.Text) // says why it cannot be used
		if err != nil {
			return nil, err
		}
		c.about = plugin.Description()
	}
	var err error
	if c.network, err = a.network(cfg); err != nil {
		return nil, err
	}
	return c, a.authenticate(ctx, c)
}

// errNotSignedIn marks the errors that a sign-in mends.
var errNotSignedIn = errors.New("not signed in")

// errNobody says that nothing at all is configured.
func errNobody() error {
	e := &sdk.Error{Kind: sdk.KindUnauthenticated, Message: "not signed in: no API key is set and no login is stored", Err: errNotSignedIn}
	return e.WithHint("Set OPENAI_API_KEY (and OPENAI_BASE_URL for another service), or run \"qwen auth login\".")
}

// authenticate finds where the credential of a connection comes from.
func (a *app) authenticate(ctx context.Context, c *connection) error {
	cfg := c.config
	if cfg.Key.Text != "" {
		key := &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: sdk.Secret(cfg.Key.Text)}
		c.source = auth.Static(key, c.about.Name, cfg.Key.Source.String())
		return nil
	}
	if id, ok := a.storedFor(ctx, c.about.Name, cfg.ChosenEndpoint()); ok && cfg.AllowStored && c.stored == nil {
		c.stored = &id
	}
	if c.stored != nil {
		for _, note := range a.store().Repair(*c.stored) {
			a.note("%s", string(note))
		}
		c.source = a.session(c)
		return nil
	}
	if s := cfg.Stored; s != nil && s.Service != nil && len(cfg.KeyEnv) > 0 {
		e := sdk.Errorf(sdk.KindUnauthenticated, "%s, which holds the key of %s, is not set", cfg.KeyEnv[0], s.Label)
		return e.WithHint("Set it, or choose another connection: qwen auth use NAME.")
	}
	if needsCredential(c) {
		return errNoCredential(c)
	}
	return nil
}

// tellShadowed says in one line that a key from the surroundings is used in place
// of a stored login: the two may be billed to different accounts.
func (a *app) tellShadowed(ctx context.Context, c *connection) {
	if id, ok := a.shadowedLogin(ctx, c.config); ok {
		name := a.loginName(ctx, id)
		a.noteOnce("the key of %s is used, not the login %q; to use that: --profile %s", c.config.Key.Source, name, name)
	}
}

// shadowedLogin returns the stored login that would be used if there were no key,
// if the key was not typed in place of it.
func (a *app) shadowedLogin(ctx context.Context, cfg *config.Config) (credstore.ID, bool) {
	if cfg.Key.Text == "" || cfg.Key.Source.Kind == config.FromFlag {
		return credstore.ID{}, false
	}
	id, ok := a.storedFor(ctx, cfg.Provider.Text, cfg.ChosenEndpoint())
	if ok || isMeant(cfg) || cfg.Provider.Source.Kind != config.FromInference {
		return id, ok
	}
	// The key has decided on the provider as well, and an address beside it, on the
	// host: the login in use is elsewhere, which is what has to be told.
	if ids := a.loginIDs(ctx); len(ids) > 0 {
		return ids[0], true
	}
	return credstore.ID{}, false
}

// isMeant reports whether the address that a key goes to was asked for: typed, or
// that of the model's service in a settings file.
func isMeant(cfg *config.Config) bool {
	from := cfg.Endpoint.Source
	return cfg.ChosenEndpoint() != "" && (from.Kind == config.FromFlag || strings.HasPrefix(from.Name, "modelProviders."))
}

// needsCredential reports whether a request without a credential is pointless:
// only a service that the user named may be one that asks for none.
func needsCredential(c *connection) bool {
	d := c.description()
	return len(d.LoginMethods) > 0 && c.config.ChosenEndpoint() == ""
}

func errNoCredential(c *connection) error {
	e := &sdk.Error{Kind: sdk.KindUnauthenticated, Message: "not signed in", Provider: c.about.Name, Err: errNotSignedIn}
	login := "run \"qwen auth login " + c.about.Name + "\""
	if len(c.config.KeyEnv) == 0 {
		return e.WithHint("%s.", strings.ToUpper(login[:1])+login[1:])
	}
	return e.WithHint("Set %s, or %s.", strings.Join(c.config.KeyEnv, " or "), login)
}

// session returns the source for the connection's stored login.
func (a *app) session(c *connection) *auth.Session {
	store := a.store()
	return auth.NewSession(auth.Config{
		ID:         *c.stored,
		Store:      store,
		Locker:     store,
		Refresher:  lazyRefresher{a, c.about.Name},
		Connection: c.sdkConnection(nil),
		Notify:     func(n credstore.Note) { a.note("%s", string(n)) },
	})
}

// A lazyRefresher starts the plugin when a login has to be renewed, and not
// before.
type lazyRefresher struct {
	app  *app
	name string
}

// Token implements [auth.Refresher].
func (r lazyRefresher) Token(ctx context.Context, req *sdk.TokenRequest) (*sdk.Credential, error) {
	plugin, err := r.app.host.Open(ctx, r.name)
	if err != nil {
		return nil, err
	}
	return plugin.Token(ctx, req)
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
	connection := sdk.Connection{Credential: credential, Endpoint: c.config.ChosenEndpoint(), Network: c.network}
	if connection.Endpoint == "" && c.stored != nil {
		connection.Endpoint = c.stored.Endpoint
	}
	if len(c.config.Settings) > 0 {
		connection.Settings = make(map[string]string, len(c.config.Settings))
		for name, value := range c.config.Settings {
			connection.Settings[name] = value.Text
		}
	}
	return connection
}

func (c *connection) description() *sdk.Description { return c.about }

// origin says where a request goes.
func (c *connection) origin(request *sdk.ChatRequest) sdk.Origin {
	d := c.description()
	origin := sdk.Origin{
		Provider: d.Name,
		Endpoint: cmp.Or(request.Connection.Endpoint, d.DefaultEndpoint),
		Model:    request.Model,
	}
	credential := request.Connection.Credential
	if credential != nil && request.Connection.Endpoint == "" {
		origin.Endpoint = cmp.Or(credential.Endpoint, origin.Endpoint)
	}
	if origin.Model == "" {
		origin.Model, _ = usualModel(d, origin.Endpoint, credential)
	}
	return origin
}

// usualModel returns the model that a provider asks if it is told none, and why: the
// one chosen at the sign-in, the one of the service at the endpoint, or its own.
func usualModel(d *sdk.Description, endpoint string, credential *sdk.Credential) (model, why string) {
	if credential != nil && json.Unmarshal(credential.Extra[sdk.ExtraModel], &model) == nil && model != "" {
		return model, "chosen at the sign-in"
	}
	for _, p := range d.Presets {
		if p.DefaultModel != "" && p.DefaultModel != d.DefaultModel && p.Endpoint != "" && hostOf(p.Endpoint) == hostOf(endpoint) {
			return p.DefaultModel, "the usual one of " + p.Label
		}
	}
	return d.DefaultModel, "default"
}
