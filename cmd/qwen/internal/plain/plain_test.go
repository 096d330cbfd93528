package plain

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/sdk"
)

// A person types into a front and reads what it shows.
type person struct {
	*Front
	keyboard   io.WriteCloser
	interrupts chan os.Signal
	history    said

	mu    sync.Mutex
	shown strings.Builder
}

type said []string

func (s *said) Entries() []string { return *s }
func (s *said) Add(text string)   { *s = append(*s, text) }

func (p *person) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.shown.Write(b)
}

// saw returns what was shown since the last call.
func (p *person) saw() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.shown.Reset()
	return p.shown.String()
}

// newPerson returns one who has typed something.
func newPerson(t *testing.T, typed string) *person {
	p := &person{interrupts: make(chan os.Signal, 1)}
	r, w := io.Pipe()
	p.keyboard = w
	prompter := term.NewPrompter(io.MultiReader(strings.NewReader(typed), r), p)
	p.Front = New(Options{Prompter: prompter, Interrupts: p.interrupts, History: &p.history})
	t.Cleanup(func() {
		_ = w.Close()
		_ = prompter.Close()
	})
	return p
}

func TestRead(t *testing.T) {
	for _, c := range []struct{ typed, want, shown string }{
		{"hi\n", "hi", "You: "},
		{"  indented \n", "  indented ", "You: "},
		{"\n  \nhi\n", "hi", "You: You: You: "},
		{"one\\\ntwo\\\n  three\n", "one\ntwo\n  three", "You: More: More: "},
		{"up\x1b[A\x1b[D and \u200c\n", "up and ", "You: "},
		{"half\u200cspace\n", "half\u200cspace", "You: "},
		{"a\xffb\r\n", "a\uFFFDb", "You: "},
	} {
		p := newPerson(t, c.typed)
		got, err := p.Read(t.Context())
		if got != c.want || err != nil {
			t.Errorf("%q: %q, %v, want %q", c.typed, got, err, c.want)
		}
		if shown := p.saw(); shown != c.shown {
			t.Errorf("%q: shown %q, want %q", c.typed, shown, c.shown)
		}
		if !slices.Equal(p.history, said{c.want}) {
			t.Errorf("%q: the history holds %q", c.typed, p.history)
		}
	}
}

func TestReadEnds(t *testing.T) {
	p := newPerson(t, "one\\\ntwo")
	_ = p.keyboard.Close()
	if got, err := p.Read(t.Context()); got != "one\ntwo" || err != nil {
		t.Errorf("Read = %q, %v", got, err)
	}
	if _, err := p.Read(t.Context()); !errors.Is(err, front.ErrLeft) {
		t.Errorf("Read at the end = %v, want %v", err, front.ErrLeft)
	}
	if got, want := p.saw(), "You: More: You: \n"; got != want {
		t.Errorf("shown %q, want %q", got, want)
	}
}

func TestReadIsCancelled(t *testing.T) {
	p := newPerson(t, "")
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := p.Read(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Read = %v, want %v", err, context.DeadlineExceeded)
	}
}

// The first Ctrl-C warns, and drops what was begun; the second one leaves, if
// nothing was said in between.
func TestInterruptsAtThePrompt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPerson(t, "")
		p.interrupts <- os.Interrupt // came when nobody was there to take it
		lines, errs := make(chan string), make(chan error)
		go func() {
			for {
				line, err := p.Read(t.Context())
				if err != nil {
					errs <- err
					return
				}
				lines <- line
			}
		}()
		step := func(what, want string) {
			t.Helper()
			synctest.Wait()
			if got := p.saw(); got != want {
				t.Errorf("%s: shown %q, want %q", what, got, want)
			}
		}
		step("begin", "You: ")
		_, _ = io.WriteString(p.keyboard, "dropped\\\n")
		step("a line", "More: ")
		p.interrupts <- os.Interrupt
		step("Ctrl-C", "\nCtrl-C again leaves the chat.\nYou: ")
		_, _ = io.WriteString(p.keyboard, "\n")
		step("Enter", "You: ")
		p.interrupts <- os.Interrupt
		step("Ctrl-C", "\nCtrl-C again leaves the chat.\nYou: ")
		_, _ = io.WriteString(p.keyboard, "hi\n")
		if line := <-lines; line != "hi" {
			t.Errorf("read %q", line)
		}
		step("hi", "You: ")
		p.interrupts <- os.Interrupt
		step("Ctrl-C", "\nCtrl-C again leaves the chat.\nYou: ")
		p.interrupts <- os.Interrupt
		if err := <-errs; !errors.Is(err, front.ErrLeft) {
			t.Errorf("Read = %v, want %v", err, front.ErrLeft)
		}
		step("Ctrl-C", "\n")
	})
}

func TestBusyIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPerson(t, "")
		outer, doneOuter := p.Busy(t.Context())
		defer doneOuter()
		inner, doneInner := p.Busy(outer)
		p.interrupts <- os.Interrupt
		<-inner.Done()
		if outer.Err() != nil {
			t.Error("what goes on around it was stopped too")
		}
		p.line("next")
		if got := p.saw(); got != "\nnext\n" {
			t.Errorf("shown %q: a line has to begin behind ^C", got)
		}
		doneInner()
		p.interrupts <- os.Interrupt
		<-outer.Done()
	})
}

func TestPut(t *testing.T) {
	p := newPerson(t, "/model\n\nagain\nother\n\n!ls\n\n")
	p.Put("second")
	p.Put("/hlep")
	p.Put(strings.Repeat("first ", 30))
	kept := strings.Repeat("first ", 30) + "\nsecond"
	for _, want := range []string{"/model", kept, "again"} {
		if got, err := p.Read(t.Context()); got != want || err != nil {
			t.Fatalf("Read = %q, %v, want %q", got, err, want)
		}
	}
	const notice = "Not sent: " + "first first first first first first first first first first …" + "\nEnter alone sends it.\nYou: "
	if got, want := p.saw(), notice+notice+"You: "; got != want {
		t.Errorf("shown %q, want %q", got, want)
	}
	p.Put("/etc/hosts: what is it?")
	for _, want := range []string{"other", "!ls"} {
		if got, err := p.Read(t.Context()); got != want || err != nil {
			t.Fatalf("Read = %q, %v, want %q", got, err, want)
		}
	}
}

// What was typed stands on the terminal, where the person typed it.
func TestTypedIsNotSaidAgain(t *testing.T) {
	p := newPerson(t, "hello \n\n")
	say := func() {
		text, err := p.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p.Say(front.Entry{Kind: front.Prompt, Text: strings.TrimSpace(text)})
	}
	say()
	p.Put("kept")
	say()
	p.Say(front.Entry{Kind: front.Prompt, Text: "of a session"})
	if got, want := p.saw(), "You: Not sent: kept\nEnter alone sends it.\nYou: You: kept\nYou: of a session\n"; got != want {
		t.Errorf("shown %q, want %q", got, want)
	}
}

func TestSay(t *testing.T) {
	for _, c := range []struct {
		entry front.Entry
		want  string
	}{
		{front.Entry{Kind: front.Note, Text: "Now using work"}, "* Now using work\n"},
		{front.Entry{Kind: front.Hint, Text: "412 tokens · 3 s"}, "412 tokens · 3 s\n"},
		{front.Entry{Kind: front.Prompt, Text: "one\ntwo"}, "You: one\ntwo\n"},
		{front.Entry{Kind: front.Reply, Text: "# one\n\ntwo\n"}, "Qwen: # one\n\ntwo\n"},
		{front.Entry{Kind: front.Fault, Text: "not signed in", Hint: "Use /auth."}, "Error: not signed in\nHint: Use /auth.\n"},
		{front.Entry{Kind: front.Fault, Text: "no network"}, "Error: no network\n"},
		{front.Entry{Kind: front.Report, Text: "a  1\nb  2"}, "a  1\nb  2\n"},
		{front.Entry{Kind: front.Output, Text: "\x1b[31mred\x1b[0m\x07\r\n"}, "red\n"},
		{front.Entry{Kind: front.Note, Text: "\x1b]0;x\x07a\nb"}, "* a b\n"},
	} {
		p := newPerson(t, "")
		p.Say(c.entry)
		if got := p.saw(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.entry, got, c.want)
		}
	}
}

