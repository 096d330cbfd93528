package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/internal/tmuxtest"
	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// The first start: nobody is connected. A key is typed, tried, stored and used; it is
// nowhere to be seen.
func TestChatFirstRun(t *testing.T) {
	d := newDesk(t)
	d.cloud.SetKeys(goodKey)
	term := d.open()
	term.WaitFor("No provider is connected yet", "OpenAI-compatible API", "Qwen OAuth")
	signIn(term, d.cloud.OpenAI(), goodKey)
	term.WaitFor("Now using", d.host())
	term.Enter("good morning")
	term.WaitFor("You said: good morning")
	if got := asked(t, d.cloud, "good morning"); got.key != goodKey || got.said() != "user: good morning" {
		t.Errorf("asked with %q: %s", got.key, got.said())
	}
	leave(t, term)
	if all := term.History(); strings.Contains(all, goodKey[:12]) {
		t.Errorf("the key is on the screen:\n%s", all)
	}
	d.checkPrivate(".qwen")
}

// signIn signs in to a service with a key, from the picker on.
func signIn(term *tmuxtest.Terminal, endpoint, key string) {
	term.Type("compat")
	term.WaitGone("Qwen OAuth")
	term.Press("Enter")
	term.WaitFor("Which service?")
	term.Type("address")
	term.WaitGone("OpenRouter")
	term.Press("Enter")
	term.WaitFor("Endpoint")
	term.Enter(endpoint)
	term.WaitFor(" API key\n>") // the question, not an error about one
	term.Type(key)
	term.WaitFor(strings.Repeat("•", len(key)))
	term.Press("Enter")
	term.WaitFor("Model")
	term.Press("Enter")
}

// leave leaves the chat.
func leave(t *testing.T, term *tmuxtest.Terminal) {
	t.Helper()
	term.Press("C-d")
	if got := term.Exit(); got != 0 {
		t.Errorf("exit code %d\n%s", got, term.Screen())
	}
}

// checkPrivate checks that nobody else can read what lies below a directory.
func (d *desk) checkPrivate(name string) {
	d.Helper()
	files := 0
	err := filepath.WalkDir(filepath.Join(d.home, name), func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			d.Errorf("%s has the mode %v", path, info.Mode())
		}
		files++
		return err
	})
	if err != nil || files < 2 {
		d.Errorf("%d files, %v", files, err)
	}
}

// A key that is refused changes nothing: the reason is told, and the next message
// goes where it went before. A good one is used from the next request on.
func TestChatSwitch(t *testing.T) {
	d := newDesk(t).connect()
	other := newCloud(t)
	other.SetKeys(goodKey)
	term := d.chat()
	term.Enter("one")
	term.WaitFor("You said: one")

	term.Enter("/auth")
	term.WaitFor("OpenAI-compatible API")
	signIn(term, other.OpenAI(), "wrong-key-0123456789-wxyz")
	term.WaitFor("✗")
	term.Enter("two")
	term.WaitFor("You said: two")
	if got := asked(t, d.cloud, "two"); got.key != "key-of-the-environment" {
		t.Errorf("the old connection is asked with the key %q", got.key)
	}

	term.Enter("/auth")
	term.WaitFor("OpenAI-compatible API")
	signIn(term, other.OpenAI(), goodKey)
	term.WaitFor("Now using", strings.TrimPrefix(other.URL(), "http://"))
	term.Enter("three")
	term.WaitFor("You said: three")
	got := asked(t, other, "three")
	if got.key != goodKey || got.said() != "user: one | assistant: You said: one | user: two | assistant: You said: two | user: three" {
		t.Errorf("the new connection is asked with %q: %s", got.key, got.said())
	}

	// And back, without a sign-in.
	term.Enter("/auth OPENAI_API_KEY")
	term.WaitUntil("the old connection is back", func(screen string) bool { return strings.Count(screen, "Now using") == 2 })
	term.Enter("four")
	term.WaitFor("You said: four")
	if got := asked(t, d.cloud, "four"); got.key != "key-of-the-environment" {
		t.Errorf("asked with %q", got.key)
	}
	leave(t, term)
}

// Signing in elsewhere from within the chat: Esc gives up and leaves the chat as it
// was; the second time the person approves.
func TestChatDeviceSignIn(t *testing.T) {
	d := newDesk(t).connect()
	d.columns, d.rows = 80, 24
	d.cloud.SetOAuth(fakecloud.OAuthOptions{Interval: 10 * time.Millisecond})
	term := d.chat()
	begin := func() {
		term.Enter("/auth qwen-oauth")
		term.WaitFor("user_code=", "█", "Esc")
		checkQR(t, term.Screen(), d.cloud.URL()+"/authorize")
	}
	begin()
	term.Press("Escape")
	term.WaitGone("█")
	term.Enter("still there?")
	term.WaitFor("You said: still there?")

	begin()
	d.eventually("the sign-in waits", func() bool { return d.cloud.Approve("") })
	term.WaitFor("Now using")
	if screen := term.Screen(); strings.Contains(screen, "█") {
		t.Errorf("the QR code stays:\n%s", screen)
	}
	term.Enter("and now?")
	term.WaitFor("You said: and now?")
	if got := asked(t, d.cloud, "and now?"); got.key == "key-of-the-environment" {
		t.Errorf("asked with the old key")
	}
	leave(t, term)
}
