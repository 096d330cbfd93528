package wire

import (
	"google.golang.org/protobuf/proto"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

func pbMessage(m *sdk.Message) *pb.Message {
	return &pb.Message{
		Role:   text(m.Role),
		Id:     text(m.ID),
		Name:   text(m.Name),
		Parts:  each(m.Parts, pbPart),
		Origin: pbOrigin(m.Origin),
		Extra:  pbRaw(m.Extra),
	}
}

func sdkMessage(m *pb.Message) sdk.Message {
	return sdk.Message{
		Role:   sdk.Role(m.GetRole()),
		ID:     m.GetId(),
		Name:   m.GetName(),
		Parts:  each(m.GetParts(), sdkPart),
		Origin: sdkOrigin(m.GetOrigin()),
		Extra:  sdkRaw[sdk.Extras](m.GetExtra()),
	}
}

func pbOrigin(o *sdk.Origin) *pb.Origin {
	if o == nil {
		return nil
	}
	return &pb.Origin{Provider: text(o.Provider), Endpoint: text(o.Endpoint), Model: text(o.Model)}
}

func sdkOrigin(o *pb.Origin) *sdk.Origin {
	if o == nil {
		return nil
	}
	return &sdk.Origin{Provider: o.GetProvider(), Endpoint: o.GetEndpoint(), Model: o.GetModel()}
}

// pbPart returns p for the wire. An [sdk.Unknown] becomes the very bytes that it
// was made of.
func pbPart(p sdk.Part) *pb.Part {
	switch p := p.(type) {
	case *sdk.Text:
		return &pb.Part{Part: &pb.Part_Text{Text: pbTextPart(p)}}
	case *sdk.Image:
		m := pbMedia(&p.Media, p.Extra)
		m.Detail = text(p.Detail)
		return &pb.Part{Part: &pb.Part_Image{Image: m}}
	case *sdk.Audio:
		m := pbMedia(&p.Media, p.Extra)
		m.Transcript = text(p.Transcript)
		return &pb.Part{Part: &pb.Part_Audio{Audio: m}}
	case *sdk.File:
		return &pb.Part{Part: &pb.Part_File{File: pbMedia(&p.Media, p.Extra)}}
	case *sdk.Reasoning:
		return &pb.Part{Part: &pb.Part_Reasoning{Reasoning: pbReasoning(p)}}
	case *sdk.Refusal:
		return &pb.Part{Part: &pb.Part_Refusal{Refusal: &pb.RefusalPart{Text: text(p.Text), Extra: pbRaw(p.Extra)}}}
	case *sdk.ToolCall:
		return &pb.Part{Part: &pb.Part_ToolCall{ToolCall: pbToolCall(p)}}
	case *sdk.ToolResult:
		return &pb.Part{Part: &pb.Part_ToolResult{ToolResult: pbToolResult(p)}}
	case *sdk.Unknown:
		return pbUnknown(p.Raw)
	}
	return &pb.Part{} // a nil part; it arrives as an empty Unknown
}

// sdkPart returns the part in p. A kind that this version does not know is in
// p's unknown fields, which its encoding contains.
func sdkPart(p *pb.Part) sdk.Part {
	switch m := p.GetPart().(type) {
	case *pb.Part_Text:
		return sdkTextPart(m.Text)
	case *pb.Part_Image:
		return &sdk.Image{Media: sdkMedia(m.Image), Detail: m.Image.GetDetail(), Extra: sdkRaw[sdk.Extras](m.Image.GetExtra())}
	case *pb.Part_Audio:
		return &sdk.Audio{Media: sdkMedia(m.Audio), Transcript: m.Audio.GetTranscript(), Extra: sdkRaw[sdk.Extras](m.Audio.GetExtra())}
	case *pb.Part_File:
		return &sdk.File{Media: sdkMedia(m.File), Extra: sdkRaw[sdk.Extras](m.File.GetExtra())}
	case *pb.Part_Reasoning:
		return sdkReasoning(m.Reasoning)
	case *pb.Part_Refusal:
		return &sdk.Refusal{Text: m.Refusal.GetText(), Extra: sdkRaw[sdk.Extras](m.Refusal.GetExtra())}
	case *pb.Part_ToolCall:
		return sdkToolCall(m.ToolCall)
	case *pb.Part_ToolResult:
		return sdkToolResult(m.ToolResult)
	}
	return &sdk.Unknown{Raw: p.ProtoReflect().GetUnknown()}
}

// pbUnknown restores a part from its encoding. Bytes that are none make an empty
// part: there is no message that could carry them.
func pbUnknown(raw []byte) *pb.Part {
	p := new(pb.Part)
	if err := proto.Unmarshal(raw, p); err != nil {
		return new(pb.Part)
	}
	return p
}

func pbTextPart(t *sdk.Text) *pb.TextPart {
	return &pb.TextPart{
		Text:        text(t.Text),
		Annotations: eachRef(t.Annotations, pbAnnotation),
		Extra:       pbRaw(t.Extra),
	}
}

func sdkTextPart(t *pb.TextPart) *sdk.Text {
	return &sdk.Text{
		Text:        t.GetText(),
		Annotations: each(t.GetAnnotations(), sdkAnnotation),
		Extra:       sdkRaw[sdk.Extras](t.GetExtra()),
	}
}

func pbAnnotation(a *sdk.Annotation) *pb.Annotation {
	return &pb.Annotation{
		Type:  text(a.Type),
		Start: int64(a.Start),
		End:   int64(a.End),
		Title: text(a.Title),
		Url:   text(a.URL),
		Quote: text(a.Quote),
		Extra: pbRaw(a.Extra),
	}
}

func sdkAnnotation(a *pb.Annotation) sdk.Annotation {
	return sdk.Annotation{
		Type:  a.GetType(),
		Start: int(a.GetStart()),
		End:   int(a.GetEnd()),
		Title: a.GetTitle(),
		URL:   a.GetUrl(),
		Quote: a.GetQuote(),
		Extra: sdkRaw[sdk.Extras](a.GetExtra()),
	}
}

func pbMedia(m *sdk.Media, extra sdk.Extras) *pb.MediaPart {
	return &pb.MediaPart{
		MediaType: text(m.MediaType),
		Name:      text(m.Name),
		Data:      m.Data,
		Url:       text(m.URL),
		FileId:    text(m.FileID),
		Extra:     pbRaw(extra),
	}
}

func sdkMedia(m *pb.MediaPart) sdk.Media {
	return sdk.Media{
		MediaType: m.GetMediaType(),
		Name:      m.GetName(),
		Data:      m.GetData(),
		URL:       m.GetUrl(),
		FileID:    m.GetFileId(),
	}
}

func pbReasoning(r *sdk.Reasoning) *pb.ReasoningPart {
	return &pb.ReasoningPart{Text: text(r.Text), Summary: r.Summary, Opaque: r.Opaque, Extra: pbRaw(r.Extra)}
}

func sdkReasoning(r *pb.ReasoningPart) *sdk.Reasoning {
	return &sdk.Reasoning{
		Text:    r.GetText(),
		Summary: r.GetSummary(),
		Opaque:  r.GetOpaque(),
		Extra:   sdkRaw[sdk.Extras](r.GetExtra()),
	}
}

func pbToolCall(c *sdk.ToolCall) *pb.ToolCallPart {
	return &pb.ToolCallPart{
		Id:             text(c.ID),
		Name:           text(c.Name),
		Arguments:      text(c.Arguments),
		ServerExecuted: c.ServerExecuted,
		Opaque:         c.Opaque,
		Extra:          pbRaw(c.Extra),
	}
}

func sdkToolCall(c *pb.ToolCallPart) *sdk.ToolCall {
	return &sdk.ToolCall{
		ID:             c.GetId(),
		Name:           c.GetName(),
		Arguments:      c.GetArguments(),
		ServerExecuted: c.GetServerExecuted(),
		Opaque:         c.GetOpaque(),
		Extra:          sdkRaw[sdk.Extras](c.GetExtra()),
	}
}

func pbToolResult(r *sdk.ToolResult) *pb.ToolResultPart {
	return &pb.ToolResultPart{
		CallId:  text(r.CallID),
		Name:    text(r.Name),
		Content: each(r.Content, pbPart),
		IsError: r.IsError,
		Extra:   pbRaw(r.Extra),
	}
}

func sdkToolResult(r *pb.ToolResultPart) *sdk.ToolResult {
	return &sdk.ToolResult{
		CallID:  r.GetCallId(),
		Name:    r.GetName(),
		Content: each(r.GetContent(), sdkPart),
		IsError: r.GetIsError(),
		Extra:   sdkRaw[sdk.Extras](r.GetExtra()),
	}
}
