//go:build unix

package term

import "os"

// newKeyInput returns the input of a terminal that hands over single keys.
func newKeyInput(tty *os.File) *input {
	wake := newWaker(tty)
	if f, ok := wake.(*wakeableFile); ok {
		f.eager = true
	}
	return newInput(tty, wake)
}
