package cli

import (
	"context"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/chat"
	"github.com/qwen-cli/qwen/sdk"
)

// A watcher is told what happens to a request on its way. An error that it returns ends
// the turn.
type watcher struct {
	heard    func() // the first sign of life; nil: nobody is told
	retrying func(chat.Retry) error
	pausing  func(chat.Pause, sdk.Origin) error

	switching func(chat.Switch) error
}

// An exchange is one question and its answer, with all that the program keeps around
// them: books, rates, limits. A prompt and the chat share it.
type exchange struct {
	app   *app
	watch watcher
	books []*bookkeeper // of each connection that was asked
	relay *relay        // those that take over; nil: nobody does
}

// over returns how a request is sent over a connection, and fills in the connection.
func (x *exchange) over(ctx context.Context, c *connection, request *sdk.ChatRequest) (chat.Options, error) {
	credential, err := c.credential(ctx)
	if err != nil {
		return chat.Options{}, err
	}
	request.Connection = c.sdkConnection(credential)
	books := &bookkeeper{app: x.app, connection: c, request: request}
	x.books = append(x.books, books)
	options := c.turnOptions(request)
	options.Heard, options.Sent = x.watch.heard, books.attempt
	options.Retrying = books.retrying(x.watch.retrying)
	options.Pausing = func(p chat.Pause) error { return x.watch.pausing(p, options.Origin) }
	if x.relay != nil {
		options.Fallback = func(ctx context.Context, failed *sdk.Error) (*chat.Options, error) {
			return x.relay.next(ctx, failed, request, options.Origin)
		}
	}
	b, err := x.app.budgetOf(c.config)
	if err != nil {
		return options, err
	}
	if b != nil {
		(&purse{b, books}).hold(&options)
	}
	m, err := x.app.metronome(c, books.key())
	if m != nil {
		m.drive(&options)
	}
	return options, err
}

// end enters what was sent into the ledger.
func (x *exchange) end() {
	for _, b := range x.books {
		b.enter()
	}
}

// turnOptions says how a request is sent over a connection.
func (c *connection) turnOptions(request *sdk.ChatRequest) chat.Options {
	return chat.Options{
		Provider:         c.plugin,
		Request:          request,
		Origin:           c.origin(request),
		FirstByteTimeout: c.firstByteTimeout(request),
		IdleTimeout:      c.idleTimeout(request),
		Refresh:          c.rejected,
		Retry:            retryPolicy(&c.config.Options),
	}
}
