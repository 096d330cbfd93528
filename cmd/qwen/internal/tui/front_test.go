package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/sdk"
)

func TestTypeAndSend(t *testing.T) {
	c := newChatter(t, Options{Banner: "qwen test"})
	c.front.Footer(front.Footer{Connection: "work (x.example)", Model: "large"})
	c.types("hello 你好")
	c.sees("> hello 你好▏")
	c.sees("work (x.example) · large · ? keys")
	lines := c.reads()
	c.press("shift+enter")
	c.types("there")
	c.press("enter")
	if got := (<-lines).text; got != "hello 你好\nthere" {
		t.Errorf("sent %q", got)
	}
	c.sees("> ▏")
}

// What is typed while the chat does something waits its turn, and can be taken back.
func TestTypeAhead(t *testing.T) {
	c := newChatter(t, Options{})
	busy, done := c.front.Busy(t.Context())
	defer done()
	c.front.State(front.State{Phase: front.Answering, Since: time.Now(), Tokens: 1234})
	for _, text := range []string{"one", "two", "three"} {
		c.types(text)
		c.press("enter")
	}
	c.sees("Answering · 1,234 tokens · Esc to stop")
	c.sees("queued: three · ↑ takes it back")
	c.press("up")
	c.sees("> three▏")
	c.press("esc")
	<-busy.Done()
	c.sees("> one\n  two\n  three▏")
}

func TestInOrder(t *testing.T) {
	c := newChatter(t, Options{})
	c.types("one")
	c.press("enter")
	c.types("two")
	c.press("enter")
	for _, want := range []string{"one", "two"} {
		if got := (<-c.reads()).text; got != want {
			t.Errorf("read %q, want %q", got, want)
		}
	}
}

func TestLeaving(t *testing.T) {
	c := newChatter(t, Options{})
	lines := c.reads()
	c.types("draft")
	c.press("ctrl+c")
	c.sees("> ▏")
	c.sees("Press Ctrl-C again to leave")
	c.press("x") // another key: it is no second one
	c.press("ctrl+c", "ctrl+c")
	if l := <-lines; !l.left {
		t.Errorf("read %q instead", l.text)
	}
	if _, err := c.front.Read(t.Context()); !errors.Is(err, front.ErrLeft) {
		t.Errorf("once more: %v", err)
	}
}

func TestEndOfInput(t *testing.T) {
	c := newChatter(t, Options{})
	lines := c.reads()
	c.types("ab")
	c.press("home", "ctrl+d") // deletes
	c.sees("> ▏b")
	c.press("ctrl+d", "ctrl+d")
	if l := <-lines; !l.left {
		t.Errorf("read %q instead", l.text)
	}
}

// Who has left is asked nothing any more, and waits for nothing.
func TestNothingGoesOnAfterLeaving(t *testing.T) {
	c := newChatter(t, Options{})
	close(c.paper.events) // the terminal is gone
	if _, err := c.front.Read(t.Context()); !errors.Is(err, front.ErrLeft) {
		t.Fatalf("read: %v", err)
	}
	if _, err := c.front.Confirm(t.Context(), "Sure?", true); !errors.Is(err, context.Canceled) {
		t.Errorf("a question was answered: %v", err)
	}
	busy, done := c.front.Busy(t.Context())
	defer done()
	<-busy.Done()
}

func TestPaintAnew(t *testing.T) {
	c := newChatter(t, Options{})
	c.press("ctrl+l")
	c.types("x")
	c.sees("> x▏")
	c.paper.mu.Lock()
	defer c.paper.mu.Unlock()
	if c.paper.redraws != 1 {
		t.Errorf("painted anew %d times", c.paper.redraws)
	}
}

// A table that is too wide is broken between words.
func TestWideReport(t *testing.T) {
	c := newChatter(t, Options{})
	c.front.Say(front.Entry{Kind: front.Report, Text: "  /auth [NAME]   short\n  /export [FILE.md | FILE.json]   " + strings.Repeat("words ", 12)})
	c.sees("  /auth [NAME]   short\n  /export [FILE.md | FILE.json]   words words words words words words words\n" + strings.Repeat(" ", 34) + "words words")
}

