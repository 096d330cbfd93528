package main

import (
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/internal/tmuxtest"
	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// hostile is text that drives a terminal: its title, clipboard, cursor, mouse, screen,
// in many forms. "owned" is what whoever wrote it would like to be seen.
const hostile = "before \x1b]0;owned\a\x1b]2;owned\x1b\\ \x1bkowned\x1b\\ \x1b]52;c;b3duZWQ=\a " +
	"\x1bPtmux;\x1b\x1b]52;c;b3duZWQ=\a\x1b\\ " +
	"\x1b[2J\x1b[H\x1b[31mred\x1b[0m \x1b[?1049h\x1b[?1000h\x1b[?25l\x1b[5;9r\x1b[4h\x1b[?1h\x1b= \x1b[6n\x1b[c\x1bP$q\"p\x1b\\ " +
	"\u009b2J \u009d0;owned\u009c \x9b2J &#27;]0;owned&#7; &#x9b;2J &#155;2J &ESC; " +
	"\u202eevil\u202c \u2066x\u2069 a\rOVERWRITTEN\bx \x1b]8;;javascript:alert(1)\x1b\\link\x1b]8;;\x1b\\ " +
	"[click](javascript:alert) [there](http://x.example/\x1b]2;owned\a) <b>html</b> `\x1b[2J` after\n\n" +
	"```sh\n\x1b]0;owned\acode\x1b[2J\n```\n\n| a \x1b[2J |\n|---|\n| \x1b]2;owned\a |\n\nthe end of it"

// terminalState is what no text must change.
const terminalState = "title=#{pane_title} window=#{window_name} alternate=#{alternate_on} mouse=#{mouse_any_flag} cursor=#{cursor_flag} insert=#{insert_flag} " +
	"origin=#{origin_flag} wrap=#{wrap_flag} keypad=#{keypad_flag}#{keypad_cursor_flag} buffer=#{buffer_sample} region=#{scroll_region_upper}-#{scroll_region_lower}"

// That hostile text changes nothing would say little if the terminal of these tests
// were not impressed by it.
func TestHostileText(t *testing.T) {
	d := newDesk(t)
	d.write("hostile", hostile)
	term := tmuxtest.Start(d, tmuxtest.Options{Command: []string{"sh", "-c", "cat hostile; exec cat"}, Dir: d.work, Env: d.env})
	want := "title=owned window=owned alternate=1 mouse=1 cursor=0 insert=1 origin=0 wrap=1 keypad=11 buffer=owned region=4-8"
	term.WaitUntil(want, func(string) bool { return term.Query(terminalState) == want })
}

// What a service says drives nothing: as an answer, a thought, a refusal, an error, in
// whatever pieces it comes, and when it is read from disk again.
func TestChatHostileText(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer fakecloud.Answer
		fault  string // the message of an error in place of an answer
	}{
		{name: "in words", answer: fakecloud.Answer{Text: hostile}},
		{name: "in single bytes", answer: fakecloud.Answer{Text: hostile, Chunks: len(hostile)}},
		{name: "in a thought", answer: fakecloud.Answer{Reasoning: hostile, Text: "the end of it"}},
		{name: "in a refusal", answer: fakecloud.Answer{Refusal: hostile}},
		{name: "in an error", fault: hostile},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t).connect()
			term := d.chat()
			before := term.Query(terminalState)
			if c.fault != "" {
				d.cloud.Fault(fakecloud.Fault{Status: 400, Message: c.fault, Code: c.fault, Times: 1})
				term.Enter("harm me")
				term.WaitFor("✗ ", "/retry")
			} else {
				d.cloud.Script(c.answer, fakecloud.Answer{})
				term.Enter("harm me")
				term.WaitFor("the end of it", " s · some-model")
			}
			if c.answer.Reasoning != "" {
				term.Press("C-o")
				term.WaitFor("before", "after")
			}
			term.Enter("still there?")
			term.WaitFor("You said: still there?")
			checkUnharmed(t, term, before)
			leave(t, term)
			if got := term.Query(terminalState); strings.Contains(got, "owned") {
				t.Errorf("when it is left, the terminal is %s", got)
			}

			again := d.chat("-c")
			again.WaitFor("You said: still there?")
			checkUnharmed(t, again, before)
			leave(t, again)
		})
	}
}

func checkUnharmed(t *testing.T, term *tmuxtest.Terminal, before string) {
	t.Helper()
	if got := term.Query(terminalState); got != before {
		t.Errorf("the terminal is\n%s, was\n%s", got, before)
	}
	all := term.History()
	for _, bad := range []string{"\u202e", "\u2066", "\u009b", "\nOVERWRITTEN"} {
		if strings.Contains(all, bad) {
			t.Errorf("%q is on the screen:\n%s", bad, all)
		}
	}
	if !strings.HasPrefix(all, "qwen ") || !strings.Contains(all, "> harm me") {
		t.Errorf("something is gone:\n%s", all)
	}
}
