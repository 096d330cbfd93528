package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/usage"
	"github.com/qwen-cli/qwen/sdk"
)

// sinceFlag and defaultSince say from when on requests are looked at.
const (
	sinceFlag    = "since"
	sinceHelp    = "from when on: `TIME` such as 7d, 12h, 2w, 2026-11-01, or all"
	defaultSince = "30d"
)

func (a *app) usageCommand() *cobra.Command {
	var since, by string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "usage",
		Short: "Show how many requests and tokens were used",
		Long: `Show how many requests were sent from this machine and how many tokens they
took, and how much of each limit of a plan that is. Requests that were sent from
elsewhere are not in it; the service knows better.

Only numbers and names are kept, in ~/.qwen/usage. QWEN_USAGE=off, or
"usage": {"enabled": false} in the settings file, keeps nothing.`,
		Example: `  qwen usage --since 7d --by day
  qwen usage --json | jq .total
  qwen usage export --since 2026-11-01 > november.csv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.showUsage(cmd, since, by, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().StringVar(&since, sinceFlag, defaultSince, sinceHelp)
	cmd.Flags().StringVar(&by, "by", string(usage.ByModel), "one line for each `WHAT`: "+strings.Join(usage.Groupings(), ", "))
	completeWith(cmd, "by", usage.Groupings())
	completeWith(cmd, sinceFlag, []string{"1d", "7d", "30d", "all"})
	cmd.AddCommand(a.usageExportCommand())
	return cmd
}

// completeWith adds the values of a flag to what the shell completes.
func completeWith(cmd *cobra.Command, flag string, values []string) {
	complete := cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // there is no such flag: a fault in this package
	}
}

func (a *app) showUsage(cmd *cobra.Command, since, by string, asJSON bool) error {
	if err := oneOf("--by", by, usage.Groupings()); err != nil {
		return err
	}
	now := time.Now()
	from, err := parseSince(since, now)
	if err != nil {
		return err
	}
	cfg, err := a.resolve(cmd)
	if err != nil {
		return err
	}
	ledger, err := ledgerOf(cfg)
	if err != nil {
		return err
	}
	report, err := ledger.Report(usage.Query{
		Now: now, Since: from, By: usage.By(by), Providers: a.builtin,
		Plan: cfg.Options.UsagePlan, BillingDay: cfg.Options.BillingDay,
	})
	if err != nil {
		return err
	}
	if report.Damaged > 0 {
		a.note("%d bytes in %s are no records, and were passed over", report.Damaged, ledger.Dir())
	}
	if !cfg.Options.Usage {
		a.note("requests are not counted now (%s)", cfg.Get("usage").Source)
	}
	if plan := cfg.Options.UsagePlan; plan != "" && !a.hasPlan(plan) {
		a.note("no provider has a plan %q (%s): all are shown", plan, cfg.Get("usage-plan").Source)
	}
	if asJSON {
		return a.printJSON(usageReportJSON(report, by))
	}
	return a.printUsage(report, by)
}

// hasPlan reports whether a built-in provider has a plan of that name.
func (a *app) hasPlan(id string) bool {
	return slices.ContainsFunc(a.builtin, func(d *sdk.Description) bool {
		return slices.ContainsFunc(d.Plans, func(p sdk.Plan) bool { return p.ID == id })
	})
}

// ledgerOf returns the ledger, which may be empty.
func ledgerOf(cfg *config.Config) (*usage.Ledger, error) {
	if cfg.StateRoot.Text == "" {
		return nil, &usageError{message: "there is no home directory, and so nothing was counted", hint: "Set QWEN_HOME to a directory of your own."}
	}
	return usage.New(cfg.StateRoot.Text), nil
}

// oneOf refuses a value of a flag that is not among the possible ones.
func oneOf(flag, value string, values []string) error {
	for _, v := range values {
		if v == value {
			return nil
		}
	}
	return &usageError{message: fmt.Sprintf("%s: %q is not possible", flag, value), hint: "Use one of " + strings.Join(values, ", ") + "."}
}

// parseSince returns the beginning of a period: so many hours ago; of so many days,
// today being the last; of a date; or of everything.
func parseSince(text string, now time.Time) (time.Time, error) {
	if text == "all" {
		return time.Time{}, nil
	}
	if date, err := time.ParseInLocation(time.DateOnly, text, now.Location()); err == nil && !date.After(now) {
		return date, nil
	}
	if days, ok := parseDays(text); ok {
		return time.Date(now.Year(), now.Month(), now.Day()-days+1, 0, 0, 0, 0, now.Location()), nil
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return now.Add(-d), nil
	}
	return time.Time{}, &usageError{
		message: fmt.Sprintf("--%s: %q is not a time in the past", sinceFlag, text),
		hint:    "For example: 7d, 12h, 2w, 2026-11-01, or all.",
	}
}

// parseDays reads "7d" or "2w".
func parseDays(text string) (int, bool) {
	factor := map[string]int{"d": 1, "w": 7}[text[max(0, len(text)-1):]]
	n, err := strconv.ParseUint(text[:max(0, len(text)-1)], 10, 16)
	return int(n) * factor, err == nil && n > 0 && factor > 0
}
