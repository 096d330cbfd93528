package term

import "os"

// newWaker returns nil: a read from the console cannot be interrupted. What it
// brings later is kept for the next question.
func newWaker(*os.File) waker { return nil }

// watchSize never reports: the size is measured each time something is painted.
func watchSize() (resized <-chan os.Signal, stop func()) { return nil, func() {} }
