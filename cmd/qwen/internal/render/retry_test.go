package render

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

func TestRetryText(t *testing.T) {
	at := func(kind sdk.ErrorKind, status int, message string) *sdk.Error {
		return &sdk.Error{Kind: kind, Status: status, Message: message, Provider: "acme", Host: "api.acme.example"}
	}
	for _, tt := range []struct {
		retry Retry
		want  string
	}{
		{Retry{Err: at(sdk.KindOverloaded, 503, "long words"), Attempt: 2, Of: 5, Wait: 2840 * time.Millisecond},
			"acme (api.acme.example): overloaded (HTTP 503); trying again in 3s (attempt 2 of 5)"},
		{Retry{Err: at(sdk.KindRateLimit, 429, "long words"), Attempt: 3, Of: 5, Wait: 90 * time.Second},
			"acme (api.acme.example): too many requests (HTTP 429); trying again in 1m30s (attempt 3 of 5)"},
		{Retry{Err: at(sdk.KindService, 500, "long words"), Attempt: 2, Of: 2, Wait: 120 * time.Millisecond},
			"acme (api.acme.example): a fault in the service (HTTP 500); trying again in 100ms (attempt 2 of 2)"},
		{Retry{Err: at(sdk.KindNetwork, 0, "connection refused: nothing listens there"), Attempt: 2, Of: 5},
			"acme (api.acme.example): connection refused: nothing listens there; trying again at once (attempt 2 of 5)"},
		{Retry{Err: at(sdk.KindUnauthenticated, 401, "long words"), Attempt: 2, Of: 2, Renewed: true},
			"acme (api.acme.example): the login was refused (HTTP 401); trying again with a renewed login (attempt 2 of 2)"},
		{Retry{Err: &sdk.Error{Kind: sdk.KindNetwork, Message: "\x1b[2Jsmall\nwords"}, Attempt: 2, Of: 5, Wait: time.Second},
			"[2Jsmall words; trying again in 1s (attempt 2 of 5)"},
	} {
		var out, errOut bytes.Buffer
		r, err := New(FormatText, Options{Out: &out, Err: &errOut})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Retry(tt.retry); err != nil || out.Len() > 0 || errOut.String() != "qwen: "+tt.want+"\n" {
			t.Errorf("%v, %q, %q; want %q", err, out.String(), errOut.String(), tt.want)
		}
	}
}

func TestRetryObject(t *testing.T) {
	var out bytes.Buffer
	r, err := New(FormatStreamJSON, Options{Out: &out, NewID: func() string { return "id" }})
	if err != nil {
		t.Fatal(err)
	}
	failed := &sdk.Error{Kind: sdk.KindRateLimit, Message: "slow \x1b[1mdown", Provider: "acme", Status: 429, Retryable: true, RetryAfter: time.Second}
	if err := r.Retry(Retry{Err: failed, Attempt: 2, Of: 5, Wait: 1050 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	const want = `{"type":"system","subtype":"retry","uuid":"id","session_id":"id","attempt":2,"max_attempts":5,"delay_ms":1050,` +
		`"error":{"message":"slow [1mdown","kind":"rate_limit","provider":"acme","status":429,"retryable":true,"retry_after_ms":1000}}`
	if got := strings.TrimSuffix(out.String(), "\n"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
