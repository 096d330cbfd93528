package session

import (
	"encoding/json"

	"github.com/qwen-cli/qwen/sdk"
)

// message is an [sdk.Message] in a file. What the SDK leaves to others (extras, raw
// JSON) is kept as text, so that it comes back byte for byte.
type message struct {
	Role   text    `json:"role"`
	ID     text    `json:"id,omitzero"`
	Name   text    `json:"name,omitzero"`
	Parts  []part  `json:"parts,omitzero"`
	Origin *origin `json:"origin,omitzero"`
	Extra  extras  `json:"extra,omitzero"`
}

type origin struct {
	Provider text `json:"provider,omitzero"`
	Endpoint text `json:"endpoint,omitzero"`
	Model    text `json:"model,omitzero"`
}

// part is an [sdk.Part] of any kind. A field that is nil is left out, one that is
// empty is not, so that both come back.
type part struct {
	Kind sdk.PartKind `json:"kind"`
	Text text         `json:"text,omitzero"`

	Annotations []annotation `json:"annotations,omitzero"` // text

	MediaType  text   `json:"media_type,omitzero"` // image, audio, file
	Data       []byte `json:"data,omitzero"`
	URL        text   `json:"url,omitzero"`
	FileID     text   `json:"file_id,omitzero"`
	Detail     text   `json:"detail,omitzero"`
	Transcript text   `json:"transcript,omitzero"`

	Summary bool   `json:"summary,omitzero"` // reasoning
	Opaque  []byte `json:"opaque,omitzero"`  // reasoning, tool_call

	ID             text   `json:"id,omitzero"`        // tool_call; tool_result: of the call
	Name           text   `json:"name,omitzero"`      // of a tool or of a file
	Arguments      text   `json:"arguments,omitzero"` // tool_call
	ServerExecuted bool   `json:"server_executed,omitzero"`
	Content        []part `json:"content,omitzero"` // tool_result
	IsError        bool   `json:"is_error,omitzero"`

	Raw   []byte `json:"raw,omitzero"` // unknown
	Extra extras `json:"extra,omitzero"`
}

type annotation struct {
	Type  text   `json:"type,omitzero"`
	Start int    `json:"start,omitzero"`
	End   int    `json:"end,omitzero"`
	Title text   `json:"title,omitzero"`
	URL   text   `json:"url,omitzero"`
	Quote text   `json:"quote,omitzero"`
	Extra extras `json:"extra,omitzero"`
}

// extras is [sdk.Extras]: encoding/json would change the white space in them.
type extras map[string]text

func encodeExtras(e sdk.Extras) extras {
	if e == nil {
		return nil
	}
	x := make(extras, len(e))
	for name, value := range e {
		x[name] = text(value)
	}
	return x
}

func (x extras) decode() sdk.Extras {
	if x == nil {
		return nil
	}
	e := make(sdk.Extras, len(x))
	for name, value := range x {
		e[name] = json.RawMessage(value)
	}
	return e
}

func encodeMessage(m *sdk.Message) *message {
	x := &message{
		Role: text(m.Role), ID: text(m.ID), Name: text(m.Name),
		Parts: encodeParts(m.Parts), Extra: encodeExtras(m.Extra),
	}
	if o := m.Origin; o != nil {
		x.Origin = &origin{Provider: text(o.Provider), Endpoint: text(o.Endpoint), Model: text(o.Model)}
	}
	return x
}

func (x *message) decode() *sdk.Message {
	m := &sdk.Message{
		Role: sdk.Role(x.Role), ID: string(x.ID), Name: string(x.Name),
		Parts: decodeParts(x.Parts), Extra: x.Extra.decode(),
	}
	if o := x.Origin; o != nil {
		m.Origin = &sdk.Origin{Provider: string(o.Provider), Endpoint: string(o.Endpoint), Model: string(o.Model)}
	}
	return m
}

func encodeParts(parts []sdk.Part) []part {
	if parts == nil {
		return nil
	}
	list := make([]part, 0, len(parts))
	for _, p := range parts {
		if p != nil {
			list = append(list, encodePart(p))
		}
	}
	return list
}

