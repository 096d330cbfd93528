package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/sdk"
)

func (a *app) modelsCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "models",
		Short: "List the models that the provider offers",
		Long: `List the models that can be used with the configured provider and credential,
asked of the service itself where it has a list.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.connect(cmd)
			if err != nil {
				return err
			}
			models, err := c.models(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(modelsJSON(models))
			}
			return a.printModels(models)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// models returns the models of a connection: the service's own list, else that
// of the provider's description.
func (c *connection) models(ctx context.Context) ([]sdk.Model, error) {
	if !c.description().Supports(sdk.CapabilityModels) {
		return c.description().Models, nil
	}
	limit := cmp.Or(c.config.Options.Timeout, defaultModels)
	asking, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	models, err := c.askModels(asking)
	if err != nil && ctx.Err() == nil && (asking.Err() != nil || sdk.KindOf(err) == sdk.KindCanceled) {
		// The plugin can notice the end of our patience a moment before we do.
		e := sdk.Errorf(sdk.KindTimeout, "no list of models within %s", limit).
			WithHint("Allow more time with --timeout.")
		e.Provider = c.plugin.Name()
		return nil, e
	}
	return models, err
}

// defaultModels is the longest wait for a list of models.
const defaultModels = 30 * time.Second

// askModels asks the service, with a fresh credential if it refuses the first.
func (c *connection) askModels(ctx context.Context) ([]sdk.Model, error) {
	credential, err := c.credential(ctx)
	if err != nil {
		return nil, err
	}
	request := &sdk.ModelsRequest{Connection: c.sdkConnection(credential)}
	models, err := c.plugin.Models(ctx, request)
	if sdk.KindOf(err) != sdk.KindUnauthenticated {
		return models, err
	}
	fresh, refreshErr := c.rejected(ctx, credential)
	if refreshErr != nil || fresh == nil {
		return nil, err
	}
	request.Connection.Credential = fresh
	return c.plugin.Models(ctx, request)
}

func (a *app) printModels(models []sdk.Model) error {
	rows := [][]string{{"MODEL", "CONTEXT", "INPUT", "NOTE"}}
	for _, m := range models {
		rows = append(rows, []string{m.ID, tokens(m.ContextTokens), strings.Join(m.Input, ", "), m.Note})
	}
	return a.printTable(rows)
}

// tokens returns a number of tokens as people write it: 131072 is 128K.
func tokens(n int64) string {
	switch {
	case n == 0:
		return ""
	case n%1_000_000 == 0:
		return fmt.Sprintf("%dM", n/1_000_000)
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%dM", n>>20)
	case n%1024 == 0:
		return fmt.Sprintf("%dK", n>>10)
	case n%1000 == 0:
		return fmt.Sprintf("%dK", n/1000)
	}
	return fmt.Sprint(n)
}

// modelJSON is a model in JSON output.
type modelJSON struct {
	ID              string   `json:"id"`
	DisplayName     string   `json:"display_name,omitempty"`
	ContextTokens   int64    `json:"context_tokens,omitempty"`
	MaxOutputTokens int64    `json:"max_output_tokens,omitempty"`
	Input           []string `json:"input,omitempty"`
	Reasoning       bool     `json:"reasoning,omitempty"`
	Note            string   `json:"note,omitempty"`
}

func modelsJSON(models []sdk.Model) []modelJSON {
	list := make([]modelJSON, 0, len(models))
	for _, m := range models {
		list = append(list, modelJSON{
			ID: m.ID, DisplayName: m.DisplayName, ContextTokens: m.ContextTokens,
			MaxOutputTokens: m.MaxOutputTokens, Input: m.Input, Reasoning: m.Reasoning, Note: m.Note,
		})
	}
	return list
}
