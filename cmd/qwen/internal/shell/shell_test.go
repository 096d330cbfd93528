//go:build unix

package shell

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func command(t *testing.T, line string) Command {
	return Command{Line: line, Dir: t.TempDir(), Environ: []string{"PATH=" + os.Getenv("PATH"), "WORD=x"}}
}

func TestRun(t *testing.T) {
	for line, want := range map[string]Result{
		`echo "$WORD"; echo err >&2; exit 3`: {Output: "x\nerr\n", ExitCode: 3},
		"cat":                                {Output: ""}, // there is no standard input to wait for
		"printf 'a\\377b'":                   {Output: "a\uFFFDb"},
	} {
		got, err := Run(t.Context(), command(t, line))
		got.Duration = 0
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", line, got, err)
		}
	}
	c := command(t, "echo")
	c.Environ = append(c.Environ, "SHELL=/nonexistent/shell")
	if _, err := Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), "/nonexistent/shell") {
		t.Errorf("no shell: %v", err)
	}
}

// What a command leaves in the background is not waited for, and not ended.
func TestBackground(t *testing.T) {
	c := command(t, "{ sleep 60 & echo $!; }")
	r, err := Run(t.Context(), c)
	pid, convErr := strconv.Atoi(strings.TrimSpace(r.Output))
	if err != nil || convErr != nil || r.ExitCode != 0 || r.Duration > 20*time.Second {
		t.Fatalf("%+v, %v", r, err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Errorf("it is not there any more: %v", err)
	}
}

// The terminal is the chat's.
func TestNoTerminal(t *testing.T) {
	r, err := Run(t.Context(), command(t, "(: </dev/tty) 2>/dev/null || echo none"))
	if err != nil || r.Output != "none\n" {
		t.Errorf("%+v, %v", r, err)
	}
}

// Of a long output the ends are kept, in bounded memory.
func TestLongOutput(t *testing.T) {
	r, err := Run(t.Context(), command(t, "seq 1 200000"))
	if err != nil || !strings.HasPrefix(r.Output, "1\n2\n") || !strings.HasSuffix(r.Output, "199999\n200000\n") || r.Truncated == 0 {
		t.Errorf("%d bytes, %d left out, %v", len(r.Output), r.Truncated, err)
	}
	if len(r.Output) > 2*maxPart+10 {
		t.Errorf("%d bytes are kept", len(r.Output))
	}
}

// A command that is stopped takes along what it has started.
func TestStop(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := command(t, "trap '' TERM; (sleep 60; touch late) & echo started >begun; sleep 60")
	go func() {
		for {
			if _, err := os.Stat(filepath.Join(c.Dir, "begun")); err == nil {
				cancel()
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	began := time.Now()
	_, err := Run(ctx, c)
	if !errors.Is(err, context.Canceled) || time.Since(began) > 20*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}
