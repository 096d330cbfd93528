package render

import (
	"io"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// text writes the answer's text, as it arrives and byte for byte, and nothing
// else; what else there is to say goes to the error stream, a line each.
// On a terminal the answer ends with a newline, and no message breaks into it.
type text struct {
	Options
	order ordered

	kind    sdk.PartKind // of the current part
	midLine bool         // the answer's last character was no newline
	notes   []string     // that wait until the line is over
	counted func()       // ends the countdown that is shown; nil: none is
}

func newText(o Options) *text {
	t := &text{Options: o}
	t.order.deliver = t.show
	return t
}

func (t *text) Start(Session) error { return nil }

func (t *text) Event(e sdk.Event) error {
	t.settle()
	return t.order.add(e)
}

// wait writes a line about something that takes until a time; where somebody looks on,
// it counts down.
func (t *text) wait(until time.Time, line func(left time.Duration) string) (err error) {
	t.settle()
	if t.Countdown == nil || time.Until(until) < time.Second {
		_, err = io.WriteString(t.Err, line(time.Until(until))+"\n")
		return err
	}
	t.counted, err = t.Countdown(until, line)
	return err
}

// settle ends the countdown that is shown, if one is.
func (t *text) settle() {
	if t.counted != nil {
		t.counted()
		t.counted = nil
	}
}

func (t *text) show(e sdk.Event) error {
	switch e := e.(type) {
	case *sdk.PartStarted:
		t.kind = e.Kind
	case *sdk.Delta:
		if t.kind == sdk.PartText || t.kind == sdk.PartRefusal {
			return t.answer(e.Text)
		}
	case *sdk.Warning:
		return t.note("warning: " + e.Message)
	case *sdk.Finished:
		if s := Remark(e); s != "" {
			return t.note("note: " + s)
		}
	}
	return nil
}

func (t *text) answer(s string) error {
	if s == "" {
		return nil
	}
	t.midLine = !strings.HasSuffix(s, "\n")
	_, err := io.WriteString(t.Out, s)
	return err
}

// note writes a message, not amid a line of the answer where both may meet on
// one screen.
func (t *text) note(s string) error {
	line := "qwen: " + t.Clean(s) + "\n"
	if t.Terminal && t.midLine {
		t.notes = append(t.notes, line)
		return nil
	}
	_, err := io.WriteString(t.Err, line)
	return err
}

func (t *text) Finish(o Outcome) error {
	t.settle()
	err := t.order.flush()
	if t.Terminal && t.midLine && err == nil {
		err = t.answer("\n")
	}
	// A closed standard output is no reason to keep quiet on the other one.
	for _, line := range t.notes {
		_, _ = io.WriteString(t.Err, line)
	}
	if o.Err != nil {
		_, _ = io.WriteString(t.Err, ErrorText(o.Err, t.Clean))
	}
	return err
}

// Remark says what is worth knowing about how an answer ended; "" for a normal
// end.
func Remark(f *sdk.Finished) string {
	switch f.Reason {
	case sdk.FinishLength:
		return "the answer was cut off at the token limit"
	case sdk.FinishContentFilter:
		return "the service withheld the rest of the answer (content filter)"
	case sdk.FinishPause:
		return "the service paused before the answer was complete"
	case sdk.FinishToolCalls:
		return "the model asks for tools to be called; it gave no final answer"
	case sdk.FinishStop, sdk.FinishRefusal:
		return ""
	}
	if f.RawReason != "" {
		return "the answer ended for a reason of the service's own: " + f.RawReason
	}
	return "the answer ended for a reason that the service does not tell"
}
