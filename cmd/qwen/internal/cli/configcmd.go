package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
)

func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show the configuration, and whom to trust with it",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.configListCommand(), a.configTrustCommand(), a.configUntrustCommand())
	return cmd
}

func (a *app) configListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List every value, where it comes from and what it shadows",
		Long: `List every value that is set, with its source and the values of other sources
that it shadows. Secrets are masked.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.resolve(cmd)
			if cfg == nil {
				return err
			}
			// What is wrong is most easily found in the list of all that there is.
			if asJSON {
				return errors.Join(a.printJSON(cfg.All()), err)
			}
			return errors.Join(a.printTable(configRows(cfg.All())), err)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func configRows(values []config.Value) [][]string {
	rows := [][]string{{"KEY", "VALUE", "SOURCE"}}
	for _, v := range values {
		rows = append(rows, []string{v.Key, v.Display(), v.Source.String()})
		for _, s := range v.Shadows {
			rows = append(rows, []string{"", s.Display(), "shadowed: " + s.Source.String()})
		}
	}
	return rows
}
