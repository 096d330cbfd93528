package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/profile"
)

func (a *app) authUseCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "use NAME",
		Short: "Choose which login is used from now on",
		Long: `Choose which login is used from now on. NAME is one of those that "qwen auth
list" shows. A variable or a settings file that names another provider, or
holds a key, still wins; then this says so. For a single call: --profile NAME.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			id, err := profile.Pick(a.loginIDs(ctx), args[0])
			if err == nil {
				return a.useLogin(ctx, id)
			}
			if s := a.findService(ctx, args[0]); s != nil {
				return a.use(ctx, connectionOf(*s), args[0])
			}
			return a.withServices(ctx, err)
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return profile.Names(a.loginIDs(cmd.Context())), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// useLogin makes a stored login the connection in use.
func (a *app) useLogin(ctx context.Context, id credstore.ID) error {
	return a.use(ctx, profile.Connection{ID: id}, a.loginName(ctx, id))
}

// use makes c the connection in use, and says what keeps it from being used.
func (a *app) use(ctx context.Context, c profile.Connection, name string) error {
	if err := a.profiles().SetCurrent(c); err != nil {
		return err
	}
	reasons := a.obstacles(ctx, c)
	if len(reasons) == 0 {
		a.say("In use from now on: %s.", name)
		return nil
	}
	for _, reason := range reasons {
		a.note("%q is not used while %s", name, reason)
	}
	a.say("For a single call: --profile %s.", name)
	return nil
}

// obstacles says, each as a clause, what makes a plain prompt in this directory
// go elsewhere although c is the connection in use.
func (a *app) obstacles(ctx context.Context, c profile.Connection) []string {
	if name := a.getenv(profileEnv); name != "" {
		return []string{fmt.Sprintf("%s in the environment names %q", profileEnv, name)}
	}
	cfg, err := a.resolveWith(quietly(ctx), nil, nil)
	if err != nil {
		return []string{"this stands: " + err.Error()}
	}
	if cfg.Provider.Source.Kind == config.FromStored && cfg.Provider.Text == c.Provider {
		return nil
	}
	var list []string
	if p := cfg.Provider; p.Text != c.Provider && p.Source.Kind != config.FromInference {
		list = append(list, p.Source.String()+" names the provider "+p.Text)
	}
	if cfg.Key.Text != "" {
		list = append(list, cfg.Key.Source.String()+" holds a key")
	}
	if e := cfg.ChosenEndpoint(); e != "" && cfg.Endpoint.Source.Kind != config.FromStored && !sameEndpoint(e, c.Endpoint) {
		list = append(list, cfg.Endpoint.Source.String()+" names another endpoint")
	}
	return list
}
