package spawn

import (
	"math"
	"syscall"
)

// keepDescriptors marks what this process has inherited, such as the lock file of
// a script, as not for its children (close_range(2)). Go's own descriptors are
// marked already. Kernels before 5.11 do not know the call.
func keepDescriptors() {
	// Of golang.org/x/sys/unix, without its other parts.
	const sysCloseRange, closeRangeCloexec = 436, 4
	_, _, _ = syscall.RawSyscall(sysCloseRange, 3, math.MaxUint32, closeRangeCloexec)
}

// processAttributes puts the plugin into a process group of its own, so that
// Ctrl-C in the terminal reaches the host only, and has the kernel kill it when
// the host is gone: for plugins that do not watch their lifeline.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