// Finished blocks go into the scrollback once, the rest is live.
func TestAnswer(t *testing.T) {
	c := newChatter(t, Options{})
	c.front.Say(front.Entry{Kind: front.Prompt, Text: "go on"})
	a := c.front.Answer()
	a.Think("let me ")
	a.Think("see\x1b[2J")
	c.sees("let me see")
	a.Write("# Title\n\nThe first para")
	c.sees("Thought for a moment · Ctrl-O shows it\n")
	c.until("the first block is finished", func(string) bool {
		c.paper.mu.Lock()
		defer c.paper.mu.Unlock()
		return strings.Contains(strings.Join(c.paper.scrollback, "\n"), "Title") && !strings.Contains(strings.Join(c.paper.scrollback, "\n"), "first para")
	})
	a.Write("graph\x1b]0;evil\x07 ends &#27;[31mhere.\n")
	a.Close()
	c.sees("The first paragraph ends")
	c.front.Say(front.Entry{Kind: front.Hint, Text: "3 tokens"})
	c.press("ctrl+o")
	c.sees("│ let me see")
	if text := c.paper.text(); strings.ContainsAny(text, "\x1b\a") || strings.Contains(text, "evil") {
		t.Errorf("something drives the terminal: %q", text)
	}
	want := "> go on\n\nThought for a moment · Ctrl-O shows it\n\n# Title"
	if text := c.paper.text(); !strings.HasPrefix(text, want) {
		t.Errorf("the transcript is\n%s\nwant at its beginning\n%s", text, want)
	}
}

// However the answer is cut, each section is there once and in order; and painting
// is bounded by time, not by pieces.
func TestManyPieces(t *testing.T) {
	c := newChatter(t, Options{})
	a := c.front.Answer()
	const sections = 300
	var text strings.Builder
	for i := range sections {
		fmt.Fprintf(&text, "## Section %d\n\nSome words of section %d, and more.\n\n", i, i)
	}
	began := time.Now()
	for s := text.String(); s != ""; {
		n := min(7, len(s))
		a.Write(s[:n])
		s = s[n:]
	}
	a.Close()
	c.note("over")
	c.sees("● over")
	screen := c.paper.text()
	at := 0
	for i := range sections {
		heading := fmt.Sprintf("Section %d\n", i)
		if n := strings.Count(screen, heading); n != 1 {
			t.Fatalf("%d times %q", n, heading)
		}
		next := strings.Index(screen, heading)
		if next < at {
			t.Fatalf("%q is out of order", heading)
		}
		at = next
	}
	if most := 10 + int(time.Since(began)/frame)*2; c.paper.draws > most {
		t.Errorf("painted %d times in %v", c.paper.draws, time.Since(began))
	}
}

func TestPicker(t *testing.T) {
	c := newChatter(t, Options{})
	picked := make(chan int, 1)
	pick := func() {
		i, err := c.front.Pick(context.Background(), front.Picker{Label: "Model", Current: 1, Options: []front.Option{{Label: "alpha"}, {Label: "beta", Note: "2"}, {Label: "gamma"}}})
		if err != nil {
			i = -1
		}
		picked <- i
	}
	c.types("draft")
	c.sees("draft")
	go pick()
	c.sees("› ● beta")
	c.press("down", "enter")
	if i := <-picked; i != 2 {
		t.Errorf("picked %d", i)
	}
	go pick()
	c.sees("› ● beta")
	c.types("alp")
	c.press("enter")
	if i := <-picked; i != 0 {
		t.Errorf("filtered and picked %d", i)
	}
	go pick()
	c.sees("› ● beta")
	c.press("esc")
	if i := <-picked; i != -1 {
		t.Errorf("cancelled and picked %d", i)
	}
	c.sees("> draft▏")
}

