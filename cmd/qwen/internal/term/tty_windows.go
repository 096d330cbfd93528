package term

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

func openTTY() (in, out *os.File, err error) {
	in, err = os.OpenFile("CONIN$", os.O_RDWR, 0)
	if err != nil {
		return nil, nil, err
	}
	out, err = os.OpenFile("CONOUT$", os.O_RDWR, 0)
	if err != nil {
		_ = in.Close()
		return nil, nil, err
	}
	return in, out, nil
}

// echoOff stops the console from showing what is typed. Lines are still edited
// by the console and Ctrl-C still interrupts.
func echoOff(tty *os.File) (restore func(), err error) {
	var before uint32
	cerr := control(tty, func(fd int) {
		if err = windows.GetConsoleMode(windows.Handle(fd), &before); err == nil {
			silent := before&^windows.ENABLE_ECHO_INPUT | windows.ENABLE_PROCESSED_INPUT | windows.ENABLE_LINE_INPUT
			err = windows.SetConsoleMode(windows.Handle(fd), silent)
		}
	})
	if err = errors.Join(cerr, err); err != nil {
		return nil, err
	}
	return func() {
		_ = control(tty, func(fd int) { _ = windows.SetConsoleMode(windows.Handle(fd), before) })
	}, nil
}
