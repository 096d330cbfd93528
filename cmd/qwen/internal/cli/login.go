package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/profile"
	"github.com/qwen-cli/qwen/sdk"
)

// A login is one sign-in, as the command line or the menu describes it.
type login struct {
	app       *app
	provider  string
	preset    string // ID of a service that the provider knows
	method    string
	region    string
	profile   string
	endpoint  string
	model     string
	key       string // as the flag has it: "-", "@FILE" or a key
	withKey   bool
	noVerify  bool
	noBrowser bool
	replace   bool
	allowHTTP bool

	stored credstore.ID // the login, once it is stored
}

// An asker is whom a sign-in talks to.
type asker interface {
	sdk.UI
	canAsk() bool           // somebody can be asked what no flag answers
	tell(text string)       // shows a line
	endWait()               // takes away what is shown while something is waited for
	onCancel(cancel func()) // what to call when the person gives up
}

func (a *app) authLoginCommand() *cobra.Command {
	l := &login{app: a}
	cmd := &cobra.Command{
		Use:   "login [PROVIDER]",
		Short: "Sign in to a provider and store the login",
		Long: `Sign in to a provider: in the browser, or with an API key that is asked for
without echo. The key is tried before it is stored, in a file that only you can
read. PROVIDER can also be a service that a provider knows, such as openrouter.

Without a terminal, give what would be asked: --with-key reads the key from
standard input. A sign-in in the browser prints the address and the code, and
waits; that browser can be on another device.`,
		Example: `  qwen auth login
  qwen auth login qwen-oauth --no-browser
  qwen auth login openrouter --with-key <key.txt
  qwen auth login openai --profile work --openai-base-url https://llm.example.com/v1
  qwen auth login coding-plan --region international --key @key.txt`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				l.provider = args[0]
			}
			return l.command(cmd)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return a.host.Names(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	l.addFlags(cmd.Flags())
	return cmd
}

func (l *login) addFlags(flags *pflag.FlagSet) {
	flags.StringVarP(&l.key, "key", "k", "", "`KEY`: - for standard input, @FILE, or the key itself")
	flags.BoolVar(&l.withKey, "with-key", false, "read the key from standard input, like --key -")
	flags.StringVar(&l.method, "method", "", "way to sign in, for a provider that has several")
	flags.StringVar(&l.region, "region", "", "region, for a provider that has several")
	flags.BoolVar(&l.noVerify, "no-verify", false, "store the login without trying it")
	flags.BoolVar(&l.noBrowser, "no-browser", false, "open no browser; show address and code only")
	flags.BoolVar(&l.replace, "replace", false, "replace a stored login that is damaged")
}

// command takes the rest from the flags that all commands share, and signs in.
func (l *login) command(cmd *cobra.Command) error {
	flags := cmd.Flags()
	l.app.flags = flags
	l.profile = flagText(flags, profileFlag)
	l.model = flagText(flags, "model")
	if url := flagText(flags, "openai-base-url"); url != "" {
		l.endpoint = url
	}
	l.allowHTTP, _ = flags.GetBool("allow-http")
	if err := l.oneKey(flagText(flags, "openai-api-key")); err != nil {
		return err
	}
	return l.run(cmd.Context())
}

// oneKey makes one of the three ways to give a key.
func (l *login) oneKey(openAIKey string) error {
	given := 0
	for _, way := range []struct {
		set   bool
		value string
	}{{l.key != "", l.key}, {l.withKey, "-"}, {openAIKey != "", openAIKey}} {
		if way.set {
			l.key = way.value
			given++
		}
	}
	if given > 1 {
		return &usageError{message: "the key is given more than once", hint: "Use one of --with-key, --key and --openai-api-key."}
	}
	return nil
}

// run signs in and stores the login.
func (l *login) run(ctx context.Context) error {
	if err := l.check(); err != nil {
		return err
	}
	if err := l.app.store().Ready(); err != nil {
		return err // before the person has done all the rest
	}
	ui, err := l.ui()
	if err != nil {
		return err
	}
	defer ui.close()
	if l.provider == "" {
		if err := l.choose(ctx, ui); err != nil {
			return err
		}
	}
	return l.with(ctx, ui)
}

// check finds what is wrong before anything is asked, and resolves the name of a
// service to its provider.
func (l *login) check() error {
	switch l.profile {
	case "":
	case credstore.DefaultName:
		l.profile = ""
	default:
		if err := profile.CheckName(l.profile); err != nil {
			return &usageError{message: "--profile: " + err.Error(), hint: sdk.AsError(err).Hint}
		}
	}
	if l.provider != "" && !slices.Contains(l.app.host.Names(), l.provider) {
		l.findPreset()
	}
	d := l.app.description(l.provider)
	if l.method == "" || d == nil {
		return nil
	}
	var ids []string
	for _, m := range d.LoginMethods {
		ids = append(ids, m.ID)
	}
	if !slices.Contains(ids, l.method) {
		return &usageError{message: fmt.Sprintf("%s cannot be signed in to by %q", l.provider, l.method),
			hint: "Possible: --method " + strings.Join(ids, ", --method ") + "."}
	}
	return nil
}

// findPreset takes the name typed for that of a service which a provider knows.
// If there is none, the host will say that there is no such provider.
func (l *login) findPreset() {
	for _, d := range l.app.builtin {
		for _, p := range d.Presets {
			if p.ID == l.provider {
				l.provider, l.preset = d.Name, p.ID
				if l.endpoint == "" {
					l.endpoint = p.Endpoint
				}
				return
			}
		}
	}
}

// with signs in to the provider through ui.
func (l *login) with(ctx context.Context, ui asker) error {
	a := l.app
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ui.onCancel(cancel)
	if err := l.checkDamaged(ctx, ui, credstore.ID{Provider: l.provider, Name: l.profile}); err != nil {
		return err
	}
	network, err := a.networkFor(l.provider)
	if err != nil {
		return err
	}
	plugin, err := a.host.Open(ctx, l.provider)
	if err != nil {
		return err
	}
	connection := l.connection(plugin.Description(), ui)
	connection.Network = network
	credential, err := plugin.Login(ctx, &sdk.LoginRequest{
		Method:     l.method,
		Connection: connection,
		Verify:     !l.noVerify,
	}, ui)
	ui.endWait()
	if err != nil {
		a.note("not signed in; nothing was stored")
		return err
	}
	a.secrets.Add(credential.Secret.Reveal())
	a.secrets.Add(credential.RefreshToken.Reveal())
	return l.keep(ctx, ui, credential)
}

// checkDamaged asks before a stored login that cannot be read is replaced: it may
// be all that is left of an account.
func (l *login) checkDamaged(ctx context.Context, ui asker, id credstore.ID) error {
	_, err := l.app.store().Get(ctx, id)
	switch {
	case err == nil, errors.Is(err, credstore.ErrNotFound):
		return nil
	case !errors.Is(err, credstore.ErrDamaged):
		return err // it could not be stored either
	}
	if !l.replace && ui.canAsk() {
		ui.tell(err.Error())
		yes, askErr := ui.Confirm(ctx, sdk.Question{ID: "replace", Label: "Replace it by the new login?"})
		if askErr != nil {
			return askErr
		}
		l.replace = yes
	}
	if !l.replace {
		return sdk.AsError(err).WithHint("Repair it or move it away; or replace it: --replace.")
	}
	return l.app.store().Delete(ctx, id)
}

// keep stores the login, makes it the one in use, and says what will come of it.
func (l *login) keep(ctx context.Context, ui asker, credential *sdk.Credential) error {
	a := l.app
	id := normalID(credstore.ID{Provider: l.provider, Name: l.profile})
	if credential.Kind == sdk.CredentialAPIKey {
		id.Endpoint = credential.Endpoint
	}
	if err := l.checkDamaged(ctx, ui, id); err != nil {
		return err
	}
	c := &connection{config: &config.Config{}, about: &sdk.Description{Name: l.provider}, stored: &id}
	if err := a.session(c).Save(ctx, credential); err != nil {
		return err
	}
	path, err := a.store().Path(id)
	if err != nil {
		return err
	}
	id = a.asListed(ctx, id)
	l.stored = id
	a.say("Signed in: %s. The login is in %s.", a.loginName(ctx, id), path)
	return a.useLogin(ctx, id)
}

// asListed returns the ID in the form that the store lists it in.
func (a *app) asListed(ctx context.Context, id credstore.ID) credstore.ID {
	for _, other := range a.loginIDs(ctx) {
		if other.Provider == id.Provider && other.Name == id.Name && sameEndpoint(strings.ToLower(other.Endpoint), strings.ToLower(id.Endpoint)) {
			return other
		}
	}
	return id
}

// userConfig returns what the user's own places say about the provider: a sign-in
// never follows a project's files, so that they are not even read. It is empty if
// something is wrong there; prompts will tell what.
func (l *login) userConfig(d *sdk.Description) *config.Config {
	a := l.app
	spec := providerSpec(d)
	if a.description(d.Name) == nil {
		spec = a.thirdPartySpec(d)
	}
	input := config.Input{
		Flags:     []config.FlagValue{{Key: config.KeyProvider, Text: l.provider}},
		Environ:   a.environ,
		Home:      a.home,
		Providers: []config.Provider{spec},
	}
	if l.allowHTTP {
		input.Flags = append(input.Flags, config.FlagValue{Key: config.KeyAllowHTTP, Text: "true"})
	}
	cfg, err := config.Resolve(input)
	if err != nil {
		return &config.Config{}
	}
	return cfg
}

// connection returns what the provider is told before it asks. An address from the
// user's surroundings counts where nobody can be asked: the key that is piped in is
// for that one.
func (l *login) connection(d *sdk.Description, ui asker) sdk.Connection {
	cfg := l.userConfig(d)
	c := sdk.Connection{Endpoint: l.endpoint, Settings: make(map[string]string)}
	if l.endpoint == "" && l.preset == "" && l.region == "" && !ui.canAsk() {
		c.Endpoint = cfg.ChosenEndpoint()
	}
	for name, value := range cfg.Settings {
		c.Settings[name] = value.Text
	}
	if l.region != "" {
		delete(c.Settings, sdk.QuestionRegion) // the flag is the answer to the question
	}
	return c
}
