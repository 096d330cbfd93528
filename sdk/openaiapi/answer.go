package openaiapi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qwen-cli/qwen/sdk"
)

const (
	// maxAnswer bounds the bytes of one answer.
	maxAnswer = 256 << 20

	// finishGrace is how long the end of a stream is waited for after its finish
	// reason: only the token counts can still come.
	finishGrace = 10 * time.Second
)

// errDone is the end marker of a stream.
var errDone = errors.New("end marker")

// An answer turns what a service sends into events.
type answer struct {
	stream   *sdk.Stream
	call     *call
	resp     *http.Response
	warnings []*sdk.Warning // not yet emitted
	warned   map[string]bool
	grace    *time.Timer
	head     []byte // how the response begins, for errors
	size     int

	started bool
	chosen  bool   // a choice has come: this is an answer
	whole   bool   // the answer came in one piece
	refused bool   // there was a refusal
	finish  string // the finish reason, if nothing was said since
	resumed bool   // something was said after a finish reason
	usage   *sdk.Usage

	text     surrogateJoiner
	thought  surrogateJoiner
	refusal  surrogateJoiner
	cited    citations
	think    thinkSplitter
	tools    toolCalls
	details  []detail
	logprobs []json.RawMessage
}

func newAnswer(s *sdk.Stream, c *call, resp *http.Response, warnings []*sdk.Warning) *answer {
	return &answer{
		stream: s, call: c, resp: resp, warnings: warnings,
		think: thinkSplitter{looking: c.svc.Dialect.ThinkTags},
		tools: toolCalls{stream: s},
	}
}

// read emits the answer that body holds, to its end.
func (a *answer) read(body io.Reader) error {
	err := a.consume(body)
	if a.grace != nil {
		a.grace.Stop()
	}
	if err != nil && a.started {
		a.reportUsage() // the tokens of a failed answer are spent as well
	}
	return err
}

// consume tells a stream from a document by its first byte: servers get the content
// type wrong in every possible way.
func (a *answer) consume(body io.Reader) error {
	if err := a.emitWarnings(); err != nil {
		return err
	}
	if err := a.heartbeat(); err != nil { // the service has accepted the request
		return err
	}
	body = &pulse{src: &brake{src: body}, beat: a.heartbeat, last: time.Now()}
	r := newEventReader(body)
	head := bytes.TrimLeft(bytes.TrimPrefix(r.peek(), []byte("\uFEFF")), " \t\r\n")
	a.head = bytes.Clone(head[:min(len(head), 400)])
	switch {
	case len(head) == 0:
		return a.end(r.err)
	case head[0] == '<':
		return a.call.notTheAPI(a.resp, a.head)
	case head[0] == '{':
		return a.documents(io.MultiReader(bytes.NewReader(head), body))
	}
	return a.events(r)
}

// events reads an event stream.
func (a *answer) events(r *eventReader) error {
	for {
		ev, err := r.next()
		switch {
		case err != nil:
			return a.end(err)
		case ev.comment, len(bytes.TrimSpace(ev.data)) == 0: // a sign of life; see pulse
		case bytes.Equal(bytes.TrimSpace(ev.data), []byte("[DONE]")):
			return a.end(errDone)
		case ev.name == "error":
			return a.reported(ev.data)
		default:
			err = a.chunk(ev.data, ev.cut)
		}
		if err != nil {
			return err
		}
	}
}

// documents reads an answer in one piece, or a stream of JSON values.
func (a *answer) documents(r io.Reader) error {
	dec := json.NewDecoder(io.LimitReader(r, maxDocument))
	for {
		var raw json.RawMessage
		err := dec.Decode(&raw)
		var syntax *json.SyntaxError
		switch {
		case errors.As(err, &syntax):
			return a.malformed()
		case err != nil:
			return a.end(err)
		}
		if err := a.chunk(raw, false); err != nil {
			return err
		}
	}
}

// chunk takes one element of the answer.
func (a *answer) chunk(data []byte, cut bool) error {
	if a.size += len(data); a.size > maxAnswer {
		return a.call.protocolError(a.resp, "the answer is longer than %d MiB", maxAnswer>>20)
	}
	if a.started {
		if text, thought, ok := scanDelta(data); ok {
			a.chosen = true
			return a.say(text, thought)
		}
	}
	c, err := decodeChunk(data)
	switch {
	case err != nil && cut:
		return a.end(io.EOF)
	case err != nil:
		return a.malformed()
	case isError(c):
		return a.reported(data)
	}
	return a.apply(c)
}

