//go:build unix

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// A trial is a case to be measured.
type trial struct {
	Case
	programs []*program
	quick    bool // takes so little that it is measured three times as often
	once     bool // is the same each time
	few      bool // takes so long that it is measured a third as often
	slow     bool // takes so long that -quick leaves it out
	timed    bool // the answer has the times in it at which it was sent
	answer   *fakecloud.Answer
	size     int64 // bytes of output at the least: that the answer came whole

	// measure measures a program in place of [runner.once].
	measure func(ctx context.Context, p *program) (map[Metric][]float64, error)
}

// measure builds everything and measures all that is wanted.
func measure(ctx context.Context, o options) (*Report, error) {
	dir, err := os.MkdirTemp("", "qwen-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	say("building")
	built, err := build(ctx, o, dir)
	if err != nil {
		return nil, err
	}
	cloud, err := startCloud(built["fakecloud"])
	if err != nil {
		return nil, err
	}
	defer cloud.stop()
	home := dir + "/home"
	if err := os.Mkdir(home, 0o700); err != nil {
		return nil, err
	}
	b := &bench{options: o, dir: dir, built: built, cloud: cloud, runner: &runner{path: built["run"], home: home, cloud: cloud}}
	report := &Report{Missing: b.noPeers(), Date: time.Now().UTC().Format(time.DateOnly), Machine: machine(), Version: b.versions(ctx)}
	trials, err := b.trials()
	if err != nil {
		return nil, err
	}
	for _, t := range trials {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !strings.Contains(t.Name, o.only) {
			continue
		}
		if o.quick && t.slow {
			report.Missing = append(report.Missing, Missing{t.Title, "left out by -quick"})
			continue
		}
		report.Missing = append(report.Missing, b.run(ctx, t)...)
		report.Cases = append(report.Cases, t.Case)
	}
	return report, ctx.Err()
}

// bench is what is needed to measure.
type bench struct {
	options
	dir    string
	built  programs
	cloud  *cloud
	runner *runner
}

// run measures one case, in rounds: in each, every program runs once, in another
// order. A program that fails is left out from then on.
func (b *bench) run(ctx context.Context, t *trial) (missing []Missing) {
	runs := b.runs
	switch {
	case t.quick:
		runs *= 3
	case t.few:
		runs = (runs + 2) / 3
	case t.once:
		runs = 1
	}
	say("%s: %d runs", t.Title, runs)
	results := make(map[*program]map[Metric][]float64)
	for _, p := range t.programs {
		results[p] = map[Metric][]float64{}
	}
	warm := min(3, runs/5)
	for round := -warm; round < runs+t.watched() && ctx.Err() == nil; round++ { // below zero: to warm up
		order := make([]*program, len(t.programs))
		for i, at := range rand.Perm(len(order)) {
			order[i] = t.programs[at]
		}
		for _, p := range order {
			samples, err := b.one(ctx, t, p, round >= runs)
			if err != nil {
				missing = append(missing, Missing{t.Title + ": " + p.name, err.Error()})
				say("not available: %v", err)
				t.programs = slices.DeleteFunc(slices.Clone(t.programs), func(other *program) bool { return other == p })
				continue
			}
			for m, values := range samples {
				if round >= 0 && (round < runs || m == RSS || m == Processes) {
					results[p][m] = append(results[p][m], values...)
				}
			}
		}
	}
	for _, p := range t.programs {
		t.Subjects = append(t.Subjects, Subject{p.name, results[p]})
	}
	return missing
}

// watched is how many rounds are added in which the tree is watched. That takes
// time from them, so nothing else is measured then.
func (t *trial) watched() int {
	if t.measure == nil && (slices.Contains(t.Show, RSS) || slices.Contains(t.Show, Processes)) {
		return 3
	}
	return 0
}

// one measures one program once.
func (b *bench) one(ctx context.Context, t *trial, p *program, tree bool) (map[Metric][]float64, error) {
	if err := b.cloud.forget(ctx); err != nil {
		return nil, err
	}
	if t.answer != nil {
		if err := b.cloud.script(ctx, *t.answer); err != nil {
			return nil, err
		}
	}
	if t.measure != nil {
		return t.measure(ctx, p)
	}
	flags := []string{fmt.Sprintf("-timed=%t", t.timed), fmt.Sprintf("-tree=%t", tree)}
	return b.runner.once(ctx, p, t.size, flags...)
}

func say(format string, args ...any) { fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...) }
