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
	return setMode(tty, func(mode uint32) uint32 {
		return mode&^windows.ENABLE_ECHO_INPUT | windows.ENABLE_PROCESSED_INPUT | windows.ENABLE_LINE_INPUT
	})
}

// waiting is for systems on which Enter is another character in lines than as a key.
func waiting(*os.File) int { return 0 }

// keyMode makes the console hand over each key at once, in the way of other
// terminals, and show none; also Ctrl-C is a key then. The screen obeys control
// sequences meanwhile.
func keyMode(tty, screen *os.File) (restore func(), err error) {
	restoreScreen, err := setMode(screen, func(mode uint32) uint32 {
		return mode | windows.ENABLE_PROCESSED_OUTPUT | windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING
	})
	if err != nil {
		return nil, err
	}
	restoreInput, err := setMode(tty, func(mode uint32) uint32 {
		const off = windows.ENABLE_ECHO_INPUT | windows.ENABLE_PROCESSED_INPUT | windows.ENABLE_LINE_INPUT
		return mode&^off | windows.ENABLE_VIRTUAL_TERMINAL_INPUT
	})
	if err != nil {
		restoreScreen()
		return nil, err
	}
	return func() { restoreInput(); restoreScreen() }, nil
}

// rawKeyMode is [keyMode], which here tells Enter from Ctrl-J.
func rawKeyMode(tty, screen *os.File) (restore func(), err error) { return keyMode(tty, screen) }

// setMode changes the mode of one side of the console until restore is called.
func setMode(side *os.File, change func(mode uint32) uint32) (restore func(), err error) {
	var before uint32
	cerr := control(side, func(fd int) {
		if err = windows.GetConsoleMode(windows.Handle(fd), &before); err == nil {
			err = windows.SetConsoleMode(windows.Handle(fd), change(before))
		}
	})
	if err = errors.Join(cerr, err); err != nil {
		return nil, err
	}
	return func() {
		_ = control(side, func(fd int) { _ = windows.SetConsoleMode(windows.Handle(fd), before) })
	}, nil
}
