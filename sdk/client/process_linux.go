package client

import "syscall"

// processAttributes puts the plugin into a process group of its own, so that
// Ctrl-C in the terminal reaches the host only, and has the kernel kill it when
// the host is gone: for plugins that do not watch their lifeline.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
