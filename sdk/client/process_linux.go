package client

import (
	"math"
	"syscall"

	"golang.org/x/sys/unix"
)

// keepDescriptors marks what this process has inherited, such as the lock file of
// a script, as not for its children. Go's own descriptors are marked already.
// Kernels before 5.11 do not know the call.
func keepDescriptors() { _ = unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC) }

// processAttributes puts the plugin into a process group of its own, so that
// Ctrl-C in the terminal reaches the host only, and has the kernel kill it when
// the host is gone: for plugins that do not watch their lifeline.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
