package repl

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/files"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/session"
	"github.com/qwen-cli/qwen/sdk"
)

// ErrNobody says that there is no connection: nobody has signed in yet.
var ErrNobody = errors.New("no provider is connected yet")

// Options say what a chat works with.
type Options struct {
	Front   front.Front
	Backend Backend

	// Request is what every request begins with: sampling and the like. Its
	// messages, model and connection are the chat's own affair.
	Request sdk.ChatRequest
	System  string // instructions to the model
	Model   string // chosen by the person; "" for the connection's own

	// SignIn is the provider to sign in to if nobody is connected at the beginning, as
	// the person has named it; "" to let them choose.
	SignIn string

	Store  *session.Store // nil: nothing is saved
	Resume string         // ID of the session to go on with; "" for a new one

	Dir     string   // working directory
	Home    string   // "" if there is none
	Environ []string // for shell commands
	Finder  *files.Finder
	First   string   // a line to begin with, as if it had been typed
	Attach  []string // files to send along with the first message
	Notify  time.Duration
}

// A Chat is an interactive conversation.
type Chat struct {
	Options
	connection Connection // nil: nobody is connected
	model      string     // chosen by the person
	models     modelBook

	talk     talk
	attached []attachment   // to the next message
	sent     []attachment   // with the last one
	before   []session.Item // what came of the last message, while it is asked again
	leaving  bool
	left     string // of the tightest limit
	stats    stats
}

// New returns a chat.
func New(o Options) *Chat {
	c := &Chat{Options: o, model: o.Model}
	c.talk = talk{store: o.Store, meta: session.Meta{Dir: o.Dir}}
	return c
}

// Run holds the conversation until the person leaves. The error is one that keeps
// the chat from going on at all.
func (c *Chat) Run(ctx context.Context) error {
	defer c.close()
	c.title()
	if err := c.begin(ctx); err != nil {
		return err
	}
	for !c.leaving {
		c.footer()
		line, err := c.Front.Read(ctx)
		switch {
		case errors.Is(err, front.ErrLeft):
			return nil
		case err != nil:
			return err
		}
		c.line(ctx, line)
	}
	return nil
}

// begin gets ready: with a connection, the session to go on with, and what was said
// on the command line. What fails is told; only the end of the program ends it.
func (c *Chat) begin(ctx context.Context) error {
	c.connect(ctx)
	if c.Resume != "" {
		c.tell(c.resume(ctx, c.Resume))
	}
	for _, path := range c.Attach {
		c.tell(c.attach(ctx, path))
	}
	if c.connection == nil && ctx.Err() == nil {
		c.do(ctx, func(ctx context.Context) error { return c.auth(ctx, c.SignIn) })
	}
	if c.First != "" && ctx.Err() == nil {
		c.line(ctx, c.First)
	}
	return ctx.Err()
}

// connect finds whom to speak to.
func (c *Chat) connect(ctx context.Context) {
	connection, err := c.Backend.Start(ctx)
	switch {
	case errors.Is(err, ErrNobody):
		if c.SignIn != "" {
			c.note("Not signed in to " + c.SignIn + " yet.")
			return
		}
		c.note("No provider is connected yet.")
	case err != nil:
		c.tell(err)
	default:
		c.use(connection)
	}
}

// use makes a connection the one that the next message goes to.
func (c *Chat) use(connection Connection) {
	c.connection, c.left = connection, ""
	c.models.add(connection.About().Models)
}

// line does what a line means. An empty one means nothing; a space in front makes a
// message of what would be a command.
func (c *Chat) line(ctx context.Context, line string) {
	line = strings.TrimRightFunc(line, unicode.IsSpace)
	shell, isShell := strings.CutPrefix(line, "!")
	switch {
	case line == "":
	case isCommand(line):
		c.command(ctx, line)
	case isShell:
		c.do(ctx, func(ctx context.Context) error { return c.run(ctx, strings.TrimSpace(shell)) })
	default:
		c.ask(ctx, line)
	}
}

// do runs something that the person can stop, and tells what came of it.
func (c *Chat) do(ctx context.Context, f func(context.Context) error) {
	busy, done := c.Front.Busy(ctx)
	defer done()
	err := f(busy)
	c.Front.State(front.State{})
	if errors.Is(err, context.Canceled) || sdk.KindOf(err) == sdk.KindCanceled {
		err = nil // the person knows
	}
	c.tell(err)
}

// close leaves the conversation in good order.
func (c *Chat) close() {
	if id := c.talk.saved(); id != "" {
		c.Front.Say(front.Entry{Kind: front.Hint, Text: "To go on with this conversation: qwen -r " + id})
	}
	c.talk.close()
}

func (c *Chat) note(text string) { c.Front.Say(front.Entry{Kind: front.Note, Text: text}) }
func (c *Chat) hint(text string) { c.Front.Say(front.Entry{Kind: front.Hint, Text: text}) }

func (c *Chat) title() {
	c.Front.Title(filepath.Base(c.Dir))
}
