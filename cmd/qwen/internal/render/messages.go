package render

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/qwen-cli/qwen/sdk"
)

// messages builds the objects of the JSON formats out of events and hands each to
// emit when it is complete. Both formats share it: one collects the objects, the
// other writes them at once.
type messages struct {
	emit    func(object any) error
	partial bool
	clean   func(string) string
	newID   func() string
	session string

	order   ordered
	model   string
	opened  bool   // message_start was emitted for this answer
	message string // ID of the message that is being filled
	kind    string // type of its blocks, "" if there are none yet
	blocks  []any
	part    part
	usage   usage
	text    strings.Builder // the text of the answer
	finish  *sdk.Finished   // how it ended; nil before that
}

// part is the part that is arriving.
type part struct {
	kind    sdk.PartKind
	id      string // of a tool call
	name    string
	text    []byte
	started bool // its block was
}

func newMessages(o Options, emit func(any) error) *messages {
	m := &messages{emit: emit, partial: o.Partial, clean: o.Clean, newID: o.NewID, session: o.NewID()}
	m.order.deliver = m.show
	return m
}

// Start emits the object that comes first.
func (m *messages) Start(s Session) error {
	m.model = s.Model
	return m.emit(&initMessage{
		Type: "system", Subtype: "init", UUID: m.session, SessionID: m.session,
		Dir: s.Dir, Tools: []string{}, MCPServers: []string{}, Model: s.Model,
		PermissionMode: "default", SlashCommands: []string{}, Version: s.Version, Agents: []string{},
	})
}

// Event takes the next event of an answer.
func (m *messages) Event(e sdk.Event) error { return m.order.add(e) }

func (m *messages) show(e sdk.Event) error {
	switch e := e.(type) {
	case *sdk.Started:
		if e.Model != "" {
			m.model = e.Model
		}
	case *sdk.PartStarted:
		return m.startPart(e)
	case *sdk.Delta:
		return m.addText(e.Text)
	case *sdk.PartDone:
		return m.endPart(e.Part)
	case *sdk.UsageReported:
		m.usage = usageOf(&e.Usage)
	case *sdk.Warning:
		return m.emit(&warningMessage{
			Type: "system", Subtype: "warning", UUID: m.newID(), SessionID: m.session,
			Code: m.clean(e.Code), Message: m.clean(e.Message), Setting: m.clean(e.Setting),
		})
	case *sdk.Finished:
		m.finish = e
		return m.endAnswer()
	}
	return nil
}

func (m *messages) startPart(e *sdk.PartStarted) error {
	if err := m.endPart(nil); err != nil { // only if the one before broke off
		return err
	}
	m.part = part{kind: e.Kind, id: e.ToolCallID, name: e.ToolName}
	if e.Kind == sdk.PartToolCall {
		return m.startBlock("tool_use", &toolUseBlock{"tool_use", e.ToolCallID, e.ToolName, json.RawMessage("{}")})
	}
	return nil // a block of text begins with its first piece: it may stay empty
}

func (m *messages) addText(s string) error {
	if s == "" {
		return nil
	}
	m.part.text = append(m.part.text, s...)
	switch m.part.kind {
	case sdk.PartText, sdk.PartRefusal:
		m.text.WriteString(s)
		if err := m.startBlock("text", &textBlock{Type: "text"}); err != nil {
			return err
		}
		return m.delta(&textDelta{"text_delta", s})
	case sdk.PartReasoning:
		if err := m.startBlock("thinking", &thinkingBlock{Type: "thinking"}); err != nil {
			return err
		}
		return m.delta(&thinkingDelta{"thinking_delta", s})
	case sdk.PartToolCall:
		return m.delta(&inputDelta{"input_json_delta", s})
	}
	return nil
}

// endPart closes the part that is arriving. whole is the part; nil if the answer
// broke off.
func (m *messages) endPart(whole sdk.Part) error {
	if media := mediaOf(whole); media != nil {
		if err := m.startBlock(media.Type, media); err != nil {
			return err
		}
	}
	if m.part.started {
		if err := m.piece(&blockStop{"content_block_stop", len(m.blocks)}); err != nil {
			return err
		}
		if block := m.part.block(whole); block != nil {
			m.blocks = append(m.blocks, block)
		}
	}
	m.part = part{}
	return nil
}

