//go:build unix

package main

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// machine looks at what this runs on. Of the kernel only the version proper: what a
// distribution or a host adds to it is nobody's business.
func machine() Machine {
	var u unix.Utsname
	_ = unix.Uname(&u)
	kernel, _, _ := strings.Cut(unix.ByteSliceToString(u.Release[:]), "-")
	return Machine{
		CPU:    cpuModel(),
		Cores:  runtime.NumCPU(),
		System: unix.ByteSliceToString(u.Sysname[:]) + " " + kernel + " " + unix.ByteSliceToString(u.Machine[:]),
	}
}

// cpuModel returns what the processor calls itself.
func cpuModel() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		out, _ := exec.Command("sysctl", "-n", "machdep.cpu.brand_string").Output()
		return strings.TrimSpace(string(out))
	}
	for line := range strings.Lines(string(data)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// versions asks the programs what they are.
func (b *bench) versions(ctx context.Context) map[string]string {
	versions := map[string]string{"Go": runtime.Version()}
	for name, args := range map[string][]string{
		"curl": {lookPath("curl"), "--version"},
		"qwen": {b.built["qwen"], "version"},
	} {
		out, _ := exec.CommandContext(ctx, args[0], args[1:]...).Output()
		versions[name] = firstLine(string(out))
	}
	b.versionsOfPeers(versions)
	return versions
}

// lookPath returns the path of a program, or its name if it is not there: running
// it then says so.
func lookPath(name string) string {
	path, err := exec.LookPath(name)
	if err != nil {
		return name
	}
	return path
}

// initialisation reads what the Go runtime says of the start of a program
// (GODEBUG=inittrace=1; see package runtime).
func (b *bench) initialisation(ctx context.Context, p *program) (map[Metric][]float64, error) {
	cmd := exec.CommandContext(ctx, p.args[0], p.args[1:]...)
	cmd.Env = []string{"HOME=" + b.runner.home, "GODEBUG=inittrace=1"}
	trace, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	all, worst := initTimes(bufio.NewScanner(trace))
	if err := cmd.Wait(); err != nil {
		return nil, err
	}
	return map[Metric][]float64{Init: {all}, WorstInit: {worst}}, nil
}

// initTimes adds up lines such as "init net @2.1 ms, 0.013 ms clock, …".
func initTimes(trace *bufio.Scanner) (all, worst float64) {
	for trace.Scan() {
		words := strings.Fields(trace.Text())
		if len(words) < 6 || words[0] != "init" {
			continue
		}
		ms, err := strconv.ParseFloat(words[4], 64)
		if err != nil {
			continue
		}
		all += ms / 1e3
		worst = max(worst, ms/1e3)
	}
	return all, worst
}

// sizes looks at the executables.
func (b *bench) sizes() *trial {
	return &trial{
		Case: Case{Name: "size", Title: "Stripped executables", Show: []Metric{Size}},
		programs: []*program{
			{name: qwen, args: []string{b.built["qwen"]}},
			{name: inProcess, args: []string{b.built["inprocess"]}},
			{name: "go-plugin host", args: []string{b.built["host"]}},
			{name: "go-plugin plugin", args: []string{b.built["plugin"]}},
			{name: "plugin on our SDK", args: []string{b.built["qwen-provider-p01"]}},
			{name: hello, args: []string{b.built["hello"]}},
		},
		measure: func(_ context.Context, p *program) (map[Metric][]float64, error) {
			info, err := os.Stat(p.args[0])
			if err != nil {
				return nil, err
			}
			return map[Metric][]float64{Size: {float64(info.Size())}}, nil
		},
		once: true,
	}
}
