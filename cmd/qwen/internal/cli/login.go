package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/sdk"
)

// loginOptions are the options of "qwen auth login".
type loginOptions struct {
	app      *app
	provider string
	method   string
	region   string
	profile  string
	withKey  bool
	noVerify bool
}

func (a *app) authLoginCommand() *cobra.Command {
	o := &loginOptions{app: a}
	cmd := &cobra.Command{
		Use:   "login [PROVIDER]",
		Short: "Sign in to a provider and store the login",
		Long: `Sign in to a provider: in the browser, or with an API key that is asked for
without echo. The login is stored in a file that only you can read.

Without a terminal, pipe the key in: qwen auth login openai --with-key <key.txt`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.provider = args[0]
			}
			return o.run(cmd)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return a.host.Names(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&o.withKey, "with-key", false, "read the key from standard input")
	flags.BoolVar(&o.noVerify, "no-verify", false, "store the login without trying it")
	flags.StringVar(&o.method, "method", "", "way to sign in, for a provider that has several")
	flags.StringVar(&o.region, "region", "", "region, for a provider that has several")
	flags.StringVar(&o.profile, "profile", "", "name for this login, to keep several of one provider")
	return cmd
}

func (o *loginOptions) run(cmd *cobra.Command) error {
	a, ctx := o.app, cmd.Context()
	ui, err := o.ui(cmd)
	if err != nil {
		return err
	}
	defer ui.close()
	if o.provider == "" {
		if o.provider, err = a.chooseProvider(ctx, ui); err != nil {
			return err
		}
	}
	plugin, err := a.host.Open(ctx, o.provider)
	if err != nil {
		return err
	}
	credential, err := plugin.Login(ctx, &sdk.LoginRequest{
		Method:     o.method,
		Connection: sdk.Connection{Endpoint: ui.answers[sdk.QuestionEndpoint], Settings: userSettings(a, plugin.Description())},
		Verify:     !o.noVerify,
	}, ui)
	if err != nil {
		return err
	}
	return o.keep(ctx, credential)
}

// keep stores a login and says so.
func (o *loginOptions) keep(ctx context.Context, credential *sdk.Credential) error {
	a := o.app
	id := credstore.ID{Provider: o.provider, Name: o.profile}
	if credential.Kind == sdk.CredentialAPIKey {
		id.Endpoint = credential.Endpoint
	}
	store := a.store()
	unlock, err := store.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer func() { _ = unlock() }()
	notes, err := store.Put(ctx, id, credential)
	if err != nil {
		return err
	}
	for _, n := range notes {
		a.note("%s", string(n))
	}
	path, err := store.Path(id)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stderr, "Signed in to %s. The login is in %s.\n", id, path)
	return err
}

// userSettings returns the provider's settings that the user's own places set: a
// sign-in never follows a project's files.
func userSettings(a *app, d *sdk.Description) map[string]string {
	settings := make(map[string]string)
	for _, s := range d.Settings {
		for _, name := range s.Env {
			if value := a.getenv(name); value != "" {
				settings[s.Name] = value
				break
			}
		}
	}
	return settings
}

// chooseProvider asks which provider to sign in to.
func (a *app) chooseProvider(ctx context.Context, ui *loginUI) (string, error) {
	choice := sdk.Choice{ID: "provider", Label: "Sign in to"}
	for _, d := range a.builtin {
		choice.Options = append(choice.Options, sdk.Option{ID: d.Name, Label: d.DisplayName, Note: d.Name})
	}
	return ui.Choose(ctx, choice)
}

// loginUI asks the person on the terminal, unless flags have answered already.
type loginUI struct {
	app      *app
	prompter *term.Prompter // nil: nobody to ask
	answers  map[string]string
}

var _ sdk.UI = (*loginUI)(nil)

// ui returns what asks the person, with what the flags say filled in.
func (o *loginOptions) ui(cmd *cobra.Command) (*loginUI, error) {
	ui := &loginUI{app: o.app, answers: make(map[string]string)}
	flags, err := o.app.secretFlags(configFlags(cmd.Flags()))
	if err != nil {
		return nil, err
	}
	for _, f := range flags {
		switch f.Key {
		case config.KeyAPIKey:
			ui.answers[sdk.QuestionKey] = f.Text
		case config.KeyEndpoint:
			ui.answers[sdk.QuestionEndpoint] = f.Text
		case config.KeyModel:
			ui.answers[sdk.QuestionModel] = f.Text
		}
	}
	if o.region != "" {
		ui.answers[sdk.QuestionRegion] = o.region
	}
	if o.withKey {
		key, err := o.app.secretFlag("-")
		if err != nil {
			return nil, &usageError{message: "--with-key: " + err.Error()}
		}
		o.app.secrets.Add(key)
		ui.answers[sdk.QuestionKey] = key
	}
	prompter, err := term.OpenTTY()
	if err == nil && o.app.getenv("CI") == "" {
		ui.prompter = prompter
	}
	return ui, nil
}

