//go:build unix

package tui

import (
	"os"
	"os/signal"
	"syscall"
)

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
			<-resumed // the signal may stop us a moment later
			return nil
		})
	})
}
