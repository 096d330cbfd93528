package cli

import (
	"github.com/qwen-cli/qwen/cmd/qwen/internal/chat"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/render"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/retry"
)

// retryPolicy says how often and for how long a request is sent again.
func retryPolicy(o *config.Options) retry.Policy {
	return retry.Policy{Max: o.MaxRetries, Budget: o.RetryBudget}
}

// showRetry returns what tells of each request after the first. Where that cannot
// be shown, nobody waits for the answer either.
func showRetry(r render.Renderer) func(chat.Retry) error {
	return func(again chat.Retry) error { return r.Retry(render.Retry(again)) }
}