func (u *loginUI) close() {
	if u.prompter != nil {
		_ = u.prompter.Close()
	}
}

// Tell implements [sdk.UI].
func (u *loginUI) Tell(_ context.Context, text string) error {
	_, err := io.WriteString(u.app.stderr, u.app.clean(text)+"\n")
	return err
}

// ShowCode implements [sdk.UI].
func (u *loginUI) ShowCode(_ context.Context, code sdk.DeviceCode) error {
	url := code.CompleteURL
	if url == "" {
		url = code.URL
	}
	_, err := fmt.Fprintf(u.app.stderr,
		"Open this page on any device and sign in:\n\n  %s\n\nThe page shows or asks for the code:\n\n  %s\n\nEnter it only if you started this sign-in yourself.\n",
		u.app.clean(url), u.app.clean(code.Code))
	return err
}

// Ask implements [sdk.UI].
func (u *loginUI) Ask(ctx context.Context, q sdk.Question) (string, error) {
	if answer, ok := u.answers[q.ID]; ok {
		return answer, nil
	}
	if u.prompter == nil {
		if q.Optional || q.Default != "" {
			return q.Default, nil
		}
		return "", u.refusal(q.ID, q.Label)
	}
	answer, err := u.prompter.Ask(ctx, term.Question{
		Label: q.Label, Help: q.Help, Default: q.Default, Secret: q.Secret, Optional: q.Optional,
	})
	if q.Secret {
		u.app.secrets.Add(answer)
	}
	return answer, u.explain(err)
}

// Choose implements [sdk.UI].
func (u *loginUI) Choose(ctx context.Context, c sdk.Choice) (string, error) {
	if answer, ok := u.answers[c.ID]; ok {
		return answer, nil
	}
	options := make([]term.Option, len(c.Options))
	preset := -1
	for i, o := range c.Options {
		options[i] = term.Option{Label: o.Label, Note: o.Note}
		if o.ID == c.Default {
			preset = i
		}
	}
	if u.prompter == nil {
		return "", u.refusal(c.ID, c.Label)
	}
	i, err := u.prompter.Choose(ctx, c.Label, options, preset)
	if err != nil {
		return "", u.explain(err)
	}
	return c.Options[i].ID, nil
}

// Confirm implements [sdk.UI].
func (u *loginUI) Confirm(ctx context.Context, q sdk.Question) (bool, error) {
	if u.prompter == nil {
		return false, u.refusal(q.ID, q.Label)
	}
	yes, err := u.prompter.Confirm(ctx, q.Label, q.Default == "yes")
	return yes, u.explain(err)
}

// Wait implements [sdk.UI].
func (u *loginUI) Wait(_ context.Context, text string) error {
	if text == "" {
		return nil
	}
	_, err := io.WriteString(u.app.stderr, u.app.clean(text)+"\n")
	return err
}

// explain turns the end of input into an end of the sign-in.
func (u *loginUI) explain(err error) error {
	if errors.Is(err, term.ErrNoAnswer) {
		return context.Canceled
	}
	return err
}

// askFlags says which flag answers a question.
var askFlags = map[string]string{
	sdk.QuestionKey:      "--with-key and pipe the key in",
	sdk.QuestionEndpoint: "--openai-base-url URL",
	sdk.QuestionRegion:   "--region REGION",
	sdk.QuestionModel:    "--model MODEL",
	"provider":           "the provider's name: qwen auth login PROVIDER",
}

// refusal answers a question that nobody can be asked.
func (u *loginUI) refusal(id, label string) error {
	e := sdk.Errorf(sdk.KindCannotAsk, "there is no terminal to ask for the %s", strings.ToLower(label))
	if flag, ok := askFlags[id]; ok {
		return e.WithHint("Give %s.", flag)
	}
	return e
}
