package tui

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/sdk"
)

var models = front.Picker{Label: "Model", Current: 1, Options: []front.Option{
	{Label: "alpha"}, {Label: "beta", Note: "2 k"}, {Label: "gamma"},
}}

func TestPicker(t *testing.T) {
	for _, test := range []struct {
		name   string
		act    func(c *chatter)
		want   int
		wanted error
	}{
		{"the current one", func(c *chatter) { c.press("enter") }, 1, nil},
		{"the next one", func(c *chatter) { c.press("down", "enter") }, 2, nil},
		{"filtered", func(c *chatter) { c.types("alp"); c.press("enter") }, 0, nil},
		{"filtered by a paste", func(c *chatter) { c.pastes(" gamma\n"); c.press("enter") }, 2, nil},
		{"nothing matches", func(c *chatter) { c.types("x"); c.press("enter", "backspace", "enter") }, 0, nil},
		{"Esc", func(c *chatter) { c.press("esc") }, -1, context.Canceled},
		{"Ctrl-C", func(c *chatter) { c.press("ctrl+c") }, -1, context.Canceled},
	} {
		t.Run(test.name, func(t *testing.T) {
			chatWith(t, Options{}, func(c *chatter) {
				c.types("draft")
				picked := begin(c, func(ctx context.Context) (int, error) { return c.front.Pick(ctx, models) })
				c.ends("Model▏  2/3\n  ○ alpha\n› ● beta  2 k\n  ○ gamma\n  ↑↓ move · Enter choose · Esc cancel · type to filter")
				test.act(c)
				picked.returned(test.want, test.wanted)
				c.ends("> draft▏\n  ? keys")
			})
		})
	}
}

func TestAsk(t *testing.T) {
	key := sdk.Question{Label: "Endpoint", Help: "find it at x.example", Placeholder: "https://y.example/v1"}
	withDefault := key
	withDefault.Default = "https://z.example"
	optional := sdk.Question{Label: "Name", Optional: true}
	for _, test := range []struct {
		name string
		q    sdk.Question
		act  func(c *chatter)
		want string
		err  error
	}{
		{"typed", key, func(c *chatter) {
			c.ends("Endpoint\nfind it at x.example\nsuch as https://y.example/v1\n> ▏\n  Enter answer · Esc cancel")
			c.types("ab")
			c.press("left", "backspace", "enter")
		}, "b", nil},
		{"pasted", key, func(c *chatter) { c.pastes(" two\nlines\n"); c.press("enter") }, "two lines", nil},
		{"one line", key, func(c *chatter) {
			c.types("a")
			c.press("shift+enter", "ctrl+j", "ctrl+r")
			c.types("b")
			c.ends("> ab▏\n  Enter answer · Esc cancel")
			c.press("enter")
		}, "ab", nil},
		{"needed", key, func(c *chatter) {
			c.types(" ")
			c.press("enter")
			c.sees("An answer is needed")
			c.types("a")
			c.misses("An answer is needed")
			c.press("enter")
		}, "a", nil},
		{"by default", withDefault, func(c *chatter) {
			c.sees("Enter alone takes https://z.example")
			c.press("enter")
		}, "https://z.example", nil},
		{"optional", optional, func(c *chatter) { c.sees("it may be empty"); c.press("enter") }, "", nil},
		{"given up", key, func(c *chatter) { c.types("a"); c.press("esc") }, "", context.Canceled},
	} {
		t.Run(test.name, func(t *testing.T) {
			chatWith(t, Options{}, func(c *chatter) {
				c.types("draft")
				answer := begin(c, func(ctx context.Context) (string, error) { return c.front.Ask(ctx, test.q) })
				test.act(c)
				answer.returned(test.want, test.err)
				c.ends("> draft▏\n  ? keys")
			})
		})
	}
}

