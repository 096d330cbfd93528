package wire

import (
	"context"
	"sync"

	"google.golang.org/grpc"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

// loginStream is the plugin's end of a sign-in.
type loginStream = grpc.BidiStreamingServer[pb.LoginRequest, pb.LoginResponse]

// Login implements pb.LoginServiceServer. A host that disconnects cancels the
// stream's context, and with it the provider's.
func (s *server) Login(stream loginStream) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	start := first.GetStart()
	if start == nil {
		return statusOf(sdk.Errorf(sdk.KindProtocol, "the host did not begin the sign-in with a start message"))
	}
	ui := newRemoteUI(stream)
	go ui.receive()
	c, err := s.login(stream.Context(), sdkLoginRequest(start), ui)
	if err != nil {
		return statusOf(err)
	}
	return stream.Send(&pb.LoginResponse{Message: &pb.LoginResponse_Credential{Credential: pbCredential(c)}})
}

func (s *server) login(ctx context.Context, r *sdk.LoginRequest, ui sdk.UI) (c *sdk.Credential, err error) {
	defer s.guard(&err)
	c, err = s.provider.Login(ctx, r, ui)
	if err == nil && c == nil {
		return nil, nothing("credential")
	}
	return c, err
}

// remoteUI is the person, seen from the plugin: each call is a question to the
// host, with a number of its own, and waits for the answer with that number.
//
// A call whose context ends abandons its question. The host learns that from the
// next message, and an answer that comes too late is dropped.
type remoteUI struct {
	stream  loginStream
	answers chan *pb.LoginAnswer
	gone    chan struct{} // closed when the host sends no more

	mu   sync.Mutex // held for a whole call: one question at a time
	last uint64     // number of the last question
}

var _ sdk.UI = (*remoteUI)(nil)

func newRemoteUI(stream loginStream) *remoteUI {
	return &remoteUI{stream: stream, answers: make(chan *pb.LoginAnswer), gone: make(chan struct{})}
}

// receive reads answers until the stream ends, which it does at the latest when
// the handler returns.
func (u *remoteUI) receive() {
	defer close(u.gone)
	for {
		m, err := u.stream.Recv()
		if err != nil {
			return
		}
		if a := m.GetAnswer(); a != nil {
			select {
			case u.answers <- a:
			case <-u.stream.Context().Done():
				return
			}
		}
	}
}

// ask sends a question and waits for its answer.
func (u *remoteUI) ask(ctx context.Context, question *pb.LoginResponse) (*pb.LoginAnswer, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	u.last++
	question.Question = u.last
	if err := u.stream.Send(question); err != nil {
		return nil, u.hostGone()
	}
	for {
		select {
		case a := <-u.answers:
			if a.GetQuestion() != u.last {
				continue // to a question that was abandoned
			}
			return a, refusal(a)
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-u.gone:
			return nil, u.hostGone()
		}
	}
}

// refusal returns the error that the host answered with, nil for none.
func refusal(a *pb.LoginAnswer) error {
	if e := a.GetError(); e != nil {
		return sdkError(e)
	}
	return nil
}

func (u *remoteUI) hostGone() error {
	if err := u.stream.Context().Err(); err != nil {
		return err
	}
	return sdk.Errorf(sdk.KindCanceled, "the host ended the sign-in")
}

// done is [remoteUI.ask] for a question that has no answer but "shown".
func (u *remoteUI) done(ctx context.Context, question *pb.LoginResponse) error {
	_, err := u.ask(ctx, question)
	return err
}

// value is [remoteUI.ask] for a question that is answered by a text.
func (u *remoteUI) value(ctx context.Context, question *pb.LoginResponse) (string, error) {
	a, err := u.ask(ctx, question)
	if err != nil {
		return "", err
	}
	v, ok := a.GetAnswer().(*pb.LoginAnswer_Value)
	if !ok {
		return "", errWrongAnswer()
	}
	return v.Value, nil
}

func (u *remoteUI) Tell(ctx context.Context, s string) error {
	return u.done(ctx, &pb.LoginResponse{Message: &pb.LoginResponse_Tell{Tell: &pb.Tell{Text: text(s)}}})
}

func (u *remoteUI) ShowCode(ctx context.Context, code sdk.DeviceCode) error {
	return u.done(ctx, &pb.LoginResponse{Message: &pb.LoginResponse_ShowCode{ShowCode: pbDeviceCode(code)}})
}

func (u *remoteUI) Ask(ctx context.Context, q sdk.Question) (string, error) {
	return u.value(ctx, &pb.LoginResponse{Message: &pb.LoginResponse_Ask{Ask: pbQuestion(q)}})
}

func (u *remoteUI) Choose(ctx context.Context, c sdk.Choice) (string, error) {
	return u.value(ctx, &pb.LoginResponse{Message: &pb.LoginResponse_Choose{Choose: pbChoice(c)}})
}

func (u *remoteUI) Confirm(ctx context.Context, q sdk.Question) (bool, error) {
	a, err := u.ask(ctx, &pb.LoginResponse{Message: &pb.LoginResponse_Confirm{Confirm: pbQuestion(q)}})
	if err != nil {
		return false, err
	}
	v, ok := a.GetAnswer().(*pb.LoginAnswer_Confirmed)
	if !ok {
		return false, errWrongAnswer()
	}
	return v.Confirmed, nil
}

func (u *remoteUI) Wait(ctx context.Context, s string) error {
	return u.done(ctx, &pb.LoginResponse{Message: &pb.LoginResponse_Wait{Wait: &pb.Wait{Text: text(s)}}})
}

func errWrongAnswer() error {
	return sdk.Errorf(sdk.KindProtocol, "the host's answer is not of the kind that was asked for")
}
