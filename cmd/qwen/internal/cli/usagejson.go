package cli

import (
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/usage"
)

// usageJSON is a report in JSON output.
type usageJSON struct {
	Since  *time.Time       `json:"since"` // null: from the beginning
	Until  time.Time        `json:"until"`
	Scope  string           `json:"scope"`
	By     string           `json:"by"`
	Total  usageGroupJSON   `json:"total"`
	Groups []usageGroupJSON `json:"groups"`
	Limits []usageLimitJSON `json:"limits"`
}

type usageGroupJSON struct {
	Name            string           `json:"name,omitempty"`
	Requests        int64            `json:"requests"`
	Failed          int64            `json:"failed"`
	InputTokens     int64            `json:"input_tokens"`
	OutputTokens    int64            `json:"output_tokens"`
	CachedTokens    int64            `json:"cached_tokens"`
	ReasoningTokens int64            `json:"reasoning_tokens"`
	Estimated       int64            `json:"estimated_requests"` // whose tokens were estimated
	DurationMS      int64            `json:"duration_ms"`
	Outcomes        map[string]int64 `json:"outcomes"`
}

type usageLimitJSON struct {
	Provider      string     `json:"provider"`
	Connection    string     `json:"connection"`
	Plan          string     `json:"plan,omitempty"`
	Unit          string     `json:"unit"`
	Limit         int64      `json:"limit"`
	Used          int64      `json:"used"`
	WindowSeconds int64      `json:"window_seconds"`
	Since         time.Time  `json:"since"`
	ResetsAt      *time.Time `json:"resets_at"` // null: it rolls, or is not known
	Rule          string     `json:"rule,omitempty"`
	Guessed       bool       `json:"guessed,omitempty"` // the window is
	Refused       int64      `json:"refused,omitempty"`
}

func usageReportJSON(r *usage.Report, by string) usageJSON {
	j := usageJSON{
		Since: timeJSON(r.Since), Until: r.Until.Truncate(time.Second), Scope: "this machine", By: by,
		Total: usageGroup(r.Total), Groups: []usageGroupJSON{}, Limits: []usageLimitJSON{},
	}
	for _, g := range r.Groups {
		j.Groups = append(j.Groups, usageGroup(g))
	}
	for i := range r.Limits {
		j.Limits = append(j.Limits, usageLimit(&r.Limits[i]))
	}
	return j
}

// timeJSON returns nil for no time.
func timeJSON(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.Truncate(time.Second)
	return &t
}

func usageGroup(g usage.Group) usageGroupJSON {
	j := usageGroupJSON{
		Name: g.Name, Requests: g.Requests, Failed: g.Failed, InputTokens: g.Input, OutputTokens: g.Output,
		CachedTokens: g.Cached, ReasoningTokens: g.Reasoning, Estimated: g.Estimated,
		DurationMS: g.Duration.Milliseconds(), Outcomes: g.Outcomes,
	}
	if j.Outcomes == nil {
		j.Outcomes = map[string]int64{}
	}
	return j
}

func usageLimit(u *usage.LimitUse) usageLimitJSON {
	j := usageLimitJSON{
		Provider: u.Provider.Name, Connection: u.Connection, Unit: string(u.Limit.Unit), Limit: u.Limit.Amount, Used: u.Used,
		WindowSeconds: int64(u.Limit.Window / time.Second), Since: u.From.Truncate(time.Second), ResetsAt: timeJSON(u.Resets),
		Rule: u.Limit.Resets, Guessed: !u.Known, Refused: u.Refused,
	}
	if u.Plan != nil {
		j.Plan = u.Plan.ID
	}
	return j
}
