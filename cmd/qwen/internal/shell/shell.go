// Package shell runs a command that a person has typed, in their own shell.
package shell

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// A Command is what to run.
type Command struct {
	Line    string
	Dir     string
	Environ []string // all that it gets; SHELL names the shell
}

// A Result is what came of it.
type Result struct {
	Output    string // of both streams, in their order
	Truncated int64  // bytes left out in the middle of it
	ExitCode  int    // -1 if it was stopped
	Duration  time.Duration
}

// patience is how long a command that is to end may take before it is killed.
const patience = 2 * time.Second

// Run runs a command and returns what it prints: the first and the last part, if it
// prints much. It has no standard input and no terminal. When ctx is done, the command
// and what it has started are ended; what it leaves running by itself goes on. An
// error says that it could not be run or was stopped; that it failed is in its exit
// code.
func Run(ctx context.Context, c Command) (Result, error) {
	cmd := exec.CommandContext(ctx, "")
	prepare(cmd, c)
	cmd.Dir, cmd.Env = c.Dir, slices.Clone(c.Environ)
	var out output
	cmd.Stdout, cmd.Stderr = &out, &out // one writer: no race, and in order
	cmd.WaitDelay = patience
	began := time.Now()
	err := cmd.Run()
	r := Result{Duration: time.Since(began), ExitCode: cmd.ProcessState.ExitCode()}
	r.Output, r.Truncated = out.text()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return r, ctx.Err()
	case errors.As(err, &exit), errors.Is(err, exec.ErrWaitDelay):
		return r, nil
	case err != nil:
		return r, fmt.Errorf("the shell %s could not be started: %w", cmd.Path, err)
	}
	return r, nil
}

func variable(environ []string, name string) string {
	for _, entry := range slices.Backward(environ) {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}
