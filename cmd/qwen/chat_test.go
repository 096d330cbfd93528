package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// Esc stops an answer: the service sees it, what came is kept, and what is typed next
// follows it.
func TestChatStop(t *testing.T) {
	d := newDesk(t).connect()
	d.cloud.Script(fakecloud.Answer{Text: "alpha beta " + strings.Repeat("more ", 2000), Delay: tick}, fakecloud.Answer{})
	term := d.chat()
	term.Enter("begin")
	term.WaitFor("alpha beta", "Answering", "Esc to stop")
	term.Press("Escape")
	term.WaitFor("Stopped; what came is kept")
	d.eventually("the service sees the request cancelled", func() bool { return d.cloud.Requests()[0].Canceled })
	if screen := term.Screen(); !strings.Contains(screen, "alpha beta") || strings.Contains(screen, "Answering") {
		t.Errorf("after it was stopped:\n%s", screen)
	}
	term.Enter("go on")
	term.WaitFor("You said: go on")
	if got := asked(t, d.cloud, "go on").said(); !strings.HasPrefix(got, "user: begin | assistant: alpha beta more") {
		t.Errorf("the conversation is %.80s", got)
	}
	leave(t, term)
}

// Ctrl-C stops, then clears the input, then leaves.
func TestChatInterrupt(t *testing.T) {
	d := newDesk(t).connect()
	d.cloud.Script(fakecloud.Answer{Text: strings.Repeat("more ", 2000), Delay: tick}, fakecloud.Answer{})
	term := d.chat()
	term.Enter("begin")
	term.WaitFor("Answering")
	term.Press("C-c")
	term.WaitFor("Stopped; what came is kept")
	term.Type("half a thought")
	term.WaitFor("> half a thought")
	term.Press("C-c")
	term.WaitGone("> half a thought")
	term.WaitFor("Press Ctrl-C again to leave")
	term.Press("C-c")
	if got := term.Exit(); got != 0 {
		t.Errorf("exit code %d", got)
	}
	d.eventually("the service sees the request cancelled", func() bool { return d.cloud.Requests()[0].Canceled })
	d.checkGone()
}

// checkGone checks that no plugin is left.
func (d *desk) checkGone() {
	d.Helper()
	for _, v := range d.env {
		if tmp, ok := strings.CutPrefix(v, "TMPDIR="); ok {
			d.eventually("no plugin is left", func() bool { return len(pluginProcesses(tmp)) == 0 })
		}
	}
}

// What is typed while an answer arrives waits, is shown, and can be taken back.
func TestChatTypeAhead(t *testing.T) {
	d := newDesk(t).connect()
	d.cloud.Script(fakecloud.Answer{Text: strings.Repeat("more ", 2000), Delay: tick}, fakecloud.Answer{})
	term := d.chat()
	term.Enter("begin")
	term.WaitFor("Answering")
	term.Enter("second")
	term.WaitFor("queued: second")
	term.Enter("third")
	term.WaitFor("queued: third", "↑ takes it back")
	term.Press("Up")
	term.WaitFor("> third")
	term.WaitGone("queued: third")
	term.Press("Escape") // all of it is in the input again
	term.WaitFor("> second", "  third")
	term.WaitGone("queued")
	term.Press("Enter")
	term.WaitFor("You said: second")
	if got := asked(t, d.cloud, "second\nthird"); !strings.HasPrefix(got.said(), "user: begin | assistant: more") {
		t.Errorf("asked %.80s", got.said())
	}
	leave(t, term)
}

// What is typed before the chat is there, Enter included, is its first message.
func TestChatTypedBefore(t *testing.T) {
	d := newDesk(t).connect()
	term := d.open()
	term.Type("early bird")
	term.Press("Enter")
	term.WaitFor("You said: early bird")
	leave(t, term)
}