func encodePart(p sdk.Part) part {
	x := part{Kind: p.Kind()}
	switch p := p.(type) {
	case *sdk.Text:
		x.Text, x.Annotations, x.Extra = text(p.Text), encodeAnnotations(p.Annotations), encodeExtras(p.Extra)
	case *sdk.Image:
		x.setMedia(&p.Media)
		x.Detail, x.Extra = text(p.Detail), encodeExtras(p.Extra)
	case *sdk.Audio:
		x.setMedia(&p.Media)
		x.Transcript, x.Extra = text(p.Transcript), encodeExtras(p.Extra)
	case *sdk.File:
		x.setMedia(&p.Media)
		x.Extra = encodeExtras(p.Extra)
	case *sdk.Reasoning:
		x.Text, x.Summary, x.Opaque, x.Extra = text(p.Text), p.Summary, p.Opaque, encodeExtras(p.Extra)
	case *sdk.Refusal:
		x.Text, x.Extra = text(p.Text), encodeExtras(p.Extra)
	case *sdk.ToolCall:
		x.ID, x.Name, x.Arguments = text(p.ID), text(p.Name), text(p.Arguments)
		x.ServerExecuted, x.Opaque, x.Extra = p.ServerExecuted, p.Opaque, encodeExtras(p.Extra)
	case *sdk.ToolResult:
		x.ID, x.Name, x.Content = text(p.CallID), text(p.Name), encodeParts(p.Content)
		x.IsError, x.Extra = p.IsError, encodeExtras(p.Extra)
	case *sdk.Unknown:
		x.Raw = p.Raw
	}
	return x
}

func (x *part) setMedia(m *sdk.Media) {
	x.MediaType, x.Name, x.Data = text(m.MediaType), text(m.Name), m.Data
	x.URL, x.FileID = text(m.URL), text(m.FileID)
}

func (x *part) media() sdk.Media {
	return sdk.Media{
		MediaType: string(x.MediaType), Name: string(x.Name), Data: x.Data,
		URL: string(x.URL), FileID: string(x.FileID),
	}
}

// decodeParts leaves out parts of a kind that only a later version knows.
func decodeParts(list []part) []sdk.Part {
	if list == nil {
		return nil
	}
	parts := make([]sdk.Part, 0, len(list))
	for i := range list {
		if p := list[i].decode(); p != nil {
			parts = append(parts, p)
		}
	}
	return parts
}

// decode returns the part, nil for a kind that is not known.
func (x *part) decode() sdk.Part {
	switch x.Kind {
	case sdk.PartText:
		return &sdk.Text{Text: string(x.Text), Annotations: decodeAnnotations(x.Annotations), Extra: x.Extra.decode()}
	case sdk.PartImage:
		return &sdk.Image{Media: x.media(), Detail: string(x.Detail), Extra: x.Extra.decode()}
	case sdk.PartAudio:
		return &sdk.Audio{Media: x.media(), Transcript: string(x.Transcript), Extra: x.Extra.decode()}
	case sdk.PartFile:
		return &sdk.File{Media: x.media(), Extra: x.Extra.decode()}
	case sdk.PartReasoning:
		return &sdk.Reasoning{Text: string(x.Text), Summary: x.Summary, Opaque: x.Opaque, Extra: x.Extra.decode()}
	case sdk.PartRefusal:
		return &sdk.Refusal{Text: string(x.Text), Extra: x.Extra.decode()}
	case sdk.PartToolCall:
		return &sdk.ToolCall{ID: string(x.ID), Name: string(x.Name), Arguments: string(x.Arguments),
			ServerExecuted: x.ServerExecuted, Opaque: x.Opaque, Extra: x.Extra.decode()}
	case sdk.PartToolResult:
		return &sdk.ToolResult{CallID: string(x.ID), Name: string(x.Name), Content: decodeParts(x.Content),
			IsError: x.IsError, Extra: x.Extra.decode()}
	case (*sdk.Unknown)(nil).Kind():
		return &sdk.Unknown{Raw: x.Raw}
	}
	return nil
}

func encodeAnnotations(annotations []sdk.Annotation) []annotation {
	if annotations == nil {
		return nil
	}
	list := make([]annotation, len(annotations))
	for i, a := range annotations {
		list[i] = annotation{
			Type: text(a.Type), Start: a.Start, End: a.End,
			Title: text(a.Title), URL: text(a.URL), Quote: text(a.Quote), Extra: encodeExtras(a.Extra),
		}
	}
	return list
}

func decodeAnnotations(list []annotation) []sdk.Annotation {
	if list == nil {
		return nil
	}
	annotations := make([]sdk.Annotation, len(list))
	for i, x := range list {
		annotations[i] = sdk.Annotation{
			Type: string(x.Type), Start: x.Start, End: x.End,
			Title: string(x.Title), URL: string(x.URL), Quote: string(x.Quote), Extra: x.Extra.decode(),
		}
	}
	return annotations
}
