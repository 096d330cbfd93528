package sdktest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// controlCases are about ending early and about doing several things at once.
func controlCases() []Case {
	return []Case{
		{
			ID: "cancel-before-first", Needs: Hang,
			Doc: "A turn that waits for the service's first byte ends with the context's error when it is cancelled.",
			Why: "Ctrl-C has to work while nothing is happening.",
			run: cancelBeforeFirst,
		},
		{
			ID: "cancel-mid", Needs: Stall,
			Doc: "A turn that is cancelled in mid-answer ends with the context's error, and the request to the service ends.",
			Why: "Tokens are paid for as long as the connection is open.",
			run: cancelMid,
		},
		{
			ID: "break-releases", Needs: Stall,
			Doc: "Leaving the loop over the events ends the request to the service.",
			Why: "A host that has seen enough has no other way to say so.",
			run: breakReleases,
		},
		{
			ID: "deadline", Needs: Hang,
			Doc: "A turn whose deadline passes ends with an error of kind timeout or canceled.",
			Why: "The host's time limits work by it.",
			run: deadline,
		},
		{
			ID: "cancelled-sends-nothing", Needs: Plain,
			Doc: "With a context that has ended already, nothing is sent and the error is the context's.",
			Why: "Ctrl-C between two turns must not start another.",
			run: cancelledSendsNothing,
		},
		{
			ID: "concurrent-16", Needs: Plain,
			Doc: "Sixteen turns at once each get their own answer.",
			Why: "All methods of a provider may be called concurrently; a host does so as soon as it has tabs.",
			run: concurrent,
		},
		{
			ID: "usable-after-error", Needs: ServerError,
			Doc: "A provider that has reported an error reports the same one again: it does not fail in another way after the first time.",
			Why: "One bad minute of the service must not cost a restart.",
			run: usableAfterError,
		},
	}
}

// wantCanceled checks that err is the error of a cancelled context.
func wantCanceled(t TB, err error) {
	t.Helper()
	if sdk.KindOf(err) != sdk.KindCanceled || !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v; want the context's", err)
	}
}

func cancelBeforeFirst(t TB, s *subject) {
	var a answer
	s.within(t, "Chat", func(ctx context.Context) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		s.cancelOnceAsked(ctx, cancel)
		a.read(s.provider.Chat(ctx, s.request()))
	})
	if a.err == nil {
		t.Fatalf("the answer ended well")
	}
	wantCanceled(t, a.err)
}

// cancelOnceAsked cancels when the request has arrived, if the service can tell,
// else at once.
func (s *subject) cancelOnceAsked(ctx context.Context, cancel context.CancelFunc) {
	go func() {
		for s.Requests != nil && s.Requests() == 0 && ctx.Err() == nil {
			select {
			case <-time.After(time.Millisecond):
			case <-ctx.Done():
			}
		}
		cancel()
	}()
}

// firstText ranges over an answer until text has come, then calls then; it goes on
// if that returns true.
func (s *subject) firstText(ctx context.Context, then func() bool) (sawText bool, err error) {
	text := map[int]bool{}
	for e, err := range s.provider.Chat(ctx, s.request()) {
		if err != nil {
			return sawText, err
		}
		if p, ok := e.(*sdk.PartStarted); ok && p.Kind == sdk.PartText {
			text[p.Index] = true
		}
		if d, ok := e.(*sdk.Delta); ok && text[d.Index] && !sawText {
			sawText = true
			if !then() {
				return true, nil
			}
		}
	}
	return sawText, nil
}

func cancelMid(t TB, s *subject) {
	var saw bool
	var err error
	s.within(t, "Chat", func(ctx context.Context) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		saw, err = s.firstText(ctx, func() bool { cancel(); return true })
	})
	if !saw {
		t.Fatalf("no text came before the end: %v", err)
	}
	wantCanceled(t, err)
	s.wantLeft(t)
}

func breakReleases(t TB, s *subject) {
	var saw bool
	var err error
	s.within(t, "Chat", func(ctx context.Context) {
		saw, err = s.firstText(context.WithoutCancel(ctx), func() bool { return false })
	})
	if !saw {
		t.Fatalf("no text came before the end: %v", err)
	}
	s.wantLeft(t)
}

// wantLeft checks that the service was left by its client.
func (s *subject) wantLeft(t TB) {
	t.Helper()
	if s.Left == nil {
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), s.patience())
	defer cancel()
	if err := s.Left(ctx); err != nil {
		t.Errorf("the request to the service was not ended")
	}
}

func deadline(t TB, s *subject) {
	var a answer
	s.within(t, "Chat", func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, min(s.patience()/10, 100*time.Millisecond))
		defer cancel()
		a.read(s.provider.Chat(ctx, s.request()))
	})
	if kind := sdk.KindOf(a.err); kind != sdk.KindTimeout && kind != sdk.KindCanceled {
		t.Errorf("the error is %v; want one of kind timeout", a.err)
	}
}

func cancelledSendsNothing(t TB, s *subject) {
	var a answer
	s.within(t, "Chat", func(ctx context.Context) {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		a.read(s.provider.Chat(ctx, s.request()))
	})
	wantCanceled(t, a.err)
	if s.Requests != nil {
		wantRequests(t, s, 0)
	}
}

func concurrent(t TB, s *subject) {
	answers := make([]answer, 16)
	s.within(t, "Chat, sixteen times", func(ctx context.Context) {
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i].read(s.provider.Chat(ctx, s.request())) })
		}
		all.Wait()
	})
	for i := range answers {
		if err := answers[i].err; err != nil {
			t.Errorf("answer %d: %s", i, describeError(err))
			continue
		}
		wantText(t, answers[i].text, AnswerText)
	}
}

func usableAfterError(t TB, s *subject) {
	_, first := s.fail(t)
	if _, second := s.fail(t); second.Kind != first.Kind {
		t.Errorf("first %s, then %s", describeError(first), describeError(second))
	}
}
