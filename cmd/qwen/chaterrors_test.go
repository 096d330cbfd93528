package main

import (
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// Whatever goes wrong with an answer: it says what, stays to be read, and the message
// is sent again with one key.
func TestChatErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault fakecloud.Fault
		says  []string // beside the host
	}{
		{"401", fakecloud.Fault{Status: 401}, []string{"401", "/auth"}},
		{"403", fakecloud.Fault{Status: 403}, []string{"403", "/auth"}},
		{"404", fakecloud.Fault{Status: 404, Code: "model_not_found", Message: "The model does not exist"}, []string{"404"}},
		{"429", fakecloud.Fault{Status: 429}, []string{"429"}},
		{"500", fakecloud.Fault{Status: 500}, []string{"500"}},
		{"reset", fakecloud.Fault{Kind: fakecloud.FaultReset, After: -1}, []string{"connection"}},
		{"html", fakecloud.Fault{Kind: fakecloud.FaultHTML}, []string{"web page"}},
		{"nothing", fakecloud.Fault{Kind: fakecloud.FaultEmpty}, nil},
		{"only done", fakecloud.Fault{Kind: fakecloud.FaultOnlyDone}, []string{"the answer is empty"}},
		{"malformed", fakecloud.Fault{Kind: fakecloud.FaultMalformed}, []string{"You said:"}},
		{"cut", fakecloud.Fault{Kind: fakecloud.FaultCut, After: 3}, []string{"You said:", "What came is kept"}},
		{"error", fakecloud.Fault{Kind: fakecloud.FaultError, After: 3}, []string{"You said:"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t).connect()
			d.cloud.Fault(c.fault)
			term := d.chat()
			term.Enter("one two three four five")
			term.WaitFor(append([]string{"✗ ", "/retry"}, c.says...)...)
			fault := term.Screen()
			if !strings.Contains(fault[strings.Index(fault, "✗"):], d.host()) {
				t.Errorf("it does not say who failed:\n%s", fault)
			}
			d.cloud.ClearFaults()
			term.Press("C-y")
			term.WaitFor("You said: one two three four five")
			term.Enter("next")
			term.WaitFor("You said: next")
			if !strings.Contains(term.Screen(), "✗ ") {
				t.Errorf("the error is gone:\n%s", term.Screen())
			}
			if got, want := asked(t, d.cloud, "next").said(), "user: one two three four five | assistant: You said: one two three four five | user: next"; got != want {
				t.Errorf("the conversation is %s", got)
			}
			leave(t, term)
		})
	}
}

// A service that is not there: its address is named, and the message is kept.
func TestChatServiceAway(t *testing.T) {
	d := newDesk(t).connect()
	term := d.chat()
	d.cloud.Close()
	term.Enter("anybody there?")
	term.WaitFor("✗ ", d.host(), "refused", "/retry")
	leave(t, term)
}

// Answers that end early by the service's own word.
func TestChatShortAnswers(t *testing.T) {
	d := newDesk(t).connect()
	term := d.chat()
	for model, says := range map[string]string{"length": "limit", "filter": "filter", "refuse": "I cannot help with that"} {
		term.Enter("/model " + model)
		term.WaitFor("next message goes to " + model)
		term.Enter("tell me about " + model)
		term.WaitUntil("what became of "+model, func(screen string) bool {
			_, after, _ := strings.Cut(screen, "> tell me about "+model)
			return strings.Contains(after, says) && strings.Contains(after, " s · "+model)
		})
	}
	d.cloud.Script(fakecloud.Answer{Text: " "})
	term.Enter("say nothing")
	term.WaitFor("✗ the model gave an empty answer", "/retry")
	leave(t, term)
}

// While a request is repeated it says so, and what Esc does.
func TestChatRetries(t *testing.T) {
	d := newDesk(t).connect()
	d.set("QWEN_MAX_RETRIES=3")
	d.cloud.Fault(fakecloud.Fault{Status: 429, Header: map[string]string{"Retry-After": "30"}, Times: 1})
	term := d.chat()
	term.Enter("hello")
	term.WaitFor("HTTP 429", "retry 1 of 3 in", "Esc to stop")
	term.Press("Escape")
	term.WaitFor("Stopped before anything came", "> hello")
	term.Press("Enter")
	term.WaitFor("You said: hello")
	leave(t, term)
}