// isError reports whether a chunk is an error object.
func isError(c *chunk) bool {
	switch string(c.Error) {
	case "", "null", `""`, "{}", "false":
		return len(c.Choices) == 0 && isNull(c.Usage) && c.Code != "" && c.Message != ""
	}
	return true
}

// reported ends the answer with the error that the service reports within it.
func (a *answer) reported(data []byte) error {
	r := reportOf(data)
	r.requestID = or(r.requestID, a.call.requestID(a.resp))
	return a.call.serviceError(a.resp.StatusCode, r)
}

func (a *answer) malformed() error {
	e := a.call.protocolError(a.resp, "sent malformed JSON in its answer (%s)",
		a.call.clean.text(or(a.resp.Header.Get("Content-Type"), "no content type"), 60))
	return e.WithHint("If it happens again, the service or a proxy on the way to it is broken.")
}

// apply takes a decoded chunk.
func (a *answer) apply(c *chunk) error {
	if c.ID != "" || c.Model != "" || len(c.Choices) > 0 {
		if err := a.start(string(c.ID), string(c.Model)); err != nil {
			return err
		}
	}
	a.count(c.Usage)
	for i := range c.Choices {
		choice := &c.Choices[i]
		if choice.Index != 0 {
			a.warn("choice-ignored", "the service sent more than one answer; only the first is shown")
			continue
		}
		a.count(choice.Usage)
		if err := a.choice(choice); err != nil {
			return err
		}
	}
	return a.emitWarnings()
}

// count keeps the latest token counts.
func (a *answer) count(raw json.RawMessage) {
	if u := decodeUsage(raw); u != nil {
		a.usage = u
	}
}

// start emits what comes before everything else, once.
func (a *answer) start(id, model string) error {
	if a.started {
		return nil
	}
	a.started = true
	return emitted(a.stream.Emit(&sdk.Started{
		ResponseID: a.call.clean.text(id, 200),
		RequestID:  a.call.requestID(a.resp),
		Model:      a.call.clean.text(model, 200),
	}))
}

// heartbeat passes on a sign of life. OpenRouter and others send comments long before
// the first chunk.
func (a *answer) heartbeat() error { return emitted(a.stream.Emit(&sdk.Heartbeat{})) }

// warn notes a warning, once for each code.
func (a *answer) warn(code, message string) {
	if a.warned[code] {
		return
	}
	if a.warned == nil {
		a.warned = map[string]bool{}
	}
	a.warned[code] = true
	a.warnings = append(a.warnings, &sdk.Warning{Code: code, Message: message})
}

func (a *answer) emitWarnings() error {
	for _, w := range a.warnings {
		if !a.stream.Emit(w) {
			return errStopped
		}
	}
	a.warnings = nil
	return nil
}

// choice takes what one choice adds.
func (a *answer) choice(c *choice) error {
	a.chosen = true
	reason, d := string(c.FinishReason), c.delta()
	if finishIsError(reason) {
		return a.failedFinish(reason, d)
	}
	if d != nil {
		if err := a.delta(d); err != nil {
			return err
		}
	}
	a.collectLogProbs(c.LogProbs)
	a.whole = a.whole || c.Message != nil
	if reason != "" {
		a.finish = reason
		if a.grace == nil {
			a.grace = time.AfterFunc(finishGrace, func() { _ = a.resp.Body.Close() })
		}
	}
	return nil
}

// failedFinish makes an error of a finish reason that is one.
func (a *answer) failedFinish(reason string, d *delta) error {
	r := report{code: reason, requestID: a.call.requestID(a.resp)}
	if d != nil {
		text, _ := d.text()
		r.message = string(text)
	}
	return a.call.serviceError(a.resp.StatusCode, r)
}

// delta takes what a delta adds, thoughts first.
func (a *answer) delta(d *delta) error {
	text, thought := d.text()
	if err := a.say("", d.thought()+thought); err != nil {
		return err
	}
	if err := a.detail(d); err != nil {
		return err
	}
	if err := a.say(text, ""); err != nil {
		return err
	}
	if d.Refusal != "" {
		if err := a.refuse(d.Refusal); err != nil {
			return err
		}
	}
	if !isNull(d.Audio) {
		a.warn("part-ignored", "the service sent audio, which is not shown")
	}
	a.cited.add(d.Annotations)
	if err := a.images(d.Images); err != nil {
		return err
	}
	return a.callTools(d)
}

