package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/budget"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/chat"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/usage"
	"github.com/qwen-cli/qwen/sdk"
)

// budgetOf returns the budget of this run, nil if there is none. The configuration of
// the first request decides.
func (a *app) budgetOf(cfg *config.Config) (*budget.Budget, error) {
	if a.budget != nil {
		return a.budget, nil
	}
	o := &cfg.Options
	b := &budget.Budget{
		Run: limitOf(cfg, o.MaxRequests, "max-requests", o.MaxTokensTotal, "max-tokens-total"),
		Day: limitOf(cfg, o.RequestsPerDay, "requests-per-day", o.TokensPerDay, "tokens-per-day"),
	}
	switch {
	case b.Run.Amount == budget.Amount{} && b.Day.Amount == budget.Amount{}:
		return nil, nil
	case b.Day.Amount != budget.Amount{}:
		if !o.Usage || cfg.StateRoot.Text == "" {
			return nil, errNoLedger(cfg)
		}
		b.Ledger = usage.New(cfg.StateRoot.Text)
	}
	a.budget = b
	return b, nil
}

// limitOf returns a limit, and what sets it.
func limitOf(cfg *config.Config, requests int64, requestsKey string, tokens int64, tokensKey string) budget.Limit {
	return budget.Limit{
		Amount:     budget.Amount{Requests: requests, Tokens: tokens},
		RequestsBy: cfg.Get(requestsKey).Source.String(), TokensBy: cfg.Get(tokensKey).Source.String(),
	}
}

// errNoLedger says why a budget for the day cannot be kept.
func errNoLedger(cfg *config.Config) error {
	e := sdk.Errorf(sdk.KindConfig, "a budget for the day needs the count of requests, and that is off (%s)", cfg.Get("usage").Source)
	if cfg.StateRoot.Text == "" {
		e = sdk.Errorf(sdk.KindConfig, "a budget for the day needs the count of requests, and there is no home directory for it")
		return e.WithHint("Set QWEN_HOME to a directory of your own, or take the budget away.")
	}
	return e.WithHint("Switch it on, or take the budget away.")
}

// spent returns the error of a request after which there is none left to ask somebody
// else with, nil if there is.
func (a *app) spent(failed *sdk.Error) error {
	if a.budget == nil {
		return nil
	}
	reason := a.budget.Spent()
	if reason == nil {
		return nil
	}
	e := *failed
	e.Hint = strings.TrimSpace(fmt.Sprintf("%s Nobody else was asked: %v. %s", e.Hint, reason, sdk.AsError(reason).Hint))
	return &e
}

// A purse keeps a turn within the budget.
type purse struct {
	budget *budget.Budget
	books  *bookkeeper
}

// hold makes a turn keep the budget.
func (p *purse) hold(o *chat.Options) {
	o.Allow, o.Arrived = p.allow, p.arrived
	sent := o.Sent
	o.Sent = func(a chat.Attempt) {
		sent(a)
		tokens, _ := p.books.tokens(a)
		p.budget.Took(tokens.Input + tokens.Output)
	}
}

func (p *purse) allow(ctx context.Context, request *sdk.ChatRequest) error {
	return p.budget.Allow(ctx, estimateInput(request))
}

// arrived counts what arrives of an answer.
func (p *purse) arrived(e sdk.Event) error {
	if d, ok := e.(*sdk.Delta); ok {
		return p.budget.Add(d.Text)
	}
	return nil
}
