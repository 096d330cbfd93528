package sdktest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/qwen-cli/qwen/sdk"
)

// answer is what came of a Chat.
type answer struct {
	text     string // of deltas, by kind of their part
	thoughts string
	refusal  string
	calls    []*sdk.ToolCall
	done     []sdk.Part
	warnings []*sdk.Warning
	usage    *sdk.Usage
	finished *sdk.Finished
	err      error

	kinds map[int]sdk.PartKind
	built map[sdk.PartKind]*strings.Builder
}

// request returns a request that says hello, changed as the case wants it.
func (s *subject) request(change ...func(*sdk.ChatRequest)) *sdk.ChatRequest {
	req := &sdk.ChatRequest{
		Connection: s.Connection,
		Model:      s.Model,
		Messages:   []sdk.Message{sdk.TextMessage(sdk.RoleUser, "Hello?")},
	}
	for _, c := range change {
		c(req)
	}
	return req
}

// ask sends one turn and reads the answer to its end, good or bad.
func (s *subject) ask(t TB, change ...func(*sdk.ChatRequest)) *answer {
	t.Helper()
	a := new(answer)
	s.within(t, "Chat", func(ctx context.Context) { a.read(s.provider.Chat(ctx, s.request(change...))) })
	return a
}

// complete is [subject.ask] for an answer that must be good.
func (s *subject) complete(t TB, change ...func(*sdk.ChatRequest)) *answer {
	t.Helper()
	a := s.ask(t, change...)
	if a.err != nil {
		t.Fatalf("the answer ended with an error: %s", describeError(a.err))
	}
	if a.finished == nil {
		t.Fatalf("the answer ended without a finish event")
	}
	return a
}

// fail is [subject.ask] for an answer that must end with an error of one of the
// kinds; any kind but "internal" if none is given.
func (s *subject) fail(t TB, kinds ...sdk.ErrorKind) (*answer, *sdk.Error) {
	t.Helper()
	a := s.ask(t)
	if a.err == nil {
		t.Fatalf("the answer ended well, with the text %q; want an error", a.text)
	}
	return a, wantKind(t, a.err, kinds...)
}

// wantKind checks that err is an [*sdk.Error] of one of the kinds.
func wantKind(t TB, err error, kinds ...sdk.ErrorKind) *sdk.Error {
	t.Helper()
	var e *sdk.Error
	if !errors.As(err, &e) {
		if slices.Contains(kinds, sdk.KindOf(err)) { // a context's error
			return sdk.AsError(err)
		}
		t.Fatalf("the error is of type %T, want *sdk.Error: %v", err, err)
	}
	good := slices.Contains(kinds, e.Kind)
	if len(kinds) == 0 {
		good = e.Kind != sdk.KindInternal && e.Kind != sdk.KindPlugin && e.Kind != ""
	}
	if !good {
		t.Fatalf("the error is %s; want one of kind %q", describeError(err), kinds)
	}
	if e.Message == "" {
		t.Errorf("the error of kind %q has no message", e.Kind)
	}
	return e
}

func describeError(err error) string {
	e := sdk.AsError(err)
	return "[" + string(e.Kind) + "] " + err.Error()
}

// read consumes the events as a host does that trusts nobody: whatever breaks the
// order of events is left to the case event-order.
func (a *answer) read(events iter.Seq2[sdk.Event, error]) {
	a.kinds, a.built = map[int]sdk.PartKind{}, map[sdk.PartKind]*strings.Builder{}
	for _, kind := range []sdk.PartKind{sdk.PartText, sdk.PartReasoning, sdk.PartRefusal} {
		a.built[kind] = new(strings.Builder)
	}
	defer func() {
		a.text, a.thoughts, a.refusal =
			a.built[sdk.PartText].String(), a.built[sdk.PartReasoning].String(), a.built[sdk.PartRefusal].String()
	}()
	for e, err := range events {
		if err != nil {
			a.err = err
			return
		}
		a.add(e)
	}
}

func (a *answer) add(e sdk.Event) {
	switch e := e.(type) {
	case *sdk.PartStarted:
		a.kinds[e.Index] = e.Kind
	case *sdk.Delta:
		if b := a.built[a.kinds[e.Index]]; b != nil {
			b.WriteString(e.Text)
		}
	case *sdk.PartDone:
		a.done = append(a.done, e.Part)
		if c, ok := e.Part.(*sdk.ToolCall); ok {
			a.calls = append(a.calls, c)
		}
	case *sdk.UsageReported:
		a.usage = &e.Usage
	case *sdk.Warning:
		a.warnings = append(a.warnings, e)
	case *sdk.Finished:
		a.finished = e
	}
}

// warns reports whether there is a warning that names a setting or mentions word.
func (a *answer) warns(word string) bool {
	return slices.ContainsFunc(a.warnings, func(w *sdk.Warning) bool {
		return w.Setting != "" || strings.Contains(w.Message, word)
	})
}

// wantText checks the text of an answer.
func wantText(t TB, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("the text is %q, want %q", got, want)
	}
}
