//go:build unix

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// head is the beginning of the documentation.
const head = `# Benchmarks

What a process boundary costs, as far as this project has anything to do with it. This file is made by ` + "`make bench-docs`" + `
from what ` + "`make bench`" + ` has measured; do not edit it.

All programs talk to the same service on loopback, a process of its own that streams a known answer. They run in rounds: in each
round every program once, in another order, after warm-ups. Absolute times differ from machine to machine and from run to run; only what
was measured in the same run is compared, as ratios.

- **curl -N** does the same request and prints what comes.
- **one Go process** is the least client that Go allows: net/http, a line scanner, encoding/json, one write for each piece.
- **go-plugin** is that client as a plugin, as in go-plugin's own example: one message for each piece. With its AutoMTLS it is what a
  program gets that uses go-plugin as it comes.
- **qwen** is the program with everything on: the provider in a process of its own, mutual TLS, a clean environment, the plugin's death
  with its host, the usage ledger.

CPU and memory are those of all processes of a program; memory is the sum of the peaks, of which much is the executable itself, shared by
both. "request" is when the service has the request, "tail" from the service's last byte to the exit.
`

// markdown returns the documentation.
func markdown(r *Report) string {
	var b strings.Builder
	b.WriteString(head)
	fmt.Fprintf(&b, "\nMeasured on %s: %s, %d cores, %s.\n", r.Date, r.Machine.CPU, r.Machine.Cores, r.Machine.System)
	for _, name := range slices.Sorted(maps.Keys(r.Version)) {
		fmt.Fprintf(&b, "%s: %s.\n", name, r.Version[name])
	}
	b.WriteString("\n## Budgets\n\n")
	writeTable(&b, budgetTable(r))
	writeReasons(&b, r)
	fmt.Fprintf(&b, "\n## What was measured\n\n%s\n", unitsNote)
	for _, t := range tables(r) {
		fmt.Fprintf(&b, "\n### %s\n\n", t.title)
		writeTable(&b, t)
	}
	if len(r.Missing) > 0 {
		b.WriteString("\n## Not available in this run\n\n")
	}
	for _, m := range r.Missing {
		fmt.Fprintf(&b, "- %s: %s\n", m.What, m.Why)
	}
	return b.String()
}

// writeReasons says what stands in the way of what is not met.
func writeReasons(b *strings.Builder, r *Report) {
	said := map[string]bool{}
	for _, v := range verdicts(r) {
		if v.Why == "" || said[v.Why] {
			continue
		}
		if len(said) == 0 {
			b.WriteString("\nWhat stands in the way:\n\n")
		}
		said[v.Why] = true
		fmt.Fprintf(b, "- %s: %s.\n", v.What, v.Why)
	}
}

func writeTable(b *strings.Builder, t table) {
	for i, row := range t.rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			b.WriteString("|" + strings.Repeat("---|", len(row)) + "\n")
		}
	}
}
