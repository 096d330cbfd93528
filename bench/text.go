//go:build unix

package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// A table is a title with rows, the first of which names the columns.
type table struct {
	title string
	rows  [][]string
}

// tables are the results: what was measured, then the budgets.
func tables(r *Report) (list []table) {
	for i := range r.Cases {
		if len(r.Cases[i].Subjects) > 0 {
			list = append(list, r.Cases[i].table())
		}
	}
	return list
}

// table shows one case: of each metric the median, where four of five values lie,
// and the ratio to the first program.
func (c *Case) table() table {
	t := table{title: c.Title, rows: [][]string{{""}}}
	if n := c.rounds(); n > 1 {
		t.title += fmt.Sprintf(" (%d runs)", n)
	}
	for _, m := range c.Show {
		t.rows[0] = append(t.rows[0], string(m))
	}
	for _, s := range c.Subjects {
		row := []string{s.Name}
		for _, m := range c.Show {
			row = append(row, cell(m, s.Samples[m], c.Subjects[0].Samples[m]))
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// rounds is how often everything ran.
func (c *Case) rounds() int {
	for _, m := range c.Show {
		if n := len(c.Subjects[0].Samples[m]); m != Transit && n > 0 {
			return n
		}
	}
	return 0
}

// cell shows the samples of a metric.
func cell(m Metric, samples, reference []float64) string {
	if len(samples) == 0 {
		return "–"
	}
	middle := median(samples)
	text := m.format(middle)
	if len(samples) > 1 && !m.isCount() {
		text += fmt.Sprintf(" (%s–%s)", m.format(quantile(samples, 0.1)), m.format(quantile(samples, 0.9)))
	}
	if m == Transit {
		return text + ", 99 of 100: " + m.format(quantile(samples, 0.99))
	}
	if &samples[0] != &reference[0] && !m.isCount() && m != Tail {
		text += fmt.Sprintf(" ×%.2f", ratio(samples, reference))
	}
	return text
}

// format writes a value of a metric: times in milliseconds, sizes in MB.
func (m Metric) format(v float64) string {
	switch {
	case m.isCount():
		return fmt.Sprintf("%.0f", v)
	case m.isSize():
		return fmt.Sprintf("%.1f", v/1e6)
	case v < 10e-3:
		return fmt.Sprintf("%.2f", v*1e3)
	}
	return fmt.Sprintf("%.1f", v*1e3)
}

// unitsNote explains the tables.
const unitsNote = "Times are in milliseconds, sizes in MB; in parentheses the range that holds four of five runs; × is the ratio to the first row, the median over the rounds."

// budgetTable shows the budgets.
func budgetTable(r *Report) table {
	t := table{title: "Budgets", rows: [][]string{{"", "budget", "aim", "measured", "met"}}}
	for _, v := range verdicts(r) {
		t.rows = append(t.rows, []string{v.What, v.Limit, v.Aim, v.Measured, v.Met})
	}
	return t
}

// writeText writes the report for a terminal.
func writeText(w io.Writer, r *Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d cores, %s, %s\n", r.Machine.CPU, r.Machine.Cores, r.Machine.System, r.Date)
	for _, name := range slices.Sorted(maps.Keys(r.Version)) {
		fmt.Fprintf(&b, "%s: %s\n", name, r.Version[name])
	}
	fmt.Fprintf(&b, "%s\n", unitsNote)
	for _, t := range append(tables(r), budgetTable(r)) {
		fmt.Fprintf(&b, "\n%s\n", t.title)
		columns := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		for _, row := range t.rows {
			fmt.Fprintln(columns, "  "+strings.ReplaceAll(strings.Join(row, "\t"), "**", ""))
		}
		_ = columns.Flush()
	}
	if len(r.Missing) > 0 {
		fmt.Fprintf(&b, "\nNot available\n")
	}
	for _, m := range r.Missing {
		fmt.Fprintf(&b, "  %s: %s\n", m.What, m.Why)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
