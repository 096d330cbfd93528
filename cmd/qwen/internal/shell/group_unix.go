//go:build unix

package shell

import (
	"cmp"
	"os/exec"
	"syscall"
	"time"
)

// prepare makes a command of a line for the person's shell. It is in a session of its
// own: the terminal belongs to the chat, so that a program that asks for a password
// there says that it cannot, instead of waiting for ever. Its process group is ended
// as a whole, asked at first, killed if that does not help.
func prepare(cmd *exec.Cmd, c Command) {
	shell := cmp.Or(variable(c.Environ, "SHELL"), "/bin/sh")
	cmd.Path, cmd.Args = shell, []string{shell, "-c", c.Line}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error {
		group := -cmd.Process.Pid
		time.AfterFunc(patience/2, func() { _ = syscall.Kill(group, syscall.SIGKILL) })
		return syscall.Kill(group, syscall.SIGTERM)
	}
}