func TestFooterIsShownWhenItChanges(t *testing.T) {
	p := newPerson(t, "1\n2\n3\n4\n")
	read := func(f front.Footer, want string) {
		t.Helper()
		p.Footer(f)
		_, _ = p.Read(t.Context())
		if got := p.saw(); got != want {
			t.Errorf("shown %q, want %q", got, want)
		}
	}
	f := front.Footer{Connection: "work (llm.example.com)", Model: "qwen3-max", Context: "context 0 %"}
	read(f, "Now: work (llm.example.com), model qwen3-max, context 0 %\nYou: ")
	read(f, "You: ")
	f.Context, f.Attached = "context 3 %", "2 files attached"
	read(f, "Now: context 3 %, 2 files attached\nYou: ")
	f.Attached, f.Model = "", "\x1b[2Jother"
	read(f, "Now: model other\nYou: ")
}

func TestAnswer(t *testing.T) {
	for _, c := range []struct {
		name   string
		pieces []string
		want   []string // what is shown after each piece
		end    string   // and at the end
	}{
		{"sentences", []string{"Hel", "lo there. How ", "are you", "? Fi", "ne"}, []string{"", "Qwen: Hello there. ", "", "How are you? ", ""}, "Fine\n"},
		{"lines", []string{"\n\n# Head", "ing\n\nText", "\n"}, []string{"", "Qwen: # Heading\n\n", "Text\n"}, ""},
		{"Chinese", []string{"你好", "。你", "好"}, []string{"", "Qwen: 你好。", ""}, "你好\n"},
		{"split sequence", []string{"a\x1b", "[2J", "b. ", "\x1b]0;title", "\x07c"}, []string{"", "", "Qwen: ab. ", "", ""}, "c\n"},
		{"split character", []string{"\xe4\xb8", "\x96。"}, []string{"", "Qwen: 世。"}, "\n"},
		{"long", []string{strings.Repeat("word ", 79) + "wordword", " "}, []string{"Qwen: " + strings.Repeat("word ", 79), ""}, "wordword \n"},
		{"long without spaces", []string{strings.Repeat("x", 400)}, []string{"Qwen: " + strings.Repeat("x", 400)}, "\n"},
		{"version 1.2", []string{"Go 1.", "2 is"}, []string{"", ""}, "Qwen: Go 1.2 is\n"},
		{"nothing", []string{"", " "}, []string{"", ""}, ""},
	} {
		p := newPerson(t, "")
		a := p.Answer()
		for i, piece := range c.pieces {
			a.Write(piece)
			if got := p.saw(); got != c.want[i] {
				t.Errorf("%s: piece %d: shown %q, want %q", c.name, i, got, c.want[i])
			}
		}
		a.Close()
		if got := p.saw(); got != c.end {
			t.Errorf("%s: at the end %q, want %q", c.name, got, c.end)
		}
	}
}

func TestThoughtIsOneLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPerson(t, "")
		a := p.Answer()
		a.Think("Let me")
		time.Sleep(12 * time.Second)
		a.Think(" see.")
		a.Write("")
		a.Write("Half a")
		a.Think("Hm.")
		a.Write(" sentence.")
		a.Close()
		want := "Thought for 12 s.\nQwen: Half a\nThought for 1 s.\n sentence.\n"
		if got := p.saw(); got != want {
			t.Errorf("shown %q, want %q", got, want)
		}
	})
}

func TestStatesAreSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPerson(t, "")
		say := func(what string, s front.State, after time.Duration, want string) {
			t.Helper()
			p.State(s)
			time.Sleep(after)
			synctest.Wait()
			if got := p.saw(); got != want {
				t.Errorf("%s: shown %q, want %q", what, got, want)
			}
		}
		connecting := front.State{Phase: front.Connecting, Host: "a.example", Since: time.Now()}
		say("connecting", connecting, 999*time.Millisecond, "")
		say("still", connecting, time.Millisecond, "Connecting to a.example.\n")
		waiting := front.State{Phase: front.Waiting, Since: time.Now()}
		say("waiting", waiting, 0, "Waiting for the first token.\n")
		say("still", waiting, 19*time.Second, "")
		say("long", waiting, time.Second, "Waiting for the first token 20 s.\n")
		say("very long", waiting, time.Hour, "")
		thinking := front.State{Phase: front.Thinking, Since: time.Now(), Last: time.Now()}
		say("thinking", thinking, 15*time.Second, "Thinking.\n")
		thinking.Last = time.Now()
		say("still", thinking, 15*time.Second, "")
		say("silence", thinking, 5*time.Second, "No data for 20 s.\n")
		thinking.Last = time.Now()
		say("goes on", thinking, 19*time.Second, "")
		say("silence again", thinking, time.Hour, "No data for 20 s.\n")
		a := p.Answer()
		a.Write("Half a sen")
		answering := front.State{Phase: front.Answering, Since: time.Now(), Last: time.Now(), Tokens: 3}
		say("answering", answering, 20*time.Second, "Qwen: Half a sen\nNo data for 20 s.\n")
		a.Write("tence. ")
		a.Close()
		say("over", front.State{}, time.Hour, "tence. \n")
		retrying := front.State{Phase: front.Retrying, Since: time.Now(), Until: time.Now().Add(3 * time.Second), Retry: 3, Of: 6, Reason: "Rate limited"}
		say("retrying", retrying, time.Second, "Rate limited: retry 2 of 5 in 3 s.\n")
		say("still", retrying, time.Second, "")
		say("checking", front.State{Phase: front.Checking, Text: "Checking the key"}, time.Second, "Checking the key.\n")
		say("idle", front.State{}, time.Hour, "")
	})
}

// While somebody is asked, nothing is written between their letters.
func TestNothingIsSaidAmidAQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPerson(t, "")
		p.State(front.State{Phase: front.Checking, Text: "Signing in", Since: time.Now()})
		p.saw()
		_, done := p.question(t.Context())
		defer done()
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := p.saw(); got != "" {
			t.Errorf("shown %q", got)
		}
	})
}

func picker(n int) front.Picker {
	p := front.Picker{Label: "Model", Current: -1}
	for i := range n {
		p.Options = append(p.Options, front.Option{Label: "model-" + string(rune('a'+i%26)) + string(rune('a'+i/26))})
	}
	return p
}

func TestPick(t *testing.T) {
	few := front.Picker{Label: "Region", Current: 1, Options: []front.Option{
		{Label: "Beijing"}, {Label: "Singapore", Note: "international"}, {Label: "Virginia", Note: "international"},
	}}
	const list = "Region\n1. Beijing\n2. Singapore (international), current\n3. Virginia (international)\n"
	const ask = "Number, or part of a name [2]: "
	for _, c := range []struct {
		name   string
		picker front.Picker
		typed  string
		want   int
		shown  string
	}{
		{"default", few, "\n", 1, list + ask},
		{"number", few, "3\n", 2, list + ask},
		{"name", few, "bei\n", 0, list + ask + "Beijing\n"},
		{"note", few, "Inter vir\n", 2, list + ask + "Virginia\n"},
		{"wrong", few, "4\nx\n1\n", 0, list + ask + "Nothing matches 4.\n" + ask + "Nothing matches x.\n" + ask},
		{"several", few, "inter\n3\n", 2, list + ask + "2. Singapore (international), current\n3. Virginia (international)\n" + ask},
		{"long", picker(100), "-bb\n", 27, "Model\n100 entries. A part of a name lists those, * lists all.\nNumber, or part of a name: model-bb\n"},
	} {
		p := newPerson(t, c.typed)
		got, err := p.Pick(t.Context(), c.picker)
		if got != c.want || err != nil || p.saw() != c.shown {
			t.Errorf("%s: Pick = %d, %v, want %d, shown %q", c.name, got, err, c.want, c.shown)
		}
	}
	p := newPerson(t, "*\n100\n")
	if got, err := p.Pick(t.Context(), picker(100)); got != 99 || err != nil || strings.Count(p.saw(), "\n") != 102 {
		t.Errorf("from all: %d, %v", got, err)
	}
}

