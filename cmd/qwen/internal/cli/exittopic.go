package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// exitCodesTopic is "qwen help exit-codes".
func exitCodesTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "exit-codes",
		Short: "What the exit codes mean",
		Long:  "The exit codes of qwen:\n\n" + exitCodeTable(),
	}
}

// exitCodeTable returns the table of exit codes as text.
func exitCodeTable() string {
	var b strings.Builder
	for _, c := range exitCodes {
		fmt.Fprintf(&b, "%5d  %s\n", c.code, c.meaning)
	}
	return strings.TrimRight(b.String(), "\n")
}
