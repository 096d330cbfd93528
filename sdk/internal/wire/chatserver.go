package wire

import (
	"google.golang.org/grpc"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

// Chat implements pb.ChatServiceServer. The provider's iterator runs on this
// goroutine, the sending on another: what the provider yields while one message
// is on its way goes into the next.
func (s *server) Chat(r *pb.ChatRequest, stream grpc.ServerStreamingServer[pb.ChatResponse]) error {
	q := newQueue()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		q.drain(stream.Send)
	}()
	err := s.answer(stream, sdkChatRequest(r), q)
	q.close()
	<-sent // gRPC wants every Send to be over when the handler returns
	return statusOf(err)
}

// answer puts the events of one answer into q, and returns the error that the
// answer ends with.
func (s *server) answer(stream grpc.ServerStream, r *sdk.ChatRequest, q *queue) (err error) {
	defer s.guard(&err)
	ctx := stream.Context()
	for e, err := range s.provider.Chat(ctx, r) {
		if err != nil {
			return err
		}
		if !q.put(e) {
			return ctx.Err() // the host is gone: nobody reads what we return
		}
	}
	return nil
}
