package shell

import (
	"os/exec"
	"path/filepath"
	"syscall"
)

// arguments returns how the system's shell runs a line.
func arguments(c Command) []string {
	shell := variable(c.Environ, "COMSPEC")
	if shell == "" {
		shell = filepath.Join(variable(c.Environ, "SystemRoot"), "System32", "cmd.exe")
	}
	return []string{shell, "/d", "/s", "/c", c.Line}
}

// ownGroup keeps Ctrl-C, which is for the chat, from the command.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
