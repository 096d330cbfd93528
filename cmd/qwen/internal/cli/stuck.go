package cli

import (
	"context"
	"io"
	"sync/atomic"
	"time"
)

// A watchedWriter knows whether a write is under way. A pipe that nobody reads,
// or a terminal stopped with Ctrl-S, takes nothing for as long as it likes.
type watchedWriter struct {
	w            io.Writer
	begun, ended atomic.Int64 // writes
}

func (w *watchedWriter) Write(p []byte) (int, error) {
	w.begun.Add(1)
	defer w.ended.Add(1)
	return w.w.Write(p)
}

// writePatience is how long a write may take once the run was interrupted.
const writePatience = 200 * time.Millisecond

// stuck returns a channel that is closed when the run has been interrupted and
// does not end because a write does not.
func stuck(ctx context.Context, writers ...*watchedWriter) <-chan struct{} {
	closed := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(closed)
		for !anyStuck(writers) {
		}
	})
	return closed
}

// anyStuck reports whether one of the writers is in the same write before and
// after a wait.
func anyStuck(writers []*watchedWriter) bool {
	before := make([]int64, len(writers))
	for i, w := range writers {
		before[i] = w.ended.Load()
	}
	time.Sleep(writePatience)
	for i, w := range writers {
		if ended := w.ended.Load(); ended == before[i] && w.begun.Load() > ended {
			return true
		}
	}
	return false
}
