package repl

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/chat"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/session"
	"github.com/qwen-cli/qwen/sdk"
)

// A person is a front with somebody before it who does what a script says: each
// line is typed, when the chat reads; "pick TEXT", "answer TEXT" and "yes" or "no"
// are what they answer; "^C" stops what goes on. What they see is written down.
type person struct {
	t       *testing.T
	lines   []string // to be typed
	answers []string // to questions
	stop    chan struct{}

	mu     sync.Mutex
	seen   strings.Builder
	footer front.Footer // the last one

	footers []front.Footer
	states  []string
	copied  string
	put     string
}

var _ front.Front = (*person)(nil)

func (p *person) see(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(&p.seen, format+"\n", args...)
}

func (p *person) Read(context.Context) (string, error) {
	if len(p.lines) == 0 {
		return "", front.ErrLeft
	}
	line := p.lines[0]
	p.lines = p.lines[1:]
	return line, nil
}

func (p *person) Put(text string) { p.put = text; p.see("[in the input: %s]", text) }

func (p *person) Say(e front.Entry) {
	mark := map[front.Kind]string{front.Note: "* ", front.Hint: "- ", front.Prompt: "> ", front.Reply: "", front.Fault: "! ", front.Report: "", front.Output: "$ "}[e.Kind]
	p.see("%s%s", mark, e.Text)
	if e.Hint != "" {
		p.see("  %s", e.Hint)
	}
}

type personsAnswer struct {
	p    *person
	text strings.Builder
}

func (p *person) Answer() front.Answer { return &personsAnswer{p: p} }

func (a *personsAnswer) Think(text string) { a.p.see("(thought: %s)", text) }
func (a *personsAnswer) Write(text string) { a.text.WriteString(text) }
func (a *personsAnswer) Close() {
	if a.text.Len() > 0 {
		a.p.see("%s", a.text.String())
	}
}

