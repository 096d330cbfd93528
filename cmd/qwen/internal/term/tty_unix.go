//go:build unix

package term

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

func openTTY() (in, out *os.File, err error) {
	f, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	return f, f, err
}

// echoOff stops the terminal from showing what is typed. Lines are still edited
// by the terminal and Ctrl-C still sends its signal.
func echoOff(tty *os.File) (restore func(), err error) {
	var before *unix.Termios
	cerr := control(tty, func(fd int) {
		if before, err = unix.IoctlGetTermios(fd, getTermios); err == nil {
			silent := *before
			silent.Lflag &^= unix.ECHO
			silent.Lflag |= unix.ICANON | unix.ISIG
			silent.Iflag |= unix.ICRNL
			err = unix.IoctlSetTermios(fd, setTermios, &silent)
		}
	})
	if err = errors.Join(cerr, err); err != nil {
		return nil, err
	}
	return func() {
		_ = control(tty, func(fd int) { _ = unix.IoctlSetTermios(fd, setTermios, before) })
	}, nil
}
