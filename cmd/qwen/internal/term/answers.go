package term

import (
	"strings"
	"sync"
	"time"
)

// answerDelay is how long an answer of the terminal may take.
const answerDelay = 200 * time.Millisecond

// answers is what the terminal answers to the console's own questions. After each
// question it is asked for its attributes (DA1), because that is answered by every
// terminal: it tells that there will be no other answer.
type answers struct {
	mu       sync.Mutex
	open     int           // questions
	done     chan struct{} // closed when there are none
	reported int           // the column of the cursor
	size     bool          // has changed
	settling bool          // and may change again
	name     string        // of the terminal and its version; "" if not known
}

func newAnswers() *answers {
	a := &answers{done: make(chan struct{})}
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
		a.reported = e.column
	case version:
		a.name = CleanLine(e.name)
	default:
		return false
	}
	return true
}

// wait waits for the answers to all questions, but not long.
func (a *answers) wait() {
	a.mu.Lock()
	done := a.done
	a.mu.Unlock()
	select {
	case <-done:
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
		return leadsBack
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
		return leadsBack
	case strings.HasPrefix(name, "linux"), !multiplexed && getenv("XTERM_VERSION") != "":
		return keepsRows
	}
	return breaksLines
}

// askColumn asks where the cursor is and returns its column, 0 if there is no answer.
// A terminal that gives none is not asked again: it would cost as much each time.
func (c *Console) askColumn() int {
	if !c.obeys() || c.mute {
		return 0
	}
	c.answers.column() // an old one
	if c.write(c.answers.question("\x1b[?6n")) != nil {
		return 0
	}
	c.answers.wait()
	column := c.answers.column()
	c.mute = column == 0
	return column
}

// column returns the column of the cursor if it has been reported, else 0.
func (a *answers) column() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	column := a.reported
	a.reported = 0
	return column
}
