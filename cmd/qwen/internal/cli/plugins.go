package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/pluginhost"
)

func (a *app) pluginsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plugins",
		Short: "Show the provider plugins",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.pluginsListCommand())
	return cmd
}

func (a *app) pluginsListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the provider plugins, built-in and installed",
		Long: `List every provider plugin that was found, also those that cannot be used and why.

Plugins of third parties are executables called qwen-provider-NAME in
~/.qwen/plugins or in the directory that QWEN_PLUGIN_DIR names. They are started
for a moment, to say what they are. The working directory and PATH are never
searched.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			candidates := a.host.Candidates()
			a.host.Describe(cmd.Context(), candidates)
			if asJSON {
				return a.printJSON(pluginsJSON(candidates))
			}
			return a.printPlugins(cmd.Context(), candidates)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (a *app) printPlugins(_ context.Context, candidates []*pluginhost.Candidate) error {
	rows := [][]string{{"NAME", "VERSION", "FROM", "STATUS", "WHAT IT IS"}}
	for _, c := range candidates {
		j := pluginJSONOf(c)
		what := j.Summary
		if c.Reason != "" {
			what = c.Reason
		}
		rows = append(rows, []string{c.Name, j.Version, from(c), string(c.Status), what})
	}
	if err := a.printTable(rows); err != nil {
		return err
	}
	for _, dir := range a.pluginDirs() {
		if _, err := fmt.Fprintf(a.streams.Err, "looked in %s\n", dir.Path); err != nil {
			return err
		}
	}
	return nil
}

func from(c *pluginhost.Candidate) string {
	if c.Path == "" {
		return c.Origin
	}
	return c.Path
}

// pluginJSON is a plugin in JSON output.
type pluginJSON struct {
	Name         string   `json:"name"`
	Status       string   `json:"status"`
	Reason       string   `json:"reason,omitempty"`
	Origin       string   `json:"origin"`
	Path         string   `json:"path,omitempty"`
	Version      string   `json:"version,omitempty"`
	DisplayName  string   `json:"display_name,omitempty"`
	Summary      string   `json:"summary,omitempty"`
	Capabilities []string `json:"capabilities,omitempty"`
	LoginMethods []string `json:"login_methods,omitempty"`
	Hosts        []string `json:"hosts,omitempty"`
}

func pluginJSONOf(c *pluginhost.Candidate) pluginJSON {
	j := pluginJSON{Name: c.Name, Status: string(c.Status), Reason: c.Reason, Origin: c.Origin, Path: c.Path}
	d := c.Description
	if d == nil {
		return j
	}
	j.Version, j.DisplayName, j.Summary = d.Version, d.DisplayName, d.Summary
	j.Capabilities, j.Hosts = d.Capabilities, d.Hosts
	for _, m := range d.LoginMethods {
		j.LoginMethods = append(j.LoginMethods, m.ID)
	}
	if j.Summary == "" {
		j.Summary = d.DisplayName
	}
	j.Summary = strings.TrimSpace(j.Summary)
	return j
}

func pluginsJSON(candidates []*pluginhost.Candidate) []pluginJSON {
	list := make([]pluginJSON, 0, len(candidates))
	for _, c := range candidates {
		list = append(list, pluginJSONOf(c))
	}
	return list
}
