package sdk

// An Event is one element of an answer: one of [*Started], [*PartStarted],
// [*Delta], [*PartDone], [*UsageReported], [*Warning], [*Heartbeat] and
// [*Finished].
//
// The order is
//
//	Started? ( PartStarted Delta* PartDone | UsageReported | Warning | Heartbeat )* Finished
//
// where several parts may be open at once, and warnings and heartbeats may come
// before Started. Part indexes start at 0 and rise by
// one with each PartStarted. The texts of a part's deltas, joined, are the text
// of its PartDone: deltas are for display, PartDone is the truth. No delta
// splits a UTF-8 sequence. Token counts never fall. Nothing follows Finished.
//
// A provider that answers in one piece yields the same events at once, so that
// there is one code path. [NewStream] keeps these rules for the author.
type Event interface{ isEvent() }

// Started says that the service has begun to answer.
type Started struct {
	ResponseID string // the service's identifier of the answer
	RequestID  string // the service's identifier of the HTTP request, for support
	Model      string // the model that answers, as the service names it
}

// PartStarted opens a part.
type PartStarted struct {
	Index int
	Kind  PartKind

	// ToolCallID and ToolName belong to a tool call.
	ToolCallID string
	ToolName   string
}

// Delta is the next piece of an open part's text: of [Text.Text],
// [Reasoning.Text], [Refusal.Text] or [ToolCall.Arguments], by the part's kind.
type Delta struct {
	Index int
	Text  string
}

// PartDone closes a part and carries it whole.
type PartDone struct {
	Index int
	Part  Part
}

// UsageReported carries the tokens used so far. The last report counts.
type UsageReported struct {
	Usage Usage
}

// Warning tells something that does not stop the answer: a setting the service
// does not know, a model that was replaced by another.
type Warning struct {
	Code    string // stable and machine-readable, such as "setting-ignored"
	Message string
	Setting string // the request field concerned; may be empty
}

// Heartbeat is a sign of life without content, such as a keep-alive comment. It
// resets the host's idle time limit.
type Heartbeat struct{}

// Finished ends an answer.
type Finished struct {
	Reason FinishReason

	// RawReason is the reason in the service's own words.
	RawReason string

	// StopSequence is the sequence that matched, with [FinishStop], where the
	// service says so.
	StopSequence string

	Extra Extras
}

func (*Started) isEvent()       {}
func (*PartStarted) isEvent()   {}
func (*Delta) isEvent()         {}
func (*PartDone) isEvent()      {}
func (*UsageReported) isEvent() {}
func (*Warning) isEvent()       {}
func (*Heartbeat) isEvent()     {}
func (*Finished) isEvent()      {}

// FinishReason says why an answer ended. The set is open.
type FinishReason string

// The finish reasons.
const (
	FinishStop          FinishReason = "stop"           // the model was done
	FinishLength        FinishReason = "length"         // the token limit cut it off
	FinishToolCalls     FinishReason = "tool_calls"     // the model waits for tool results
	FinishContentFilter FinishReason = "content_filter" // the service withheld the rest
	FinishRefusal       FinishReason = "refusal"        // the model refused
	FinishPause         FinishReason = "pause"          // the service paused a long turn
	FinishOther         FinishReason = "other"          // see RawReason
)

// Usage counts the tokens of one request. A zero means none or not reported.
//
// InputTokens includes the cached ones and OutputTokens the reasoning ones;
// a provider whose service counts differently converts.
type Usage struct {
	InputTokens      int64
	OutputTokens     int64
	TotalTokens      int64
	CacheReadTokens  int64 // part of InputTokens that came from a cache
	CacheWriteTokens int64 // part of InputTokens that was written to one
	ReasoningTokens  int64 // part of OutputTokens

	// Details holds any further counters by the service's name for them.
	Details map[string]int64

	// Estimated says that the numbers are the provider's guess.
	Estimated bool

	// Raw is the service's own JSON, if it sent one.
	Raw []byte
}
