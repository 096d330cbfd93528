//go:build unix && !linux

package spawn

import (
	"os"
	"strconv"
	"syscall"
)

// keepDescriptors marks what this process has inherited, such as the lock file of
// a script, as not for its children. Go's own descriptors are marked already.
func keepDescriptors() {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		return
	}
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
}

// processAttributes puts the plugin into a process group of its own, so that
// Ctrl-C in the terminal reaches the host only.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
