package term

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
)

// errInterrupted is what a read returns that was told to stop.
var errInterrupted = errors.New("interrupted")

// An input hands out what is typed, by lines or by keys. One goroutine does all
// reading, and only when something is asked for: whoever reads from the terminal
// after us must find everything that was not typed for us.
//
// Where a read cannot be interrupted, one that is not needed any more goes on,
// and what it brings is kept for the next question, like all that is typed ahead.
type input struct {
	r     io.Reader
	wake  waker // nil if reads cannot be interrupted
	want  chan struct{}
	got   chan chunk
	asked bool // a chunk was asked for and has not come yet

	rest  []byte // read and not handed out yet
	ended bool   // nobody has been told yet that the input has ended
}

// A waker is a reader whose Read can be made to return [errInterrupted].
type waker interface {
	io.Reader
	Interrupt()
	Reset() // forgets an interruption that came too late
	io.Closer
}

// chunk is what one read returned.
type chunk struct {
	data []byte
	err  error
}

func newInput(r io.Reader, wake waker) *input {
	if wake != nil {
		r = wake
	}
	return &input{r: r, wake: wake}
}

// more adds to what can be handed out, or returns why there is nothing to add.
func (in *input) more(ctx context.Context) error {
	if in.ended {
		in.ended = false // that of a terminal (Ctrl-D) comes once
		return io.EOF
	}
	if in.want == nil {
		in.want, in.got = make(chan struct{}, 1), make(chan chunk, 1)
		go readChunks(in.r, in.want, in.got)
	}
	if !in.asked {
		in.want <- struct{}{}
		in.asked = true
	}
	select {
	case <-ctx.Done():
		in.interrupt()
		return ctx.Err()
	case c := <-in.got:
		return in.take(c)
	}
}

func (in *input) take(c chunk) error {
	in.asked = false
	in.rest = append(in.rest, c.data...)
	return c.err
}

// interrupt ends the read that goes on, if possible. What it has read already
// stays, and be it that there is no more.
func (in *input) interrupt() {
	if in.wake == nil || !in.asked {
		return
	}
	in.wake.Interrupt()
	c := <-in.got
	if !errors.Is(c.err, errInterrupted) {
		in.wake.Reset()
	}
	in.ended = in.take(c) == io.EOF
}

// close ends the reading goroutine.
func (in *input) close() error {
	in.interrupt()
	if in.want != nil {
		close(in.want)
		in.want = nil
	}
	if in.wake == nil {
		return nil
	}
	return in.wake.Close()
}

// readChunks reads once for each value from want.
func readChunks(r io.Reader, want <-chan struct{}, got chan<- chunk) {
	buf := make([]byte, 4096)
	for range want {
		n, err := r.Read(buf)
		got <- chunk{bytes.Clone(buf[:n]), err}
	}
}

// line returns the next line, trimmed.
func (in *input) line(ctx context.Context) (string, error) {
	line, err := in.wholeLine(ctx)
	return strings.TrimSpace(line), err
}

// wholeLine returns the next line as it was typed, without its end.
func (in *input) wholeLine(ctx context.Context) (string, error) {
	for {
		if before, after, ok := bytes.Cut(in.rest, []byte("\n")); ok {
			in.rest = after
			return strings.TrimSuffix(string(before), "\r"), nil
		}
		switch err := in.more(ctx); {
		case err == io.EOF && len(in.rest) > 0:
			in.rest = append(in.rest, '\n')
		case err == io.EOF:
			return "", ErrNoAnswer
		case err != nil:
			return "", err
		}
	}
}
