//go:build unix

package shell

import (
	"os/exec"
	"syscall"
	"time"
)

// arguments returns how the person's shell runs a line.
func arguments(c Command) []string {
	shell := variable(c.Environ, "SHELL")
	if shell == "" {
		shell = "/bin/sh"
	}
	return []string{shell, "-c", c.Line}
}

// ownGroup puts a command into a process group of its own, which is ended as a
// whole: asked at first, killed if that does not help.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		group := -cmd.Process.Pid
		time.AfterFunc(patience/2, func() { _ = syscall.Kill(group, syscall.SIGKILL) })
		return syscall.Kill(group, syscall.SIGTERM)
	}
}
