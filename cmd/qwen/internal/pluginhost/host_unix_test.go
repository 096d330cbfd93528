//go:build unix

package pluginhost_test

import (
	"syscall"
	"testing"
)

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
