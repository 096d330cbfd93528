//go:build unix

// Command bench measures qwen against curl and against the floors, which are the
// least programs that do the same with and without a plugin, and against whatever
// peer it finds on PATH; all of them with the same loopback service, a process of
// its own, interleaved and shuffled. Absolute times move from machine to machine;
// what is compared are ratios within one run.
//
//	go run . [-runs N] [-quick] [-only WORD] [-qwen FILE] [-json FILE]
//	go run . -from FILE -docs FILE
//
// It prints tables and, with -json, writes what was measured to a file; from such
// a file -docs makes docs/benchmarks.md.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"context"
)

// options are those of the command line.
type options struct {
	runs  int
	quick bool
	only  string
	root  string
	qwen  string
	json  string
	from  string
	docs  string
}

func main() {
	var o options
	flag.IntVar(&o.runs, "runs", 15, "how often each slow thing is measured; quick ones three times as often")
	flag.BoolVar(&o.quick, "quick", false, "leave out what takes long")
	flag.StringVar(&o.only, "only", "", "only the measurements with this `WORD` in their name")
	flag.StringVar(&o.root, "root", "..", "the root of the repository")
	flag.StringVar(&o.qwen, "qwen", "", "measure this `FILE`; else qwen is built")
	flag.StringVar(&o.json, "json", "", "write what was measured to this `FILE`")
	flag.StringVar(&o.from, "from", "", "measure nothing, take what is in this `FILE`")
	flag.StringVar(&o.docs, "docs", "", "write the documentation to this `FILE`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	report, err := get(ctx, o)
	if err != nil {
		return err
	}
	if o.from == "" || o.docs == "" {
		if err := writeText(os.Stdout, report); err != nil {
			return err
		}
	}
	if o.json != "" {
		if err := writeJSON(o.json, report); err != nil {
			return err
		}
	}
	if o.docs == "" {
		return nil
	}
	return os.WriteFile(o.docs, []byte(markdown(report)), 0o644)
}

// get returns what was measured: now, or earlier.
func get(ctx context.Context, o options) (*Report, error) {
	if o.from == "" {
		return measure(ctx, o)
	}
	data, err := os.ReadFile(o.from)
	if err != nil {
		return nil, err
	}
	var r Report
	return &r, json.Unmarshal(data, &r)
}

func writeJSON(file string, r *Report) error {
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(data, '\n'), 0o644)
}
