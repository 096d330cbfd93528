package repl

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/chat"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/render"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/usage"
	"github.com/qwen-cli/qwen/sdk"
)

// ask sends what the person said and shows the answer. Who is not connected signs in
// first. What could not be sent goes back to them.
func (c *Chat) ask(ctx context.Context, text string) {
	if c.connection == nil {
		c.do(ctx, func(ctx context.Context) error { return c.auth(ctx, "") })
		c.footer()
	}
	if c.connection == nil {
		c.Front.Put(text)
		c.fault("no provider is connected", "Your message is kept. /auth signs in, or chooses a login.")
		return
	}
	message, notes, err := c.message(ctx, text)
	if err != nil {
		c.Front.Put(text)
		c.tell(err)
		return
	}
	c.Front.Say(front.Entry{Kind: front.Prompt, Text: text})
	for _, note := range notes {
		c.hint(note)
	}
	c.sent, c.attached = c.attached, nil
	c.tell(c.keep(*message))
	c.answer(ctx, text)
}

// keep adds what the person says to the conversation, with the instructions that it is
// said under.
func (c *Chat) keep(m sdk.Message) error {
	if err := c.talk.begin(c.about(), c.modelName()); err != nil {
		return err
	}
	if err := c.talk.instruct(c.System); err != nil {
		return err
	}
	return c.talk.prompt(m, c.about(), c.modelName())
}

// answer has the conversation answered, as it stands; text is what the person
// typed last.
func (c *Chat) answer(ctx context.Context, text string) {
	busy, done := c.Front.Busy(ctx)
	defer done()
	a := newAnswer(c)
	result := c.connection.Ask(busy, c.request(), chatWatcher(a))
	a.end()
	c.Front.State(front.State{})
	c.concluded(result, text)
	c.left = c.connection.Limit(ctx)
}

// request returns what is sent next.
func (c *Chat) request() *sdk.ChatRequest {
	r := c.Request
	r.Model = c.model
	r.Messages = nil
	if c.System != "" {
		r.Messages = []sdk.Message{sdk.TextMessage(sdk.RoleSystem, c.System)}
	}
	return c.talk.conversation().Request(r)
}

// concluded keeps what came of a turn, and tells how it ended.
func (c *Chat) concluded(r *chat.Result, text string) {
	c.stats.add(c, r)
	recorded := c.talk.answer(r, c.about())
	c.tell(recorded)
	stopped := sdk.KindOf(r.Err) == sdk.KindCanceled
	empty := len(r.Message.Parts) == 0
	switch {
	case stopped && empty && hasAnswer(c.before):
		c.tell(c.talk.restore(c.before))
		c.hint("Stopped before anything came; the answer before it stays.")
	case stopped && empty:
		c.talk.takeBack()
		c.attached = c.sent
		c.Front.Put(text)
		c.hint("Stopped before anything came; the message is in the input again.")
	case stopped:
		c.hint("Stopped; what came is kept. /retry asks again.")
	case r.Err != nil:
		c.failed(r)
	default:
		c.answered(r)
	}
	c.tellWithheld(r)
	if !stopped && r.Timing.Total >= c.Notify {
		c.Front.Notify("The answer is there.")
	}
}

// failed tells what went wrong, and that the message is not lost.
func (c *Chat) failed(r *chat.Result) {
	headline, hint := render.ErrorLines(r.Err, c.Backend.Clean)
	hint = inChat(hint)
	kept := "Your message is kept: /retry sends it again."
	if len(r.Message.Parts) > 0 {
		kept = "What came is kept. /retry asks again."
		if sdk.KindOf(r.Err) == sdk.KindIncomplete {
			hint = "" // it says the same for one prompt
		}
	}
	if k := sdk.KindOf(r.Err); (k == sdk.KindUnauthenticated || k == sdk.KindPermission) && !strings.Contains(hint, "/auth") {
		kept = "Your message is kept. /auth changes the login; /retry sends it again."
	}
	c.fault(headline, strings.TrimSpace(hint+" "+kept))
}

// answered tells what is worth knowing of an answer that ended in good order.
func (c *Chat) answered(r *chat.Result) {
	if r.Finish != nil {
		if remark := render.Remark(r.Finish); remark != "" {
			c.note(upperFirst(c.Backend.Clean(remark)) + ".")
		}
	}
	if !r.Says() {
		c.fault("the model gave an empty answer", "/retry asks again; /model chooses another.")
	}
	c.hint(c.summary(r))
}

// summary is the line after a turn.
func (c *Chat) summary(r *chat.Result) string {
	var parts []string
	if u := r.Usage; u != nil && u.OutputTokens > 0 {
		about := ""
		if u.Estimated {
			about = "about "
		}
		parts = append(parts, about+front.Count(u.OutputTokens)+" tokens")
	}
	parts = append(parts, seconds(r.Timing.Total))
	if r.Message.Origin != nil && r.Message.Origin.Model != "" {
		parts = append(parts, c.Backend.Clean(r.Message.Origin.Model))
	}
	if cost := c.cost(r); cost != "" {
		parts = append(parts, cost)
	}
	return strings.Join(parts, " · ")
}

