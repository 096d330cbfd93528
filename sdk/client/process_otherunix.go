//go:build unix && !linux

package client

import "syscall"

// processAttributes puts the plugin into a process group of its own, so that
// Ctrl-C in the terminal reaches the host only.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
