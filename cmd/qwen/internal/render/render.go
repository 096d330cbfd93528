// Package render turns the events of an answer into output: text, JSON, or JSON
// line by line as it arrives. It writes only to the writers it is given, and
// knows neither flags nor exit codes.
//
//	r, err := render.New(render.FormatText, render.Options{Out: out, Err: errOut})
//	...
//	r.Start(render.Session{Model: "qwen3-max"})
//	for event, err := range turn.Events(ctx) {
//		...
//		r.Event(event)
//	}
//	r.Finish(render.Outcome{Err: turn.Result().Err})
//
// A failure before there was anything to ask (wrong configuration, no
// credential) is reported by Finish alone.
package render

import (
	"io"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// A Renderer shows one run of the program: an answer, if there is one, and the
// outcome. Errors are those of the writers below; it makes no sense to go on after
// one. A Renderer is for one goroutine.
type Renderer interface {
	// Start is called once, when it is known what will be asked and before it is.
	Start(s Session) error

	// Event shows an event of the answer. Events keep the rules of [sdk.Event].
	// A warning of the host's own is an [*sdk.Warning] too.
	Event(e sdk.Event) error

	// Retry shows that the request is sent again.
	Retry(r Retry) error

	// Pause shows that the request waits for its time.
	Pause(p Pause) error

	// Switch shows that another connection is asked.
	Switch(s Switch) error

	// Finish shows how the run ended. It is called exactly once, and last.
	Finish(o Outcome) error
}

// Session says what is asked where.
type Session struct {
	Model   string // as asked for
	Dir     string // working directory
	Version string // of this program
}

// Retry says that a request is sent again, after an attempt of which nothing was
// shown.
type Retry struct {
	Err     *sdk.Error    // how the attempt before ended
	Attempt int           // number of the request to come, from 2
	Of      int           // requests at most
	Wait    time.Duration // before it is sent
	Renewed bool          // it goes with another credential
}

// Pause says that a request waits before it is sent, so that the rate of a service is
// kept.
type Pause struct {
	Provider, Host string
	Until          time.Time
	Why            string // as a clause: "to stay under 60 requests a minute"
}

// Outcome says how a run ended.
type Outcome struct {
	Err      error // nil if all went well
	ExitCode int   // that the process will return

	Duration    time.Duration // since the process began
	APIDuration time.Duration // spent waiting for the service
}

// Format is an output format, as users name it.
type Format string

// The formats.
const (
	FormatText       Format = "text"
	FormatJSON       Format = "json"
	FormatStreamJSON Format = "stream-json"
)

// Formats returns all formats, the default one first.
func Formats() []Format { return []Format{FormatText, FormatJSON, FormatStreamJSON} }

// Options say where output goes and how.
type Options struct {
	// Out takes the answer. If it leads to a terminal, it has to remove what
	// drives one.
	Out io.Writer

	// Err takes warnings and errors, in text mode.
	Err io.Writer

	// Terminal says that Out leads to a terminal.
	Terminal bool

	// Clean makes text of other people's fit for a message: it removes secrets
	// and what drives a terminal. It is used for errors and warnings, never for
	// the answer. nil removes control and format characters.
	Clean func(string) string

	// Countdown shows a line that says how long something still takes, and keeps it
	// up to date until stop is called; then it stays as it was at first. nil: such a
	// line is written to Err, once. Only text uses it.
	Countdown func(until time.Time, line func(left time.Duration) string) (stop func(), err error)

	// Partial adds the pieces of messages to stream-json, as they arrive.
	Partial bool

	// NewID returns a new identifier; nil for random UUIDs.
	NewID func() string
}

// New returns a renderer for the format. It fails for an unknown format, and for
// Partial with another format than stream-json.
func New(f Format, o Options) (Renderer, error) {
	o = o.withDefaults()
	if o.Partial && f != FormatStreamJSON {
		return nil, sdk.Errorf(sdk.KindConfig, "partial messages exist in the format %s only", FormatStreamJSON)
	}
	switch f {
	case FormatText:
		return newText(o), nil
	case FormatJSON:
		return newJSONArray(o), nil
	case FormatStreamJSON:
		return newJSONLines(o), nil
	}
	return nil, sdk.Errorf(sdk.KindConfig, "unknown output format %q", string(f)).
		WithHint("Formats are %s, %s and %s.", FormatText, FormatJSON, FormatStreamJSON)
}

func (o Options) withDefaults() Options {
	if o.Clean == nil {
		o.Clean = printable
	}
	if o.NewID == nil {
		o.NewID = newUUID
	}
	return o
}
