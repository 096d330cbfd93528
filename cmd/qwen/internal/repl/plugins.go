package repl

import (
	"context"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
)

// plugins shows the provider plugins.
func (c *Chat) plugins(ctx context.Context, _ string) error {
	rows := [][]string{{"NAME", "VERSION", "FROM", "STATUS", "WHAT IT IS"}}
	for _, p := range c.Backend.Plugins(ctx) {
		rows = append(rows, []string{p.Name, p.Version, p.From, p.Status, c.Backend.Clean(p.Summary)})
	}
	c.Front.Say(front.Entry{Kind: front.Report, Text: table(withoutEmpty(rows))})
	return nil
}
