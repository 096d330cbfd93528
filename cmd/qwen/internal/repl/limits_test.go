package repl

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/chat"
	"github.com/qwen-cli/qwen/sdk"
)

// A wait for a request's time is something that goes on.
func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		pause := &chat.Pause{Until: time.Now().Add(42 * time.Second), Why: "to stay under 60 requests a minute"}
		w.services["home"].replies = []reply{{text: "Hi.", pause: pause}}
		p := &person{lines: []string{"hi"}}
		hold(t, w, p, Options{})
		if want := "To stay under 60 requests a minute: going on in 42 s"; !slices.Contains(p.states, want) {
			t.Errorf("%q is not among %q", want, p.states)
		}
	})
}

// That another connection answers stays in the transcript.
func TestFallback(t *testing.T) {
	w := newWorld()
	change := &chat.Switch{
		Err:  &sdk.Error{Kind: sdk.KindQuota, Message: "the quota is used\x1b up", Provider: "home-provider", Host: "home.example", Status: 429},
		To:   sdk.Origin{Provider: "work-provider", Endpoint: "https://work.example/v1", Model: "large"},
		Name: "work",
	}
	w.services["home"].replies = []reply{{text: "Hi.", change: change}}
	got := hold(t, w, &person{lines: []string{"hi"}}, Options{})
	check(t, got, `
> hi
* home-provider (home.example): the quota is used up (HTTP 429); asking work instead: work-provider (work.example), model large.
Hi.
- 1.5 s · small`)
}