// A secret is never on the screen, nor in the history.
func TestSecret(t *testing.T) {
	past := new(memory)
	chatWith(t, Options{History: past}, func(c *chatter) {
		answer := begin(c, func(ctx context.Context) (string, error) {
			return c.front.Ask(ctx, sdk.Question{Label: "API key", Secret: true})
		})
		c.pastes(" sk-secret\n")
		c.sees("> •••••••••▏")
		c.press("left", "left")
		c.sees("> •••••••▏••")
		c.pastes(strings.Repeat("x", 2000))
		c.press("home", "delete")
		c.sees("> ▏••••••••••")
		c.press("enter")
		answer.returned("k-secr"+strings.Repeat("x", 2000)+"et", nil)
		c.press("up")
		if text := c.screen(); strings.ContainsAny(text, "xs•") && strings.Contains(text, "secr") || len(*past) > 0 {
			t.Errorf("the secret is on the screen or in %q:\n%s", *past, text)
		}
	})
}

func TestConfirm(t *testing.T) {
	for _, test := range []struct {
		keys      string
		byDefault bool
		want      bool
		err       error
	}{
		{"y", false, true, nil},
		{"Y", false, true, nil},
		{"n", true, false, nil},
		{"enter", false, false, nil},
		{"enter", true, true, nil},
		{"x 1 y", false, true, nil},
		{"esc", true, false, context.Canceled},
	} {
		chatWith(t, Options{}, func(c *chatter) {
			answer := begin(c, func(ctx context.Context) (bool, error) { return c.front.Confirm(ctx, "Send it?", test.byDefault) })
			choice := "[y/N]"
			if test.byDefault {
				choice = "[Y/n]"
			}
			c.pastes("y") // nobody decides by a paste
			c.ends("Send it? " + choice + " ▏\n  y yes · n no · Esc cancel")
			c.press(strings.Fields(test.keys)...)
			answer.returned(test.want, test.err)
		})
	}
}

// A chat that ends while something is asked is not waited for for ever, and a front
// that is closed keeps nobody.
func TestDialogEndsWithItsContext(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		ctx, cancel := context.WithCancel(context.Background())
		answer := begin(c, func(context.Context) (bool, error) { return c.front.Confirm(ctx, "Sure?", false) })
		c.sees("Sure?")
		cancel()
		answer.returned(false, context.Canceled)
		c.sees("> ▏")
		answer = begin(c, func(ctx context.Context) (bool, error) { return c.front.Confirm(ctx, "Sure?", false) })
		c.front.Close()
		answer.returned(false, front.ErrLeft)
	})
}

var code = sdk.DeviceCode{URL: "https://x.example/d", CompleteURL: "https://x.example/d?c=AB", Code: "AB-CD"}

func TestShowCode(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		code := code
		code.Expires = time.Now().Add(90 * time.Second)
		c.types("draft")
		canceled := false
		closeCode := c.front.ShowCode(code, func() { canceled = true })
		c.sees("▀", "\nWaiting · expires in 1:30 · o open · c copy link · q hide QR · Esc cancel")
		c.said("Open this page on any device:\nhttps://x.example/d?c=AB\nCheck or enter the code AB-CD there, if you started this sign-in yourself.\n")
		time.Sleep(27 * time.Second)
		c.sees("expires in 1:03")
		c.press("q")
		c.misses("▀")
		c.press("q", "c")
		c.sees("▀", "\nThe terminal was asked to copy it.\n")
		c.press("o")
		c.sees("\nthe browser was not opened: there is no graphical display\n")
		if c.paper.copied != code.CompleteURL {
			t.Errorf("copied %q", c.paper.copied)
		}
		time.Sleep(2 * time.Minute)
		c.sees("Waiting · expired · ")
		c.press("esc")
		c.ends("> draft▏\n  ? keys")
		closeCode()
		c.ends("> draft▏\n  ? keys")
		if !canceled {
			t.Error("nobody was told")
		}
	})
}