// A chat that was killed can be gone on with: at most its last second is lost.
func TestChatResumeAfterKill(t *testing.T) {
	d := newDesk(t).connect()
	d.cloud.Script(fakecloud.Answer{Text: "The first answer."},
		fakecloud.Answer{Text: "alpha beta " + strings.Repeat("gamma ", 5000), Delay: tick}, fakecloud.Answer{})
	term := d.chat()
	term.Enter("first question")
	term.WaitFor("The first answer.", " s · some-model")
	term.Enter("second question")
	d.eventually("a second of the answer is on disk", func() bool { return strings.Contains(d.sessionFile(), "gamma gamma") })
	process, err := os.FindProcess(term.PID())
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	if got := term.Exit(); got != 137 {
		t.Errorf("exit code %d", got)
	}
	d.checkGone()

	term = d.chat("-c")
	term.WaitFor("> second question", "alpha beta gamma", "not complete", "Going on with")
	if all := term.History(); !strings.Contains(all, "> first question") || !strings.Contains(all, "The first answer.") {
		t.Errorf("not all is there:\n%s", all)
	}
	term.Enter("third question")
	term.WaitFor("You said: third question")
	if got := asked(t, d.cloud, "third question").said(); !strings.HasPrefix(got, "user: first question | assistant: The first answer. | user: second question | assistant: alpha beta gamma") {
		t.Errorf("the conversation is %.200s", got)
	}
	leave(t, term)
}

// sessionFile returns what is on disk of the conversation.
func (d *desk) sessionFile() string {
	var all strings.Builder
	names, _ := filepath.Glob(filepath.Join(d.home, ".qwen", "sessions", "*", "*"))
	more, _ := filepath.Glob(filepath.Join(d.home, ".qwen", "sessions", "*"))
	for _, name := range append(names, more...) {
		data, _ := os.ReadFile(name)
		all.Write(data)
	}
	return all.String()
}

// manyLines is a text of numbered lines.
func manyLines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "line %d of the paste, with some words in it\n", i)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// A paste of thousands of lines is folded and sent whole, with the words around it.
func TestChatPaste(t *testing.T) {
	t.Parallel()
	text := manyLines(2000)
	for _, bracketed := range []bool{true, false} {
		t.Run(fmt.Sprintf("bracketed %v", bracketed), func(t *testing.T) {
			d := newDesk(t).connect()
			d.cloud.Script(fakecloud.Answer{Text: "I have read it."})
			term := d.chat()
			term.Type("look: ")
			term.WaitFor("> look:")
			if bracketed {
				term.Paste(text)
			} else {
				term.PasteRaw(text)
			}
			term.WaitFor(" lines, ") // one paste, or several on a busy machine
			term.Type(" what is it?")
			term.WaitFor("what is it?")
			if n := len(d.cloud.Requests()); n != 0 {
				t.Errorf("%d requests before Enter", n)
			}
			term.Press("Enter")
			term.WaitFor("I have read it.")
			got := asked(t, d.cloud, "look: "+text+" what is it?")
			if len(got.Messages) != 1 {
				t.Errorf("%d messages", len(got.Messages))
			}
			leave(t, term)
		})
	}
}

// What was typed is there in the next chat: with arrows, and by searching.
func TestChatHistory(t *testing.T) {
	d := newDesk(t).connect()
	term := d.chat()
	for _, line := range []string{"the first thing", "a second matter", "third and last"} {
		term.Enter(line)
		term.WaitFor("You said: " + line)
	}
	leave(t, term)

	term = d.chat()
	term.Press("Up")
	term.WaitFor("> third and last")
	term.Press("Up")
	term.WaitFor("> a second matter")
	term.Press("Down", "Down")
	term.WaitGone("> third and last")
	term.Press("C-r")
	term.WaitFor("search")
	term.Type("first")
	term.WaitFor("the first thing")
	term.Press("Enter")
	term.WaitFor("the first thing")
	term.Press("Enter")
	term.WaitFor("You said: the first thing")
	leave(t, term)
}
