package sdktest

import (
	"context"

	"github.com/qwen-cli/qwen/sdk"
)

// A Behaviour is what a model service does to whoever asks it. Each constant
// tells what a [Service] with that behaviour has to do, in the service's own
// protocol; the set grows.
type Behaviour string

// Answers. Unless it says otherwise, an answer is streamed in at least four
// pieces, is [AnswerText] and nothing else, ends as a model ends that has said
// all, and reports [AnswerUsage].
const (
	Plain         Behaviour = "plain"          // just that
	SplitBytes    Behaviour = "split-bytes"    // one byte per network write
	KeepAlive     Behaviour = "keep-alive"     // signs of life without content in between
	CRLF          Behaviour = "crlf"           // the other line ending, in text protocols
	NoUsage       Behaviour = "no-usage"       // no token counts
	LengthLimit   Behaviour = "length-limit"   // ends for the token limit
	Withheld      Behaviour = "withheld"       // ends for the content filter
	Refusal       Behaviour = "refusal"        // the model refuses, with AnswerRefusal
	Thinking      Behaviour = "thinking"       // AnswerReasoning, then AnswerText
	Cited         Behaviour = "cited"          // CitedText, of which CitedPhrase rests on CitedURL
	Long          Behaviour = "long"           // LongPieces pieces, LongPiece each, as fast as it can
	OneCall       Behaviour = "one-call"       // calls the first of AnswerCalls, no text
	TwoCalls      Behaviour = "two-calls"      // calls both, one after the other
	MixedCalls    Behaviour = "mixed-calls"    // pieces of both in turn
	WholeCalls    Behaviour = "whole-calls"    // both, each in one piece
	CallsNoIndex  Behaviour = "calls-no-index" // both, without saying which piece is whose
	CallsNoID     Behaviour = "calls-no-id"    // both, without IDs
	CallsOneIndex Behaviour = "calls-one-index"
	CallsLateName Behaviour = "calls-late-name" // ID and name after the first piece
	CallsRepeatID Behaviour = "calls-repeat-id" // ID and name in every piece
	CallsObject   Behaviour = "calls-object"    // arguments as an object, not as its text
)

// Answers that break. They begin like [Plain] and go wrong after about half.
const (
	Cut       Behaviour = "cut"        // the connection is closed
	Reset     Behaviour = "reset"      // the connection is reset
	NoFinish  Behaviour = "no-finish"  // a clean end of the connection without an end of the answer
	Malformed Behaviour = "malformed"  // a piece that is half of one
	FailsMid  Behaviour = "fails-mid"  // a piece that reports an error of the service
	Stall     Behaviour = "stall"      // silence, until the client goes away
	WebPage   Behaviour = "web-page"   // in place of an answer, a web page, as if all were well
	Empty     Behaviour = "empty"      // a response of no bytes, as if all were well
	OnlyEnd   Behaviour = "only-end"   // an end marker and nothing before it
	Hang      Behaviour = "hang"       // no response, until the client goes away
	Elsewhere Behaviour = "elsewhere"  // a redirect to another origin
	Nowhere   Behaviour = "nowhere"    // nothing listens at the endpoint
	EchoesKey Behaviour = "echoes-key" // refuses the credential, and repeats it
)

// Refusals, in the form that the service has for them.
const (
	BadRequest      Behaviour = "bad-request"     // HTTP 400
	Unauthorized    Behaviour = "unauthorized"    // HTTP 401
	Forbidden       Behaviour = "forbidden"       // HTTP 403
	NoSuchModel     Behaviour = "no-such-model"   // HTTP 404
	TooManyRequests Behaviour = "too-many"        // HTTP 429: too fast, wait 30 seconds
	QuotaUsedUp     Behaviour = "quota"           // HTTP 429: nothing left
	ServerError     Behaviour = "server-error"    // HTTP 500
	Overloaded      Behaviour = "overloaded"      // HTTP 503
	TooLong         Behaviour = "too-long"        // the conversation does not fit the model
	PromptFiltered  Behaviour = "prompt-filtered" // the prompt was refused by the content filter
	SignIn          Behaviour = "sign-in"         // like Plain, for who signs in with Service.Answers
	SignInRefused   Behaviour = "sign-in-refused" // refuses whoever signs in with Service.Answers
)

// What answers consist of.
const (
	AnswerText      = "Hello from the far side: 你好, мир, 🌍!"
	AnswerReasoning = "The user greets me. I greet back."
	AnswerRefusal   = "I cannot help with that."
	LongPiece       = "lorem-i "
	CitedText       = "Hello 🌍! 天空是蓝色的 💙, says the almanac."
	CitedPhrase     = "天空是蓝色的 💙"
	CitedURL        = "https://almanac.example/sky"
)

// AnswerCalls returns the tool calls of answers that have some. Their IDs are for
// the service to choose.
func AnswerCalls() []sdk.ToolCall {
	return []sdk.ToolCall{
		{Name: "get_weather", Arguments: `{"city":"Hangzhou","unit":"\"C\""}`},
		{Name: "get_time", Arguments: `{"zone":"Asia/Shanghai"}`},
	}
}

// AnswerUsage returns the token counts of an answer. Cached and reasoning tokens
// may be left out by a service that does not count them.
func AnswerUsage() sdk.Usage {
	return sdk.Usage{InputTokens: 17, OutputTokens: 9, TotalTokens: 26, CacheReadTokens: 4, ReasoningTokens: 3}
}

// A Service is a running service with one [Behaviour].
type Service struct {
	// Connection reaches the service as somebody whom it accepts. For [SignIn]
	// and [SignInRefused] it has no credential.
	Connection sdk.Connection

	// Model is a model that it has; empty for the provider's default.
	Model string

	// Answers are what a person answers who signs in; see [UI.Answers].
	Answers map[string]string

	// The functions below tell what the service saw; nil where it cannot tell,
	// which skips the cases that want to know.

	// Requests returns how many chat requests have arrived.
	Requests func() int

	// Sent returns the last chat request, headers and body, as text.
	Sent func() string

	// Left waits until a client has gone away before the end of its answer.
	Left func(context.Context) error

	// Astray returns how many requests arrived where [Elsewhere] leads to.
	Astray func() int
}
