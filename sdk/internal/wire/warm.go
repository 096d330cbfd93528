package wire

import (
	"google.golang.org/protobuf/proto"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

// Warm makes what protobuf has to know of each type of message in a usual chat.
// Otherwise it makes that when it meets the first one, which takes a millisecond
// on either side and comes at the one moment when somebody waits for it. Either
// side has time for it while it waits for the other to start.
func Warm() {
	_ = proto.Size(pbChatRequest(&sdk.ChatRequest{
		Connection: sdk.Connection{Credential: &sdk.Credential{}},
		Messages:   []sdk.Message{sdk.TextMessage(sdk.RoleUser, "")},
	}))
	answer := new(pb.ChatResponse)
	for _, e := range []sdk.Event{
		&sdk.Started{}, &sdk.PartStarted{}, &sdk.Delta{}, &sdk.PartDone{Part: &sdk.Text{}}, &sdk.UsageReported{}, &sdk.Finished{},
	} {
		answer.Events = append(answer.Events, pbEvent(e))
	}
	_ = proto.Size(answer)
}
