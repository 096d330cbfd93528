//go:build unix

package term

import "syscall"

// ownSession detaches a process from the terminal: no signal from the keyboard
// reaches it.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
