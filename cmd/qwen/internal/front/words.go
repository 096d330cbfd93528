package front

import (
	"fmt"
	"time"
)

// silence is how long nothing may arrive before that is said.
const silence = 10 * time.Second

// Words says what goes on, in words that a person can act on. They are the same in
// all fronts; "" when nothing does.
func (s State) Words(now time.Time) string {
	switch s.Phase {
	case Connecting:
		return "Connecting to " + s.Host
	case Waiting:
		return "Waiting for the first token" + s.elapsed(now)
	case Thinking:
		return "Thinking" + s.elapsed(now) + s.quiet(now)
	case Answering:
		return fmt.Sprintf("Answering%s · %s tokens%s", s.elapsed(now), Count(s.Tokens), s.quiet(now))
	case Retrying:
		return fmt.Sprintf("%s: retry %d of %d %s", s.Reason, s.Retry-1, s.Of-1, within(s.Until.Sub(now)))
	case Pacing, Checking, Running:
		return s.Text + s.countdown(now)
	}
	return ""
}

// quiet says that nothing has arrived for some time.
func (s State) quiet(now time.Time) string {
	if gap := now.Sub(s.Last); !s.Last.IsZero() && gap >= silence {
		return " · no data for " + Span(gap)
	}
	return ""
}

func (s State) countdown(now time.Time) string {
	if s.Until.IsZero() {
		return s.elapsed(now)
	}
	return " " + within(s.Until.Sub(now))
}

func within(d time.Duration) string {
	if d < time.Second {
		return "now"
	}
	return "in " + Span(d+time.Second-1)
}

// elapsed is how long the phase has lasted, if that is known and worth saying.
func (s State) elapsed(now time.Time) string {
	if d := now.Sub(s.Since); !s.Since.IsZero() && d >= time.Second {
		return " " + Span(d)
	}
	return ""
}

// Span writes a duration as people read it: "12 s", "3 min 5 s", "2 h 10 min".
func Span(d time.Duration) string {
	seconds := int(d / time.Second)
	switch {
	case seconds < 60:
		return fmt.Sprintf("%d s", seconds)
	case seconds < 3600:
		return fmt.Sprintf("%d min %d s", seconds/60, seconds%60)
	}
	return fmt.Sprintf("%d h %d min", seconds/3600, seconds/60%60)
}

// Count writes a number as people read it: 12,345.
func Count(n int64) string {
	if n < 0 {
		return "-" + Count(-n)
	}
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
