package cli

import (
	"github.com/qwen-cli/qwen/cmd/qwen/internal/chat"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/repl"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/session"
	"github.com/qwen-cli/qwen/sdk"
)

// A past is the conversation that a single prompt goes on with.
type past struct {
	app      *app
	messages []sdk.Message
	system   string // instructions to the model
	writer   *session.Writer
}

// openPast opens the conversation that the flags name; it is nil if they name none.
func (a *app) openPast(o *promptOptions, save bool) (*past, error) {
	if !o.chat.last && o.chat.resume == "" {
		return nil, nil
	}
	options := repl.Options{Store: a.saveIn(o, save)}
	if err := a.chooseSession(o, &options); err != nil || options.Resume == "" {
		return nil, err
	}
	if options.Resume == repl.PickSession {
		return nil, &usageError{message: "--resume names no conversation", hint: "Say which: --resume=ID. \"qwen sessions\" lists them."}
	}
	conversation, writer, err := options.Store.Open(options.Resume)
	if err != nil {
		return nil, err
	}
	return &past{app: a, messages: conversation.Said(), system: conversation.Instructions(), writer: writer}, nil
}

// add puts a message of the person's into the conversation. That it could not be
// saved is told and does the answer no harm.
func (p *past) add(c *connection, m sdk.Message) {
	if p != nil {
		p.tell(p.writer.Message(m, session.TurnInfo{Connection: p.app.connectionName(c)}))
	}
}

// record puts what came of a turn into the conversation.
func (p *past) record(c *connection, r *chat.Result) {
	if p == nil {
		return
	}
	info := session.TurnInfo{Connection: p.app.connectionName(c), Usage: r.Usage, Duration: r.Timing.Total, Interrupted: r.Err != nil}
	if r.Message.Origin != nil {
		info.Model = r.Message.Origin.Model
	}
	if len(r.Message.Parts) > 0 {
		p.tell(p.writer.Message(r.Message, info))
	}
	if r.Err != nil && sdk.KindOf(r.Err) != sdk.KindCanceled {
		p.tell(p.writer.Failed(sdk.AsError(r.Err), info))
	}
}

func (p *past) tell(err error) {
	if err != nil {
		p.app.noteOnce("%v", err)
	}
}

// close lets go of the conversation.
func (p *past) close() {
	if p != nil {
		p.tell(p.writer.Close())
	}
}
