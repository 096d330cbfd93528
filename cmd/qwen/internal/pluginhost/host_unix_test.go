//go:build unix

package pluginhost_test

import (
	"strings"
	"syscall"
	"testing"

	"github.com/qwen-cli/qwen/sdk"
)

// A plugin that was killed is not blamed for it.
func TestKilledIsExplained(t *testing.T) {
	p := open(t, newHost(t), "alpha")
	if err := syscall.Kill(p.Pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_, err := p.Token(t.Context(), &sdk.TokenRequest{})
	const want = "alpha: the plugin crashed (signal: killed)"
	if err == nil || err.Error() != want || !strings.Contains(sdk.AsError(err).Hint, "memory") {
		t.Errorf("error = %v, hint %q", err, sdk.AsError(err).Hint)
	}
}

// After Close no process is left.
func TestClose(t *testing.T) {
	dir := pluginDir(t)
	install(t, dir, "acme")
	h := newHost(t, dir)
	pids := []int{open(t, h, "alpha").Pid(), open(t, h, "acme").Pid()}
	for _, pid := range pids {
		if err := syscall.Kill(pid, 0); err != nil {
			t.Fatalf("process %d: %v", pid, err)
		}
	}
	h.Close()
	for _, pid := range pids {
		if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
			t.Errorf("process %d after Close: %v", pid, err)
		}
	}
	h.Close() // finds nothing to do
}
