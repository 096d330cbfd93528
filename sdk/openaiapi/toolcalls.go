package openaiapi

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/qwen-cli/qwen/sdk"
)

// maxToolCalls bounds the tool calls of one answer.
const maxToolCalls = 512

var (
	errStopped      = errors.New("the consumer has stopped")
	errTooManyCalls = errors.New("the answer holds more than 512 tool calls")
)

// toolCalls puts the fragments of tool calls together. The protocol says that the
// first fragment has index, id and name and that the index tells calls apart
// (https://platform.openai.com/docs/guides/function-calling#streaming), but servers
// leave out each of them, send them late, repeat the name with every fragment, or
// use one index for all calls. So a fragment belongs to the call with its id, else
// to the one with its index, else to the call opened last, and it opens a new one
// where that call is evidently another.
type toolCalls struct {
	stream *sdk.Stream
	open   []*toolCall
	chunk  int // number of the chunk being read
}

// A toolCall is one call as far as it is known. It is started on the stream when
// its name and id are certain: with the first piece of the arguments, or when
// another call opens.
type toolCall struct {
	key      string
	id, name string
	index    *looseInt
	started  bool
	begun    jsonProgress
	held     strings.Builder // arguments that came before the start
	opaque   []byte
	joiner   surrogateJoiner
	chunk    int // the last chunk with a fragment of it
}

