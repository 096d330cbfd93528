package plain

import (
	"context"
	"os"
	"slices"
	"sync"
)

// interrupts hands each Ctrl-C to whoever asked for them last.
type interrupts struct {
	signals <-chan os.Signal

	mu       sync.Mutex
	handlers []*func()
}

// handle has a function called for each Ctrl-C, until stop is called. One that came
// when nobody was interested is forgotten: it was about something that is over.
func (i *interrupts) handle(do func()) (stop func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.handlers) == 0 {
		i.forget()
	}
	i.handlers = append(i.handlers, &do)
	over := make(chan struct{})
	go i.deliver(over)
	return sync.OnceFunc(func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.handlers = slices.DeleteFunc(i.handlers, func(h *func()) bool { return h == &do })
		close(over)
	})
}

func (i *interrupts) forget() {
	select {
	case <-i.signals:
	default:
	}
}

func (i *interrupts) deliver(over <-chan struct{}) {
	for {
		select {
		case <-over:
			return
		case <-i.signals:
			i.last()()
		}
	}
}

// last returns what is to be done for a Ctrl-C.
func (i *interrupts) last() func() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if n := len(i.handlers); n > 0 {
		return *i.handlers[n-1]
	}
	return func() {}
}

// interruptible returns a context that Ctrl-C cancels, after it has called a
// function. Done is called in any case.
func (f *Front) interruptible(ctx context.Context, also func()) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancel(ctx)
	stop := f.interrupts.handle(func() {
		also()
		cancel()
	})
	return ctx, func() {
		stop()
		cancel()
	}
}

// afterInterrupt notes that the terminal has written "^C" somewhere.
func (f *Front) afterInterrupt() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.begun = true
}
