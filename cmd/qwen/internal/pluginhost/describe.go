package pluginhost

import (
	"context"
	"sync"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/client"
)

// Describe fills in the descriptions of candidates that can be used, by starting
// those that are not built in. One that fails becomes [StatusBroken].
func (h *Host) Describe(ctx context.Context, candidates []*Candidate) {
	var wg sync.WaitGroup
	limit := make(chan struct{}, 4) // processes at once
	for _, c := range candidates {
		if c.Status != StatusOK || c.Description != nil {
			continue
		}
		wg.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			h.describe(ctx, c)
		})
	}
	wg.Wait()
}

func (h *Host) describe(ctx context.Context, c *Candidate) {
	process, err := client.Spawn(h.options(h.path(c)))
	if err == nil {
		defer process.Close()
		_, err = connect(ctx, c, process)
	}
	if err != nil {
		c.Status, c.Reason = StatusBroken, sdk.AsError(err).Message
	}
}