// goOn notes that the service says something. A finish reason before it was not the
// end, then, and another one has to come: Gemini and gateways before it finish with
// every chunk, others behind the thought already
// (https://github.com/BerriAI/litellm/issues/2195,
// https://github.com/open-webui/open-webui/issues/16377). What follows the last finish
// reason is not known to be whole, or to belong to this answer.
func (a *answer) goOn() {
	if a.finish == "" {
		return
	}
	a.finish, a.resumed = "", true
	a.grace.Stop()
	a.grace = nil
}

// say emits text and thought, in this order: thought, text.
func (a *answer) say(text, thought piece) error {
	if text != "" || thought != "" {
		a.goOn()
	}
	if thought != "" {
		if err := a.settleText(); err != nil {
			return err
		}
		if !a.stream.Reasoning(a.thought.join(thought)) {
			return errStopped
		}
	}
	if text == "" {
		return nil
	}
	if err := a.settleThought(); err != nil {
		return err
	}
	return a.sayText(a.text.join(text))
}

// settleText ends the text said so far: what was held back for the half of a character
// is said, and what was cited is marked.
func (a *answer) settleText() error {
	if err := a.sayText(a.text.flush()); err != nil {
		return err
	}
	return a.cite()
}

// settleThought does the same for the thought.
func (a *answer) settleThought() error {
	return emitted(a.stream.Reasoning(a.thought.flush()))
}

// settle does it for both, before a part of another kind.
func (a *answer) settle() error {
	if err := a.settleThought(); err != nil {
		return err
	}
	return a.settleText()
}

// sayText emits text, and as a thought what think tags mark as one.
func (a *answer) sayText(text string) error {
	if text == "" {
		return nil
	}
	characters := utf8.RuneCountInString(text)
	if a.call.svc.Dialect.ThinkTags {
		var thought string
		thought, text = a.think.split(text)
		if !a.stream.Reasoning(thought) {
			return errStopped
		}
	}
	if text != "" {
		if err := a.closeDetails(); err != nil {
			return err
		}
	}
	a.cited.received += characters
	return emitted(a.stream.Text(text))
}

// refuse emits a piece of a refusal.
func (a *answer) refuse(text piece) error {
	a.refused = true
	a.goOn()
	if err := a.settle(); err != nil {
		return err
	}
	return emitted(a.stream.Refusal(a.refusal.join(text)))
}

// callTools takes the fragments of tool calls.
func (a *answer) callTools(d *delta) error {
	fragments := d.ToolCalls
	if d.FunctionCall != nil {
		fragments = append(fragments, toolDelta{Index: new(looseInt), Function: *d.FunctionCall})
	}
	if len(fragments) == 0 {
		return nil
	}
	a.goOn()
	if err := a.settle(); err != nil {
		return err
	}
	if err := a.closeDetails(); err != nil {
		return err
	}
	err := a.tools.add(fragments)
	if errors.Is(err, errTooManyCalls) {
		return a.call.protocolError(a.resp, "%w", err)
	}
	return err
}

// detail keeps reasoning details. Their text is shown where the service does not
// send it as reasoning as well.
func (a *answer) detail(d *delta) error {
	if isNull(d.ReasoningDetails) || !a.call.svc.Dialect.ReasoningDetails {
		return nil
	}
	var list []detail
	if json.Unmarshal(d.ReasoningDetails, &list) != nil {
		return nil
	}
	for _, next := range list {
		if next == nil {
			continue
		}
		var text piece
		if d.thought() == "" && json.Unmarshal(next["text"], &text) == nil {
			if err := a.say("", text); err != nil {
				return err
			}
		}
		if n := len(a.details); n > 0 && a.details[n-1].same(next) {
			a.details[n-1].merge(next)
		} else {
			a.details = append(a.details, next)
		}
	}
	return nil
}

// closeDetails attaches the details kept so far to the thought that they belong to.
func (a *answer) closeDetails() error {
	if len(a.details) == 0 {
		return nil
	}
	if err := a.cite(); err != nil {
		return err
	}
	opaque, err := json.Marshal(a.details)
	a.details = nil
	if err != nil {
		return nil // cannot be: every element was decoded from JSON
	}
	return emitted(a.stream.ReasoningOpaque(opaque))
}

// images emits pictures, which come whole, as data URLs or by address.
func (a *answer) images(images []imageDelta) error {
	for _, im := range images {
		media := sdk.Media{URL: string(im.ImageURL.URL)}
		if head, data, ok := strings.Cut(media.URL, ";base64,"); ok && strings.HasPrefix(head, "data:") {
			decoded, err := base64.StdEncoding.DecodeString(data)
			if err != nil {
				return a.malformed()
			}
			media = sdk.Media{MediaType: strings.TrimPrefix(head, "data:"), Data: decoded}
		}
		a.goOn()
		if err := a.settle(); err != nil {
			return err
		}
		if !a.stream.Part(&sdk.Image{Media: media}) {
			return errStopped
		}
	}
	return nil
}

