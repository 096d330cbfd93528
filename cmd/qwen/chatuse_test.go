package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// The first start with a key that is refused: it says so, and nothing is stored. A
// message without anybody to answer it leads to the sign-in, and is not lost by it.
func TestChatFirstRunWrongKey(t *testing.T) {
	d := newDesk(t)
	d.cloud.SetKeys(goodKey)
	term := d.open()
	term.WaitFor("No provider is connected yet", "OpenAI-compatible API")
	signIn(term, d.cloud.OpenAI(), "wrong-key-0123456789-wxyz")
	term.WaitFor("✗ ", d.host(), "401", "nothing was stored", "? keys")
	term.Enter("anybody?")
	term.WaitFor("Sign in with", "Enter choose")
	term.Press("Escape")
	term.WaitFor("> anybody?", "? keys")
	term.Press("Enter")
	term.WaitFor("Sign in with", "Enter choose")
	signIn(term, d.cloud.OpenAI(), goodKey)
	term.WaitFor("Now using", "You said: anybody?")
	if got := asked(t, d.cloud, "anybody?"); got.key != goodKey {
		t.Errorf("asked with %q", got.key)
	}
	leave(t, term)
}

// A sign-in that the person denies elsewhere, or is too late for, says so; the chat
// goes on with whom it had.
func TestChatDeviceSignInFails(t *testing.T) {
	t.Parallel()
	for word, says := range map[string]string{"denied": "declined in the browser", "expired": "expired"} {
		t.Run(word, func(t *testing.T) {
			d := newDesk(t).connect()
			d.cloud.SetOAuth(fakecloud.OAuthOptions{Interval: 10 * time.Millisecond, Polls: []string{"pending", word}})
			term := d.chat()
			term.Enter("/auth qwen-oauth")
			term.WaitFor("✗ ", says)
			term.WaitGone("█")
			term.Enter("still there?")
			term.WaitFor("You said: still there?")
			if got := asked(t, d.cloud, "still there?"); got.key != "key-of-the-environment" {
				t.Errorf("asked with %q", got.key)
			}
			leave(t, term)
		})
	}
}

// A slash shows what there is; a few letters and a key are enough, and a mistake is
// met with what was probably meant.
func TestChatMenu(t *testing.T) {
	d := newDesk(t).connect()
	d.cloud.SetModels("first-model", "second-model", "third-model")
	term := d.chat()
	term.Type("/")
	term.WaitFor("/auth", "/provider", "choose the model")
	term.Type("ren")
	term.WaitGone("/provider")
	term.WaitFor("› /rename TITLE")
	term.Press("Tab")
	term.WaitGone("›")
	term.Type("A good title")
	term.WaitFor("> /rename A good title")
	term.Press("Escape", "Escape")
	term.WaitGone("> /rename")

	term.Enter("/modle")
	term.WaitFor("there is no command /modle", "Did you mean /model?", "> /modle")
	term.Press("C-c")
	term.WaitGone("> /modle")

	term.Type("/model")
	term.WaitFor("› /model")
	term.Press("Enter")
	term.WaitFor("first-model", "second-model", "type to filter")
	term.Type("third")
	term.WaitGone("second-model")
	term.Press("Enter")
	term.WaitFor("The next message goes to third-model")
	term.Enter("to whom?")
	term.WaitFor("You said: to whom?")
	if got := asked(t, d.cloud, "to whom?"); got.Model != "third-model" {
		t.Errorf("asked %q", got.Model)
	}

	term.Type("/model sec")
	term.WaitFor("  second-model")
	term.Press("Tab")
	term.WaitFor("> /model second-model")
	term.Press("Enter")
	term.WaitFor("The next message goes to second-model")
	leave(t, term)
}

// Conversations are left, named, found and gone on with, without leaving the chat.
func TestChatSessions(t *testing.T) {
	d := newDesk(t).connect()
	term := d.chat()
	term.Enter("about pears")
	term.WaitFor("You said: about pears")
	term.Enter("/rename The pear affair")
	term.WaitFor("The pear affair")
	term.Enter("/clear")
	term.WaitFor("A new conversation begins")
	term.Enter("about apples")
	term.WaitFor("You said: about apples")
	if got := asked(t, d.cloud, "about apples").said(); got != "user: about apples" {
		t.Errorf("asked %s", got)
	}
	term.Enter("/resume")
	term.WaitFor("The pear affair", "Enter choose")
	term.Type("pear")
	term.WaitFor("1/1")
	term.Press("Enter")
	term.WaitFor("Going on with", "> about pears")
	term.Enter("and plums")
	term.WaitFor("You said: and plums")
	if got := asked(t, d.cloud, "and plums").said(); got != "user: about pears | assistant: You said: about pears | user: and plums" {
		t.Errorf("asked %s", got)
	}
	term.Enter("/export pears.md")
	term.WaitFor("pears.md")
	leave(t, term)
	data, err := os.ReadFile(d.work + "/pears.md")
	if err != nil || !strings.Contains(string(data), "You said: and plums") || strings.Contains(string(data), "apples") {
		t.Errorf("exported, %v:\n%s", err, data)
	}

	term = d.chat("-r")
	term.WaitFor("The pear affair", "about apples")
	term.Type("apples")
	term.WaitFor("1/1")
	term.Press("Enter")
	term.WaitFor("Going on with", "You said: about apples")
	leave(t, term)
}

