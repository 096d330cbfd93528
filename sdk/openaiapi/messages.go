package openaiapi

import (
	"encoding/json"
	"strings"

	"github.com/qwen-cli/qwen/sdk"
)

// messages writes the conversation. The dialect wants each tool result as a message
// of its own, directly after the call, and takes text only there: pictures of tool
// results follow in a user message behind the last of them.
func (e *encoder) messages() {
	if !e.field("messages") {
		return
	}
	e.open('[')
	called := map[string]bool{}
	var media []sdk.Part
	for i := range e.req.Messages {
		m := &e.req.Messages[i]
		results, rest := splitResults(m.Parts)
		if len(results) == 0 {
			media = e.resultMedia(media)
		}
		for _, r := range results {
			if !called[r.CallID] {
				e.fail(sdk.KindInvalidRequest, "messages", "a tool result answers the call %q, which no earlier message made", cleanText(r.CallID, 60))
			}
			media = append(media, e.toolResult(r)...)
		}
		if len(rest) > 0 || len(results) == 0 {
			media = e.resultMedia(media)
			e.message(m, rest, called)
		}
	}
	e.resultMedia(media)
	e.close(']')
}

// splitResults tells the tool results of a message from its other parts.
func splitResults(parts []sdk.Part) (results []*sdk.ToolResult, rest []sdk.Part) {
	for _, p := range parts {
		if r, ok := p.(*sdk.ToolResult); ok {
			results = append(results, r)
		} else {
			rest = append(rest, p)
		}
	}
	return results, rest
}

// message writes one message that is not a tool result.
func (e *encoder) message(m *sdk.Message, parts []sdk.Part, called map[string]bool) {
	e.open('{')
	e.member("role", e.role(m.Role))
	if m.Name != "" {
		e.member("name", m.Name)
	}
	if m.Role == sdk.RoleAssistant {
		e.assistant(m, parts, called)
	} else {
		e.content(parts)
	}
	if m.Origin == nil || e.issuedHere(m.Origin) {
		e.extra(m.Extra, "messages")
	}
	e.close('}')
}

// role returns the role's name at the service.
func (e *encoder) role(r sdk.Role) string {
	if r == sdk.RoleDeveloper && !e.d.DeveloperRole {
		return string(sdk.RoleSystem)
	}
	return string(r)
}

// toolResult writes a tool's answer and returns the parts that it cannot hold.
func (e *encoder) toolResult(r *sdk.ToolResult) (media []sdk.Part) {
	var texts []string
	for _, p := range r.Content {
		if t, ok := p.(*sdk.Text); ok {
			texts = append(texts, t.Text)
		} else {
			media = append(media, p)
		}
	}
	text := strings.Join(texts, "\n\n")
	if r.IsError && !strings.HasPrefix(strings.ToLower(text), "error") {
		text = "error: " + text // there is no field for it
	}
	e.open('{')
	e.member("role", string(sdk.RoleTool))
	e.member("tool_call_id", r.CallID)
	if r.Name != "" {
		e.member("name", r.Name)
	}
	e.member("content", text)
	e.extra(r.Extra, "messages")
	e.close('}')
	return media
}

// resultMedia writes what tool results could not hold, and returns nil.
func (e *encoder) resultMedia(media []sdk.Part) []sdk.Part {
	if len(media) == 0 {
		return nil
	}
	e.warn("part-moved", "messages", "%s takes only text in tool results; other parts were sent as a user message", e.service())
	e.open('{')
	e.member("role", string(sdk.RoleUser))
	e.content(media)
	e.close('}')
	return nil
}

// content writes a message's content: as a string if it is plain text, since strict
// servers take nothing else there, and as a list of parts if it has to be.
func (e *encoder) content(parts []sdk.Part) {
	e.key("content")
	if text, ok := plainText(parts, "\n\n"); ok {
		e.str(text)
		return
	}
	e.open('[')
	for _, p := range parts {
		e.part(p)
	}
	e.close(']')
}

// plainText joins parts that are nothing but text.
func plainText(parts []sdk.Part, sep string) (string, bool) {
	texts := make([]string, len(parts))
	for i, p := range parts {
		t, ok := p.(*sdk.Text)
		if !ok || len(t.Extra) > 0 {
			return "", false
		}
		texts[i] = t.Text
	}
	return strings.Join(texts, sep), true
}

// part writes an element of a content list.
func (e *encoder) part(p sdk.Part) {
	if _, ok := p.(*sdk.Text); e.d.TextOnly && !ok {
		e.fail(sdk.KindUnsupported, "messages", "%s takes only text, not %s parts", e.service(), p.Kind())
		return
	}
	switch p := p.(type) {
	case *sdk.Text:
		e.open('{')
		e.member("type", "text")
		e.member("text", p.Text)
		e.extra(p.Extra, "messages")
		e.close('}')
	case *sdk.Image:
		e.image(p)
	case *sdk.Audio:
		e.audio(p)
	case *sdk.File:
		e.file(p)
	default:
		e.warn("part-ignored", "messages", "%s parts have no place in such a message; they were not sent", p.Kind())
	}
}

func (e *encoder) image(p *sdk.Image) {
	if p.Data == nil && p.URL == "" {
		e.fail(sdk.KindUnsupported, "messages", "%s takes pictures as data or by address, not by file id", e.service())
		return
	}
	e.open('{')
	e.member("type", "image_url")
	e.key("image_url")
	e.open('{')
	e.key("url")
	e.mediaURL(&p.Media, "image/png")
	if p.Detail != "" {
		e.member("detail", p.Detail)
	}
	e.close('}')
	e.extra(p.Extra, "messages")
	e.close('}')
}

