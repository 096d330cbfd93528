//go:build unix

package term

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ownSession detaches a process from the terminal: no signal from the keyboard
// reaches it.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// stopDelay is how long it may take until the process is stopped.
const stopDelay = 200 * time.Millisecond

// Stop stops the process, and those it runs together with, as Ctrl-Z does elsewhere.
// It returns when the shell has continued it, or soon if there is no shell that could.
// Call it in [Console.Suspend].
func Stop() error {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, unix.SIGCONT)
	defer signal.Stop(continued)
	if err := unix.Kill(0, unix.SIGTSTP); err != nil {
		return err
	}
	select {
	case <-continued:
	case <-time.After(stopDelay):
	}
	return nil
}