// add takes the fragments of one chunk.
func (t *toolCalls) add(fragments []toolDelta) error {
	t.chunk++
	for i := range fragments {
		if err := t.fragment(&fragments[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *toolCalls) fragment(d *toolDelta) error {
	args := d.Function.text()
	c := t.find(d, string(args))
	if c == nil {
		if len(t.open) == maxToolCalls {
			return errTooManyCalls
		}
		if err := t.startAll(); err != nil {
			return err
		}
		c = &toolCall{key: strconv.Itoa(len(t.open))}
		t.open = append(t.open, c)
	}
	c.learn(d)
	c.chunk = t.chunk
	if !isNull(d.ExtraContent) {
		c.opaque = slices.Clone(d.ExtraContent)
		t.stream.ToolOpaque(c.key, c.opaque)
	}
	return t.arguments(c, c.joiner.join(args))
}

// find returns the call that a fragment belongs to, nil for a new one.
func (t *toolCalls) find(d *toolDelta, args string) *toolCall {
	id, name := string(d.ID), string(d.Function.Name)
	c := t.last(func(c *toolCall) bool { return id != "" && c.id == id })
	if c != nil {
		if name != "" && differ(c.index, d.Index) && c.begun.complete() {
			return nil // two calls under one id
		}
		return c
	}
	c = t.last(func(c *toolCall) bool { return d.Index == nil || c.index != nil && *c.index == *d.Index })
	if c == nil || id != "" && c.id != "" || name != "" && c.isOther(d, args, t.chunk) {
		return nil
	}
	return c
}

// last returns the call opened last among those that fit.
func (t *toolCalls) last(fits func(*toolCall) bool) *toolCall {
	for _, c := range slices.Backward(t.open) {
		if fits(c) {
			return c
		}
	}
	return nil
}

func differ(a, b *looseInt) bool { return a != nil && b != nil && *a != *b }

// isOther reports whether a fragment with a name, but no id that is known, begins
// another call than c.
func (c *toolCall) isOther(d *toolDelta, args string, chunk int) bool {
	name := string(d.Function.Name)
	switch {
	case c.name == "":
		return false // the name comes late
	case d.Index == nil && c.chunk == chunk:
		return true // the next element of one list
	case c.begun.complete() && strings.TrimSpace(args) != "":
		return true // c was whole already
	case name == c.name:
		return false // the name is repeated
	default:
		return d.Index == nil || c.begun.any
	}
}

// learn takes over what a fragment tells of its call.
func (c *toolCall) learn(d *toolDelta) {
	if c.id == "" && !c.started {
		c.id = string(d.ID)
	}
	if c.index == nil {
		c.index = d.Index
	}
	name := string(d.Function.Name)
	switch {
	case c.started || name == "" || name == c.name:
	case strings.HasPrefix(name, c.name):
		c.name = name
	case !c.begun.any:
		c.name += name // the name itself comes in pieces
	}
}

// arguments passes on a piece of a call's arguments, or keeps it until the call can
// be started. What is kept is a sign of life all the same.
func (t *toolCalls) arguments(c *toolCall, args string) error {
	if args == "" {
		return nil
	}
	c.begun.feed(args)
	if !c.started {
		c.held.WriteString(args)
		if c.id == "" || c.name == "" {
			return emitted(t.stream.Emit(&sdk.Heartbeat{}))
		}
		return t.start(c)
	}
	return emitted(t.stream.ToolArguments(c.key, args))
}

// start opens a call on the stream. Where the service gave no id of its own it gets
// one, since results are tied to calls by it.
func (t *toolCalls) start(c *toolCall) error {
	c.started = true
	taken := func(o *toolCall) bool { return o != c && o.id == c.id }
	if c.id == "" || slices.ContainsFunc(t.open, taken) {
		c.id = "call_" + rand.Text()
	}
	if !t.stream.StartToolCall(c.key, c.id, c.name) {
		return errStopped
	}
	t.stream.ToolOpaque(c.key, c.opaque)
	held := c.held.String()
	c.held.Reset()
	return emitted(t.stream.ToolArguments(c.key, held))
}

// startAll starts the calls that waited for their id.
func (t *toolCalls) startAll() error {
	for _, c := range t.open {
		if !c.started && c.name != "" {
			if err := t.start(c); err != nil {
				return err
			}
		}
	}
	return nil
}

// finish starts what still waits, and gives calls without arguments the empty
// object, which is what they mean. It reports how many fragments had no name to the
// end: those cannot be called.
func (t *toolCalls) finish() (nameless int, err error) {
	if err := t.startAll(); err != nil {
		return 0, err
	}
	for _, c := range t.open {
		if err := t.arguments(c, c.joiner.flush()); err != nil {
			return 0, err
		}
		switch {
		case !c.started:
			nameless++
		case !c.begun.any:
			if !t.stream.ToolArguments(c.key, "{}") {
				return nameless, errStopped
			}
		}
	}
	return nameless, nil
}

// emitted turns what a stream's method reports into an error.
func emitted(ok bool) error {
	if !ok {
		return errStopped
	}
	return nil
}

// jsonProgress follows a JSON value that comes in pieces, as far as needed to see
// where it ends.
type jsonProgress struct {
	any               bool // something but white space came
	depth             int
	inString, escaped bool
}

// complete reports whether an object or array was opened and all were closed.
func (p *jsonProgress) complete() bool { return p.any && p.depth == 0 && !p.inString }

func (p *jsonProgress) feed(s string) {
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case p.escaped:
			p.escaped = false
		case p.inString:
			p.escaped = b == '\\'
			p.inString = b != '"'
		case b == '"':
			p.any, p.inString = true, true
		case b == '{' || b == '[':
			p.any = true
			p.depth++
		case b == '}' || b == ']':
			p.depth--
		case b != ' ' && b != '\t' && b != '\n' && b != '\r':
			p.any = true
		}
	}
}

// detail is an element of reasoning_details, whose parts come in several chunks.
type detail map[string]json.RawMessage

// same reports whether d continues e: elements of one type and index belong
// together.
func (e detail) same(d detail) bool {
	return string(e["type"]) == string(d["type"]) && string(e["index"]) == string(d["index"]) && !isNull(d["index"])
}

// merge joins the texts of d to those of e and takes over its other members.
func (e detail) merge(d detail) {
	for name, raw := range d {
		was := e[name]
		switch {
		case isNull(raw):
		case (name == "text" || name == "summary" || name == "data") && isString(was) && isString(raw):
			// In JSON's own form, where half a character is not lost.
			e[name] = slices.Concat(was[:len(was)-1], raw[1:])
		default:
			e[name] = raw
		}
	}
}

func isString(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '"' }