// mediaURL writes the address of media, or its data in the form of one.
func (e *encoder) mediaURL(m *sdk.Media, defaultType string) {
	if m.Data != nil {
		e.dataURL(or(m.MediaType, defaultType), m.Data)
	} else {
		e.str(m.URL)
	}
}

func (e *encoder) audio(p *sdk.Audio) {
	if p.Data == nil && (p.URL == "" || !e.d.AudioURL) {
		e.fail(sdk.KindUnsupported, "messages", "%s takes audio as data only", e.service())
		return
	}
	e.open('{')
	e.member("type", "input_audio")
	e.key("input_audio")
	e.open('{')
	e.key("data")
	if e.d.AudioURL {
		e.mediaURL(&p.Media, "audio/wav")
	} else {
		e.base64(p.Data)
	}
	e.member("format", audioFormat(p.MediaType))
	e.close('}')
	e.extra(p.Extra, "messages")
	e.close('}')
}

// audioFormat returns the name that the API has for a media type.
func audioFormat(mediaType string) string {
	_, sub, _ := strings.Cut(strings.ToLower(mediaType), "/")
	sub, _, _ = strings.Cut(sub, ";")
	switch sub = strings.TrimPrefix(sub, "x-"); sub {
	case "mpeg", "mpeg3":
		return "mp3"
	case "wave", "vnd.wave", "":
		return "wav"
	case "mp4", "m4a":
		return "m4a"
	}
	return sub
}

func (e *encoder) file(p *sdk.File) {
	if p.Data == nil && p.FileID == "" && !e.d.FileURL {
		e.fail(sdk.KindUnsupported, "messages", "%s takes files as data, not by address", e.service())
		return
	}
	e.open('{')
	e.member("type", "file")
	e.key("file")
	e.open('{')
	if p.FileID != "" {
		e.member("file_id", p.FileID)
	} else {
		e.member("filename", or(p.Name, "file"))
		e.key("file_data")
		e.mediaURL(&p.Media, "application/octet-stream")
	}
	e.close('}')
	e.extra(p.Extra, "messages")
	e.close('}')
}

// assistant writes what a model said: its text, and around it what it thought,
// refused and wanted to have called.
func (e *encoder) assistant(m *sdk.Message, parts []sdk.Part, called map[string]bool) {
	var spoken, other []sdk.Part
	var calls []*sdk.ToolCall
	for _, p := range parts {
		switch p := p.(type) {
		case *sdk.Text:
			spoken = append(spoken, p)
		case *sdk.ToolCall:
			calls = append(calls, p)
			called[p.ID] = true
		default:
			other = append(other, p)
		}
	}
	e.spoken(spoken, len(calls) > 0)
	e.thoughts(m, other)
	e.toolCalls(m, calls)
}

// spoken writes the assistant's text. A message of nothing but calls has null.
func (e *encoder) spoken(parts []sdk.Part, calls bool) {
	e.key("content")
	text, plain := plainText(parts, "")
	switch {
	case !plain:
		e.open('[')
		for _, p := range parts {
			e.part(p)
		}
		e.close(']')
	case text == "" && calls:
		e.buf = append(e.buf, "null"...)
	default:
		e.str(text)
	}
}

// thoughts writes refusals and what goes back of the model's thinking, which is
// meaningful only to the service that issued it.
func (e *encoder) thoughts(m *sdk.Message, parts []sdk.Part) {
	own := e.issuedHere(m.Origin)
	var text, refusal strings.Builder
	var details []json.RawMessage
	for _, p := range parts {
		switch p := p.(type) {
		case *sdk.Refusal:
			refusal.WriteString(p.Text)
		case *sdk.Reasoning:
			text.WriteString(p.Text)
			if own && e.d.ReasoningDetails {
				var list []json.RawMessage
				_ = json.Unmarshal(p.Opaque, &list) // what is not a list is not of this dialect
				details = append(details, list...)
			}
		default:
			e.warn("part-ignored", "messages", "%s parts of an assistant message have no place in a request; they were not sent", p.Kind())
		}
	}
	if refusal.Len() > 0 {
		e.member("refusal", refusal.String())
	}
	if name := e.d.ReasoningField; name != "" && (e.d.ReasoningAlways || own && text.Len() > 0) {
		e.key(name)
		if own {
			e.str(text.String())
		} else {
			e.str("")
		}
	}
	if len(details) > 0 {
		e.key("reasoning_details")
		e.open('[')
		for _, d := range details {
			e.raw(d)
		}
		e.close(']')
	}
}

func (e *encoder) toolCalls(m *sdk.Message, calls []*sdk.ToolCall) {
	if len(calls) == 0 {
		return
	}
	own := e.issuedHere(m.Origin)
	e.key("tool_calls")
	e.open('[')
	for _, c := range calls {
		e.open('{')
		e.member("id", c.ID)
		e.member("type", "function")
		e.key("function")
		e.open('{')
		e.member("name", c.Name)
		e.member("arguments", or(c.Arguments, "{}"))
		e.close('}')
		if own && len(c.Opaque) > 0 && json.Valid(c.Opaque) {
			e.key("extra_content") // Gemini's signature over the call
			e.raw(c.Opaque)
		}
		if own || m.Origin == nil {
			e.extra(c.Extra, "messages")
		}
		e.close('}')
	}
	e.close(']')
}

// issuedHere reports whether an assistant message came from the endpoint that this
// request goes to. The host removes what other services issued; this is the second
// lock on the same door.
func (e *encoder) issuedHere(o *sdk.Origin) bool {
	if o == nil || o.Endpoint == "" {
		return false
	}
	at := strings.TrimRight(o.Endpoint, "/")
	return at == strings.TrimRight(e.svc.BaseURL, "/") || at == strings.TrimRight(e.req.Connection.Endpoint, "/")
}
