package repl

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/chat"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/sdk"
)

// stats counts what a chat has used since it began.
type stats struct {
	models []modelStats // in the order in which they were first asked
}

// modelStats counts what one model was asked.
type modelStats struct {
	name     string
	turns    int
	requests int
	failed   int
	usage    sdk.Usage
	waited   time.Duration
	cost     money
}

func (s *stats) add(c *Chat, r *chat.Result) {
	name := c.modelName()
	if r.Message.Origin != nil && r.Message.Origin.Model != "" {
		name = r.Message.Origin.Model
	}
	i := slices.IndexFunc(s.models, func(m modelStats) bool { return m.name == name })
	if i < 0 {
		i = len(s.models)
		s.models = append(s.models, modelStats{name: name})
	}
	m := &s.models[i]
	m.turns++
	m.requests += r.Attempts
	m.waited += r.Timing.Total
	if r.Err != nil {
		m.failed++
	}
	if u := r.Usage; u != nil {
		m.usage.InputTokens += u.InputTokens
		m.usage.OutputTokens += u.OutputTokens
		m.usage.CacheReadTokens += u.CacheReadTokens
		m.usage.ReasoningTokens += u.ReasoningTokens
		m.cost = m.cost.plus(c.price(name, u))
	}
}

// showStats shows what this chat has used.
func (c *Chat) showStats(context.Context, string) error {
	if len(c.stats.models) == 0 {
		c.note("Nothing was asked yet.")
		return nil
	}
	rows := [][]string{{"MODEL", "TURNS", "REQUESTS", "FAILED", "INPUT", "CACHED", "OUTPUT", "THOUGHT", "WAITED", "COST"}}
	for _, m := range c.stats.models {
		rows = append(rows, []string{
			c.Backend.Clean(m.name), fmt.Sprint(m.turns), fmt.Sprint(m.requests), number(int64(m.failed)),
			front.Count(m.usage.InputTokens), number(m.usage.CacheReadTokens), front.Count(m.usage.OutputTokens),
			number(m.usage.ReasoningTokens), seconds(m.waited), m.cost.String(),
		})
	}
	c.Front.Say(front.Entry{Kind: front.Report, Text: table(withoutEmpty(rows))})
	return nil
}

// number is [front.Count], with nothing for zero.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return front.Count(n)
}

// withoutEmpty empties the headings of columns that have nothing below.
func withoutEmpty(rows [][]string) [][]string {
	for i := range rows[0] {
		if !slices.ContainsFunc(rows[1:], func(row []string) bool { return row[i] != "" }) {
			rows[0][i] = ""
		}
	}
	return rows
}

// money is an amount in one currency.
type money struct {
	currency string
	amount   float64
}

// plus adds; amounts in different currencies do not add up, and the first stays.
func (m money) plus(n money) money {
	if m.currency == "" {
		return n
	}
	if m.currency == n.currency {
		m.amount += n.amount
	}
	return m
}

func (m money) String() string {
	if m.currency == "" {
		return ""
	}
	return strings.TrimSpace(fmt.Sprintf("%.4f %s", m.amount, m.currency))
}

// price returns what a request has cost, by the prices that the provider declares.
func (c *Chat) price(model string, u *sdk.Usage) money {
	p := c.models.get(model).Price
	if p == nil {
		return money{}
	}
	return money{currency: p.Currency, amount: p.Cost(u)}
}

// cost says what a turn has cost, "" if that is not known.
func (c *Chat) cost(r *chat.Result) string {
	if r.Usage == nil || r.Message.Origin == nil {
		return ""
	}
	return c.price(r.Message.Origin.Model, r.Usage).String()
}