// A secret is never on the screen, nor in the history.
func TestSecret(t *testing.T) {
	c := newChatter(t, Options{})
	answers := make(chan string, 1)
	go func() {
		answer, _ := c.front.Ask(context.Background(), sdk.Question{Label: "API key", Secret: true, Help: "find it at x.example"})
		answers <- answer
	}()
	c.sees("API key")
	c.press("enter")
	c.sees("An answer is needed")
	c.paper.events <- term.Paste{Text: " sk-secret\n"}
	c.sees("> •••••••••▏")
	c.press("enter")
	if got := <-answers; got != "sk-secret" {
		t.Errorf("the answer is %q", got)
	}
	c.press("up")
	if text := c.paper.text(); strings.Contains(text, "secret") {
		t.Errorf("the secret is on the screen:\n%s", text)
	}
}

// A key that was broken in two lines where it was shown is one key.
func TestSecretIsOneLine(t *testing.T) {
	c := newChatter(t, Options{})
	answers := make(chan string, 1)
	go func() {
		answer, _ := c.front.Ask(context.Background(), sdk.Question{Label: "API key", Secret: true})
		answers <- answer
	}()
	c.sees("API key")
	c.paper.events <- term.Paste{Text: "sk-sec\nret\n"}
	c.press("enter")
	if got := <-answers; got != "sk-secret" {
		t.Errorf("the answer is %q", got)
	}
}

func TestConfirm(t *testing.T) {
	c := newChatter(t, Options{})
	for _, k := range []struct {
		key  string
		want bool
	}{{"y", true}, {"n", false}, {"enter", false}, {"Y", true}} {
		answers := make(chan bool, 1)
		go func() {
			yes, _ := c.front.Confirm(context.Background(), "Send it?", false)
			answers <- yes
		}()
		c.sees("Send it? [y/N] ▏")
		c.press("x", k.key)
		if got := <-answers; got != k.want {
			t.Errorf("%s means %v", k.key, got)
		}
	}
}

// A chat that ends while something is asked is not waited for for ever.
// A question that comes up while somebody types is not answered by what they type.
func TestConfirmWhileTyping(t *testing.T) {
	c := newChatter(t, Options{})
	c.types("wh")
	c.sees("> wh▏")
	answers := make(chan bool, 1)
	go func() {
		yes, _ := c.front.Confirm(context.Background(), "Send .env?", false)
		answers <- yes
	}()
	c.sees("Send .env? [y/N]")
	c.types("y not")
	c.sees("Send .env? [y/N]")
	c.does(func(m *model) { m.typed = m.typed.Add(-pause) })
	c.press("n")
	if <-answers {
		t.Error("typing has answered yes")
	}
	c.sees("> why not▏")
}