// block returns the part as a block; nil for a tool call that broke off: nobody
// may run it.
func (p *part) block(whole sdk.Part) any {
	switch p.kind {
	case sdk.PartText, sdk.PartRefusal:
		return &textBlock{"text", string(p.text)}
	case sdk.PartReasoning:
		return &thinkingBlock{Type: "thinking", Thinking: string(p.text)}
	case sdk.PartToolCall:
		if whole == nil {
			return nil
		}
		return &toolUseBlock{"tool_use", p.id, p.name, toolInput(p.text)}
	}
	return mediaOf(whole)
}

// startBlock begins a block of the current message, or of a new one if the
// current holds blocks of another type. A block begins once.
func (m *messages) startBlock(kind string, empty any) error {
	if m.part.started {
		return nil
	}
	m.part.started = true
	if m.kind != kind {
		if err := m.endMessage(usage{}, nil); err != nil {
			return err
		}
		m.kind, m.message = kind, m.newID()
	}
	if !m.opened {
		m.opened = true
		if err := m.piece(&messageStart{"message_start", messageShell{m.message, "assistant", m.model, []any{}}}); err != nil {
			return err
		}
	}
	return m.piece(&blockStart{"content_block_start", len(m.blocks), empty})
}

func (m *messages) delta(d any) error {
	return m.piece(&blockDelta{"content_block_delta", len(m.blocks), d})
}

// piece emits a piece of a message, if that is wanted.
func (m *messages) piece(event any) error {
	if !m.partial {
		return nil
	}
	return m.emit(&streamEvent{Type: "stream_event", UUID: m.newID(), SessionID: m.session, Event: event})
}

// endMessage emits the current message, if it holds anything.
func (m *messages) endMessage(u usage, reason *string) error {
	blocks := m.blocks
	m.blocks = nil
	if len(blocks) == 0 {
		return nil
	}
	if m.kind == "tool_use" {
		reason = new("tool_use")
	}
	return m.emit(&assistantMessage{
		Type: "assistant", UUID: m.message, SessionID: m.session,
		Message: messageContent{
			ID: m.message, Type: "message", Role: "assistant", Model: m.model,
			Content: blocks, StopReason: reason, Usage: u,
		},
	})
}

// endAnswer emits what is left of an answer.
func (m *messages) endAnswer() error {
	var reason *string
	if r := stopReason(m.finish); r != "" {
		reason = &r
	}
	if err := m.endMessage(m.usage, reason); err != nil || !m.opened {
		return err
	}
	m.opened = false
	return m.piece(&messageStop{"message_stop"})
}

// end emits what arrived of an answer that broke off, and the result.
func (m *messages) end(o Outcome) error {
	if err := m.order.flush(); err != nil {
		return err
	}
	if err := m.endPart(nil); err != nil {
		return err
	}
	if err := m.endAnswer(); err != nil {
		return err
	}
	return m.emit(m.result(o))
}

// toolInput returns the arguments of a tool call as JSON: as they are if they are
// JSON, else as a string, so that nothing the model wrote is lost.
func toolInput(arguments []byte) json.RawMessage {
	arguments = bytes.ToValidUTF8(arguments, []byte("\uFFFD"))
	if len(arguments) == 0 {
		return json.RawMessage("{}")
	}
	if json.Valid(arguments) {
		return arguments
	}
	quoted, _ := json.Marshal(string(arguments)) // a string always can be
	return quoted
}

func mediaOf(p sdk.Part) *mediaBlock {
	var kind string
	var m sdk.Media
	switch p := p.(type) {
	case *sdk.Image:
		kind, m = "image", p.Media
	case *sdk.Audio:
		kind, m = "audio", p.Media
	case *sdk.File:
		kind, m = "file", p.Media
	default:
		return nil
	}
	source := mediaSource{Type: "base64", MediaType: m.MediaType, Data: m.Data, URL: m.URL, FileID: m.FileID}
	switch {
	case m.URL != "":
		source.Type = "url"
	case m.FileID != "":
		source.Type = "file"
	}
	return &mediaBlock{Type: kind, Source: source}
}
