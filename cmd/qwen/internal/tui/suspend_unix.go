//go:build unix

package tui

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// stopTime is how long it may take at most to be stopped. A process that no shell
// would wake again, as it is a terminal's only one, is not stopped at all.
const stopTime = 200 * time.Millisecond

// suspend hands the terminal back to the shell until the person returns.
func (m *model) suspend() {
	m.effect(func(c Console) {
		_ = c.Suspend(func() error {
			resumed := make(chan os.Signal, 1)
			signal.Notify(resumed, syscall.SIGCONT)
			defer signal.Stop(resumed)
			if err := syscall.Kill(0, syscall.SIGTSTP); err != nil {
				return err
			}
			select { // the signal may stop us a moment later
			case <-resumed:
			case <-time.After(stopTime):
			}
			return nil
		})
	})
}
