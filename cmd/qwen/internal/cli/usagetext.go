package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/usage"
)

// A usagePage writes a report for people.
type usagePage struct {
	strings.Builder
	report *usage.Report
	width  int // columns; 0 where nobody looks, or nobody knows: then all is shown
	zone   *time.Location
}

// printUsage prints a report: on a terminal as wide as that is and with a chart,
// elsewhere in full.
func (a *app) printUsage(r *usage.Report, by string) error {
	p := &usagePage{report: r, width: a.streams.Out.Width(), zone: r.Until.Location()}
	p.heading()
	if r.Total.Requests > 0 {
		p.table(by)
		if a.streams.Out.Terminal && by != string(usage.ByDay) {
			p.chart(r.Days)
		} else if a.streams.Out.Terminal {
			p.chart(r.Groups[max(0, len(r.Groups)-len(r.Days)):])
		}
	}
	p.limits()
	_, err := a.streams.Out.Write([]byte(p.String()))
	return err
}

// line writes a line of clean text, cut where the terminal ends.
func (p *usagePage) line(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if p.width > 0 {
		text = strings.TrimRight(term.Fit(text, p.width), " ")
	}
	p.WriteString(text + "\n")
}

// words writes a sentence on as many lines as it takes.
func (p *usagePage) words(indent, text string) {
	line := indent
	for _, word := range strings.Fields(term.CleanLine(text)) {
		if p.width > 0 && len(line) > len(indent) && len([]rune(line))+len([]rune(word)) > p.width {
			p.line("%s", strings.TrimRight(line, " "))
			line = indent
		}
		line += word + " "
	}
	p.line("%s", strings.TrimRight(line, " "))
}

func (p *usagePage) heading() {
	since := "from the beginning"
	if !p.report.Since.IsZero() {
		since = "since " + p.report.Since.Format("2006-01-02 15:04")
	}
	if p.report.Total.Requests == 0 {
		p.words("", "No requests from this machine "+since+".")
		return
	}
	p.words("", "Requests from this machine "+since)
}

// table writes a line for each group and one for all.
func (p *usagePage) table(by string) {
	rows := [][]string{{strings.ToUpper(by), "REQUESTS", "FAILED", "INPUT", "OUTPUT", "CACHED", "REASONING"}}
	for _, g := range p.report.Groups {
		rows = append(rows, p.row(g.Name, &g))
	}
	if len(p.report.Groups) > 1 {
		rows = append(rows, p.row("total", &p.report.Total))
	}
	if p.width > 0 && p.width < 50 {
		copy(rows[0], []string{rows[0][0], "REQ", "FAIL", "IN", "OUT"})
	}
	widths := p.fit(columnWidths(cleanRows(rows)))
	for _, row := range rows {
		line := term.Fit(term.CleanLine(row[0]), widths[0])
		for i, width := range widths[1:] {
			line += fmt.Sprintf("  %*s", width, row[i+1])
		}
		p.line("%s", line)
	}
	if p.report.Total.Estimated > 0 {
		p.words("", fmt.Sprintf("~ estimated, for %s: the service did not count", plural(p.report.Total.Estimated, "request")))
	}
}

func (p *usagePage) row(name string, g *usage.Group) []string {
	about := ""
	if g.Estimated > 0 {
		about = "~"
	}
	row := []string{name, p.number(g.Requests), p.number(g.Failed), about + p.number(g.Input), about + p.number(g.Output)}
	for _, n := range []int64{g.Cached, g.Reasoning} {
		cell := ""
		if n > 0 {
			cell = p.number(n)
		}
		row = append(row, cell)
	}
	return row
}

// number writes a number in few characters where somebody looks at it.
func (p *usagePage) number(n int64) string {
	if p.width == 0 {
		return strconv.FormatInt(n, 10)
	}
	return short(n)
}

// short returns a number in at most five characters: 1234567 is 1.23M. It is never
// rounded up to what is not reached.
func short(n int64) string {
	if n < 10_000 {
		return strconv.FormatInt(n, 10)
	}
	unit, suffix := int64(1), ""
	for _, s := range []string{"K", "M", "G", "T", "P"} {
		if n/unit < 1000 {
			break
		}
		unit, suffix = unit*1000, s
	}
	whole, rest := n/unit, n%unit
	switch {
	case whole >= 100:
		return fmt.Sprintf("%d%s", whole, suffix)
	case whole >= 10:
		return fmt.Sprintf("%d.%d%s", whole, rest/(unit/10), suffix)
	}
	return fmt.Sprintf("%d.%02d%s", whole, rest/(unit/100), suffix)
}

