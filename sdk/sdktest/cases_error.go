package sdktest

import (
	"slices"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// errorCases are about answers that do not come, or not whole.
func errorCases() []Case {
	return slices.Concat(brokenCases(), refusedCases(), secretCases())
}

// fails returns a case that demands an error of one of the kinds.
func fails(id string, b Behaviour, doc, why string, kinds ...sdk.ErrorKind) Case {
	return Case{ID: id, Needs: b, Doc: doc, Why: why, run: func(t TB, s *subject) { s.fail(t, kinds...) }}
}

func brokenCases() []Case {
	broken := func(id string, b Behaviour, doc string, kinds ...sdk.ErrorKind) Case {
		return Case{ID: id, Needs: b, Doc: doc,
			Why: "Half an answer that passes for a whole one is the worst thing that a provider can do; what did arrive is still worth showing.",
			run: func(t TB, s *subject) {
				a, _ := s.fail(t, kinds...)
				if a.text == "" || !strings.HasPrefix(AnswerText, a.text) {
					t.Errorf("the text before the error is %q, want the beginning of %q", a.text, AnswerText)
				}
			}}
	}
	const empty = "An empty success looks as if the model had nothing to say."
	return []Case{
		broken("truncated-stream", Cut, "An answer whose connection is closed midway ends with an error of kind incomplete, after the text that arrived.",
			sdk.KindIncomplete),
		broken("connection-reset-after-first-token", Reset, "An answer whose connection is reset midway ends with an error of kind incomplete, after the text that arrived.",
			sdk.KindIncomplete),
		broken("no-finish-reason", NoFinish, "An answer that ends without the service's end marker is an error of kind incomplete, even if the connection ended in good order.",
			sdk.KindIncomplete),
		broken("truncated-json", Malformed, "A malformed piece in mid-answer is an error of kind protocol or incomplete, after the text that arrived.",
			sdk.KindProtocol, sdk.KindIncomplete),
		broken("mid-stream-error-event", FailsMid, "An error that the service reports in mid-answer is the answer's error."),
		fails("html-body", WebPage, "A web page in place of an answer is an error of kind protocol.",
			"Proxies and sign-in pages of networks answer so, with status 200.", sdk.KindProtocol),
		fails("empty-body", Empty, "A response without a body is an error of kind protocol or incomplete.",
			empty, sdk.KindProtocol, sdk.KindIncomplete),
		fails("empty-stream", OnlyEnd, "An end marker with nothing before it is an error of kind protocol or incomplete.",
			empty, sdk.KindProtocol, sdk.KindIncomplete),
		fails("connection-refused", Nowhere, "An endpoint where nothing listens is an error of kind network.",
			"It is the most frequent error with local servers.", sdk.KindNetwork),
	}
}

func refusedCases() []Case {
	const kind = "What the person should do next depends on the kind, and so does the exit code."
	return []Case{
		fails("400", BadRequest, "HTTP 400 is an error of kind invalid_request.", kind, sdk.KindInvalidRequest),
		fails("401", Unauthorized, "HTTP 401 is an error of kind unauthenticated.", "On it the host refreshes the credential once.", sdk.KindUnauthenticated),
		fails("403", Forbidden, "HTTP 403 is an error of kind permission.", kind, sdk.KindPermission),
		fails("404", NoSuchModel, "A model that the service does not have is an error of kind not_found.", kind, sdk.KindNotFound),
		fails("500", ServerError, "HTTP 500 is an error of kind service.", kind, sdk.KindService),
		fails("503", Overloaded, "HTTP 503 is an error of kind overloaded or service.", kind, sdk.KindOverloaded, sdk.KindService),
		fails("quota", QuotaUsedUp, "An allowance that is used up is an error of kind quota, not rate_limit.",
			"Waiting a minute helps with one and not with the other.", sdk.KindQuota),
		fails("context-length-typed", TooLong, "A conversation that is too long is an error of kind context_length.",
			"The host can then offer to shorten it.", sdk.KindContextLength),
		fails("content-filter-typed", PromptFiltered, "A prompt that the content filter refused is an error of kind content_filter.", kind, sdk.KindContentFilter),
		{
			ID: "429-retry-after", Needs: TooManyRequests,
			Doc: "HTTP 429 is an error of kind rate_limit that may be retried, after the time that the service named.",
			Why: "Who retries earlier is locked out for longer.",
			run: retryAfter,
		},
		{
			ID: "error-status", Needs: Forbidden,
			Doc: "The error of a refusal has the service's HTTP status and the host that refused.",
			Why: "With several endpoints configured, the host is what tells which of them it was.",
			run: errorStatus,
		},
		{
			ID: "asks-once-even-on-error", Needs: ServerError,
			Doc: "A failed request is not sent again by the provider.",
			Why: "The host decides on retries: it alone knows what was shown, and what the user has been promised.",
			run: func(t TB, s *subject) {
				needsRequests(t, s)
				_ = s.ask(t)
				wantRequests(t, s, 1)
			},
		},
	}
}

func secretCases() []Case {
	return []Case{
		{
			ID: "secret-not-in-error", Needs: EchoesKey,
			Doc: "An error does not hold the credential, even where the service's own message repeats it.",
			Why: "Errors end up in terminals, logs and bug reports.",
			run: func(t TB, s *subject) {
				_, e := s.fail(t)
				for _, secret := range secretsOf(s) {
					if leaks(e, secret) {
						t.Errorf("the error holds the credential")
					}
				}
			},
		},
		{
			ID: "redirect-refused", Needs: Elsewhere,
			Doc: "A redirect to another origin is an error, and no request arrives there.",
			Why: "Key and prompt would go to whom the user never named.",
			run: redirectRefused,
		},
	}
}

func retryAfter(t TB, s *subject) {
	_, e := s.fail(t, sdk.KindRateLimit)
	if !e.Retryable {
		t.Errorf("the error is not marked as retryable")
	}
	if e.RetryAfter < 29*time.Second || e.RetryAfter > 30*time.Second {
		t.Errorf("RetryAfter is %v, want 30 s", e.RetryAfter)
	}
}

func errorStatus(t TB, s *subject) {
	_, e := s.fail(t)
	if e.Status < 400 {
		t.Errorf("Status is %d", e.Status)
	}
	if e.Host == "" || !strings.Contains(s.Connection.Endpoint, e.Host) {
		t.Errorf("Host is %q, want that of %s", e.Host, s.Connection.Endpoint)
	}
}

func redirectRefused(t TB, s *subject) {
	if s.Astray == nil {
		t.Skipf("the service of this test does not know about requests elsewhere")
	}
	_, _ = s.fail(t)
	if n := s.Astray(); n > 0 {
		t.Errorf("%d requests arrived at the other origin", n)
	}
}
