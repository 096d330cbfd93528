package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/sdk"
)

// prepare reads what has to be known even if everything else fails: the form in
// which to report that.
func (a *app) prepare(cmd *cobra.Command) error {
	if f := cmd.Flags().Lookup("output-format"); f != nil && f.Changed {
		a.format = f.Value.String()
	}
	if f := cmd.Flags().Lookup("plain"); f != nil && f.Changed {
		a.plain.Store(f.Value.String() == "true")
	}
	return nil
}

// resolve resolves the configuration, sets up what depends on it and shows what
// it has to say. With an error there may be a configuration for display only.
func (a *app) resolve(cmd *cobra.Command) (*config.Config, error) {
	a.flags = cmd.Flags()
	flags, err := a.secretFlags(configFlags(cmd.Flags()))
	if err != nil {
		return nil, err
	}
	settings, err := settingFlags(cmd.Flags())
	if err != nil {
		return nil, err
	}
	chosen, id, err := a.chosenLogin(cmd.Context(), cmd.Flags())
	if err != nil {
		return nil, err
	}
	a.chosen = id
	cfg, err := a.resolveWith(cmd.Context(), append(flags, settings...), chosen)
	if err != nil {
		a.showNotes(cfg) // a file that was passed over can be the reason
		return cfg, err
	}
	if err := a.checkSettings(cfg, settings); err != nil {
		return nil, err
	}
	a.checkSecretFiles(cmd.Context(), cfg.SecretFiles)
	a.format = cfg.Options.OutputFormat
	a.setColor(cfg)
	a.log.SetLevel(hclog.LevelFromString(cfg.Options.LogLevel))
	a.adopt(cfg)
	return cfg, nil
}

// adopt shows what a configuration has to say, and learns its secrets.
func (a *app) adopt(cfg *config.Config) {
	a.secrets.Add(cfg.Key.Text)
	for _, v := range cfg.Settings {
		if v.Secret {
			a.secrets.Add(v.Text)
		}
	}
	a.showNotes(cfg)
}

func (a *app) showNotes(cfg *config.Config) {
	if cfg == nil {
		return
	}
	for _, note := range cfg.Notes {
		if !note.Minor {
			a.noteOnce("%s", note)
		}
	}
}

// resolveWith resolves the configuration, with the stored login that was asked
// for by name, if one was. If that chooses a third party's provider, the plugin is
// started, because only it knows its settings, and the configuration is resolved
// once more. With an error of the configuration, what there is of it is for
// display only.
func (a *app) resolveWith(ctx context.Context, flags []config.FlagValue, chosen *config.ChosenCredential) (*config.Config, error) {
	input := config.Input{
		Flags:     flags,
		Environ:   a.environ,
		Dir:       a.dir,
		Home:      a.home,
		Providers: a.knownProviders(),
		Stored:    func() []config.StoredCredential { return a.storedLogins(ctx) },
		Chosen:    chosen,
		Trust:     a.folderTrust,
		Consent:   func(e *config.OriginError) error { return a.consent(ctx, e) },
	}
	cfg, err := config.Resolve(input)
	if err != nil {
		return cfg, err
	}
	a.useProxy(cfg)
	i := slices.IndexFunc(input.Providers, func(p config.Provider) bool { return p.Name == cfg.Provider.Text })
	if i < 0 || !input.Providers[i].ThirdParty {
		return cfg, nil
	}
	plugin, err := a.host.Open(ctx, cfg.Provider.Text)
	if err != nil {
		return nil, err
	}
	input.Providers[i] = a.thirdPartySpec(plugin.Description())
	return config.Resolve(input)
}

