package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/profile"
	"github.com/qwen-cli/qwen/sdk"
)

func (a *app) authUseCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "use NAME",
		Short: "Choose which stored login is used from now on",
		Long: `Choose which stored login is used from now on. NAME is one of those that "qwen
auth list" shows. A variable or a settings file that names another provider, or
holds a key, still wins; then this says so. For a single call: --profile NAME.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			id, err := a.findLogin(ctx, args[0])
			if err != nil {
				return err
			}
			return a.use(ctx, id)
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return profile.Names(a.loginIDs(cmd.Context())), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// findLogin returns the stored login of that name.
func (a *app) findLogin(ctx context.Context, name string) (credstore.ID, error) {
	id, err := profile.Pick(a.loginIDs(ctx), name)
	if err == nil {
		return id, nil
	}
	cfg, cfgErr := a.resolveWith(ctx, nil, nil)
	if cfgErr != nil {
		return id, err
	}
	for _, s := range cfg.Services {
		if serviceName(s) == name && len(s.Models) > 0 {
			return id, sdk.Errorf(sdk.KindConfig, "%q is no login but an entry in %s", name, s.Source.File).
				WithHint("It is used for the models that it names: qwen --model %s.", s.Models[0])
		}
	}
	return id, err
}

// use makes a login the one in use, and says what keeps it from being used.
func (a *app) use(ctx context.Context, id credstore.ID) error {
	if err := a.profiles().SetCurrent(id); err != nil {
		return err
	}
	reasons := a.obstacles(ctx, id)
	if len(reasons) == 0 {
		a.say("In use from now on: %s.", a.loginName(ctx, id))
		return nil
	}
	for _, reason := range reasons {
		a.note("this login is not used while %s", reason)
	}
	a.say("For a single call: --profile %s.", a.loginName(ctx, id))
	return nil
}

// obstacles says, each as a clause, what makes a plain prompt in this directory
// go elsewhere although id is the login in use.
func (a *app) obstacles(ctx context.Context, id credstore.ID) []string {
	cfg, err := a.resolveWith(ctx, nil, nil)
	if err != nil {
		return []string{"this stands: " + err.Error()}
	}
	var list []string
	if p := cfg.Provider; p.Text != id.Provider && p.Source.Kind != config.FromInference {
		list = append(list, p.Source.String()+" names the provider "+p.Text)
	}
	if cfg.Key.Text != "" {
		list = append(list, cfg.Key.Source.String()+" holds a key")
	}
	if e := cfg.ChosenEndpoint(); e != "" && cfg.Endpoint.Source.Kind != config.FromStored && !sameEndpoint(e, id.Endpoint) {
		list = append(list, cfg.Endpoint.Source.String()+" names another endpoint")
	}
	return list
}
