package shell

import (
	"cmp"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

// prepare makes a command of a line for the system's shell, which wants the line as it
// is between quotes (cmd /?, at /S). Ctrl-C is for the chat and does not reach it. It
// is ended with all that it has started.
func prepare(cmd *exec.Cmd, c Command) {
	system := filepath.Join(variable(c.Environ, "SystemRoot"), "System32")
	shell := cmp.Or(variable(c.Environ, "COMSPEC"), filepath.Join(system, "cmd.exe"))
	cmd.Path, cmd.Args = shell, []string{shell}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		CmdLine:       `"` + shell + `" /d /s /c "` + c.Line + `"`,
		CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP,
	}
	cmd.Cancel = func() error {
		return exec.Command(filepath.Join(system, "taskkill.exe"), "/t", "/f", "/pid", strconv.Itoa(cmd.Process.Pid)).Run()
	}
}
