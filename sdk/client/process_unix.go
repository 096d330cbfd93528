//go:build unix

package client

import (
	"errors"
	"os"
	"syscall"
)

// socketBases lists the directories to try for sockets, best first.
func socketBases() []string { return []string{os.TempDir(), "/tmp", "/dev/shm"} }

// adopt has nothing to do: the process group was made with the process.
func adopt(*os.Process) error { return nil }

// killGroup kills a process and everything in its group.
func killGroup(p *os.Process) error {
	err := syscall.Kill(-p.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}
