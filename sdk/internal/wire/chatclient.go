package wire

import (
	"context"
	"errors"
	"io"
	"iter"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

// Chat implements [sdk.Provider]. The call begins with the iteration and is over
// when the iteration is: leaving the loop cancels it.
//
// Events are passed on as they come; see [sdk.CheckStream] for a check of their
// order. Only an answer that ends without saying so is refused here, for nothing
// after this place could tell it from a short answer.
func (c *Client) Chat(ctx context.Context, req *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		callCtx, cancel := context.WithCancel(ctx)
		defer cancel() // gRPC frees a stream at its end or at this
		stream, err := c.chat.Chat(callCtx, pbChatRequest(req), sizes()...)
		if err != nil {
			yield(nil, errorOf(ctx, err))
			return
		}
		a := answer{yield: yield}
		for {
			m, err := stream.Recv()
			if err != nil {
				a.end(ctx, err)
				return
			}
			if !a.pass(m.GetEvents()) {
				return
			}
		}
	}
}

// answer passes on the events of one stream.
type answer struct {
	yield    func(sdk.Event, error) bool
	finished bool
}

// pass yields the events of one message. It returns false when the consumer has
// seen enough.
func (a *answer) pass(events []*pb.Event) bool {
	for _, m := range events {
		e := sdkEvent(m)
		if _, ok := e.(*sdk.Finished); ok {
			a.finished = true
		}
		if !a.yield(e, nil) {
			return false
		}
	}
	return true
}

// end yields the error that the stream ended with, if it did not end well.
func (a *answer) end(ctx context.Context, err error) {
	switch {
	case !errors.Is(err, io.EOF):
		a.yield(nil, errorOf(ctx, err))
	case !a.finished:
		a.yield(nil, sdk.Errorf(sdk.KindProtocol, "the plugin ended the answer without a finish event").
			WithHint("This is a fault in the plugin; please report it to its author."))
	}
}
