package sdk

import "encoding/json"

// Role says who a message is from. The set is open: a role that this package
// does not name is passed on as it is.
type Role string

// The roles.
const (
	RoleSystem    Role = "system"
	RoleDeveloper Role = "developer"
	RoleUser      Role = "user"
	RoleAssistant Role = "assistant"
	RoleTool      Role = "tool"
)

// Extras holds values that only one provider understands, by name. Whoever does
// not know an entry keeps it and passes it on.
type Extras map[string]json.RawMessage

// A Message is one item of a conversation.
type Message struct {
	Role Role

	// ID is the service's identifier of the message; may be empty.
	ID string

	// Name tells several participants of one role apart; may be empty.
	Name string

	Parts []Part

	// Origin says who produced an assistant message. It is nil for messages
	// that a model did not write. See [Origin] for what depends on it.
	Origin *Origin

	Extra Extras
}

// Origin identifies who issued an assistant message. Opaque data in the message
// ([Reasoning.Opaque], [ToolCall.Opaque]) is meaningful to its issuer only: the
// host sends it back byte for byte when Provider and Endpoint are those of the
// next request, and removes it otherwise.
type Origin struct {
	Provider string // provider name, as in Description.Name
	Endpoint string // base URL the request went to
	Model    string // model that answered
}

// TextMessage returns a message of one text part.
func TextMessage(role Role, text string) Message {
	return Message{Role: role, Parts: []Part{&Text{Text: text}}}
}

// Text returns the message's text parts, joined.
func (m *Message) Text() string {
	var s string
	for _, p := range m.Parts {
		if t, ok := p.(*Text); ok {
			s += t.Text
		}
	}
	return s
}

// PartKind names a kind of [Part].
type PartKind string

// The kinds of part. The set is open; see [Unknown].
const (
	PartText       PartKind = "text"
	PartImage      PartKind = "image"
	PartAudio      PartKind = "audio"
	PartFile       PartKind = "file"
	PartReasoning  PartKind = "reasoning"
	PartRefusal    PartKind = "refusal"
	PartToolCall   PartKind = "tool_call"
	PartToolResult PartKind = "tool_result"
)

// A Part is a piece of a message: one of [*Text], [*Image], [*Audio], [*File],
// [*Reasoning], [*Refusal], [*ToolCall], [*ToolResult] and [*Unknown].
type Part interface {
	Kind() PartKind
	isPart()
}

// Text is plain text or Markdown.
type Text struct {
	Text        string
	Annotations []Annotation
	Extra       Extras
}

// An Annotation marks a span of a text part: a citation, most often. The span is in
// bytes of Text as UTF-8 and splits no character; one of 0 to 0 stands for a source of
// the text as a whole. A provider whose service counts characters or UTF-16 units
// converts.
type Annotation struct {
	Type  string // "url", "file", "document"; open
	Start int    // first byte of the span
	End   int    // byte after the span
	Title string
	URL   string
	Quote string
	Extra Extras
}

// Media is the content of an image, audio or file part: exactly one of Data,
// URL and FileID is set.
type Media struct {
	MediaType string // RFC 6838, "image/png"
	Name      string // file name for display; may be empty
	Data      []byte
	URL       string
	FileID    string // identifier at the provider that holds the file
}

// Image is a picture.
type Image struct {
	Media
	Detail string // "low", "high", "auto"; empty for the service's default
	Extra  Extras
}

// Audio is a sound recording.
type Audio struct {
	Media
	Transcript string
	Extra      Extras
}

// File is any other document.
type File struct {
	Media
	Extra Extras
}

// Reasoning is what a model thought on its way to the answer.
type Reasoning struct {
	// Text is the readable thought or a summary of it; may be empty when the
	// service keeps it to itself.
	Text    string
	Summary bool // Text is a summary, not the thought itself

	// Opaque is the service's signature or encrypted form. It goes back byte
	// for byte, and only to its issuer; see [Origin].
	Opaque []byte
	Extra  Extras
}

// Refusal is a model's explicit refusal to answer.
type Refusal struct {
	Text  string
	Extra Extras
}

// ToolCall is a model's wish to have a tool called.
type ToolCall struct {
	// ID ties the call to its [ToolResult]. Never empty in an event or a
	// request: a provider makes one up where its service sent none.
	ID   string
	Name string

	// Arguments is the text that the model wrote, unchanged. It should be a
	// JSON object; use [encoding/json.Valid] before relying on that.
	Arguments string

	// ServerExecuted says that the service itself has run, or will run, the call.
	ServerExecuted bool

	// Opaque is a signature over the call; see [Reasoning.Opaque].
	Opaque []byte
	Extra  Extras
}

// ToolResult answers a [ToolCall].
type ToolResult struct {
	CallID  string
	Name    string // the tool's name; may be empty
	Content []Part // text, image and file parts
	IsError bool
	Extra   Extras
}

// Unknown is a part of a kind that this version of the SDK does not know. It is
// kept and passed on, so that a newer peer finds it unchanged.
type Unknown struct {
	Raw []byte // the part in the protocol's own encoding
}

func (*Text) Kind() PartKind       { return PartText }
func (*Image) Kind() PartKind      { return PartImage }
func (*Audio) Kind() PartKind      { return PartAudio }
func (*File) Kind() PartKind       { return PartFile }
func (*Reasoning) Kind() PartKind  { return PartReasoning }
func (*Refusal) Kind() PartKind    { return PartRefusal }
func (*ToolCall) Kind() PartKind   { return PartToolCall }
func (*ToolResult) Kind() PartKind { return PartToolResult }

// Kind returns "unknown".
func (*Unknown) Kind() PartKind { return "unknown" }

func (*Text) isPart()       {}
func (*Image) isPart()      {}
func (*Audio) isPart()      {}
func (*File) isPart()       {}
func (*Reasoning) isPart()  {}
func (*Refusal) isPart()    {}
func (*ToolCall) isPart()   {}
func (*ToolResult) isPart() {}
func (*Unknown) isPart()    {}