// Ctrl-C and the end of the input are what Esc is elsewhere.
func TestQuestionsAreGivenUp(t *testing.T) {
	for name, ask := range map[string]func(p *person) error{
		"Pick":    func(p *person) error { _, err := p.Pick(context.Background(), picker(3)); return err },
		"Ask":     func(p *person) error { _, err := p.Ask(context.Background(), sdk.Question{Label: "Key"}); return err },
		"Confirm": func(p *person) error { _, err := p.Confirm(context.Background(), "Sure?", true); return err },
	} {
		synctest.Test(t, func(t *testing.T) {
			p := newPerson(t, "")
			errs := make(chan error)
			go func() { errs <- ask(p) }()
			synctest.Wait()
			p.interrupts <- os.Interrupt
			if err := <-errs; !errors.Is(err, context.Canceled) {
				t.Errorf("%s after Ctrl-C = %v", name, err)
			}
			go func() { errs <- ask(p) }()
			synctest.Wait()
			_ = p.keyboard.Close()
			if err := <-errs; !errors.Is(err, context.Canceled) {
				t.Errorf("%s after Ctrl-D = %v", name, err)
			}
		})
	}
}

func TestAsk(t *testing.T) {
	p := newPerson(t, "value\ny\n")
	p.Answer().Write("Open. ")
	got, err := p.Ask(t.Context(), sdk.Question{Label: "URL", Help: "Of the service", Placeholder: "https://x"})
	if got != "value" || err != nil {
		t.Errorf("Ask = %q, %v", got, err)
	}
	if yes, err := p.Confirm(t.Context(), "Sure?", false); !yes || err != nil {
		t.Errorf("Confirm = %v, %v", yes, err)
	}
	if got, want := p.saw(), "Qwen: Open. \nOf the service (such as https://x)\nURL: Sure? [y/N] "; got != want {
		t.Errorf("shown %q, want %q", got, want)
	}
}

func TestShowCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPerson(t, "")
		expires := time.Now().Add(10 * time.Minute)
		cancelled := make(chan struct{})
		var closeCode func()
		closeCode = p.ShowCode(sdk.DeviceCode{URL: "https://chat.example.com/d\x1b[2J", Code: "ABCD", Expires: expires}, func() {
			closeCode()
			close(cancelled)
		})
		want := "Open this page on any device and sign in:\nhttps://chat.example.com/d\nCheck or enter the code there: ABCD\n" +
			"Enter it only if you started this sign-in yourself.\nIt expires at " + expires.Format(time.TimeOnly) + ", in 10 min 0 s. Ctrl-C cancels.\n"
		if got := p.saw(); got != want {
			t.Errorf("shown %q, want %q", got, want)
		}
		p.interrupts <- os.Interrupt
		<-cancelled
		closeCode()
	})
}

// Nothing that others write drives the terminal, and nothing that this front writes
// does.
func TestNothingButText(t *testing.T) {
	p := newPerson(t, "1\n\n")
	const evil = "\x1b]52;c;eA==\x07\x1b[2J\u009b31m\u202eevil\r"
	p.Say(front.Entry{Kind: front.Fault, Text: evil, Hint: evil})
	a := p.Answer()
	a.Think(evil)
	a.Write(evil)
	a.Close()
	p.State(front.State{Phase: front.Checking, Text: evil})
	p.State(front.State{Phase: front.Retrying, Reason: evil, Until: time.Now()})
	p.State(front.State{})
	_, _ = p.Pick(t.Context(), front.Picker{Label: evil, Options: []front.Option{{Label: evil, Note: evil}}})
	p.Footer(front.Footer{Connection: evil})
	p.Put(evil)
	_, _ = p.Read(t.Context())
	p.Notify(evil)
	p.Title(evil)
	if _, err := p.Copy(t.Context(), evil); err == nil {
		t.Error("copied to no terminal")
	}
	if got := p.saw(); term.Clean(got) != got || !strings.Contains(got, "evil") {
		t.Errorf("shown %q", got)
	}
}
