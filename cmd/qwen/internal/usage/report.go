package usage

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// By says what requests are grouped by.
type By string

// The groupings.
const (
	ByModel      By = "model"
	ByDay        By = "day"
	ByConnection By = "connection"
	ByProvider   By = "provider"
)

// Groupings lists them.
func Groupings() []string {
	return []string{string(ByModel), string(ByDay), string(ByConnection), string(ByProvider)}
}

// A Query says what a report is about.
type Query struct {
	Now   time.Time // days are those of its zone
	Since time.Time // the zero time: from the beginning
	By    By

	// Providers are those whose limits are looked at, if they were used. Plan is the
	// one plan to look at, "" for all; BillingDay as in [WindowOf].
	Providers  []*sdk.Description
	Plan       string
	BillingDay int
}

// A Report is what the ledger of this machine says.
type Report struct {
	Since, Until time.Time
	Total        Group
	Groups       []Group // most requests first, or days in their order
	Days         []Group // the last days, oldest first, those without requests too
	Limits       []LimitUse
	Work
}

// A Group is what some requests add up to.
type Group struct {
	Name      string
	Requests  int64
	Failed    int64 // of the requests; cancelled ones are not
	Estimated int64 // requests whose tokens were estimated
	Duration  time.Duration
	Tokens
	Outcomes map[string]int64
}

func (g *Group) add(s *Sum) {
	g.Requests += s.Requests
	if s.Outcome != OK && s.Outcome != string(sdk.KindCanceled) {
		g.Failed += s.Requests
	}
	if s.Counted == Estimated {
		g.Estimated += s.Requests
	}
	g.Duration += s.Duration
	g.Tokens.add(&s.Tokens)
	if g.Outcomes == nil {
		g.Outcomes = make(map[string]int64)
	}
	g.Outcomes[s.Outcome] += s.Requests
}

// A LimitUse is how much of a limit was used by one connection.
type LimitUse struct {
	Provider   *sdk.Description
	Plan       *sdk.Plan // nil for a limit that holds for every account
	Connection string
	Limit      sdk.Limit
	Window
	Used    int64
	Oldest  time.Time // the earliest request that counts; the zero time if there is none
	Refused int64     // requests that the service refused because an allowance was used up
}

// counts reports whether a service counts such a request against a limit: it had
// begun to answer, as far as can be known here.
func counts(outcome string) bool {
	switch sdk.ErrorKind(outcome) {
	case OK, sdk.KindCanceled, sdk.KindIncomplete, sdk.KindTimeout, sdk.KindProtocol, sdk.KindContentFilter:
		return true
	}
	return false
}

func (u *LimitUse) add(s *Sum) {
	switch {
	case s.Provider != u.Provider.Name || s.Connection != u.Connection || s.Time.Before(u.From):
		return
	case s.Outcome == string(sdk.KindQuota):
		u.Refused += s.Requests
	}
	if !counts(s.Outcome) {
		return
	}
	if u.Oldest.IsZero() || s.Time.Before(u.Oldest) {
		u.Oldest = s.Time
	}
	if u.Limit.Unit == sdk.LimitTokens {
		u.Used += s.Input + s.Output
		return
	}
	u.Used += s.Requests
}

const (
	chartDays = 14

	// recently is how long ago a connection must have been used for its limits to be
	// of interest: the longest window there is, and a little more.
	recently = 35 * 24 * time.Hour
)

// Report adds up.
func (l *Ledger) Report(q Query) (*Report, error) {
	q.Now, q.Since = q.Now.Truncate(time.Millisecond), q.Since.Truncate(time.Millisecond) // as times are kept
	r := &reporter{query: q, groups: map[string]*Group{}, limits: map[account][]*LimitUse{}}
	r.report.Since, r.report.Until = q.Since, q.Now
	r.days = make([]Group, chartDays)
	today := midnight(q.Now)
	cuts := []time.Time{q.Since, q.Now.Add(-recently)}
	for i := range r.days {
		day := today.AddDate(0, 0, i-chartDays+1)
		r.days[i].Name = day.Format(time.DateOnly)
		r.dayStarts = append(r.dayStarts, day)
	}
	cuts = append(cuts, r.dayStarts...)
	for _, d := range q.Providers {
		for _, u := range r.limitsOf(account{provider: d.Name}) {
			cuts = append(cuts, u.From)
		}
	}
	work, err := l.Sums(cuts, q.By == ByDay, r.add)
	if err != nil {
		return nil, err
	}
	return r.finish(work), nil
}

