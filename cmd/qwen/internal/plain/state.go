package plain

import (
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

const (
	// silence is how long nothing may happen before that is said.
	silence = 20 * time.Second

	// shortWait is how long it may take to connect before that is said. Most often
	// it takes a moment.
	shortWait = time.Second
)

// A status is what goes on, and what of it was said.
type status struct {
	state front.State
	said  bool      // what goes on
	quiet time.Time // since when nothing has happened, if that was said
	timer *time.Timer
}

// State implements [front.Front]. A change is said once, and so is that nothing
// happens for some time.
func (f *Front) State(s front.State) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s.Since.IsZero() {
		s.Since = time.Now()
	}
	if !isSame(s, f.status.state) {
		f.status.said, f.status.quiet = false, time.Time{}
	}
	f.status.state = s
	f.tellState()
}

// isSame reports whether two states are one that goes on.
func isSame(a, b front.State) bool {
	return a.Phase == b.Phase && a.Host == b.Host && a.Text == b.Text && a.Retry == b.Retry && a.Until.Equal(b.Until)
}

// tellState says what there is to say by now, and comes again when there is more.
func (f *Front) tellState() {
	s := &f.status
	if s.timer != nil {
		s.timer.Stop()
	}
	for at, ok := s.next(); ok; at, ok = s.next() {
		now := time.Now()
		if wait := at.Sub(now); wait > 0 {
			s.timer = time.AfterFunc(wait, f.wake)
			return
		}
		if !s.said {
			s.said = true
			f.say(s.words(now))
			continue
		}
		s.quiet = s.since()
		f.say(s.silent(now))
	}
}

func (f *Front) wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tellState()
}

// say writes a line, if it says anything, behind what has arrived of an answer.
func (f *Front) say(words string) {
	if words == "" {
		return
	}
	if f.answer != nil {
		f.answer.show(f.answer.pending.Len())
	}
	f.writeLine(term.CleanLine(words) + ".")
}

// next returns when there will be something to say if nothing happens. It returns
// false if there will not.
func (s *status) next() (at time.Time, ok bool) {
	switch {
	case s.state.Phase == front.Idle, s.quiet.Equal(s.since()):
		return time.Time{}, false
	case s.said:
		return s.since().Add(silence), true
	case s.state.Phase == front.Connecting:
		return s.state.Since.Add(shortWait), true
	}
	return s.state.Since, true
}

// since is when something happened last.
func (s *status) since() time.Time {
	if s.state.Last.After(s.state.Since) {
		return s.state.Last
	}
	return s.state.Since
}

// words says what goes on, without how long it has: that would have to be said
// anew all the time. That an answer arrives, it says itself.
func (s *status) words(now time.Time) string {
	if s.state.Phase == front.Answering {
		return ""
	}
	state := s.state
	state.Last = time.Time{}
	if state.Until.IsZero() {
		now = state.Since
	}
	return state.Words(now)
}

// silent says that nothing happens.
func (s *status) silent(now time.Time) string {
	if s.state.Last.IsZero() {
		return s.state.Words(now)
	}
	return "No data for " + front.Span(now.Sub(s.state.Last))
}
