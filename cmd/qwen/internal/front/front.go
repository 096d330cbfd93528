// Package front is the vocabulary between the chat, which knows what a line means,
// and whoever shows it to a person: package tui, which paints on a terminal, and
// package plain, which writes lines.
//
// The chat runs in one goroutine and calls a [Front] as if it were a person who
// answers questions: it reads a line, says things, shows an answer, asks. What goes
// on meanwhile (keys, typing ahead, a terminal that changes its size) is the
// front's own affair.
package front

import (
	"context"
	"errors"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// ErrLeft says that the person has left the chat: Ctrl-D, Ctrl-C twice, the end of
// the input.
var ErrLeft = errors.New("the person has left the chat")

// A Front shows a chat to a person and takes what they type. Its methods are called
// from one goroutine, but for Say, which anybody calls at any time; all text may be
// anybody's and is made harmless by the front.
//
// Every method that waits returns the context's error when that is done.
type Front interface {
	// Read returns the next line: what was typed ahead, else what will be typed. It
	// returns [ErrLeft] when the person leaves.
	Read(ctx context.Context) (string, error)

	// Put gives text back to the person for editing, in front of what they have
	// typed meanwhile: nothing typed is ever lost.
	Put(text string)

	// Say adds something finished to the transcript; while an answer arrives, above
	// what of it is not finished.
	Say(e Entry)

	// Answer begins an answer, whose pieces are shown as they arrive. It is closed
	// before anything else is asked or read.
	Answer() Answer

	// Busy returns a context that is cancelled when the person stops what is going
	// on (Esc, Ctrl-C). Done ends that; it is called in any case.
	Busy(ctx context.Context) (busy context.Context, done func())

	// State shows what is going on, until the next State; the zero State: nothing.
	State(s State)

	// Footer shows as whom one speaks to whom.
	Footer(f Footer)

	// Pick asks to choose one of several entries and returns its index. Esc returns
	// context.Canceled.
	Pick(ctx context.Context, p Picker) (int, error)

	// Ask asks for one line. Esc returns context.Canceled.
	Ask(ctx context.Context, q sdk.Question) (string, error)

	// Confirm asks a question that is answered by yes or no.
	Confirm(ctx context.Context, question string, byDefault bool) (bool, error)

	// ShowCode shows where to sign in, with code, QR and countdown, until close is
	// called. Cancel is called if the person gives up.
	ShowCode(code sdk.DeviceCode, cancel func()) (close func())

	// Copy puts text on the clipboard of the person. The note says how, in a few
	// words; "" if there is nothing to say.
	Copy(ctx context.Context, text string) (note string, err error)

	// Notify tells somebody who looks elsewhere, if that was asked for.
	Notify(text string)

	// Title names the terminal's window.
	Title(text string)
}

// A Kind says what an [Entry] of the transcript is.
type Kind int

// The kinds.
const (
	Note   Kind = iota // the program says something: "Now using ..."
	Hint               // the same, quietly: the line after a turn
	Prompt             // what the person said
	Reply              // an answer, whole, as Markdown: of a session that is resumed
	Fault              // something failed; Text says what, Hint what to do
	Report             // lines laid out by the program: a table, a help text
	Output             // what a shell command printed
)

// An Entry is something finished in the transcript.
type Entry struct {
	Kind Kind
	Text string // one line for Note, Hint and Fault; several for the others
	Hint string // of a Fault: what to do, one line; may be empty
}

// An Answer is an answer that arrives.
type Answer interface {
	// Think adds a piece of a thought. It is shown dim and folded to one line when
	// the answer itself begins; the person can unfold it.
	Think(text string)

	// Write adds a piece of the answer's Markdown.
	Write(text string)

	// Close ends the answer: what of it is still open becomes final.
	Close()
}

// A Picker is a list to choose from, which is filtered by typing.
type Picker struct {
	Label   string
	Options []Option
	Current int // index of the marked entry, where the list begins; -1 for none
}

// An Option is an entry of a [Picker].
type Option struct {
	Label string
	Note  string // dim beside the label; may be empty
}

// Footer is what the line below the input says, in this order. Empty fields are
// left out.
type Footer struct {
	Connection string // "work (llm.example.com)"
	Model      string
	Context    string // "context 3 %"
	Limit      string // "5 h: 1,180 of 1,200 left"
	Attached   string // "2 files attached"
}

// A Completer completes what is typed: commands, their arguments, paths after @.
// It may look at files and be slow; it is called from any goroutine.
type Completer interface {
	// Complete returns what can stand at the end of text, which is what is typed
	// from the beginning up to the cursor.
	Complete(ctx context.Context, text string) Completion
}

// A Completion lists what can replace text[From:]. No items: nothing to offer.
type Completion struct {
	From  int
	Items []Item
	Free  bool // what is typed may be right although it is none of the items
}

// An Item is one way to go on.
type Item struct {
	Text   string // that replaces
	Label  string // shown; Text if empty
	Note   string // dim beside it
	Submit bool   // Enter sends the line with it; Tab only completes
}

// A History keeps what was typed, across sessions.
type History interface {
	Entries() []string // oldest first
	Add(text string)
}

// Phase is a kind of [State].
type Phase int

// The phases.
const (
	Idle       Phase = iota
	Connecting       // to Host
	Waiting          // for the first token
	Thinking         // the model thinks
	Answering        // text arrives
	Retrying         // the request will be sent again at Until
	Pacing           // the host waits until Until, to keep a limit
	Checking         // a key, a login, a list: Text says what
	Running          // a shell command
)

// A State is what is going on, in a form that a front can keep up to date by itself:
// it shows [State.Words] anew every second.
type State struct {
	Phase  Phase
	Host   string
	Text   string    // with Checking, Pacing and Running
	Since  time.Time // the phase began
	Last   time.Time // something arrived last; zero: nothing yet
	Until  time.Time // with Retrying and Pacing
	Tokens int64     // estimate of what has arrived
	Retry  int       // with Retrying: number of the request to come
	Of     int       // requests at most
	Reason string    // with Retrying: why
}
