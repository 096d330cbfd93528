package cli

import "github.com/spf13/cobra"

func (a *app) authStatusCommand() *cobra.Command {
	return &cobra.Command{Use: "status", Hidden: true, RunE: func(cmd *cobra.Command, _ []string) error { return nil }}
}
