//go:build unix

package main

import (
	"fmt"
	"math"
)

// A Verdict is a budget with what was measured.
type Verdict struct {
	What     string
	Limit    string
	Aim      string
	Measured string
	Met      string // yes, aim, no, or why nothing can be said
	Why      string // it is not met
}

// A budget is a number that must not be exceeded, and one that is aimed at.
type budget struct {
	what       string
	unit       unit
	limit, aim float64
	measured   func(r *Report) float64 // NaN if it was not
	why        string                  // what stands in the way, if it is not met
}

// A unit says how a number is written.
type unit func(float64) string

func times(of string) unit {
	return func(v float64) string { return fmt.Sprintf("%.2f × %s", v, of) }
}

func milliseconds(v float64) string { return fmt.Sprintf("%.3g ms", v*1e3) }
func megabytes(v float64) string    { return fmt.Sprintf("%.1f MB", v/1e6) }
func inSeconds(v float64) string    { return fmt.Sprintf("%.2f s", v) }
func count(v float64) string        { return fmt.Sprintf("%.0f", v) }
func copies(v float64) string       { return fmt.Sprintf("%.1f copies", v) }

// against compares a program with another one, round by round.
func against(name, subject, reference string, m Metric) func(*Report) float64 {
	return func(r *Report) float64 {
		return ratio(r.samples(name, subject, m), r.samples(name, reference, m))
	}
}

// at is a quantile of what was measured of a program.
func at(q float64, name, subject string, m Metric) func(*Report) float64 {
	return func(r *Report) float64 { return quantile(r.samples(name, subject, m), q) }
}

// growth compares the same in two cases.
func growth(m Metric, from, to string) func(*Report) float64 {
	return func(r *Report) float64 {
		return median(r.samples(to, qwen, m)) / median(r.samples(from, qwen, m))
	}
}

// more is by how much something grows.
func more(m Metric, from, to, subject, reference string) func(*Report) float64 {
	return func(r *Report) float64 {
		return median(r.samples(to, subject, m)) - median(r.samples(from, reference, m))
	}
}

// What stands in the way of the budgets that are not met.
const (
	start = "two Go programs have to start: their CPU time, of which the Go runtime, the packages' " +
		"initialisation and the first touch of each page take the most, keeps two cores busy from beginning to end"
	through = "curl passes on what comes without looking at it; compare the row of one Go process"
	pages   = "most of it is the executable's own pages, which the two processes share but which count twice; " +
		"of their own they have some three megabytes each"
	whole   = "either process keeps the whole answer, and garbage of its making until the collector comes"
	history = "the text is converted from the host's types to the protocol's, to the plugin's and to JSON"
	asked   = "each plugin is started and asked what it is; nothing remembers the answers"
)

// budgets are those that the project has set itself.
var budgets = []budget{
	{"one prompt, end to end, mutual TLS on", times("curl"), 1.7, 1.35, against("one-shot", qwen, curl, Wall), start},
	{"exec → the request arrives", times("curl"), 1.6, 1.3, against("one-shot", qwen, curl, FirstByte), start},
	{"last byte of the service → exit", milliseconds, 5e-3, 0, at(0.5, "one-shot", qwen, Tail), ""},
	{"`qwen version`", times("curl --version"), 0.7, 0, against("version", "qwen version", "curl --version", Wall), ""},
	{"`qwen --help`", times("curl --version"), 0.7, 0, against("version", "qwen --help", "curl --version", Wall), ""},
	{"shell completion", times("curl --version"), 0.7, 0, against("version", "completion", "curl --version", Wall), ""},
	{"package initialisation, all", milliseconds, 4e-3, 0, at(0.5, "init", qwen, Init), ""},
	{"package initialisation, the slowest", milliseconds, 0.5e-3, 0, at(0.5, "init", qwen, WorstInit), ""},
	{"chunk → output at 200 a second, median", milliseconds, 1e-3, 0, at(0.5, "paced", qwen, Transit), ""},
	{"chunk → output at 200 a second, 99 of 100", milliseconds, 5e-3, 0, at(0.99, "paced", qwen, Transit), ""},
	{"of that, more than one Go process takes", milliseconds, 150e-6, 0, more(Transit, "paced", "paced", qwen, inProcess), ""},
	{"20,000 chunks, wall", times("curl"), 2.5, 1.6, against("big-20000", qwen, curl, Wall), through},
	{"20,000 chunks, CPU of both processes", times("one Go process"), 1, 0, against("big-20000", qwen, inProcess, CPU), ""},
	{"wall from 2,000 to 20,000 chunks", times("as long"), 10.5, 0, growth(Wall, "big-2000", "big-20000"), ""},
	{"wall from 20,000 to 200,000 chunks", times("as long"), 10.5, 0, growth(Wall, "big-20000", "big-200000"), ""},
	{"memory of host and plugin, one prompt", megabytes, 35e6, 0, at(0.5, "one-shot", qwen, RSS), pages},
	{"more memory at 200,000 chunks", megabytes, 12e6, 0, more(RSS, "one-shot", "big-200000", qwen, qwen), whole},
	{"memory for 8 MB of history in a request", copies, 3, 0, func(r *Report) float64 {
		return more(RSS, "one-shot", "history", qwen, qwen)(r) / historySize
	}, history},
	{"stripped executable", megabytes, 20e6, 0, at(0.5, "size", qwen, Size), ""},
	{"`qwen plugins list`, 50 plugins", milliseconds, 50e-3, 0, at(0.5, "plugins", qwen, Wall), asked},
	{"processes that it starts", count, 0, 0, func(r *Report) float64 { return median(r.samples("plugins", qwen, Processes)) - 1 }, asked},
	{"chat: exec → a key is echoed", times(hello), 2, 0, against("prompt", qwen, hello, Ready), ""},
	{"chat: CPU for 500 KB at 1,000 deltas a second", inSeconds, 4, 0, at(0.5, "chat", qwen, CPU), ""},
	{"chat: memory of host and plugin for that", megabytes, 60e6, 0, at(0.5, "chat", qwen, RSS), ""},
}

// verdicts holds what was measured against the budgets.
func verdicts(r *Report) (list []Verdict) {
	for _, b := range budgets {
		v := Verdict{What: b.what, Limit: "≤ " + b.unit(b.limit)}
		if b.aim > 0 {
			v.Aim = "≤ " + b.unit(b.aim)
		}
		measured := b.measured(r)
		switch {
		case math.IsNaN(measured):
			v.Met = "not measured"
		case measured > b.limit:
			v.Measured, v.Met, v.Why = b.unit(measured), "**no**", b.why
		case b.aim > 0 && measured <= b.aim:
			v.Measured, v.Met = b.unit(measured), "yes, and the aim"
		default:
			v.Measured, v.Met = b.unit(measured), "yes"
		}
		list = append(list, v)
	}
	return list
}
