package term

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// A keyboard is the terminal while it hands over single keys and shows none of
// them. It ends, and gives the terminal back as it was, by stop; which comes soon
// after ctx is done, be it by a signal that would have ended the process with the
// terminal in disorder.
type keyboard struct {
	ctx     context.Context
	keys    <-chan key // closed when there are no more
	resized <-chan os.Signal
	stop    func()
}

func (p *Prompter) keyboard(ctx context.Context) (*keyboard, error) {
	ctx, unnotify := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	restore, err := keyMode(p.tty, p.screen)
	if err != nil {
		unnotify()
		return nil, fmt.Errorf("read keys: %w", err)
	}
	resized, unwatch := watchSize()
	reading, cancel := context.WithCancel(ctx)
	keys, done := make(chan key), make(chan struct{})
	go func() {
		defer close(done)
		defer close(keys)
		_ = p.input.sendKeys(reading, keys)
	}()
	stop := func() {
		cancel()
		<-done
		unwatch()
		restore()
		unnotify()
	}
	return &keyboard{ctx: ctx, keys: keys, resized: resized, stop: stop}, nil
}