// description returns what a built-in provider says of itself, nil for others: those
// are not known without starting them.
func (a *app) description(name string) *sdk.Description {
	for _, d := range a.builtin {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// knownProviders lists the providers there are. Of third parties' only the names
// are known before they run. One that may not run is listed as well: whoever asks
// for it is told why.
func (a *app) knownProviders() []config.Provider {
	var list []config.Provider
	known := make(map[string]bool)
	for _, c := range a.host.Candidates() {
		if known[c.Name] {
			continue
		}
		known[c.Name] = true
		if c.Description != nil {
			list = append(list, providerSpec(c.Description))
			continue
		}
		list = append(list, config.Provider{Name: c.Name, ThirdParty: true})
	}
	return list
}

// providerSpec returns what the configuration has to know of a provider.
func providerSpec(d *sdk.Description) config.Provider {
	p := config.Provider{
		Name:            d.Name,
		CredentialEnv:   d.CredentialEnv,
		KeyPrefixes:     d.KeyPrefixes,
		Hosts:           d.Hosts,
		DefaultEndpoint: d.DefaultEndpoint,
		DefaultModel:    d.DefaultModel,
	}
	for _, s := range d.Settings {
		p.Settings = append(p.Settings, config.ProviderSetting{
			Name:        s.Name,
			Help:        s.Description,
			Type:        config.Type(s.Type),
			Env:         s.Env,
			Default:     s.Default,
			Enum:        s.Enum,
			Secret:      s.Secret,
			ProjectSafe: s.ProjectSafe,
		})
	}
	return p
}

// thirdPartySpec is providerSpec for a plugin that did not come with the program.
// It may read variables that bear its name, ACME_KEY for acme, and no others: it
// could ask for anybody's key.
func (a *app) thirdPartySpec(d *sdk.Description) config.Provider {
	p := providerSpec(d)
	p.ThirdParty = true
	p.CredentialEnv = a.ownVariables(d.Name, p.CredentialEnv)
	for i := range p.Settings {
		p.Settings[i].Env = a.ownVariables(d.Name, p.Settings[i].Env)
	}
	return p
}

// ownVariables returns the variables that bear the plugin's name, and tells about
// others that are set.
func (a *app) ownVariables(plugin string, names []string) []string {
	own := strings.ToUpper(strings.ReplaceAll(plugin, "-", "_")) + "_"
	var list []string
	for _, name := range names {
		if strings.HasPrefix(name, own) {
			list = append(list, name)
		} else if a.getenv(name) != "" {
			a.noteOnce("%s is not given to the plugin %s: it may read only variables that begin with %s", name, plugin, own)
		}
	}
	return list
}

// store returns the credential store.
func (a *app) store() *credstore.Vault {
	return credstore.New(a.root, credstore.Options{
		Mode:      a.credentialMode,
		NoKeyring: credstore.KeyringAbsence(runtime.GOOS, a.getenv, pathExists),
	})
}

// credentialMode returns where the user wants credentials to be stored. No
// project has a say in that, so that its files are not even read. What is wrong
// elsewhere in the configuration does not matter, unless it could hide the answer.
func (a *app) credentialMode() (credstore.Mode, error) {
	cfg, err := config.Resolve(config.Input{Environ: a.environ, Home: a.home, Providers: a.knownProviders()})
	var wrong *config.Error
	if errors.As(err, &wrong) && strings.HasPrefix("security.credentialStore", wrong.Key) {
		return "", err
	}
	switch mode := credstore.Mode(cfg.Get(config.KeyCredentialStore).Text); mode {
	case credstore.ModeFile, credstore.ModeKeyring, credstore.ModeAuto:
		return mode, nil
	}
	return "", err
}

func pathExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// storedLogins lists the logins there are, for the configuration.
func (a *app) storedLogins(ctx context.Context) []config.StoredCredential {
	var list []config.StoredCredential
	if s, ok := a.currentService(); ok {
		list = append(list, serviceCredential(s))
	}
	for _, id := range a.loginIDs(ctx) {
		list = append(list, a.storedCredential(ctx, id))
	}
	return list
}

// storedFor returns the login to use for a provider at an endpoint: one that
// belongs to this endpoint, else, if none was named, the one in use.
func (a *app) storedFor(ctx context.Context, provider, endpoint string) (credstore.ID, bool) {
	for _, id := range a.loginIDs(ctx) {
		if id.Provider == provider && (endpoint == "" || sameEndpoint(id.Endpoint, endpoint)) {
			return id, true
		}
	}
	return credstore.ID{}, false
}

func sameEndpoint(a, b string) bool {
	return strings.TrimRight(a, "/") == strings.TrimRight(b, "/")
}

// keyFlag is the one flag that takes a secret.
const keyFlag = "--openai-api-key"

// secretFlags replaces a key given as "-" or "@FILE" by what standard input or
// the file holds. A key on the command line itself is taken, with a warning:
// others can read it there.
func (a *app) secretFlags(flags []config.FlagValue) ([]config.FlagValue, error) {
	i := slices.IndexFunc(flags, func(f config.FlagValue) bool { return f.Key == config.KeyAPIKey })
	if i < 0 {
		return flags, nil
	}
	text, err := a.secretFlag(keyFlag, flags[i].Text, "OPENAI_API_KEY or "+keyFlag+" @FILE")
	if err != nil {
		return nil, err
	}
	flags[i].Text = text
	return flags, nil
}

// maxKey bounds a key read from a file or from standard input, in bytes.
const maxKey = 64 << 10

// secretFlag returns the secret that a flag gives or points to; instead names what
// is better than a key on the command line.
func (a *app) secretFlag(flag, text, instead string) (string, error) {
	path, isFile := strings.CutPrefix(text, "@")
	var data []byte
	var err error
	switch {
	case isFile:
		data, err = a.readPipe(path, maxKey)
	case text != "-":
		a.secrets.Add(text)
		a.note("other users of this machine can see a key on the command line; use %s", instead)
		return text, nil
	case a.stdinUsed:
		err = errors.New("standard input already held the prompt")
	case a.streams.In.Terminal:
		err = errors.New("pipe the key in, or use @FILE")
	default:
		data, err = a.stdin(maxKey)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		return "", &usageError{message: fmt.Sprintf("%s: %v", flag, err)}
	}
	return trimFile(data), err
}

// trimFile removes what a file has around its only value: white space, and the byte
// order mark that editors on Windows write.
func trimFile(data []byte) string {
	return strings.TrimSpace(strings.TrimPrefix(string(data), "\ufeff"))
}
