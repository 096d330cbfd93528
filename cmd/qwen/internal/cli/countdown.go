package cli

import (
	"io"
	"sync"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// overwrite goes back to the start of the line and empties it (ECMA-48: CR, EL).
const overwrite = "\r\x1b[K"

// countdown shows on the terminal how long something still takes, second by second.
// Once it is over, the line stays as it was at first. A line that the terminal would
// break cannot be written over: it is written once.
func (a *app) countdown(until time.Time, line func(left time.Duration) string) (stop func(), err error) {
	first := line(time.Until(until))
	if term.Width(first) >= a.streams.Err.Width() {
		_, err = io.WriteString(a.stderr, first+"\n")
		return func() {}, err
	}
	if _, err = io.WriteString(a.errors.w, a.errors.styled(first)); err != nil {
		return func() {}, err
	}
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		a.count(until, line, over)
		_, _ = io.WriteString(a.errors.w, overwrite+a.errors.styled(first)+"\n")
	}()
	return sync.OnceFunc(func() { close(over); <-done }), nil
}

// count writes the line anew each second until the time has come, or over is closed.
func (a *app) count(until time.Time, line func(left time.Duration) string, over <-chan struct{}) {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case <-over:
			return
		case <-second.C:
		}
		if left := time.Until(until); left > 0 {
			_, _ = io.WriteString(a.errors.w, overwrite+a.errors.styled(line(left)))
		}
	}
}