func (p *person) Busy(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-p.stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

func (p *person) State(s front.State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if words := s.Words(s.Since); words != "" {
		p.states = append(p.states, words)
	}
}

func (p *person) Footer(f front.Footer) { p.footer, p.footers = f, append(p.footers, f) }

func (p *person) answer(question string) (string, error) {
	if len(p.answers) == 0 {
		p.t.Errorf("asked %q, and the script has no answer", question)
		return "", context.Canceled
	}
	answer := p.answers[0]
	p.answers = p.answers[1:]
	if answer == "Esc" {
		return "", context.Canceled
	}
	return answer, nil
}

func (p *person) Pick(_ context.Context, picker front.Picker) (int, error) {
	for i, o := range picker.Options {
		mark := " "
		if i == picker.Current {
			mark = "•"
		}
		p.see("%s %s  %s", mark, o.Label, o.Note)
	}
	answer, err := p.answer(picker.Label)
	if err != nil {
		return -1, err
	}
	for i, o := range picker.Options {
		if strings.HasPrefix(o.Label, answer) {
			return i, nil
		}
	}
	p.t.Errorf("%q is not offered", answer)
	return -1, context.Canceled
}

func (p *person) Ask(_ context.Context, q sdk.Question) (string, error) { return p.answer(q.Label) }

func (p *person) Confirm(_ context.Context, question string, _ bool) (bool, error) {
	p.see("? %s", question)
	answer, err := p.answer(question)
	return answer == "yes", err
}

func (p *person) ShowCode(code sdk.DeviceCode, _ func()) func() {
	p.see("(code %s)", code.Code)
	return func() {}
}

func (p *person) Copy(_ context.Context, text string) (string, error) {
	p.copied = text
	return "Copied.", nil
}

func (p *person) Notify(string) {}
func (p *person) Title(string)  {}

// A world is a backend of a few services.
type world struct {
	start    string // the connection at the beginning; "" for none
	services map[string]*service
	kept     string // made the one in use
	signedIn string
}

var _ Backend = (*world)(nil)

func (w *world) Start(context.Context) (Connection, error) {
	if w.start == "" {
		return nil, ErrNobody
	}
	return w.services[w.start], nil
}

func (w *world) Known(context.Context) ([]Known, error) {
	var list []Known
	for _, name := range []string{"home", "work"} {
		if s, ok := w.services[name]; ok {
			list = append(list, Known{Name: name, Provider: s.about.Provider, Note: "ok · " + s.about.Host, Login: true})
		}
	}
	return list, nil
}

func (w *world) Methods(context.Context) []Method {
	return []Method{{Provider: "home-provider", Method: "key", Label: "Home", Note: "API key"}}
}

func (w *world) Connect(_ context.Context, name string) (Connection, error) {
	if s, ok := w.services[name]; ok {
		return s, nil
	}
	return nil, sdk.Errorf(sdk.KindConfig, "there is no login %q", name)
}

func (w *world) ConnectProvider(ctx context.Context, provider string) (Connection, error) {
	for _, s := range w.services {
		if s.about.Provider == provider {
			return s, nil
		}
	}
	return nil, ErrNobody
}

func (w *world) Keep(_ context.Context, name string) error { w.kept = name; return nil }

func (w *world) SignIn(ctx context.Context, m Method, ui sdk.UI) (string, error) {
	key, err := ui.Ask(ctx, sdk.Question{ID: sdk.QuestionKey, Label: "Key", Secret: true})
	if err != nil {
		return "", err
	}
	if key != "good" {
		return "", sdk.Errorf(sdk.KindUnauthenticated, "the key was refused")
	}
	w.signedIn = m.Login
	return "home", nil
}

func (w *world) SignOut(_ context.Context, name string) error {
	delete(w.services, name)
	w.start = ""
	return nil
}

func (w *world) Plugins(context.Context) []Plugin {
	return []Plugin{{Name: "home-provider", Version: "1.0.0", From: "built-in", Status: "ok", Summary: "at home", Usable: true}}
}

func (w *world) Clean(text string) string { return strings.ReplaceAll(text, "\x1b", "") }

// A service answers as a script says.
type service struct {
	about    About
	refuses  error // what its check finds
	models   []sdk.Model
	replies  []reply
	requests []*sdk.ChatRequest
}

// A reply is an answer, or a failure after some of it.
type reply struct {
	thought, text string
	err           error
	waits         bool // until the person stops it
	usage         *sdk.Usage
	pause         *chat.Pause  // before it
	change        *chat.Switch // to another connection, before it
}

var _ Connection = (*service)(nil)

func (s *service) About() About                                { return s.about }
func (s *service) Check(context.Context) error                 { return s.refuses }
func (s *service) Models(context.Context) ([]sdk.Model, error) { return s.models, nil }
func (s *service) Limit(context.Context) string                { return "5 h: 9 of 10 left" }

func (s *service) Ask(ctx context.Context, request *sdk.ChatRequest, w Watcher) *chat.Result {
	s.requests = append(s.requests, request)
	if len(s.replies) == 0 {
		return &chat.Result{Err: errors.New("the script has no reply")}
	}
	r := s.replies[0]
	s.replies = s.replies[1:]
	model := request.Model
	if model == "" {
		model = s.about.Model
	}
	result := &chat.Result{Attempts: 1, Usage: r.usage, Timing: chat.Timing{Total: 1500 * time.Millisecond}, Err: r.err}
	result.Message = sdk.Message{Role: sdk.RoleAssistant, Origin: &sdk.Origin{Provider: s.about.Provider, Model: model}}
	if r.pause != nil {
		w.Pause(*r.pause)
	}
	if r.change != nil {
		w.Switch(*r.change)
	}
	w.Sent()
	index := 0
	part := func(kind sdk.PartKind, text string, p sdk.Part) {
		if text == "" {
			return
		}
		w.Event(&sdk.PartStarted{Index: index, Kind: kind})
		w.Event(&sdk.Delta{Index: index, Text: text})
		w.Event(&sdk.PartDone{Index: index, Part: p})
		result.Message.Parts = append(result.Message.Parts, p)
		index++
	}
	part(sdk.PartReasoning, r.thought, &sdk.Reasoning{Text: r.thought})
	part(sdk.PartText, r.text, &sdk.Text{Text: r.text})
	if r.waits {
		<-ctx.Done()
		result.Err = &sdk.Error{Kind: sdk.KindCanceled, Message: "canceled"}
	}
	if result.Err == nil {
		result.Finish = &sdk.Finished{Reason: sdk.FinishStop}
	}
	return result
}

// said returns what a request says, without the instructions: "user: hi".
func said(r *sdk.ChatRequest) string {
	var lines []string
	for _, m := range r.Messages {
		for _, p := range m.Parts {
			if t, ok := p.(*sdk.Text); ok {
				lines = append(lines, string(m.Role)+": "+t.Text)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// newWorld returns a world with two services, of which one is in use.
func newWorld() *world {
	return &world{start: "home", services: map[string]*service{
		"home": {about: About{Name: "home", Provider: "home-provider", Host: "home.example", Model: "small"}},
		"work": {about: About{Name: "work", Provider: "work-provider", Host: "work.example", Model: "large"}},
	}}
}

// hold lets a person type some lines and returns what they saw.
func hold(t *testing.T, w *world, p *person, o Options) string {
	t.Helper()
	p.t = t
	if p.stop == nil {
		p.stop = make(chan struct{})
	}
	o.Front, o.Backend = p, w
	if o.Notify == 0 {
		o.Notify = time.Hour
	}
	if err := New(o).Run(t.Context()); err != nil {
		t.Fatalf("the chat ended with %v", err)
	}
	return p.seen.String()
}

func newStore(t *testing.T) *session.Store { return session.New(t.TempDir()) }
