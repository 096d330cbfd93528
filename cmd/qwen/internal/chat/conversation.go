package chat

import (
	"slices"

	"github.com/qwen-cli/qwen/sdk"
)

// A Conversation is what was said so far. The zero value is an empty one. It is
// for one goroutine.
type Conversation struct {
	messages []sdk.Message
}

// Add appends messages: instructions, what the user says, results of tools.
func (c *Conversation) Add(messages ...sdk.Message) {
	c.messages = append(c.messages, messages...)
}

// Record appends the answer of a turn, also a partial one: the person has seen
// it. It reports whether there was anything to append.
func (c *Conversation) Record(r *Result) bool {
	if len(r.Message.Parts) == 0 {
		return false
	}
	c.Add(r.Message)
	return true
}

// Messages returns what was said, oldest first. The slice is the caller's, the
// parts are shared.
func (c *Conversation) Messages() []sdk.Message { return slices.Clone(c.messages) }

// Request returns req with the conversation behind the messages that it has.
func (c *Conversation) Request(req sdk.ChatRequest) *sdk.ChatRequest {
	req.Messages = slices.Concat(req.Messages, c.messages)
	return &req
}
