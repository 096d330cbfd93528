package wire

import (
	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

// pbEvent returns e for the wire. A nil event is a sign of life and no more.
func pbEvent(e sdk.Event) *pb.Event {
	switch e := e.(type) {
	case *sdk.Started:
		return &pb.Event{Event: &pb.Event_Started{Started: &pb.Started{
			ResponseId: text(e.ResponseID), RequestId: text(e.RequestID), Model: text(e.Model),
		}}}
	case *sdk.PartStarted:
		return &pb.Event{Event: &pb.Event_PartStarted{PartStarted: &pb.PartStarted{
			Index: int32(e.Index), Kind: text(e.Kind), ToolCallId: text(e.ToolCallID), ToolName: text(e.ToolName),
		}}}
	case *sdk.Delta:
		return pbDelta(e.Index, text(e.Text))
	case *sdk.PartDone:
		return &pb.Event{Event: &pb.Event_PartDone{PartDone: &pb.PartDone{
			Index: int32(e.Index), Part: pbPart(e.Part),
		}}}
	case *sdk.UsageReported:
		return &pb.Event{Event: &pb.Event_Usage{Usage: pbUsage(&e.Usage)}}
	case *sdk.Warning:
		return &pb.Event{Event: &pb.Event_Warning{Warning: &pb.Warning{
			Code: text(e.Code), Message: text(e.Message), Setting: text(e.Setting),
		}}}
	case *sdk.Finished:
		return &pb.Event{Event: &pb.Event_Finished{Finished: pbFinished(e)}}
	}
	return &pb.Event{Event: &pb.Event_Heartbeat{Heartbeat: &pb.Heartbeat{}}}
}

// sdkEvent returns the event in e. One of a kind that this version does not know
// tells at least that the plugin is alive.
func sdkEvent(e *pb.Event) sdk.Event {
	switch m := e.GetEvent().(type) {
	case *pb.Event_Delta: // first: nearly all of them are deltas
		return &sdk.Delta{Index: int(m.Delta.GetIndex()), Text: m.Delta.GetText()}
	case *pb.Event_Started:
		s := m.Started
		return &sdk.Started{ResponseID: s.GetResponseId(), RequestID: s.GetRequestId(), Model: s.GetModel()}
	case *pb.Event_PartStarted:
		p := m.PartStarted
		return &sdk.PartStarted{
			Index: int(p.GetIndex()), Kind: sdk.PartKind(p.GetKind()), ToolCallID: p.GetToolCallId(), ToolName: p.GetToolName(),
		}
	case *pb.Event_PartDone:
		return &sdk.PartDone{Index: int(m.PartDone.GetIndex()), Part: sdkPart(m.PartDone.GetPart())}
	case *pb.Event_Usage:
		return &sdk.UsageReported{Usage: sdkUsage(m.Usage)}
	case *pb.Event_Warning:
		w := m.Warning
		return &sdk.Warning{Code: w.GetCode(), Message: w.GetMessage(), Setting: w.GetSetting()}
	case *pb.Event_Finished:
		return sdkFinished(m.Finished)
	}
	return &sdk.Heartbeat{}
}

// pbDelta returns a delta event; s must be valid UTF-8.
func pbDelta(index int, s string) *pb.Event {
	return &pb.Event{Event: &pb.Event_Delta{Delta: &pb.Delta{Index: int32(index), Text: s}}}
}

func pbUsage(u *sdk.Usage) *pb.Usage {
	return &pb.Usage{
		InputTokens:      u.InputTokens,
		OutputTokens:     u.OutputTokens,
		TotalTokens:      u.TotalTokens,
		CacheReadTokens:  u.CacheReadTokens,
		CacheWriteTokens: u.CacheWriteTokens,
		ReasoningTokens:  u.ReasoningTokens,
		Details:          pbMap(u.Details, same[int64]),
		Estimated:        u.Estimated,
		Raw:              u.Raw,
	}
}

func sdkUsage(u *pb.Usage) sdk.Usage {
	return sdk.Usage{
		InputTokens:      u.GetInputTokens(),
		OutputTokens:     u.GetOutputTokens(),
		TotalTokens:      u.GetTotalTokens(),
		CacheReadTokens:  u.GetCacheReadTokens(),
		CacheWriteTokens: u.GetCacheWriteTokens(),
		ReasoningTokens:  u.GetReasoningTokens(),
		Details:          sdkMap(u.GetDetails()),
		Estimated:        u.GetEstimated(),
		Raw:              u.GetRaw(),
	}
}

func pbFinished(f *sdk.Finished) *pb.Finished {
	return &pb.Finished{
		Reason:       text(f.Reason),
		RawReason:    text(f.RawReason),
		StopSequence: text(f.StopSequence),
		Extra:        pbRaw(f.Extra),
	}
}

func sdkFinished(f *pb.Finished) *sdk.Finished {
	return &sdk.Finished{
		Reason:       sdk.FinishReason(f.GetReason()),
		RawReason:    f.GetRawReason(),
		StopSequence: f.GetStopSequence(),
		Extra:        sdkRaw[sdk.Extras](f.GetExtra()),
	}
}
