package term

import (
	"context"
	"errors"
	"strings"
	"sync"
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

// answerDelay is how long an answer of the terminal may take.
const answerDelay = 200 * time.Millisecond

// answers is what the terminal answers to the console's own questions. After each
// question it is asked for its attributes (DA1), because that is answered by every
// terminal: it tells that there will be no other answer.
type answers struct {
	mu       sync.Mutex
	open     int           // questions
	done     chan struct{} // closed when there are none
	position chan int      // the columns of the cursor that have been reported
	size     bool          // has changed
	settling bool          // and may change again
	name     string        // of the terminal and its version; "" if not known
}

func newAnswers() *answers {
	a := &answers{done: make(chan struct{}), position: make(chan int, 1)}
	close(a.done)
	return a
}

// question returns what asks.
func (a *answers) question(seq string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.open == 0 {
		a.done = make(chan struct{})
	}
	a.open++
	return seq + "\x1b[c"
}

// take takes an answer and reports whether it is one.
func (a *answers) take(e Event) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch e := e.(type) {
	case attributes:
		if a.open > 0 {
			if a.open--; a.open == 0 {
				close(a.done)
			}
		}
	case position:
		select {
		case a.position <- e.column:
		default:
		}
	case version:
		a.name = CleanLine(e.name)
	default:
		return false
	}
	return true
}

// all returns a channel that is closed when all questions are answered.
func (a *answers) all() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.done
}

// wait waits for the answers to all questions, but not long.
func (a *answers) wait() {
	select {
	case <-a.all():
	case <-time.After(answerDelay):
	}
}

func (a *answers) resize(settling bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.size, a.settling = true, settling
}

// resized reports whether the size has changed since it was asked last, and whether
// it may change again.
func (a *answers) resized() (changed, settling bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	changed = a.size
	a.size = false
	return changed, a.settling
}

func (a *answers) terminal() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.name
}

// reflow returns what the terminal does with lines, if it has said which one it is.
func (a *answers) reflow(supposed reflow) reflow {
	switch name := a.terminal(); {
	case name == "":
		return supposed
	case strings.HasPrefix(name, "tmux "):
		return breaksAndTells
	case strings.HasPrefix(name, "XTerm("):
		return keepsRows
	}
	return breaksLines
}

// reflowOf supposes what the terminal does with lines. In tmux, variables of the
// terminal outside are seen too, and in a terminal within an editor, those of tmux.
func reflowOf(getenv func(string) string) reflow {
	name := getenv("TERM")
	multiplexed := strings.HasPrefix(name, "tmux") || strings.HasPrefix(name, "screen")
	switch {
	case multiplexed && getenv("TMUX") != "" && getenv("STY") == "":
		return breaksAndTells
	case strings.HasPrefix(name, "linux"), !multiplexed && getenv("XTERM_VERSION") != "":
		return keepsRows
	}
	return breaksLines
}

// askColumn asks where the cursor is and returns its column, 0 if there is no answer.
func (c *Console) askColumn() int {
	if !c.obeys() {
		return 0
	}
	select {
	case <-c.answers.position: // an old one
	default:
	}
	if c.write(c.answers.question("\x1b[?6n")) != nil {
		return 0
	}
	select {
	case column := <-c.answers.position:
		return column
	case <-c.answers.all():
		return 0
	case <-time.After(answerDelay):
		return 0
	}
}

// terminal returns the name of the terminal, as it says itself or as its variables
// say; "" if neither does.
func (c *Console) terminal() string {
	if name := c.answers.terminal(); name != "" {
		return name
	}
	if name := c.getenv("TERM_PROGRAM"); name != "" {
		return name
	}
	return c.getenv("TERM")
}

// notification returns the sequence for a notification on the desktop, or the bell.
func notification(terminal, title, text string) string {
	title, text = CleanLine(title), CleanLine(text)
	name := strings.ToLower(terminal)
	begins := func(names ...string) bool {
		for _, n := range names {
			if strings.HasPrefix(name, n) {
				return true
			}
		}
		return false
	}
	switch {
	case begins("iterm", "kitty", "xterm-kitty"):
		return "\x1b]9;" + strings.TrimSuffix(title+": "+text, ": ") + "\a"
	case begins("wezterm", "ghostty", "xterm-ghostty", "foot", "rxvt-unicode"):
		return "\x1b]777;notify;" + strings.ReplaceAll(title, ";", ",") + ";" + text + "\a"
	}
	return "\a"
}
