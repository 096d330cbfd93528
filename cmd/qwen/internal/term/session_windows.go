package term

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// ownSession detaches a process from the console: Ctrl-C does not reach it.
func ownSession() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.DETACHED_PROCESS | windows.CREATE_NEW_PROCESS_GROUP}
}

// Stop does nothing: no shell stops and continues programs here.
func Stop() error { return nil }