// A thought is shown while it is thought, then folded to a line, and unfolded by a key.
func TestChatThought(t *testing.T) {
	d := newDesk(t).connect()
	d.cloud.Script(fakecloud.Answer{Reasoning: "It might be " + strings.Repeat("this or ", 100) + "that.", Text: strings.Repeat("So be it. ", 20), Delay: 5 * time.Millisecond})
	term := d.chat()
	term.Enter("what is it?")
	term.WaitFor("Thinking", "this or this or")
	term.WaitFor("So be it.", " s · some-model")
	if screen := term.Screen(); strings.Contains(screen, "this or") || !strings.Contains(screen, "Ctrl-O") {
		t.Errorf("the thought is not folded:\n%s", screen)
	}
	term.Press("C-o")
	term.WaitFor("It might be this or", "or that.")
	leave(t, term)
}

// What is copied is what the model wrote, and arrives on the clipboard of the person
// even where there is nothing but a terminal.
func TestChatCopy(t *testing.T) {
	d := newDesk(t).connect()
	d.set("PATH=" + d.bare("sh", "qwen"))
	d.cloud.Script(fakecloud.Answer{Text: "Try **this**:\n\n```sh\necho one &&\n\techo two\n```\n\nGood luck."})
	term := d.chat()
	term.Enter("how?")
	term.WaitFor("Good luck.", " s · some-model")
	term.Enter("/copy code")
	d.eventually("the code is on the clipboard", func() bool { return term.Query("#{buffer_size}") != "" })
	term.WaitFor("● ")
	if got, want := term.Clipboard(), "echo one &&\n\techo two\n"; got != want {
		t.Errorf("on the clipboard is %q, want %q", got, want)
	}
	leave(t, term)
}

// The last message is taken back, changed and sent again; what came of it is gone.
func TestChatEdit(t *testing.T) {
	d := newDesk(t).connect()
	term := d.chat()
	term.Enter("tell me about peers")
	term.WaitFor("You said: tell me about peers")
	term.Enter("/edit")
	term.WaitFor("> tell me about peers\n  ")
	term.Press("C-w")
	term.Enter("pears")
	term.WaitFor("You said: tell me about pears")
	if got := asked(t, d.cloud, "tell me about pears").said(); got != "user: tell me about pears" {
		t.Errorf("asked %s", got)
	}
	leave(t, term)
}

// Instructions to the model go with every message from then on.
func TestChatSystem(t *testing.T) {
	d := newDesk(t).connect()
	term := d.chat()
	term.Enter("/system Speak like a pirate.")
	term.WaitFor("● ")
	term.Enter("hello")
	term.WaitFor("You said: hello")
	if got := asked(t, d.cloud, "hello").said(); got != "system: Speak like a pirate. | user: hello" {
		t.Errorf("asked %s", got)
	}
	leave(t, term)
}

// Whoever closes the window in mid-answer finds all that had come.
func TestChatHangup(t *testing.T) {
	d := newDesk(t).connect()
	d.cloud.Script(fakecloud.Answer{Text: "alpha beta " + strings.Repeat("more ", 5000), Delay: 5 * time.Millisecond}, fakecloud.Answer{})
	term := d.chat()
	term.Enter("begin")
	term.WaitFor("alpha beta more")
	term.Close()
	d.eventually("the service sees the request cancelled", func() bool { return d.cloud.Requests()[0].Canceled })
	d.checkGone()

	term = d.chat("-c")
	term.WaitFor("> begin", "alpha beta more")
	leave(t, term)
}

// What is queued behind a message that fails is not sent into the void: it is in the
// input again, or sent and answered.
func TestChatQueueAfterFault(t *testing.T) {
	d := newDesk(t).connect()
	d.cloud.Fault(fakecloud.Fault{Kind: fakecloud.FaultSlowHeaders, Delay: 500 * time.Millisecond, Times: 1})
	d.cloud.Script(fakecloud.Answer{})
	term := d.chat()
	term.Enter("one")
	term.WaitFor("Esc to stop")
	term.Enter("two")
	term.WaitFor("queued: two")
	term.WaitFor("You said: one", "You said: two")
	leave(t, term)
}

// A terminal of a few cells is of no use, and does no harm.
func TestChatTinyTerminal(t *testing.T) {
	d := newDesk(t).connect()
	d.cloud.Script(fakecloud.Answer{Text: longText(), Delay: time.Millisecond}, fakecloud.Answer{})
	term := d.chat()
	term.Enter("write")
	term.WaitFor("Answering")
	for _, size := range [][2]int{{10, 3}, {3, 2}, {100, 1}, {1, 30}, {100, 30}} {
		term.Resize(size[0], size[1])
	}
	term.WaitFor("the very end", " s · some-model")
	term.Enter("still there?")
	term.WaitFor("You said: still there?")
	leave(t, term)
}

func longText() string {
	text, _ := longAnswer(4000)
	return text + "the very end"
}

// In plain mode, a line and Ctrl-D that come at once are a message and then the end.
func TestChatPlainEnd(t *testing.T) {
	d := newDesk(t).connect()
	term := d.open("--plain")
	term.WaitFor("You:")
	term.Press("h", "e", "l", "l", "o", "Enter", "C-d")
	if got := term.Exit(); got != 0 {
		t.Errorf("exit code %d", got)
	}
	term.WaitFor("You said: hello")
}