// What is closed by the chat does not count as given up, and closes nothing else.
func TestShowCodeIsClosed(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		closeCode := c.front.ShowCode(code, func() { t.Error("given up") })
		c.sees("Waiting for approval · o open")
		closeCode()
		c.ends("> ▏\n  ? keys")
		begin(c, func(ctx context.Context) (bool, error) { return c.front.Confirm(ctx, "Sure?", false) })
		closeCode()
		c.sees("Sure?")
	})
}

// A QR code is shown if it does not push the address off the screen.
func TestCodeFits(t *testing.T) {
	long := code
	long.CompleteURL = "https://chat.example.ai/authorize?user_code=ABCD1234&client=qwen-code"
	for _, test := range []struct {
		columns, rows int
		want          bool
	}{
		{80, 24, true},
		{80, 23, false},
		{200, 60, true},
		{40, 30, true},
		{30, 60, false},
	} {
		m := newModel(Options{})
		m.resize(test.columns, test.rows)
		m.showCode(newCode(long, func() {}))
		f := m.view(time.Now())
		if got := strings.Contains(f.Lines[0], "█") || strings.Contains(f.Lines[0], "\x1b[38;5;16"); got != test.want {
			t.Errorf("%d×%d: QR code %v, want %v", test.columns, test.rows, got, test.want)
		}
		if n := len(f.Lines) + len(m.finished); test.want && n > test.rows {
			t.Errorf("%d×%d: %d rows", test.columns, test.rows, n)
		}
	}
}

// A question that comes up while somebody types is not answered by what they type.
func TestConfirmWhileTyping(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		c.types("wh")
		answer := begin(c, func(ctx context.Context) (bool, error) { return c.front.Confirm(ctx, "Send .env?", true) })
		c.sees("Send .env?")
		c.types("y n")
		c.pastes("ot")
		c.sees("Send .env?")
		time.Sleep(pause)
		c.press("n")
		answer.returned(false, nil)
		c.ends("> why not▏\n  ? keys")
	})
}

// A key that was broken in two lines where it was shown is one key.
func TestSecretIsOneLine(t *testing.T) {
	chatWith(t, Options{}, func(c *chatter) {
		answer := begin(c, func(ctx context.Context) (string, error) {
			return c.front.Ask(ctx, sdk.Question{Label: "API key", Secret: true})
		})
		c.pastes("sk-sec\nret\n")
		c.press("enter")
		answer.returned("sk-secret", nil)
	})
}

// What is typed before the next question has come up is for that question, which may
// be one for a secret, and is in the input only when there is none.
func TestTypedBetweenQuestions(t *testing.T) {
	endpoint, key := sdk.Question{Label: "Endpoint"}, sdk.Question{Label: "API key", Secret: true}
	answer := func(c *chatter) {
		asked := begin(c, func(ctx context.Context) (string, error) { return c.front.Ask(ctx, endpoint) })
		c.types("here")
		c.press("enter")
		asked.returned("here", nil)
		c.types("sec")
		c.pastes("ret")
		c.press("enter")
		c.types("more")
		c.misses("sec", "more")
	}
	chatWith(t, Options{}, func(c *chatter) {
		answer(c)
		asked := begin(c, func(ctx context.Context) (string, error) { return c.front.Ask(ctx, key) })
		asked.returned("secret", nil)
		c.misses("secret", "more")
		reading := c.reads()
		c.ends("> more▏\n  ? keys")
		c.press("enter")
		reading.returned("more", nil)
	})
	chatWith(t, Options{}, func(c *chatter) {
		answer(c)
		asked := begin(c, func(ctx context.Context) (bool, error) { return c.front.Confirm(ctx, "Really?", true) })
		c.press("n")
		asked.returned(false, nil)
		c.reads()
		c.ends("> secretmore▏\n  ? keys")
	})
	chatWith(t, Options{}, func(c *chatter) {
		answer(c)
		c.front.State(front.State{Phase: front.Checking, Text: "Checking with the service", Since: time.Now()})
		c.ends("> secretmore▏\n  ? keys")
	})
}