func TestDialogEndsWithItsContext(t *testing.T) {
	c := newChatter(t, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	errs := make(chan error, 1)
	go func() {
		_, err := c.front.Confirm(ctx, "Sure?", false)
		errs <- err
	}()
	c.sees("Sure?")
	cancel()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	c.sees("> ▏")
}

func TestShowCode(t *testing.T) {
	c := newChatter(t, Options{})
	cancelled := make(chan struct{})
	code := sdk.DeviceCode{URL: "https://x.example/d", CompleteURL: "https://x.example/d?c=AB", Code: "AB-CD", Expires: time.Now().Add(90 * time.Second)}
	closeCode := c.front.ShowCode(code, func() { close(cancelled) })
	c.sees("\nhttps://x.example/d?c=AB\n")
	c.sees("AB-CD")
	c.sees("▀")
	c.sees("Waiting · expires in 1:")
	c.press("q")
	c.until("the QR code is hidden", func(s string) bool { return !strings.Contains(s, "▀") })
	c.press("c")
	c.sees("asked to copy it")
	c.press("esc")
	<-cancelled
	closeCode()
	c.sees("> ▏")
	if c.paper.copied != "https://x.example/d?c=AB" {
		t.Errorf("copied %q", c.paper.copied)
	}
}

// completer offers what begins with what was typed.
type completer struct{ words []string }

func (c completer) Complete(_ context.Context, text string) front.Completion {
	var items []front.Item
	for _, w := range c.words {
		if strings.HasPrefix(w, text) {
			items = append(items, front.Item{Text: w, Note: "does " + w[1:], Submit: !strings.HasSuffix(w, " ")})
		}
	}
	return front.Completion{Items: items}
}

func TestMenu(t *testing.T) {
	c := newChatter(t, Options{Completer: completer{[]string{"/help", "/heap", "/rename "}}})
	lines := c.reads()
	c.types("/he")
	c.sees("› /help")
	c.sees("does heap")
	c.press("down")
	c.sees("› /heap")
	c.press("esc")
	c.until("the menu is closed", func(s string) bool { return !strings.Contains(s, "does") })
	c.types("l")
	c.sees("› /help")
	c.press("enter")
	if got := (<-lines).text; got != "/help" {
		t.Errorf("sent %q", got)
	}
	c.types("/r")
	c.sees("› /rename")
	c.press("enter") // it needs more
	c.sees("> /rename ▏")
}

func TestHelp(t *testing.T) {
	c := newChatter(t, Options{})
	c.press("?")
	c.sees("Ctrl-O       show the last thought")
	c.types("a")
	c.sees("> a▏")
	c.press("?")
	c.sees("> a?▏")
}

// Any size is one to live with.
func TestSizes(t *testing.T) {
	c := newChatter(t, Options{})
	c.front.Footer(front.Footer{Connection: "a long name of a connection (host.example)", Model: "some-model", Context: "context 3 %"})
	a := c.front.Answer()
	a.Write(strings.Repeat("words and words ", 40))
	c.front.State(front.State{Phase: front.Retrying, Reason: "too many requests of everybody (HTTP 429)", Retry: 2, Of: 5, Until: time.Now().Add(time.Minute)})
	c.types("something typed that is longer than a narrow screen is wide")
	for _, size := range [][2]int{{10, 3}, {20, 5}, {40, 10}, {250, 60}, {1, 1}, {80, 24}} {
		c.paper.mu.Lock()
		c.paper.width, c.paper.height = size[0], size[1]
		c.paper.mu.Unlock()
		c.paper.events <- term.Resize{}
		c.note(fmt.Sprintf("sized %d", size[0]))
		c.sees(fmt.Sprintf("sized %d", size[0]))
		c.paper.mu.Lock()
		for _, l := range c.paper.live.Lines {
			if w := term.Width(l); w > max(size[0]-1, 0) && size[0] > 9 {
				t.Errorf("%v: a line of %d columns: %q", size, w, l)
			}
		}
		c.paper.mu.Unlock()
	}
}

// A front that has nothing to do does not wake up.
func TestIdle(t *testing.T) {
	m := newModel(Options{})
	now := time.Now()
	if next := m.nextTick(now); next.Sub(now) < time.Minute {
		t.Errorf("wakes up after %v", next.Sub(now))
	}
	m.state.Phase = front.Waiting
	if next := m.nextTick(now); next.Sub(now) > time.Second {
		t.Errorf("seconds are not counted: %v", next.Sub(now))
	}
}

func TestNoColor(t *testing.T) {
	for _, color := range []bool{false, true} {
		c := newChatter(t, Options{Color: color})
		c.front.Say(front.Entry{Kind: front.Fault, Text: "failed", Hint: "try again"})
		a := c.front.Answer()
		a.Write("**bold** `code`\n\n")
		a.Close()
		c.note("over")
		c.sees("over")
		if got := strings.Contains(c.paper.text(), "\x1b["); got != color {
			t.Errorf("colour %v: styled %v", color, got)
		}
	}
}

func TestBindingsAreUnique(t *testing.T) {
	seen := map[string]string{}
	for _, b := range Bindings() {
		for _, key := range b.Keys {
			if before, ok := seen[key]; ok && key != "up" && key != "ctrl+d" {
				t.Errorf("%s: %q and %q", key, before, b.Does)
			}
			seen[key] = b.Does
		}
	}
}
