//go:build unix

package term

import (
	"errors"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// wakeableFile reads from a terminal until it is interrupted by a byte in a pipe.
// It waits by select(2) and neither by poll(2) nor by the runtime's kqueue, which
// do not know /dev/tty on macOS.
type wakeableFile struct {
	tty         *os.File
	wakes, wake *os.File // the ends of the pipe
	eager       bool     // to read what is there before it is interrupted
}

// newWaker returns nil if tty cannot be waited for.
func newWaker(tty *os.File) waker {
	wakes, wake, err := os.Pipe()
	if err != nil {
		return nil
	}
	f := &wakeableFile{tty: tty, wakes: wakes, wake: wake}
	if descriptor(tty) >= unix.FD_SETSIZE || descriptor(wakes) >= unix.FD_SETSIZE {
		_ = f.Close()
		return nil
	}
	return f
}

func descriptor(f *os.File) (n int) {
	_ = control(f, func(fd int) { n = fd })
	return n
}

func (f *wakeableFile) Read(p []byte) (int, error) {
	interrupted, err := f.wait()
	switch {
	case err != nil:
		return 0, err
	case interrupted:
		f.Reset()
		return 0, errInterrupted
	}
	return f.tty.Read(p)
}

// wait waits for something to read, and reports whether that is an interruption.
func (f *wakeableFile) wait() (interrupted bool, err error) {
	var selectErr error
	err = control(f.tty, func(tty int) {
		selectErr = control(f.wakes, func(wakes int) {
			for {
				var set unix.FdSet
				set.Set(tty)
				set.Set(wakes)
				_, err = unix.Select(max(tty, wakes)+1, &set, nil, nil, nil)
				interrupted = set.IsSet(wakes) && !(f.eager && set.IsSet(tty))
				if !errors.Is(err, unix.EINTR) {
					return
				}
			}
		})
	})
	return interrupted, errors.Join(err, selectErr)
}

func (f *wakeableFile) Interrupt() { _, _ = f.wake.Write([]byte{0}) }

func (f *wakeableFile) Reset() { _, _ = f.wakes.Read(make([]byte, 1)) }

func (f *wakeableFile) Close() error { return errors.Join(f.wakes.Close(), f.wake.Close()) }

// watchSize reports when the terminal's size has changed.
func watchSize() (resized <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, unix.SIGWINCH)
	return c, func() { signal.Stop(c) }
}

// resizes reports when the terminal's size has changed.
func resizes(func() (columns, rows int)) (resized <-chan os.Signal, stop func()) { return watchSize() }
