package wire

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

// Login implements [sdk.Provider]: it starts the sign-in and puts the plugin's
// questions to ui, one at a time, on this goroutine.
func (c *Client) Login(ctx context.Context, req *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.login.Login(ctx, sizes()...)
	if err != nil {
		return nil, errorOf(ctx, err)
	}
	start := &pb.LoginRequest{Message: &pb.LoginRequest_Start{Start: pbLoginRequest(req)}}
	if err := stream.Send(start); err != nil && !isEOF(err) { // after EOF, Recv has the reason
		return nil, errorOf(ctx, err)
	}
	steps := make(chan step)
	go receiveSteps(ctx, stream, steps)
	return follow(ctx, stream, steps, ui)
}

// A step is a message of the plugin, or the error that the stream ended with.
type step struct {
	// ctx ends when the plugin sends the next message: it has then abandoned
	// this question, if it was not answered.
	ctx     context.Context
	message *pb.LoginResponse
	err     error
}

// receiveSteps passes on what the plugin sends, until the stream ends.
func receiveSteps(ctx context.Context, stream grpc.ServerStreamingClient[pb.LoginResponse], steps chan<- step) {
	supersede := func() {}
	defer func() { supersede() }()
	for {
		m, err := stream.Recv()
		supersede()
		stepCtx, cancel := context.WithCancel(ctx)
		supersede = cancel
		select {
		case steps <- step{ctx: stepCtx, message: m, err: err}:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// isEOF reports whether a stream ended well.
func isEOF(err error) bool { return errors.Is(err, io.EOF) }

// follow answers step after step until one carries the result.
func follow(ctx context.Context, stream grpc.BidiStreamingClient[pb.LoginRequest, pb.LoginResponse], steps <-chan step, ui sdk.UI) (*sdk.Credential, error) {
	for {
		var s step
		select {
		case s = <-steps:
		case <-ctx.Done():
			return nil, errorOf(ctx, ctx.Err())
		}
		switch {
		case s.err != nil && isEOF(s.err):
			return received(nil)
		case s.err != nil:
			return nil, errorOf(ctx, s.err)
		case s.message.GetCredential() != nil:
			return received(s.message.GetCredential())
		}
		a := put(s.ctx, ui, s.message)
		if s.ctx.Err() != nil {
			continue // abandoned, or all is over: the next step tells
		}
		if err := stream.Send(&pb.LoginRequest{Message: &pb.LoginRequest_Answer{Answer: a}}); err != nil && !isEOF(err) {
			return nil, errorOf(ctx, err)
		}
	}
}

// put puts one question to ui and returns its answer.
func put(ctx context.Context, ui sdk.UI, m *pb.LoginResponse) *pb.LoginAnswer {
	a := &pb.LoginAnswer{Question: m.GetQuestion()}
	var err error
	switch q := m.GetMessage().(type) {
	case *pb.LoginResponse_Tell:
		err = shown(a, ui.Tell(ctx, q.Tell.GetText()))
	case *pb.LoginResponse_ShowCode:
		err = shown(a, ui.ShowCode(ctx, sdkDeviceCode(q.ShowCode)))
	case *pb.LoginResponse_Wait:
		err = shown(a, ui.Wait(ctx, q.Wait.GetText()))
	case *pb.LoginResponse_Ask:
		var v string
		v, err = ui.Ask(ctx, sdkQuestion(q.Ask))
		a.Answer = &pb.LoginAnswer_Value{Value: text(v)}
	case *pb.LoginResponse_Choose:
		var v string
		v, err = ui.Choose(ctx, sdkChoice(q.Choose))
		a.Answer = &pb.LoginAnswer_Value{Value: text(v)}
	case *pb.LoginResponse_Confirm:
		var v bool
		v, err = ui.Confirm(ctx, sdkQuestion(q.Confirm))
		a.Answer = &pb.LoginAnswer_Confirmed{Confirmed: v}
	default:
		err = sdk.Errorf(sdk.KindUnsupported, "this version of the host does not know how to ask that").
			WithHint("Update qwen.")
	}
	if err != nil {
		a.Answer = &pb.LoginAnswer_Error{Error: pbError(sdk.AsError(err))}
	}
	return a
}

// shown makes a the answer to a notice, and returns err.
func shown(a *pb.LoginAnswer, err error) error {
	a.Answer = &pb.LoginAnswer_Done_{Done: &pb.LoginAnswer_Done{}}
	return err
}
