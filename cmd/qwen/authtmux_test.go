package main

import (
	"strings"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

const goodKey = "good-key-0123456789-abcd"

// The menu of qwen auth, and a key that is typed: it is nowhere to be seen, and is
// tried before it is stored.
func TestAuthOnTerminal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		key  string
		says string
		code int
	}{
		{"wrong-key-0123456789-abcd", "nothing was stored", 4},
		{goodKey, "Signed in: openai", 0},
	} {
		t.Run(c.key[:4], func(t *testing.T) {
			d := newDesk(t)
			d.cloud.SetKeys(goodKey)
			term := d.open("auth")
			term.WaitFor("OpenAI-compatible API", "Qwen OAuth", "type to filter")
			term.Type("compat")
			term.WaitGone("Qwen OAuth")
			term.Press("Enter")
			term.WaitFor("Which service?")
			term.Type("address")
			term.WaitGone("OpenRouter")
			term.Press("Enter")
			term.WaitFor("Endpoint:")
			term.Enter(d.cloud.OpenAI())
			term.WaitFor("API key:")
			term.Type(c.key)
			term.Press("Enter")
			term.WaitFor("Model:")
			term.Press("Enter")
			term.WaitFor(c.says, d.host())
			if got := term.Exit(); got != c.code {
				t.Errorf("exit code %d", got)
			}
			if all := term.History(); strings.Contains(all, "key-0123") {
				t.Errorf("the key is on the screen:\n%s", all)
			}
			for _, r := range d.cloud.Requests() {
				if r.Key() != c.key {
					t.Errorf("%s came with the key %q", r.Path, r.Key())
				}
			}
		})
	}
}

// Signing in elsewhere: address, code and QR code on a screen of the usual size, and
// a countdown; the answer of the browser ends it.
func TestDeviceSignInOnTerminal(t *testing.T) {
	d := newDesk(t)
	d.columns, d.rows = 80, 24
	term := d.open("auth", "login", "qwen-oauth")
	term.WaitFor("/authorize?", "user_code=", "█", "expires in", "Esc")
	checkQR(t, term.Screen(), d.cloud.URL()+"/authorize")
	d.eventually("the sign-in waits", func() bool { return d.cloud.Approve("") })
	term.WaitFor("Signed in: qwen-oauth")
	if got := term.Exit(); got != 0 {
		t.Errorf("exit code %d", got)
	}
}

// Esc gives up, and stores nothing.
func TestDeviceSignInGivenUp(t *testing.T) {
	d := newDesk(t)
	d.cloud.SetOAuth(fakecloud.OAuthOptions{Interval: 5 * time.Second}) // the wait is cut short
	term := d.open("auth", "login", "qwen-oauth")
	term.WaitFor("user_code=")
	term.Press("Escape")
	if got := term.Exit(); got != 130 {
		t.Errorf("exit code %d", got)
	}
	if all := term.History(); !strings.Contains(all, "nothing was stored") {
		t.Errorf("it does not say what became of it:\n%s", all)
	}
}

// checkQR checks that a QR code stands whole on the screen, next to its address on a
// line of its own.
func checkQR(t *testing.T, screen, address string) {
	t.Helper()
	rows, alone := 0, false
	for line := range strings.Lines(screen) {
		if strings.ContainsAny(line, "█▀▄") {
			rows++
		}
		if trimmed := strings.TrimSpace(line); strings.HasPrefix(trimmed, address) && !strings.Contains(trimmed, " ") {
			alone = true
		}
	}
	if rows < 15 || !alone {
		t.Errorf("%d rows of the QR code; the address alone on a line: %v\n%s", rows, alone, screen)
	}
}
