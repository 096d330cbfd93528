package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/pluginhost"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/profile"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/sdk"
)

func (a *app) authCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "auth",
		Short: "Sign in and out, and see as whom",
		Long: `Sign in and out, and see as whom. On a terminal, "qwen auth" alone shows the
stored logins and the ways to sign in, to pick from.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.authMenu(cmd) },
	}
	cmd.AddCommand(
		a.authLoginCommand(),
		a.authStatusCommand(),
		a.authListCommand(),
		a.authUseCommand(),
		a.authTokenCommand(),
		a.authLogoutCommand(),
	)
	for _, d := range a.builtin {
		cmd.AddCommand(a.authProviderCommand(d))
	}
	return cmd
}

// authProviderCommand is "qwen auth PROVIDER", the established tool's spelling of
// "qwen auth login PROVIDER".
func (a *app) authProviderCommand(d *sdk.Description) *cobra.Command {
	l := &login{app: a, provider: d.Name}
	cmd := &cobra.Command{
		Use:    d.Name,
		Short:  "The same as: qwen auth login " + d.Name,
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE:   func(cmd *cobra.Command, _ []string) error { return l.command(cmd) },
	}
	l.addFlags(cmd.Flags())
	cmd.Flags().StringVarP(&l.endpoint, "base-url", "u", "", "base `URL` of the service")
	return cmd
}

// authMenu lets the person pick a login to use, or a way to sign in.
func (a *app) authMenu(cmd *cobra.Command) error {
	l := &login{app: a}
	ui, err := l.ui()
	if err != nil {
		return err
	}
	defer ui.close()
	if ui.prompter == nil {
		if err := cmd.Help(); err != nil {
			return err
		}
		e := sdk.Errorf(sdk.KindCannotAsk, "there is no terminal to choose on")
		return e.WithHint("Use one of the commands above, such as: qwen auth login openai --with-key <key.txt")
	}
	return l.pick(cmd.Context(), ui, a.loginIDs(cmd.Context()))
}

// connectOrSignIn is connect for somebody who may be here for the first time: they
// are led through the sign-in and on to what they wanted.
func (a *app) connectOrSignIn(cmd *cobra.Command) (*connection, error) {
	c, err := a.connect(cmd)
	if !errors.Is(err, errNotSignedIn) || !a.streams.In.Terminal {
		return c, err
	}
	if err := a.signInFirst(cmd.Context(), err); err != nil {
		return nil, err
	}
	return a.connect(cmd)
}

// withoutPrompt is what "qwen" alone does: somebody who is not signed in wants to
// begin.
func (a *app) withoutPrompt(cmd *cobra.Command) error {
	nothing := &usageError{
		message: errNoPrompt.Error(),
		hint:    "Give one: qwen \"What does EADDRINUSE mean?\", or pipe text in. \"qwen --help\" shows more.",
	}
	if !a.streams.In.Terminal {
		return nothing
	}
	if _, err := a.identify(cmd); !errors.Is(err, errNotSignedIn) {
		return nothing
	} else if err := a.signInFirst(cmd.Context(), err); err != nil {
		return err
	}
	a.say("Now ask something: qwen \"What does EADDRINUSE mean?\"")
	return nil
}

// signInFirst is the menu for somebody who wanted something else and is not
// signed in.
func (a *app) signInFirst(ctx context.Context, why error) error {
	l := &login{app: a}
	ui, err := l.ui()
	if err != nil {
		return err
	}
	defer ui.close()
	if ui.prompter == nil {
		return why
	}
	e := sdk.AsError(why)
	if l.provider = e.Provider; l.provider == "" {
		a.say("No provider is connected yet.")
		return l.pick(ctx, ui, nil)
	}
	a.say("%s: %s.", e.Provider, e.Message)
	return l.with(ctx, ui)
}

// An entry is a line of the menu.
type entry struct {
	option term.Option
	choose func() error
}

// choose asks which provider to sign in to, and how.
func (l *login) choose(ctx context.Context, ui *loginUI) error {
	if ui.prompter == nil {
		return ui.refusal("provider", "which provider to sign in to")
	}
	return l.ask(ctx, ui, "Sign in with", l.methods(ctx, func() error { return nil }), -1)
}

// pick shows the menu: the logins given, then all ways to sign in.
func (l *login) pick(ctx context.Context, ui *loginUI, ids []credstore.ID) error {
	a := l.app
	current := -1
	var entries []entry
	names := profile.Names(ids)
	for i, id := range ids {
		if a.inUse(id) {
			current = i
		}
		j := describeLogin(ctx, a.store(), id)
		entries = append(entries, entry{
			option: term.Option{Label: names[i], Note: loginNote(j, i == current)},
			choose: func() error { return a.useLogin(ctx, id) },
		})
	}
	label := "Use a login, or sign in"
	if len(ids) == 0 {
		label = "Sign in with"
	}
	entries = append(entries, l.methods(ctx, func() error { return l.with(ctx, ui) })...)
	return l.ask(ctx, ui, label, entries, current)
}

// loginNote describes a login beside its name.
func loginNote(j loginJSON, current bool) string {
	parts := []string{j.State, j.Account, hostOf(j.Endpoint)}
	if current {
		parts[0] += ", in use"
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// describePatience bounds how long the menu waits for plugins to say what they
// offer. Built-in ones need not be asked.
const describePatience = 3 * time.Second

// methods lists the ways to sign in of all installed plugins; then does the rest.
func (l *login) methods(ctx context.Context, then func() error) []entry {
	var entries []entry
	for _, c := range l.app.described(ctx) {
		for _, m := range c.Description.LoginMethods {
			entries = append(entries, entry{
				option: term.Option{Label: c.Description.DisplayName, Note: m.Label},
				choose: func() error {
					l.provider, l.method = c.Name, m.ID
					return then()
				},
			})
		}
	}
	return entries
}

// described returns the plugins that can be used and say what they are.
func (a *app) described(ctx context.Context) []*pluginhost.Candidate {
	candidates := a.host.Candidates()
	describe, cancel := context.WithTimeout(ctx, describePatience)
	defer cancel()
	a.host.Describe(describe, candidates)
	return slices.DeleteFunc(candidates, func(c *pluginhost.Candidate) bool {
		return c.Description == nil || c.Status != pluginhost.StatusOK
	})
}

// ask lets the person pick an entry.
func (l *login) ask(ctx context.Context, ui *loginUI, label string, entries []entry, current int) error {
	if len(entries) == 0 {
		return fmt.Errorf("no plugin offers a way to sign in")
	}
	options := make([]term.Option, len(entries))
	for i, e := range entries {
		options[i] = e.option
	}
	i, err := ui.prompter.Pick(ctx, label, options, current)
	if err != nil {
		return ui.explain(err)
	}
	return entries[i].choose()
}
