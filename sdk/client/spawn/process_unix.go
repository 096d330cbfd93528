//go:build unix

package spawn

import (
	"errors"
	"os"
	"strconv"
	"syscall"
)

// socketBases lists the directories to try for sockets, best first.
func socketBases() []string { return []string{os.TempDir(), "/tmp", "/dev/shm"} }

func sameName(a, b string) bool { return a == b }

// system is nothing: here a process is its number.
//
//lint:ignore U1000 on Windows there is something in it
type system struct{}

// exec starts the program. Package os would start another process first, to find
// out what the kernel can do, which takes longer than this.
func (p *Process) exec(path string, argv, env []string, stdin, stdout, stderr *os.File) (err error) {
	p.Pid, err = syscall.ForkExec(path, argv, &syscall.ProcAttr{
		Env:   env,
		Files: []uintptr{stdin.Fd(), stdout.Fd(), stderr.Fd()},
		Sys:   processAttributes(),
	})
	return err
}

// Wait waits for the end of the process and says how it ended, such as "exit
// status 2" or "signal: killed". It is called once.
func (p *Process) Wait() string {
	for {
		var status syscall.WaitStatus
		_, err := syscall.Wait4(p.Pid, &status, 0, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case err != nil:
			return err.Error()
		}
		return ending(status)
	}
}

// ending says how a process ended, in the words of package os.
func ending(status syscall.WaitStatus) string {
	if !status.Signaled() {
		return "exit status " + strconv.Itoa(status.ExitStatus())
	}
	text := "signal: " + status.Signal().String()
	if status.CoreDump() {
		text += " (core dumped)"
	}
	return text
}

// Kill kills the process and everything in its group.
func (p *Process) Kill() error {
	err := syscall.Kill(-p.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}
