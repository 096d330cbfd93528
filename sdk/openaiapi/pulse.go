package openaiapi

import (
	"io"
	"time"
)

// pulseEvery bounds how often what arrives is passed on as a sign of life.
const pulseEvery = 100 * time.Millisecond

// A pulse passes on that something arrives, whatever it is: comments, chunks in which
// nothing is said, the pieces of a long one.
type pulse struct {
	src  io.Reader
	beat func() error
	last time.Time // of the last beat
}

// Read implements [io.Reader]. What beats is called in the reader's own goroutine.
func (p *pulse) Read(b []byte) (int, error) {
	n, err := p.src.Read(b)
	if now := time.Now(); n > 0 && now.Sub(p.last) >= pulseEvery {
		p.last = now
		if beatErr := p.beat(); beatErr != nil && err == nil {
			err = beatErr
		}
	}
	return n, err
}
