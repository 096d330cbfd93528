package term

import (
	"os"
	"time"
)

// newWaker returns nil: a read from the console cannot be interrupted. What it
// brings later is kept for the next question.
func newWaker(*os.File) waker { return nil }

// watchSize never reports: the size is measured each time something is painted.
func watchSize() (resized <-chan os.Signal, stop func()) { return nil, func() {} }

// sizeInterval is how often the size is measured: no signal tells when it changes.
const sizeInterval = 500 * time.Millisecond

// resizes reports when what measure returns has changed.
func resizes(measure func() (columns, rows int)) (resized <-chan os.Signal, stop func()) {
	c, over := make(chan os.Signal, 1), make(chan struct{})
	go func() {
		every := time.NewTicker(sizeInterval)
		defer every.Stop()
		columns, rows := measure()
		for {
			select {
			case <-over:
				return
			case <-every.C:
			}
			if w, h := measure(); w != columns || h != rows {
				columns, rows = w, h
				select {
				case c <- os.Interrupt: // which one does not matter
				default:
				}
			}
		}
	}()
	return c, func() { close(over) }
}