// fit drops columns from the right and then shortens the first until all fit.
func (p *usagePage) fit(widths []int) []int {
	const leastName = 16
	for len(widths) > 1 && widths[len(widths)-1] == 0 {
		widths = widths[:len(widths)-1]
	}
	if p.width == 0 {
		return widths
	}
	others := func() int {
		sum := 0
		for _, w := range widths[1:] {
			sum += 2 + w
		}
		return sum
	}
	for len(widths) > 2 && others()+min(widths[0], leastName) > p.width {
		widths = widths[:len(widths)-1]
	}
	widths[0] = max(1, min(widths[0], p.width-others()))
	return widths
}

// chart draws the requests of each day.
func (p *usagePage) chart(days []usage.Group) {
	most := int64(0)
	for _, day := range days {
		most = max(most, day.Requests)
	}
	if most == 0 || len(days) < 2 {
		return
	}
	p.line("")
	p.line("Requests by day")
	for _, day := range days {
		room := max(4, min(p.width, 80)-len("01-02  ")-len("  123K"))
		date := strings.TrimPrefix(day.Name[max(0, len(day.Name)-len("01-02")):], " ")
		p.line("%s  %s %s", date, bar(day.Requests, most, room), short(day.Requests))
	}
}

// bar returns a bar of so many columns for the most there is.
func bar(n, most int64, columns int) string {
	eighths := int(float64(n) / float64(most) * float64(columns) * 8)
	if n > 0 {
		eighths = max(eighths, 1)
	}
	text := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		text += string([]rune(" ▏▎▍▌▋▊▉")[rest])
	}
	return text
}

// limits writes how much of each limit was used.
func (p *usagePage) limits() {
	list := p.report.Limits
	if len(list) == 0 {
		return
	}
	for len(list) > 0 {
		title := limitTitle(&list[0])
		n := 1
		for n < len(list) && limitTitle(&list[n]) == title {
			n++
		}
		p.line("")
		p.words("", title)
		p.limitsOf(list[:n])
		list = list[n:]
	}
	p.line("")
	p.words("", "Limits as counted on this machine. The service counts what it gets from everywhere.")
}

// limitsOf writes the limits of one plan, and what the service itself has said.
func (p *usagePage) limitsOf(list []usage.LimitUse) {
	refused := int64(0)
	for i := range list {
		p.limit(&list[i])
		refused = max(refused, list[i].Refused)
	}
	if refused > 0 {
		p.words("  ", fmt.Sprintf("The service itself refused %s in this time: an allowance was used up.", plural(refused, "request")))
	}
}

func limitTitle(u *usage.LimitUse) string {
	title := u.Provider.DisplayName
	if u.Plan != nil {
		title += ", " + u.Plan.Label
	}
	return title + " (" + u.Connection + ")"
}

func (p *usagePage) limit(u *usage.LimitUse) {
	percent := ""
	if u.Limit.Amount > 0 {
		percent = fmt.Sprintf(", %d%%", u.Used*100/u.Limit.Amount)
	}
	p.words("  ", fmt.Sprintf("%s: %d of %d %s%s", windowName(u.Limit.Window), u.Used, u.Limit.Amount, u.Limit.Unit, percent))
	p.words("    ", p.resets(u))
}

func plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// windowName returns the words for how long a window is.
func windowName(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d == time.Minute:
		return "minute"
	case d == time.Hour:
		return "hour"
	case d == day:
		return "day"
	case d == 7*day:
		return "week"
	case d >= 28*day && d <= 31*day:
		return "month"
	case d%day == 0:
		return fmt.Sprintf("%d days", d/day)
	case d%time.Hour == 0:
		return fmt.Sprintf("%d hours", d/time.Hour)
	}
	return d.String()
}

// resets says when there is room again.
func (p *usagePage) resets(u *usage.LimitUse) string {
	switch {
	case !u.Resets.IsZero():
		return "resets " + p.moment(u.Resets)
	case strings.HasPrefix(u.Limit.Resets, "billing day"):
		return "of the last 30 days; set usage.billingDay to count from the day that you are billed on"
	case !u.Known:
		return "of the last " + windowName(u.Limit.Window) + "; when it resets is not known"
	case u.Oldest.IsZero():
		return "rolling"
	}
	return "rolling; the oldest request leaves it " + p.moment(u.Oldest.Add(u.Limit.Window))
}

// moment writes a time to come, with the date unless it is today.
func (p *usagePage) moment(t time.Time) string {
	t, now := t.In(p.zone), p.report.Until
	switch {
	case t.YearDay() == now.YearDay() && t.Year() == now.Year() && t.Sub(now) < time.Hour:
		return "at " + t.Format("15:04:05")
	case t.YearDay() == now.YearDay() && t.Year() == now.Year():
		return "at " + t.Format("15:04")
	}
	return "on " + t.Format("Mon 2006-01-02 15:04")
}