// collectLogProbs keeps log probabilities; nobody gets them who did not ask.
func (a *answer) collectLogProbs(raw json.RawMessage) {
	var l struct {
		Content []json.RawMessage `json:"content"`
	}
	if !isNull(raw) && json.Unmarshal(raw, &l) == nil {
		a.logprobs = append(a.logprobs, l.Content...)
	}
}

// end decides what the end of the response means. The answer is complete only if a
// finish reason was seen, or the end marker after something was said; that the
// connection was closed in good order proves nothing.
func (a *answer) end(cause error) error {
	if err := a.call.req.Context().Err(); err != nil {
		return err
	}
	said := a.stream.Parts() > 0 || len(a.tools.open) > 0 || a.think.held+a.text.held+a.thought.held+a.refusal.held != ""
	switch {
	case cause == errDone && a.resumed && a.finish == "":
		return a.call.protocolError(a.resp, "the service finished the answer, then went on, and did not finish again").
			WithHint("What arrived is shown; whether it is whole is not known. If it happens again, the service or a proxy is broken.")
	case a.finish != "", a.whole, cause == errDone && said:
		return a.complete()
	case cause == errDone && a.chosen:
		return a.call.protocolError(a.resp, "the answer holds nothing, not even a finish reason")
	case cause == errDone && a.size == 0, cause == io.EOF && a.onlyComments():
		return a.call.notTheAPI(a.resp, nil)
	case (cause == errDone || cause == io.EOF) && !a.chosen:
		return a.call.notTheAPI(a.resp, a.head)
	case errors.Is(cause, errEventTooLong):
		return a.call.protocolError(a.resp, "%w", cause)
	case cause == io.EOF:
		return a.cut(&sdk.Error{Kind: sdk.KindIncomplete, Host: a.call.host, Retryable: true, RequestID: a.call.requestID(a.resp),
			Message: "the answer ended without a finish reason"})
	}
	return a.cut(a.call.brokenOff(cause))
}

// onlyComments reports whether an event stream began with a comment and held no event.
func (a *answer) onlyComments() bool { return a.size == 0 && bytes.HasPrefix(a.head, []byte(":")) }

// cut says what a person can do about an answer that broke off. The host sends the
// prompt again by itself as long as nothing was shown.
func (a *answer) cut(err error) error {
	if e := sdk.AsError(err); e.Kind == sdk.KindIncomplete {
		e.Hint = "Send the prompt again."
		if a.stream.Parts() > 0 {
			e.Hint = "What arrived is shown. Send the prompt again for the whole answer."
		}
	}
	return err
}

// letGo emits what of texts was held back, and what was kept for their end.
func (a *answer) letGo() error {
	if err := a.settle(); err != nil {
		return err
	}
	if !a.stream.Refusal(a.refusal.flush()) {
		return errStopped
	}
	inThought := a.think.closing != ""
	if held := a.think.flush(); inThought && !a.stream.Reasoning(held) || !inThought && !a.stream.Text(held) {
		return errStopped
	}
	if err := a.cite(); err != nil {
		return err
	}
	a.noteUncited()
	return a.closeDetails()
}

// complete emits what was held back, the token counts and the end.
func (a *answer) complete() error {
	if err := a.start("", ""); err != nil {
		return err
	}
	if err := a.letGo(); err != nil {
		return err
	}
	nameless, err := a.tools.finish()
	if err != nil {
		return err
	}
	if nameless > 0 {
		a.warn("tool-call-ignored", "the service sent a tool call without a name")
	}
	if err := a.emitWarnings(); err != nil {
		return err
	}
	a.reportUsage()
	finished := &sdk.Finished{
		Reason:    finishReason(a.finish, len(a.tools.open) > nameless, a.refused),
		RawReason: a.call.clean.text(a.finish, 80),
	}
	if len(a.logprobs) > 0 {
		raw, _ := json.Marshal(a.logprobs)
		finished.Extra = sdk.Extras{"logprobs": raw}
	}
	a.stream.Finish(finished)
	return nil
}

func (a *answer) reportUsage() {
	if a.usage != nil {
		a.stream.Emit(&sdk.UsageReported{Usage: *a.usage})
	}
}
