package cli

import (
	"cmp"
	"slices"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// Limits on silence where neither the user nor the provider says otherwise. A
// connection that is dead is found out long before, so that what is silent for as long
// as this is at work, or hopeless. Twice as long for a model that is known to think.
const (
	defaultFirstByte = 5 * time.Minute
	defaultIdle      = 3 * time.Minute
)

// firstByteTimeout returns how long an answer may take to begin.
func (c *connection) firstByteTimeout(request *sdk.ChatRequest) time.Duration {
	return cmp.Or(c.config.Options.Timeout, c.description().FirstByteTimeout, c.patience(request)*defaultFirstByte)
}

// idleTimeout returns how long an answer may pause.
func (c *connection) idleTimeout(request *sdk.ChatRequest) time.Duration {
	return cmp.Or(c.config.Options.IdleTimeout, c.description().IdleTimeout, c.patience(request)*defaultIdle)
}

// patience returns by how much the usual limits are multiplied.
func (c *connection) patience(request *sdk.ChatRequest) time.Duration {
	model := c.origin(request).Model
	if slices.ContainsFunc(c.about.Models, func(m sdk.Model) bool { return m.ID == model && m.Reasoning }) {
		return 2
	}
	return 1
}
