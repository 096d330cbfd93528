package cli

import (
	"cmp"
	"context"
	"net/url"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/chat"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/usage"
	"github.com/qwen-cli/qwen/sdk"
)

// A bookkeeper enters requests into the usage ledger: when the answer has been
// shown, or before a wait, so that nobody waits for it. What fails is told once and
// does the answer no harm.
type bookkeeper struct {
	app        *app
	connection *connection
	request    *sdk.ChatRequest
	sent       []chat.Attempt // to be entered
}

// attempt notes a request that is over.
func (b *bookkeeper) attempt(a chat.Attempt) { b.sent = append(b.sent, a) }

// retrying returns what tells of a retry, and then enters the request before it.
func (b *bookkeeper) retrying(tell func(chat.Retry) error) func(chat.Retry) error {
	return func(r chat.Retry) error {
		defer b.enter()
		return tell(r)
	}
}

// enter appends what was noted to the ledger.
func (b *bookkeeper) enter() {
	cfg := b.connection.config
	if len(b.sent) == 0 || !cfg.Options.Usage {
		return
	}
	key := b.key()
	records := make([]usage.Record, 0, len(b.sent))
	for _, attempt := range b.sent {
		records = append(records, b.record(key, attempt))
	}
	b.sent = nil
	if cfg.StateRoot.Text == "" {
		b.app.noteOnce("not counted for \"qwen usage\": there is no home directory; set QWEN_HOME, or QWEN_USAGE=off")
		return
	}
	if err := usage.New(cfg.StateRoot.Text).Append(records...); err != nil {
		b.app.noteOnce("not counted for \"qwen usage\": %v; QWEN_USAGE=off stops trying", err)
		return
	}
	if b.app.budget != nil {
		_ = b.app.budget.Entered(context.Background()) // a claim that stays counts twice today, at worst
	}
}

// key returns what the requests of this run have in common.
func (b *bookkeeper) key() usage.Key {
	origin := b.connection.origin(b.request)
	key := usage.Key{Connection: b.app.connectionName(b.connection), Provider: origin.Provider}
	if u, err := url.Parse(origin.Endpoint); err == nil {
		key.Host = u.Host
	}
	return key
}

// connectionName names as whom a service is asked: by the login's name, else by
// where its key comes from. It is asked when the run may be cancelled already.
func (a *app) connectionName(c *connection) string {
	cfg := c.config
	switch {
	case c.stored != nil:
		return a.loginName(context.Background(), *c.stored)
	case cfg.Stored != nil && cfg.Stored.Service != nil:
		return cfg.Stored.Label
	case cfg.Key.Text != "":
		return cmp.Or(cfg.Key.Source.Name, "a key")
	}
	return "no key"
}

func (b *bookkeeper) record(key usage.Key, attempt chat.Attempt) usage.Record {
	key.Model = b.app.clean(attempt.Model)
	key.Outcome = cmp.Or(string(attempt.Kind), usage.OK)
	r := usage.Record{Time: attempt.Began, Duration: attempt.Duration, Key: key}
	r.Tokens, r.Counted = b.tokens(attempt)
	return r
}

// tokens returns how many tokens a request took: by the service's own count, if
// there is one, else by what was sent and what arrived. What was refused took none.
func (b *bookkeeper) tokens(a chat.Attempt) (usage.Tokens, usage.Counted) {
	if u := a.Usage; u != nil && u.InputTokens+u.OutputTokens > 0 {
		t := usage.Tokens{Input: u.InputTokens, Output: u.OutputTokens, Cached: u.CacheReadTokens, Reasoning: u.ReasoningTokens}
		if u.Estimated {
			return t, usage.Estimated
		}
		return t, usage.Reported
	}
	if a.Kind != "" && len(a.Parts) == 0 {
		return usage.Tokens{}, usage.NotCounted
	}
	t := usage.Tokens{Input: estimateInput(b.request)}
	t.Output, t.Reasoning = estimate(a.Parts)
	return t, usage.Estimated
}

// estimateInput guesses the tokens of what is sent.
func estimateInput(r *sdk.ChatRequest) (tokens int64) {
	for _, m := range r.Messages {
		text, _ := estimate(m.Parts)
		tokens += text
	}
	return tokens
}

// estimate guesses the tokens of all texts, and of the thoughts among them.
func estimate(parts []sdk.Part) (all, reasoning int64) {
	for _, p := range parts {
		switch p := p.(type) {
		case *sdk.Text:
			all += usage.Estimate(p.Text)
		case *sdk.Refusal:
			all += usage.Estimate(p.Text)
		case *sdk.ToolCall:
			all += usage.Estimate(p.Name + p.Arguments)
		case *sdk.Reasoning:
			n := usage.Estimate(p.Text)
			all, reasoning = all+n, reasoning+n
		}
	}
	return all, reasoning
}
