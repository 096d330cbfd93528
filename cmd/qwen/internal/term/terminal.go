package term

import "os"

// OpenTerminal opens the terminal that controls the process, for a program that is
// started on it: an editor. Out may be the same file as in. It returns
// [ErrNoTerminal] if there is none.
func OpenTerminal() (in, out *os.File, err error) {
	if in, out, err = openTTY(); err != nil {
		return nil, nil, ErrNoTerminal
	}
	return in, out, nil
}
