package fakecloud

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// created is the time in every answer: the same each time, so that answers can
// be compared.
const created = 1_767_225_600 // 2026-01-01T00:00:00Z

// An object is a JSON object.
type object = map[string]any

// A rendering is an answer in its wire form, cut where faults apply.
type rendering struct {
	status      int // 0: 200
	contentType string
	chunks      [][]byte // what the model says
	tail        [][]byte // finish reason and usage
	done        []byte   // the end marker
	header      map[string]string
	delay       time.Duration // before each chunk
	timed       bool          // chunks say when they are sent
	end         ending
	trickle     time.Duration // between single bytes; 0: off
}

// An ending is what happens to the connection after the last chunk.
type ending int

const (
	endClean ending = iota
	endCut          // closed without the end of the chunked encoding
	endReset        // closed with a TCP reset
	endOpen         // kept open until the client leaves
)

// An envelope is what all objects of one answer have in common.
type envelope struct {
	id, model string
}

// stream renders an answer as server-sent events.
func (e envelope) stream(a *Answer, withUsage bool) *rendering {
	r := &rendering{contentType: "text/event-stream", delay: a.Delay, header: a.Header, done: []byte("data: [DONE]\n\n")}
	r.timed = strings.Contains(a.Text, sentMark)
	say := func(delta object) { r.chunks = append(r.chunks, e.event(delta, nil)) }

	say(object{"role": "assistant", "content": ""})
	if a.Reasoning != "" {
		for _, s := range cut(a.Reasoning, 0) {
			say(object{a.ReasoningField: s})
		}
	}
	if a.Text != "" {
		for _, s := range cut(a.Text, a.Chunks) {
			say(object{"content": s})
		}
	}
	if len(a.Citations) > 0 {
		say(object{"annotations": a.annotations()})
	}
	if a.Refusal != "" {
		for _, s := range cut(a.Refusal, 0) {
			say(object{"refusal": s})
		}
	}
	for _, d := range toolDeltas(a.ToolCalls, a.ToolStyle) {
		say(object{"tool_calls": d})
	}

	r.tail = append(r.tail, e.event(object{}, a.FinishReason))
	if withUsage && a.Usage != nil {
		last := e.object("chat.completion.chunk", []any{})
		last["usage"] = a.Usage
		r.tail = append(r.tail, event(last))
	}
	return r
}

// whole renders an answer as one JSON object, in two halves so that faults have
// a place to strike.
func (e envelope) whole(a *Answer) *rendering {
	message := object{"role": "assistant", "content": a.Text}
	if a.Text == "" {
		message["content"] = nil
	}
	if a.Reasoning != "" {
		message[a.ReasoningField] = a.Reasoning
	}
	if len(a.Citations) > 0 {
		message["annotations"] = a.annotations()
	}
	if a.Refusal != "" {
		message["refusal"] = a.Refusal
	}
	if len(a.ToolCalls) > 0 {
		message["tool_calls"] = toolCalls(a.ToolCalls)
	}
	choice := object{"index": 0, "message": message, "finish_reason": a.FinishReason}
	body := e.object("chat.completion", []any{choice})
	if a.Usage != nil {
		body["usage"] = a.Usage
	}
	r := jsonRendering(body)
	r.delay, r.header = a.Delay, a.Header
	return r
}

// jsonRendering is a JSON text in two halves.
func jsonRendering(v any) *rendering {
	text := encode(v)
	half := len(text) / 2
	return &rendering{contentType: "application/json", chunks: [][]byte{text[:half], text[half:]}}
}

func (e envelope) object(kind string, choices []any) object {
	return object{"id": e.id, "object": kind, "created": created, "model": e.model, "choices": choices}
}

// event is one chunk of a stream with a delta and, if not nil, a finish reason.
func (e envelope) event(delta object, finish any) []byte {
	choice := object{"index": 0, "delta": delta, "finish_reason": finish}
	return event(e.object("chat.completion.chunk", []any{choice}))
}

// event is one server-sent event with v as its data.
func event(v any) []byte {
	return bytes.Join([][]byte{[]byte("data: "), encode(v), []byte("\n\n")}, nil)
}

func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("fakecloud: %v", err)) // only for a value that this package built wrongly
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func callID(i int, c ToolCall) string {
	return orDefault(c.ID, "call_"+strconv.Itoa(i+1))
}

// toolCalls is the form of a whole answer.
func toolCalls(calls []ToolCall) []any {
	var list []any
	for i, c := range calls {
		list = append(list, object{
			"id": callID(i, c), "type": "function",
			"function": object{"name": c.Name, "arguments": c.Arguments},
		})
	}
	return list
}

// toolDeltas returns the tool_calls of each chunk.
func toolDeltas(calls []ToolCall, style ToolStyle) [][]any {
	byCall := make([][][]any, len(calls))
	for i, c := range calls {
		for _, d := range oneCall(i, c, style) {
			byCall[i] = append(byCall[i], []any{d})
		}
	}
	if style == ToolInterleaved {
		return interleave(byCall)
	}
	var all [][]any
	for _, deltas := range byCall {
		all = append(all, deltas...)
	}
	return all
}

