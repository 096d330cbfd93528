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
	return setMode(tty, func(mode *unix.Termios) {
		mode.Lflag &^= unix.ECHO
		mode.Lflag |= unix.ICANON | unix.ISIG
		mode.Iflag |= unix.ICRNL
	})
}

// keyMode makes the terminal hand over each key at once and show none; also
// Ctrl-C is a key then. What is written goes on as before.
func keyMode(tty, _ *os.File) (restore func(), err error) {
	return setMode(tty, func(mode *unix.Termios) {
		singleKeys(mode)
		mode.Iflag |= unix.ICRNL
	})
}

// rawKeyMode is [keyMode] with Enter told from Ctrl-J.
func rawKeyMode(tty, _ *os.File) (restore func(), err error) {
	return setMode(tty, func(mode *unix.Termios) {
		singleKeys(mode)
		mode.Iflag &^= unix.ICRNL
	})
}

func singleKeys(mode *unix.Termios) {
	mode.Lflag &^= unix.ECHO | unix.ICANON | unix.ISIG | unix.IEXTEN
	mode.Iflag &^= unix.IXON | unix.INLCR | unix.IGNCR
	mode.Cc[unix.VMIN], mode.Cc[unix.VTIME] = 1, 0
}

// waiting returns how many bytes have been typed and not been read.
func waiting(tty *os.File) (n int) {
	_ = control(tty, func(fd int) { n, _ = unix.IoctlGetInt(fd, inputQueue) })
	return n
}

// setMode changes the mode of the terminal until restore is called.
func setMode(tty *os.File, change func(*unix.Termios)) (restore func(), err error) {
	var before *unix.Termios
	cerr := control(tty, func(fd int) {
		if before, err = unix.IoctlGetTermios(fd, getTermios); err == nil {
			mode := *before
			change(&mode)
			err = unix.IoctlSetTermios(fd, setTermios, &mode)
		}
	})
	if err = errors.Join(cerr, err); err != nil {
		return nil, err
	}
	return func() {
		_ = control(tty, func(fd int) { _ = unix.IoctlSetTermios(fd, setTermios, before) })
	}, nil
}