func seconds(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return front.Span(d)
}

// tellWithheld says what of the conversation is not sent to the service in use.
func (c *Chat) tellWithheld(r *chat.Result) {
	if r.Withheld == 0 || r.Withheld == c.talk.withheld {
		return
	}
	c.talk.withheld = r.Withheld
	c.hint(fmt.Sprintf("Not sent along: %s of another service, which %s cannot read. All text was.",
		count(r.Withheld, "encrypted thought", "encrypted thoughts"), c.about().Host))
}

// An answer passes the events of a turn on to the front and to the session.
type answer struct {
	chat  *Chat
	shown front.Answer
	add   func(sdk.Event) error
	flush func() error
	kind  sdk.PartKind // of the part that arrives
	state front.State
	told  time.Time // the state was last passed on
}

// stateEvery bounds how often a state that only counts is passed on.
const stateEvery = 100 * time.Millisecond

func newAnswer(c *Chat) *answer {
	a := &answer{chat: c, shown: c.Front.Answer()}
	a.add, a.flush = render.InOrder(a.show)
	a.enter(front.Connecting)
	return a
}

func chatWatcher(a *answer) Watcher {
	return Watcher{
		Event:  a.event,
		Sent:   func() { a.enter(front.Waiting) },
		Repeat: a.repeat,
		Pause:  a.pause,
		Switch: a.change,
	}
}

// event takes the next event of the answer.
func (a *answer) event(e sdk.Event) {
	a.state.Last = time.Now()
	_ = a.add(e) // show returns no error
	if a.state.Last.Sub(a.told) >= stateEvery {
		a.tell()
	}
}

func (a *answer) show(e sdk.Event) error {
	switch e := e.(type) {
	case *sdk.PartStarted:
		a.kind = e.Kind
	case *sdk.Delta:
		a.delta(e.Text)
	case *sdk.PartDone:
		a.part(e.Part)
	case *sdk.Warning:
		a.chat.hint("Warning: " + a.chat.Backend.Clean(e.Message))
	}
	return nil
}

// delta shows the next piece of a part.
func (a *answer) delta(text string) {
	a.state.Tokens += usage.Estimate(text)
	a.chat.talk.partial(a.kind, text)
	switch a.kind {
	case sdk.PartReasoning:
		a.enter(front.Thinking)
		a.shown.Think(text)
	case sdk.PartText, sdk.PartRefusal:
		a.enter(front.Answering)
		a.shown.Write(text)
	}
}

// part shows what has no pieces to show.
func (a *answer) part(p sdk.Part) {
	switch p := p.(type) {
	case *sdk.Image:
		a.shown.Write(mediaText("image", p.Media))
	case *sdk.Audio:
		a.shown.Write(mediaText("sound", p.Media))
	case *sdk.File:
		a.shown.Write(mediaText("file", p.Media))
	case *sdk.Text:
		a.shown.Write(citations(p.Annotations))
	}
}

// enter changes the phase, if it is another one.
func (a *answer) enter(p front.Phase) {
	if a.state.Phase == p {
		return
	}
	a.state.Phase, a.state.Since = p, time.Now()
	a.state.Host = a.chat.about().Host
	a.tell()
}

func (a *answer) tell() {
	a.told = time.Now()
	a.chat.Front.State(a.state)
}

// repeat shows that the request is sent again, and why.
func (a *answer) repeat(r chat.Retry) {
	if r.Renewed {
		a.chat.hint("The service refused the login; it was renewed.")
		a.enter(front.Connecting)
		return
	}
	a.state = front.State{
		Phase: front.Retrying, Since: time.Now(), Until: time.Now().Add(r.Wait), Host: a.state.Host,
		Retry: r.Attempt, Of: r.Of, Reason: a.chat.Backend.Clean(render.RetryReason(render.Retry(r))),
	}
	a.tell()
}

// pause shows that the request waits, so that the rate of the service is kept.
func (a *answer) pause(p chat.Pause) {
	a.state = front.State{
		Phase: front.Pacing, Since: time.Now(), Until: p.Until, Host: a.state.Host,
		Text: upperFirst(a.chat.Backend.Clean(p.Why)) + ": going on",
	}
	a.tell()
}

// change shows that another connection is asked.
func (a *answer) change(s chat.Switch) {
	host := ""
	if u, err := url.Parse(s.To.Endpoint); err == nil {
		host = u.Host
	}
	text := render.SwitchText(render.Switch{Err: s.Err, Connection: s.Name, Provider: s.To.Provider, Host: host, Model: s.To.Model})
	a.chat.note(a.chat.Backend.Clean(text) + ".")
	a.enter(front.Connecting)
}

// end shows the rest, also of an answer that broke off.
func (a *answer) end() {
	_ = a.flush()
	a.shown.Close()
}