// interleave takes the first of each list, then the second of each, and so on.
func interleave(lists [][][]any) [][]any {
	var all [][]any
	for i, more := 0, true; more; i++ {
		more = false
		for _, l := range lists {
			if i < len(l) {
				all = append(all, l[i])
				more = true
			}
		}
	}
	return all
}

// oneCall returns the deltas of one call.
func oneCall(i int, c ToolCall, style ToolStyle) []object {
	head := object{"index": i, "id": callID(i, c), "type": "function", "function": object{"name": c.Name, "arguments": ""}}
	switch style {
	case ToolWhole:
		head["function"] = object{"name": c.Name, "arguments": c.Arguments}
		return []object{head}
	case ToolObject:
		head["function"] = object{"name": c.Name, "arguments": json.RawMessage(c.Arguments)}
		return []object{head}
	}
	deltas := []object{head}
	for _, piece := range cut(c.Arguments, min(4, len(c.Arguments))) {
		deltas = append(deltas, object{"index": i, "function": object{"arguments": piece}})
	}
	bend(deltas, style)
	return deltas
}

// bend changes well-formed deltas of one call to the style of a sloppy server.
func bend(deltas []object, style ToolStyle) {
	head := deltas[0]
	for _, d := range deltas {
		switch style {
		case ToolNoIndex:
			delete(d, "index")
		case ToolNoID:
			delete(d, "id")
		case ToolSameIndex:
			d["index"] = 0
		case ToolRepeatID:
			d["id"], d["type"] = head["id"], "function"
			d["function"].(object)["name"] = head["function"].(object)["name"]
		}
	}
	if style == ToolLateName && len(deltas) > 1 {
		late := deltas[1]
		late["id"], late["type"] = head["id"], "function"
		late["function"].(object)["name"] = head["function"].(object)["name"]
		deltas[0] = object{"index": head["index"], "function": object{"arguments": ""}}
	}
}

// apply does to r what the fault does to the bytes of an answer.
func (f *Fault) apply(r *rendering) {
	after := min(f.After, len(r.chunks))
	if r.done == nil { // one JSON text in two halves
		after = min(after, 1)
	}
	switch f.Kind {
	case FaultEmpty:
		r.chunks, r.tail, r.done = nil, nil, nil
	case FaultOnlyDone:
		r.chunks, r.tail = nil, nil
	case FaultCut:
		r.breakOff(after, endCut)
	case FaultReset:
		r.breakOff(after, endReset)
	case FaultStall:
		r.breakOff(after, endOpen)
	case FaultCutBytes:
		all := r.join()
		r.chunks = [][]byte{all[:min(f.After, len(all))]}
		r.breakOff(1, endCut)
	case FaultNoFinish:
		r.tail, r.done = nil, nil
	case FaultNoDone:
		r.done = nil
	case FaultTrickle:
		r.trickle = f.Delay
	case FaultOpenEnd:
		r.end = endOpen
	default:
		f.distort(r, after)
	}
}

// distort is apply for the faults that change what a stream says.
func (f *Fault) distort(r *rendering, after int) {
	switch f.Kind {
	case FaultMalformed:
		if r.done == nil {
			r.chunks = r.chunks[:1]
			return
		}
		bad := []byte("data: {\"id\":\"chatcmpl-1\",\"choices\":[{\"delta\":{\"content\n\n")
		r.chunks = append(append(r.chunks[:after:after], bad), r.chunks[after:]...)
	case FaultError:
		e := event(object{"error": object{"message": orDefault(f.Message, "the model crashed"), "type": "server_error", "code": orDefault(f.Code, "internal_error")}})
		r.breakOff(after, endClean)
		r.chunks = append(r.chunks, e)
	case FaultHuge:
		r.chunks = [][]byte{envelope{"chatcmpl-huge", "huge"}.event(object{"content": strings.Repeat("x", f.Size)}, nil)}
	case FaultKeepAlive:
		var spaced [][]byte
		for _, c := range r.chunks {
			for range f.Size {
				spaced = append(spaced, []byte(": keep-alive\n\n"))
			}
			spaced = append(spaced, c)
		}
		r.chunks, r.delay = spaced, orDefault(f.Delay, r.delay)
	case FaultCRLF:
		r.chunks = [][]byte{bytes.ReplaceAll(r.join(), []byte("\n"), []byte("\r\n"))}
		r.tail, r.done = nil, nil
	case FaultBOM:
		r.chunks = append([][]byte{[]byte("\ufeff")}, r.chunks...)
	}
}

// breakOff leaves n chunks and nothing after them.
func (r *rendering) breakOff(n int, end ending) {
	r.chunks, r.tail, r.done, r.end = r.chunks[:n:n], nil, nil, end
}

func (r *rendering) join() []byte {
	return bytes.Join([][]byte{bytes.Join(r.chunks, nil), bytes.Join(r.tail, nil), r.done}, nil)
}
