//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// A program is what is run in a case.
type program struct {
	name  string
	args  []string // the first is the executable's path
	env   []string // added to the plain environment
	stdin string   // a file; empty for none
	ready func() error
}

// A runner runs programs by means of command run, in a scratch home.
type runner struct {
	path  string // of command run
	home  string
	cloud *cloud
}

// limit bounds one run.
const limit = 2 * time.Minute

// once runs a program that talks to no service, or to ours, and returns what it
// cost. It fails if there was less output than size bytes.
func (r *runner) once(ctx context.Context, p *program, size int64, flags ...string) (map[Metric][]float64, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if p.ready != nil {
		if err := p.ready(); err != nil {
			return nil, err
		}
	}
	cmd, report := r.command(ctx, p, flags...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if p.stdin != "" {
		f, err := os.Open(p.stdin)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		cmd.Stdin = f
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	facts := report()
	if err := cmd.Wait(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", p.name, err, lastLines(stderr.String()))
	}
	if facts.code != 0 {
		return nil, fmt.Errorf("%s: exit code %d: %s", p.name, facts.code, lastLines(stderr.String()))
	}
	if facts.size < size {
		return nil, fmt.Errorf("%s: the answer was cut after %d bytes", p.name, facts.size)
	}
	request, err := r.cloud.chat(ctx)
	if err != nil {
		return nil, err
	}
	return facts.samples(request), nil
}

// command returns the command that runs a program, and what reads its report
// after the start.
func (r *runner) command(ctx context.Context, p *program, flags ...string) (*exec.Cmd, func() facts) {
	cmd := exec.CommandContext(ctx, r.path, append(flags, p.args...)...)
	cmd.Dir = r.home
	cmd.Env = append([]string{
		"HOME=" + r.home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "TERM=xterm-256color", "TMPDIR=" + os.TempDir(),
	}, p.env...)
	read, write, err := os.Pipe()
	if err != nil {
		cmd.Err = err
		return cmd, func() facts { return facts{} }
	}
	cmd.ExtraFiles = []*os.File{write}
	return cmd, func() facts {
		_ = write.Close()
		defer func() { _ = read.Close() }()
		var text bytes.Buffer
		_, _ = text.ReadFrom(read)
		return parseFacts(text.String())
	}
}

// facts is the report of command run.
type facts struct {
	start, exit int64
	code        int
	cpu, rss    int64
	processes   int
	first, size int64
	transit     []int64
}

func parseFacts(text string) facts {
	var f facts
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		numbers := make([]int64, len(words)-1)
		for i, w := range words[1:] {
			numbers[i], _ = strconv.ParseInt(w, 10, 64)
		}
		switch words[0] {
		case "start":
			f.start = numbers[0]
		case "exit":
			f.exit, f.code = numbers[0], int(numbers[1])
		case "cpu":
			f.cpu += numbers[0]
		case "peak":
			f.rss += numbers[0]
			f.processes++
		case "output":
			f.first, f.size = numbers[0], numbers[1]
		case "transit":
			f.transit = numbers
		}
	}
	return f
}

// samples returns the metrics of a run with one request, or with none.
func (f *facts) samples(r *arrival) map[Metric][]float64 {
	s := map[Metric][]float64{
		Wall: {seconds(f.exit - f.start)},
		CPU:  {seconds(f.cpu)},
	}
	if f.processes > 0 { // its tree was watched
		s[RSS], s[Processes] = []float64{float64(f.rss)}, []float64{float64(f.processes)}
	}
	if f.size > 0 {
		s[FirstOut] = []float64{seconds(f.first - f.start)}
	}
	for _, t := range f.transit {
		s[Transit] = append(s[Transit], seconds(t))
	}
	if r != nil {
		s[FirstByte] = []float64{seconds(r.at.UnixNano() - f.start)}
		s[Tail] = []float64{seconds(f.exit - r.ended.UnixNano())}
	}
	return s
}

func seconds(ns int64) float64 { return float64(ns) / 1e9 }

// firstLine returns the first line of what a program said, without the control
// sequences of a terminal.
func firstLine(text string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(ansi.Strip(text)), "\n")
	return strings.TrimSpace(first)
}

// lastLines returns the last two lines of what a program said, in one.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(ansi.Strip(text)), "\n")
	return strings.Join(strings.Fields(strings.Join(lines[max(0, len(lines)-2):], " ")), " ")
}