// account is as whom which provider was asked.
type account struct{ provider, connection string }

type reporter struct {
	query     Query
	report    Report
	groups    map[string]*Group
	days      []Group
	dayStarts []time.Time
	limits    map[account][]*LimitUse
}

func (r *reporter) add(s Sum) {
	if !s.Time.Before(r.query.Since) {
		r.report.Total.add(&s)
		r.group(&s).add(&s)
		if i := r.day(s.Time); i >= 0 {
			r.days[i].add(&s)
		}
	}
	if s.Time.Before(r.query.Now.Add(-recently)) {
		return
	}
	a := account{s.Provider, s.Connection}
	limits, ok := r.limits[a]
	if !ok {
		limits = r.limitsOf(a)
		r.limits[a] = limits
	}
	for _, u := range limits {
		u.add(&s)
	}
}

// day returns which of the last days a time is in, -1 for none.
func (r *reporter) day(t time.Time) int {
	for i := len(r.dayStarts) - 1; i >= 0; i-- {
		if !t.Before(r.dayStarts[i]) {
			return i
		}
	}
	return -1
}

func (r *reporter) group(s *Sum) *Group {
	var name string
	switch r.query.By {
	case ByDay:
		name = s.Time.In(r.query.Now.Location()).Format(time.DateOnly)
	case ByConnection:
		name = s.Connection
	case ByProvider:
		name = s.Provider
	default:
		name = s.Model
	}
	g := r.groups[name]
	if g == nil {
		g = &Group{Name: name}
		r.groups[name] = g
	}
	return g
}

// limitsOf returns the limits of an account, with nothing used yet.
func (r *reporter) limitsOf(a account) []*LimitUse {
	i := slices.IndexFunc(r.query.Providers, func(d *sdk.Description) bool { return d.Name == a.provider })
	if i < 0 {
		return nil
	}
	d := r.query.Providers[i]
	var list []*LimitUse
	add := func(plan *sdk.Plan, limits []sdk.Limit) {
		for _, limit := range limits {
			list = append(list, &LimitUse{
				Provider: d, Plan: plan, Connection: a.connection, Limit: limit,
				Window: WindowOf(limit, r.query.Now, r.query.BillingDay),
			})
		}
	}
	add(nil, d.Limits)
	named := slices.ContainsFunc(d.Plans, func(p sdk.Plan) bool { return p.ID == r.query.Plan })
	for i := range d.Plans {
		if !named || d.Plans[i].ID == r.query.Plan {
			add(&d.Plans[i], d.Plans[i].Limits)
		}
	}
	return list
}

func (r *reporter) finish(work Work) *Report {
	report := &r.report
	report.Work = work
	for _, g := range r.groups {
		report.Groups = append(report.Groups, *g)
	}
	slices.SortFunc(report.Groups, func(a, b Group) int {
		if r.query.By == ByDay {
			return strings.Compare(a.Name, b.Name)
		}
		return cmp.Or(cmp.Compare(b.Requests, a.Requests), strings.Compare(a.Name, b.Name))
	})
	for i := range r.days {
		if !r.dayStarts[i].AddDate(0, 0, 1).After(r.query.Since) {
			continue
		}
		report.Days = append(report.Days, r.days[i])
	}
	accounts := make([]account, 0, len(r.limits))
	for a := range r.limits {
		accounts = append(accounts, a)
	}
	slices.SortFunc(accounts, func(a, b account) int {
		return cmp.Or(strings.Compare(a.provider, b.provider), strings.Compare(a.connection, b.connection))
	})
	for _, a := range accounts {
		for _, u := range r.limits[a] {
			report.Limits = append(report.Limits, *u)
		}
	}
	return report
}
