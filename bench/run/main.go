//go:build unix

// Command run runs one program and reports what it cost. It is a program of its
// own because of what only a process can be: the reaper of the whole tree (on
// Linux), so that the CPU time of a plugin counts whose host did not wait for it.
//
//	run [-tty] [-timed] [-tree] PROGRAM ARGS...
//
// The report goes to file descriptor 3, a line for each fact; see package main of
// the module's root, which reads it. Times are nanoseconds since 1970, so that
// they compare with those of other processes.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	flags := flag.NewFlagSet("run", flag.ExitOnError)
	tty := flags.Bool("tty", false, "standard input is a terminal, and to be the program's own")
	timed := flags.Bool("timed", false, "the output has the times in it at which it was sent")
	tree := flags.Bool("tree", false, "count the processes and look at their memory, which takes time from them")
	_ = flags.Parse(os.Args[1:])
	if err := run(os.NewFile(3, "report"), flags.Args(), *tty, *timed, *tree); err != nil {
		fmt.Fprintln(os.Stderr, "run:", err)
		os.Exit(1)
	}
}

// ended is a process that has ended.
type ended struct {
	pid   int
	at    time.Time
	code  int
	usage syscall.Rusage
}

func run(report io.Writer, args []string, tty, timed, tree bool) error {
	if err := adoptOrphans(); err != nil {
		return err
	}
	attr := &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, 2}}
	output := os.Stdout
	w := &watch{timed: timed}
	read := func() {}
	if tty {
		attr.Sys = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	} else {
		r, end, err := os.Pipe()
		if err != nil {
			return err
		}
		output, read = end, w.start(r)
	}
	attr.Files[1] = output.Fd()
	began := time.Now()
	pid, err := syscall.ForkExec(args[0], args, attr)
	_ = output.Close()
	if err != nil {
		return err
	}
	peaks := func() map[int]int64 { return nil }
	if tree {
		peaks = watching()
	}
	all, err := reap(pid)
	if err != nil {
		return err
	}
	read()
	return write(report, began, all, peaks(), w)
}

// watching begins to watch the tree, and returns what ends that.
func watching() func() map[int]int64 {
	stop, peaks := make(chan struct{}), make(chan map[int]int64, 1)
	go func() { peaks <- watchTree(stop) }()
	return func() map[int]int64 {
		close(stop)
		return <-peaks
	}
}

// reap waits for the program, and then for what it has left behind. The program
// comes first in the list.
func reap(pid int) ([]ended, error) {
	var all []ended
	for {
		var e ended
		var status syscall.WaitStatus
		got, err := syscall.Wait4(-1, &status, 0, &e.usage)
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.ECHILD:
			return all, nil
		case err != nil:
			return nil, err
		}
		e.pid, e.at, e.code = got, time.Now(), status.ExitStatus()
		if got == pid {
			all = append([]ended{e}, all...)
		} else {
			all = append(all, e)
		}
	}
}

// write writes the report.
func write(w io.Writer, began time.Time, all []ended, peaks map[int]int64, out *watch) error {
	var b strings.Builder
	line := func(name string, values ...int64) {
		b.WriteString(name)
		for _, v := range values {
			b.WriteByte(' ')
			b.WriteString(strconv.FormatInt(v, 10))
		}
		b.WriteByte('\n')
	}
	line("start", began.UnixNano())
	line("exit", all[0].at.UnixNano(), int64(all[0].code))
	for _, e := range all { // with the children that it has waited for
		line("cpu", e.usage.Utime.Nano()+e.usage.Stime.Nano())
	}
	for _, peak := range peaks {
		line("peak", peak)
	}
	line("output", out.first, out.size)
	line("transit", out.transit...)
	_, err := io.WriteString(w, b.String())
	return err
}
