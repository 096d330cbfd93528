//go:build unix

package client_test

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// What a plugin has started goes with it.
func TestCloseEndsChildren(t *testing.T) {
	p := spawn(t, "good")
	c, err := connect(t, p, "").Token(t.Context(), &sdk.TokenRequest{Connection: sdk.Connection{Endpoint: "child"}})
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(c.Account)
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
	waitGone(t, child)
}

// TestHostKilled kills a host with SIGKILL and finds nothing left of it.
func TestHostKilled(t *testing.T) {
	for _, mode := range []string{"good", "hang"} {
		t.Run(mode, func(t *testing.T) {
			if os.Getenv("TEST_HOST") != "" {
				actAsHost(t, mode)
			}
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			host := exec.CommandContext(ctx, self, "-test.run=^TestHostKilled$/^"+mode+"$")
			host.Env = append(os.Environ(), "TEST_HOST=1")
			out, err := host.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := host.Start(); err != nil {
				t.Fatal(err)
			}
			buf := make([]byte, 64)
			n, err := out.Read(buf)
			if err != nil {
				t.Fatal(err)
			}
			pid, err := strconv.Atoi(strings.TrimSpace(string(buf[:n])))
			if err != nil {
				t.Fatal(err)
			}
			if err := host.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = host.Wait()
			if mode == "hang" && !hasParentDeathSignal {
				_ = syscall.Kill(pid, syscall.SIGKILL)
				t.Skip("a plugin that ignores its lifeline outlives its host on this system")
			}
			waitGone(t, pid)
		})
	}
}

// actAsHost starts a plugin, prints its process ID and waits to be killed.
func actAsHost(t *testing.T, mode string) {
	p := spawn(t, mode)
	if mode == "good" {
		connect(t, p, "")
	}
	_, _ = os.Stdout.WriteString(strconv.Itoa(p.Pid()) + "\n")
	select {}
}

func waitGone(t *testing.T, pid int) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Second)
	for time.Now().Before(deadline) {
		if gone(pid) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("process %d is still there after two seconds", pid)
}

// gone reports whether a process has ended; one that nobody has reaped counts.
func gone(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return true
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && strings.Contains(string(stat), ") Z ")
}
