// Package session keeps conversations on disk, so that none is lost when a process
// is killed and each can be gone on with.
//
// A session is a file of JSON lines below the state root, sessions/ID.jsonl. It is
// only ever appended to: first the header, then a record for everything that
// happens (see [record] for the kinds). An answer is written piece by piece while
// it streams, and once more, whole, when it is complete; the pieces are what is
// left of it after a crash. What no longer counts, after /clear or /retry, is said
// to no longer count and stays in the file until that is deleted.
//
// Whoever writes holds a lock on the session; reading needs none. A line that
// cannot be read, as a crash or a full disk leaves it, is passed over; so is one of
// a kind that this version does not know. Neither is removed.
package session

import (
	"errors"
	"slices"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// Meta is what is known of a session without reading all of it.
type Meta struct {
	ID    string
	Title string // what the person called it, else the beginning of what they said first
	Named bool   // the person gave the title

	Dir              string // working directory, without symbolic links
	Created, Updated time.Time

	// Model, Connection and Provider are those of the last answer, or those that
	// it began with.
	Model, Connection, Provider string

	Messages int   // that count
	Size     int64 // of the file, in bytes
}

// A Conversation is a session as it was read.
type Conversation struct {
	Meta
	Items   []Item // that count, oldest first
	Damaged int    // lines that could not be read; they stay in the file
}

// An Item is one element of a conversation: a message, a turn that failed, or a
// note.
type Item struct {
	Time       time.Time
	Message    *sdk.Message
	Error      *sdk.Error // a turn that failed
	Note       string
	Model      string
	Connection string

	// Interrupted says that the message is not whole: it was stopped, or the
	// process ended while it arrived.
	Interrupted bool
	Usage       *sdk.Usage // of the answer; nil if not known
	Duration    time.Duration
}

// Instructions returns the instructions to the model, as they were last.
func (c *Conversation) Instructions() string {
	for _, item := range slices.Backward(c.Items) {
		if item.Message != nil && item.Message.Role == sdk.RoleSystem {
			return item.Message.Text()
		}
	}
	return ""
}

// Said returns what is sent when the conversation goes on: all that was said, but
// for messages of the person's whose turn failed and that were not sent again. The
// instructions are not in it.
func (c *Conversation) Said() []sdk.Message {
	var list []sdk.Message
	for i, item := range c.Items {
		failed := i+1 < len(c.Items) && c.Items[i+1].Error != nil
		if item.Message == nil || item.Message.Role == sdk.RoleSystem || failed && item.Message.Role == sdk.RoleUser {
			continue
		}
		list = append(list, *item.Message)
	}
	return list
}

// TurnInfo is what is known about a message, or about a turn that failed.
type TurnInfo struct {
	Time        time.Time // zero: now
	Model       string    // that answered; "": as before
	Connection  string    // as whom was asked; "": as before
	Usage       *sdk.Usage
	Duration    time.Duration
	Interrupted bool
}

// What an error of this package may wrap.
var (
	ErrUnknown = errors.New("no such session")           // or several that may be meant
	ErrInUse   = errors.New("the session is in use")     // another process writes it
	ErrNewer   = errors.New("of a newer version")        // the format is not known
	ErrUnsaved = errors.New("the session is not saved")  // the disk is full, or may not be written
	ErrNone    = errors.New("there is no session there") // nothing to go on with
)
