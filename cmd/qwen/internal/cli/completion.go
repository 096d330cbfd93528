package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
)

// completionPatience bounds how long a completion may ask the service.
const completionPatience = 2 * time.Second

// completeFlags adds what the shell completes after flags.
func (a *app) completeFlags(root *cobra.Command) {
	complete := func(flag string, f cobra.CompletionFunc) {
		if err := root.RegisterFlagCompletionFunc(flag, f); err != nil {
			panic(err) // there is no such flag: a fault in this package
		}
	}
	complete("provider", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return a.host.Names(), cobra.ShellCompDirectiveNoFileComp
	})
	complete("model", func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return a.completeModels(cmd), cobra.ShellCompDirectiveNoFileComp
	})
	complete(fallbackKey, a.completeFallback)
	for _, key := range config.Keys() {
		if key.Flag != "" && len(key.Enum) > 0 && key.Name != "color" {
			complete(key.Flag[len("--"):], cobra.FixedCompletions(key.Enum, cobra.ShellCompDirectiveNoFileComp))
		}
	}
}

// completeModels lists the models of the provider that the command line and the
// configuration name. A completion never reports an error.
func (a *app) completeModels(cmd *cobra.Command) []string {
	ctx, cancel := context.WithTimeout(cmd.Context(), completionPatience)
	defer cancel()
	cmd.SetContext(ctx)
	c, err := a.connect(cmd)
	if err != nil {
		return nil
	}
	models, err := c.models(ctx)
	if err != nil {
		models = c.description().Models
	}
	var ids []string
	for _, m := range models {
		ids = append(ids, m.ID)
	}
	return ids
}
