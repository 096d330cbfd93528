package term

import (
	"errors"
	"os"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/sys/windows"
)

// newKeyInput returns the input of a console that hands over single keys.
func newKeyInput(tty *os.File) *input {
	wake, err := windows.CreateEvent(nil, 0, 0, nil)
	if err != nil {
		return newInput(tty, nil)
	}
	return newInput(tty, &wakeableConsole{tty: tty, wake: wake})
}

// wakeableConsole reads keys from the console until it is interrupted by an event. It
// does not leave that to package os, which takes Ctrl-Z for the end of a file.
type wakeableConsole struct {
	tty  *os.File
	wake windows.Handle
	half []uint16 // the first half of a character, read and not handed out yet
}

func (c *wakeableConsole) Read(p []byte) (n int, err error) {
	cerr := control(c.tty, func(fd int) {
		for n == 0 && err == nil {
			if err = c.wait(windows.Handle(fd)); err == nil {
				n, err = c.read(windows.Handle(fd), p)
			}
		}
	})
	return n, errors.Join(err, cerr)
}

// wait waits until a key is there to be read.
func (c *wakeableConsole) wait(console windows.Handle) error {
	for {
		which, err := windows.WaitForMultipleObjects([]windows.Handle{c.wake, console}, false, windows.INFINITE)
		switch {
		case err != nil:
			return err
		case which == windows.WAIT_OBJECT_0:
			return errInterrupted
		}
		if typed, err := dropToKey(console); typed || err != nil {
			return err
		}
	}
}

// read reads what was typed, in UTF-16, and returns it in UTF-8.
func (c *wakeableConsole) read(console windows.Handle, p []byte) (int, error) {
	units := make([]uint16, len(p)/utf8.UTFMax)
	var n uint32
	if err := windows.ReadConsole(console, &units[0], uint32(len(units)), &n, nil); err != nil {
		return 0, err
	}
	units = append(c.half, units[:n]...)
	c.half = nil
	if last := len(units) - 1; last >= 0 && units[last] >= 0xD800 && units[last] < 0xDC00 {
		c.half, units = units[last:], units[:last]
	}
	return copy(p, string(utf16.Decode(units))), nil
}

func (c *wakeableConsole) Interrupt() { _ = windows.SetEvent(c.wake) }

func (c *wakeableConsole) Reset() { _ = windows.ResetEvent(c.wake) }

func (c *wakeableConsole) Close() error { return windows.CloseHandle(c.wake) }

// inputRecord is INPUT_RECORD of a key; see
// https://learn.microsoft.com/windows/console/input-record-str.
type inputRecord struct {
	kind    uint16
	_       uint16
	down    int32
	repeats uint16
	key     uint16
	scan    uint16
	char    uint16
	state   uint32
}

// types reports whether a record is a key that ReadConsole returns: for others, such
// as those of a key that is released, it waits.
func (r *inputRecord) types() bool {
	const keyEvent, altKey = 1, 0x12
	return r.kind == keyEvent && r.char != 0 && (r.down != 0 || r.key == altKey)
}

var (
	kernel32         = windows.NewLazySystemDLL("kernel32.dll")
	peekConsoleInput = kernel32.NewProc("PeekConsoleInputW")
	readConsoleInput = kernel32.NewProc("ReadConsoleInputW")
)

// dropToKey takes the records that type nothing off the front of the console's queue,
// and reports whether one is left that does.
func dropToKey(console windows.Handle) (typed bool, err error) {
	for {
		var r inputRecord
		var n uint32
		if err := record(peekConsoleInput, console, &r, &n); err != nil || n == 0 {
			return false, err
		}
		if r.types() {
			return true, nil
		}
		if err := record(readConsoleInput, console, &r, &n); err != nil {
			return false, err
		}
	}
}

func record(proc *windows.LazyProc, console windows.Handle, r *inputRecord, n *uint32) error {
	ok, _, err := proc.Call(uintptr(console), uintptr(unsafe.Pointer(r)), 1, uintptr(unsafe.Pointer(n)))
	if ok == 0 {
		return err
	}
	return nil
}
