package term

import (
	"context"
	"errors"
	"time"
)

// read makes events of what arrives, until ctx is done or the input ends.
func (c *Console) read(ctx context.Context) {
	for {
		events, err := c.arrive(ctx)
		for _, e := range events {
			c.dispatch(e)
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			c.endOnce.Do(func() { close(c.ended) })
			return
		}
	}
}

// arrive waits for what arrives next, or until that is late.
func (c *Console) arrive(ctx context.Context) ([]Event, error) {
	wait, cancel := ctx, context.CancelFunc(func() {})
	if patience := c.decoder.patience(); patience > 0 {
		wait, cancel = context.WithTimeout(ctx, patience)
	}
	defer cancel()
	err := c.in.more(wait)
	arrived := c.in.rest
	c.in.rest = nil
	c.enterAhead(arrived)
	late := errors.Is(wait.Err(), context.DeadlineExceeded)
	switch {
	case late && len(arrived) > 0:
		return c.decoder.feed(arrived), nil
	case late:
		return c.decoder.late(), nil
	case err != nil:
		return append(c.decoder.feed(arrived), c.decoder.late()...), err
	}
	return c.decoder.feed(arrived), nil
}

// enterAhead makes Enter of the line ends that were typed when the terminal still read
// lines: it has made line feeds of them, which are Ctrl-J now.
func (c *Console) enterAhead(arrived []byte) {
	n := min(c.ahead, len(arrived))
	c.ahead -= n
	for i, b := range arrived[:n] {
		if b == '\n' {
			arrived[i] = '\r'
		}
	}
}

// dispatch passes an event on, unless it is an answer that the console itself has
// asked for.
func (c *Console) dispatch(e Event) {
	if c.answers.take(e) {
		return
	}
	select {
	case c.arrived <- e:
	case <-c.over:
	}
}

// pass passes events on in order and never makes their sender wait. Of several
// resizes in a row, one is enough. It ends, and closes to, when from has ended and
// all is passed on, or when it is all over.
func pass(from <-chan Event, to chan<- Event, ended, over <-chan struct{}) {
	defer close(to)
	var waiting []Event
	for ended != nil || len(waiting) > 0 {
		var next Event
		var send chan<- Event
		if len(waiting) > 0 {
			next, send = waiting[0], to
		}
		select {
		case e := <-from:
			if n := len(waiting); n == 0 || e != (Resize{}) || waiting[n-1] != e {
				waiting = append(waiting, e)
			}
		case send <- next:
			waiting = waiting[1:]
		case <-ended:
			ended = nil
		case <-over:
			return
		}
	}
}

// settleDelay is how long the size of the terminal does not change when somebody has
// resized it. It is longer than tmux takes to tell the next size, 250 ms.
const settleDelay = 300 * time.Millisecond

// watchSize says when the size of the terminal has changed, and once more when it has
// settled.
func (c *Console) watchSize() {
	resized, stop := resizes(c.Size)
	defer stop()
	var settled <-chan time.Time
	for {
		select {
		case <-resized:
			settled = time.After(settleDelay)
		case <-settled:
			settled = nil
		case <-c.over:
			return
		}
		c.answers.resize(settled != nil)
		c.dispatch(Resize{})
	}
}
