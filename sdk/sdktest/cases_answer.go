package sdktest

import (
	"context"
	"slices"
	"strings"

	"github.com/qwen-cli/qwen/sdk"
)

// answerCases are about answers that are good.
func answerCases() []Case {
	return slices.Concat(textCases(), outcomeCases())
}

// textCases are about getting the text across.
func textCases() []Case {
	text := func(id string, b Behaviour, doc, why string) Case {
		return Case{ID: id, Needs: b, Doc: doc, Why: why, run: func(t TB, s *subject) {
			wantText(t, s.complete(t).text, AnswerText)
		}}
	}
	return []Case{
		text("text-stream", Plain,
			"A text answer arrives whole and unchanged.",
			"Everything else stands on this."),
		{
			ID: "event-order", Needs: Plain,
			Doc: "The events of an answer keep the rules of sdk.Event: indexes rise by one, no delta without an open part, deltas add up to their part, token counts do not fall, nothing follows the finish.",
			Why: "Hosts show deltas and store parts; where the two differ, people read something else than what is kept.",
			run: eventOrder,
		},
		text("unicode-split-every-byte", SplitBytes,
			"An answer with characters of several bytes arrives unchanged although the network delivers it byte by byte.",
			"Chinese text full of replacement characters is the classic fault of stream readers."),
		text("comment-keepalive", KeepAlive,
			"Signs of life between the pieces do not end up in the answer and do not end it.",
			"Gateways send comments while a model is waiting for its turn."),
		text("crlf-stream", CRLF,
			"An answer whose lines end in CR LF arrives like any other.",
			"Proxies and servers on Windows send it so."),
		{
			ID: "long-stream", Needs: Long, heavy: true,
			Doc: "A fast answer of many thousand pieces arrives whole.",
			Why: "Buffers that are bounded in the wrong place lose text or hang.",
			run: func(t TB, s *subject) {
				if got := s.complete(t).text; got != strings.Repeat(LongPiece, LongPieces) {
					t.Errorf("%d bytes arrived, not the %d that were sent", len(got), len(LongPiece)*LongPieces)
				}
			},
		},
	}
}

// outcomeCases are about how an answer ends and what comes along with it.
func outcomeCases() []Case {
	finish := func(id string, b Behaviour, reason sdk.FinishReason, doc, why string) Case {
		return Case{ID: id, Needs: b, Doc: doc, Why: why, run: func(t TB, s *subject) {
			if got := s.complete(t).finished.Reason; got != reason {
				t.Errorf("the finish reason is %q, want %q", got, reason)
			}
		}}
	}
	return []Case{
		finish("stop-finish", Plain, sdk.FinishStop,
			"An answer that ended of itself has the finish reason stop.",
			"Whoever reads the answer by program decides by the reason whether it is whole."),
		{
			ID: "raw-finish-reason", Needs: Plain,
			Doc: "The service's own word for the finish reason comes along.",
			Why: "The normalised reasons are few; the service's word says what really happened.",
			run: func(t TB, s *subject) {
				if s.complete(t).finished.RawReason == "" {
					t.Errorf("RawReason is empty")
				}
			},
		},
		{
			ID: "usage-present", Needs: Plain,
			Doc: "The token counts that the service reports arrive, cached and reasoning tokens as part of input and output.",
			Why: "People pay by them.",
			run: usagePresent,
		},
		{
			ID: "usage-missing-marked", Needs: NoUsage,
			Doc: "Where the service reports no token counts there are none, or they are marked as estimated.",
			Why: "A zero that means \"not known\" reads like \"free\".",
			run: func(t TB, s *subject) {
				if u := s.complete(t).usage; u != nil && !u.Estimated {
					t.Errorf("usage was reported and not marked as estimated: %+v", *u)
				}
			},
		},
		finish("length-finish", LengthLimit, sdk.FinishLength,
			"An answer that the token limit ended has the finish reason length.",
			"It looks whole and is not."),
		finish("content-filter-finish", Withheld, sdk.FinishContentFilter,
			"An answer that the content filter ended has the finish reason content_filter.",
			"The person should know that the rest was withheld, not missing."),
		{
			ID: "refusal", Needs: Refusal,
			Doc: "A refusal arrives as a refusal part, or as the finish reason refusal, with its text.",
			Why: "A program that reads answers must not take a refusal for one.",
			run: refusal,
		},
		{
			ID: "citation-offsets-emoji", Needs: Cited,
			Doc: "A citation arrives with its text part, and its offsets count bytes also where the text has emoji and Chinese characters.",
			Why: "Services count characters or UTF-16 units; taken for bytes, they mark half a character of another sentence.",
			run: citation,
		},
		{
			ID: "reasoning", Needs: Thinking,
			Doc: "What the model thinks arrives as a reasoning part of its own, and the answer without it.",
			Why: "Thoughts in the answer break whatever reads it by program; thoughts that are lost are paid for nevertheless.",
			run: func(t TB, s *subject) {
				a := s.complete(t)
				wantText(t, a.text, AnswerText)
				if a.thoughts != AnswerReasoning {
					t.Errorf("the reasoning is %q, want %q", a.thoughts, AnswerReasoning)
				}
			},
		},
	}
}

func eventOrder(t TB, s *subject) {
	var err error
	s.within(t, "Chat", func(ctx context.Context) {
		for _, e := range sdk.CheckStream(s.provider.Chat(ctx, s.request())) {
			err = e
		}
	})
	if err != nil {
		t.Errorf("%v", err)
	}
}

func usagePresent(t TB, s *subject) {
	u := s.complete(t).usage
	if u == nil {
		t.Fatalf("no usage was reported")
	}
	want := AnswerUsage()
	if u.InputTokens != want.InputTokens || u.OutputTokens != want.OutputTokens || u.TotalTokens != want.TotalTokens {
		t.Errorf("usage is %d in, %d out, %d in all; want %d, %d, %d", u.InputTokens, u.OutputTokens, u.TotalTokens,
			want.InputTokens, want.OutputTokens, want.TotalTokens)
	}
	if n := u.CacheReadTokens; n != 0 && n != want.CacheReadTokens {
		t.Errorf("%d cached tokens, want %d", n, want.CacheReadTokens)
	}
	if n := u.ReasoningTokens; n != 0 && n != want.ReasoningTokens {
		t.Errorf("%d reasoning tokens, want %d", n, want.ReasoningTokens)
	}
}

func citation(t TB, s *subject) {
	a := s.complete(t)
	wantText(t, a.text, CitedText)
	for _, p := range a.done {
		text, ok := p.(*sdk.Text)
		if !ok || len(text.Annotations) == 0 {
			continue
		}
		mark := text.Annotations[0]
		if mark.URL != CitedURL {
			t.Errorf("the citation's URL is %q, want %q", mark.URL, CitedURL)
		}
		if mark.Start < 0 || mark.Start > mark.End || mark.End > len(text.Text) || text.Text[mark.Start:mark.End] != CitedPhrase {
			t.Errorf("the citation marks the bytes %d to %d, which are not %q", mark.Start, mark.End, CitedPhrase)
		}
		return
	}
	t.Errorf("no text part has a citation")
}

func refusal(t TB, s *subject) {
	a := s.complete(t)
	if a.refusal != AnswerRefusal && (a.finished.Reason != sdk.FinishRefusal || a.text != AnswerRefusal) {
		t.Errorf("no refusal arrived: refusal %q, text %q, finish reason %q", a.refusal, a.text, a.finished.Reason)
	}
}
