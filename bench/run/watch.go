//go:build unix

package main

import (
	"os"
	"time"
)

// stampSize is the number of digits of a time in nanoseconds since 1970: until
// the year 2286.
const stampSize = 19

// A watch reads the program's output and notes when it comes. If the output has
// times in it, those at which the service sent it, the watch notes how long each
// was on its way.
type watch struct {
	timed   bool
	first   int64 // when the first byte came
	size    int64
	transit []int64

	digits int // of a number at the end of what was read, which may be cut in two
	value  int64
}

// start reads r to its end, and returns what waits for that.
func (w *watch) start(r *os.File) (wait func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 64<<10)
		for {
			n, err := r.Read(buf)
			if n > 0 {
				w.take(buf[:n], time.Now().UnixNano())
			}
			if err != nil {
				return
			}
		}
	}()
	return func() { <-done }
}

// take notes what came at a time.
func (w *watch) take(b []byte, now int64) {
	if w.size == 0 {
		w.first = now
	}
	w.size += int64(len(b))
	if !w.timed {
		return
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			w.digits, w.value = 0, 0
			continue
		}
		w.digits++
		w.value = w.value*10 + int64(c-'0')
		if w.digits == stampSize {
			w.transit = append(w.transit, now-w.value)
		}
	}
}
