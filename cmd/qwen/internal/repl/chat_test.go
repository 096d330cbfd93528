package repl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/session"
	"github.com/qwen-cli/qwen/sdk"
)

// check compares what a person saw with what they should have seen.
func check(t *testing.T, got, want string) {
	t.Helper()
	if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(got)); diff != "" {
		t.Errorf("what the person sees differs (-want +got):\n%s", diff)
	}
}

func TestConversationGoesOn(t *testing.T) {
	w := newWorld()
	w.services["home"].replies = []reply{{text: "Hello."}, {thought: "hm", text: "Fine."}}
	got := hold(t, w, &person{lines: []string{"hi", "", "how are you?"}}, Options{System: "be brief"})
	check(t, got, `
> hi
Hello.
- 1.5 s · small
> how are you?
(thought: hm)
Fine.
- 1.5 s · small`)
	check(t, said(w.services["home"].requests[1]), `
system: be brief
user: hi
assistant: Hello.
user: how are you?`)
}

// A message that failed is kept, and is not part of the conversation until it is
// sent again.
func TestFailureKeepsTheMessage(t *testing.T) {
	w := newWorld()
	refused := &sdk.Error{Kind: sdk.KindUnauthenticated, Provider: "home-provider", Host: "home.example", Message: "wrong key", Status: 401}
	w.services["home"].replies = []reply{{err: refused}, {text: "Yes."}, {text: "Once more."}}
	got := hold(t, w, &person{lines: []string{"first", "second", "/retry"}}, Options{})
	check(t, got, `
> first
! home-provider (home.example): wrong key (HTTP 401)
  Your message is kept. /auth changes the login; /retry sends it again.
> second
Yes.
- 1.5 s · small
- Asking again: second
Once more.
- 1.5 s · small`)
	for i, want := range []string{"user: first", "user: second", "user: second"} {
		check(t, said(w.services["home"].requests[i]), want)
	}
}

func TestRetryAfterFailure(t *testing.T) {
	w := newWorld()
	w.services["home"].replies = []reply{{text: "Par", err: &sdk.Error{Kind: sdk.KindIncomplete, Message: "cut off"}}, {text: "Whole."}}
	got := hold(t, w, &person{lines: []string{"tell me", "/retry"}}, Options{})
	check(t, got, `
> tell me
Par
! cut off
  What came is kept. /retry asks again.
- Asking again: tell me
Whole.
- 1.5 s · small`)
	check(t, said(w.services["home"].requests[1]), "user: tell me")
}

func TestStopBeforeAnythingCame(t *testing.T) {
	w := newWorld()
	w.services["home"].replies = []reply{{waits: true}}
	p := &person{lines: []string{"hi"}, stop: make(chan struct{})}
	close(p.stop)
	got := hold(t, w, p, Options{})
	check(t, got, `
> hi
[in the input: hi]
- Stopped before anything came; the message is in the input again.`)
}

// Who stops the question that is asked again keeps the answer that there was.
func TestStopOfARetryKeepsTheAnswer(t *testing.T) {
	store := newStore(t)
	w := newWorld()
	w.services["home"].replies = []reply{{text: "Blue."}, {waits: true}, {text: "Because."}}
	p := &person{lines: []string{"which?", "/retry", "why?"}, stop: make(chan struct{})}
	close(p.stop)
	dir := t.TempDir()
	got := hold(t, w, p, Options{Store: store, Dir: dir})
	if !strings.Contains(got, "the answer before it stays") || p.put != "" {
		t.Errorf("the person saw\n%s", got)
	}
	check(t, said(w.services["home"].requests[2]), "user: which?\nassistant: Blue.\nuser: why?")
	meta, err := store.Latest(dir)
	if err != nil || meta.Messages != 4 {
		t.Errorf("on disk: %+v, %v", meta, err)
	}
}

func TestStopKeepsWhatCame(t *testing.T) {
	w := newWorld()
	w.services["home"].replies = []reply{{text: "It beg", waits: true}, {text: "Well."}}
	p := &person{lines: []string{"hi"}, stop: make(chan struct{})}
	close(p.stop)
	got := hold(t, w, p, Options{})
	check(t, got, `
> hi
It beg
- Stopped; what came is kept. /retry asks again.`)
}

// The next message goes where the person has switched to; the old place stays if the
// new one refuses.
func TestSwitching(t *testing.T) {
	w := newWorld()
	w.services["home"].replies = []reply{{text: "home speaks"}, {text: "home again"}}
	w.services["work"].refuses = &sdk.Error{Kind: sdk.KindUnauthenticated, Host: "work.example", Message: "wrong key"}
	p := &person{lines: []string{"one", "/auth work", "two"}}
	got := hold(t, w, p, Options{})
	check(t, got, `
> one
home speaks
- 1.5 s · small
! work.example: wrong key
  Still using home (home.example).
> two
home again
- 1.5 s · small`)

	w = newWorld()
	w.services["home"].replies = []reply{{text: "home speaks"}}
	w.services["work"].replies = []reply{{text: "work speaks"}}
	p = &person{lines: []string{"one", "/auth", "two"}, answers: []string{"work", "Use it"}}
	got = hold(t, w, p, Options{})
	check(t, got, `
> one
home speaks
- 1.5 s · small
• home  ok · home.example
  work  ok · work.example
  Home  API key
  Use it  
  Edit it  sign in again in its place: another key, another address
  Sign out  remove it from this machine
* Now using work (work.example). The next message goes to work.example.
> two
work speaks
- 1.5 s · large`)
	check(t, said(w.services["work"].requests[0]), "user: one\nassistant: home speaks\nuser: two")
	if w.kept != "work" || p.footer.Connection != "work (work.example)" || p.footer.Model != "large" {
		t.Errorf("kept %q, footer %+v", w.kept, p.footer)
	}
}

// Somebody who has not signed in yet is led through it; a message typed before that
// is not lost.
func TestFirstStart(t *testing.T) {
	w := newWorld()
	w.start = ""
	delete(w.services, "work")
	w.services["home"].replies = []reply{{text: "Welcome."}}
	p := &person{lines: []string{"hi", "hi"}, answers: []string{"Esc", "Esc", "Home", "good"}}
	got := hold(t, w, p, Options{})
	if !strings.Contains(got, "* No provider is connected yet.") || !strings.Contains(got, "[in the input: hi]") ||
		!strings.Contains(got, "* Now using home (home.example)") || !strings.HasSuffix(got, "> hi\nWelcome.\n- 1.5 s · small\n") {
		t.Errorf("the person saw\n%s", got)
	}
}

// Whoever has named a provider is led to that one.
func TestFirstStartWithAProvider(t *testing.T) {
	w := newWorld()
	w.start = ""
	w.services["home"].replies = []reply{{text: "Welcome."}}
	got := hold(t, w, &person{lines: []string{"hi"}, answers: []string{"good"}}, Options{SignIn: "home-provider"})
	check(t, got, `
* Not signed in to home-provider yet.
* Now using home (home.example). The next message goes to home.example.
> hi
Welcome.
- 1.5 s · small`)
}

func TestWrongKeyChangesNothing(t *testing.T) {
	w := newWorld()
	p := &person{lines: []string{"/auth home-provider"}, answers: []string{"bad"}}
	got := hold(t, w, p, Options{})
	check(t, got, "! the key was refused")
}

// What is to be done is said in the words of the chat.
func TestHintsAreOfTheChat(t *testing.T) {
	w := newWorld()
	e := sdk.Errorf(sdk.KindUnauthenticated, "the login has expired").WithHint(`Run "qwen auth login home-provider" to sign in again.`)
	w.services["home"].replies = []reply{{err: e}}
	w.services["work"].refuses = e
	got := hold(t, w, &person{lines: []string{"hi", "/auth work"}}, Options{})
	if strings.Contains(got, "qwen auth") || strings.Count(got, "/auth signs in") != 2 {
		t.Errorf("the person saw\n%s", got)
	}
}

func TestUnknownCommand(t *testing.T) {
	got := hold(t, newWorld(), &person{lines: []string{"/modle", "/frobnicate", "/quit now"}}, Options{})
	check(t, got, `
[in the input: /modle]
! there is no command /modle
  Did you mean /model? /help shows all. To send this as a message, put a space in front of the slash.
[in the input: /frobnicate]
! there is no command /frobnicate
  /help shows all commands. To send this as a message, put a space in front of the slash.
! /quit takes nothing`)
}

// A path is no command, nor is what has a space in front.
func TestWhatIsACommand(t *testing.T) {
	for line, want := range map[string]bool{
		"/help": true, "/model gpt": true, "/?": true, "/etc/hosts what is it": false, " /help": false,
		"/": true, "/system be\nbrief": true, "/model a\nb": false, "hello /help": false,
	} {
		if got := isCommand(line); got != want {
			t.Errorf("isCommand(%q) = %v", line, got)
		}
	}
}

func TestModels(t *testing.T) {
	w := newWorld()
	home := w.services["home"]
	home.models = []sdk.Model{{ID: "tiny"}, {ID: "small", ContextTokens: 131072}, {ID: "vision", Input: []string{"text", "image"}, Reasoning: true,
		ContextTokens: 1000, Price: &sdk.Price{Currency: "USD", Input: 10, Output: 20}}}
	home.replies = []reply{{text: "I see.", usage: &sdk.Usage{InputTokens: 100, OutputTokens: 50}}}
	p := &person{lines: []string{"/model", "look", "/stats"}, answers: []string{"vision"}}
	got := hold(t, w, p, Options{})
	check(t, got, `
• small  context 128K
  tiny  
  vision  context 1,000 · images · thinks
* The next message goes to vision at home.example.
> look
I see.
- 50 tokens · 1.5 s · vision · 0.0020 USD
  MODEL   TURNS  REQUESTS  INPUT  OUTPUT  WAITED  COST
  vision  1      1         100    50      1.5 s   0.0020 USD`)
	if p.footer.Context != "context 15 %" || p.footer.Limit != "5 h: 9 of 10 left" {
		t.Errorf("the footer is %+v", p.footer)
	}
}

func TestSessionsAreResumed(t *testing.T) {
	store := newStore(t)
	w := newWorld()
	w.services["home"].replies = []reply{{text: "Blue."}, {text: "Because."}}
	dir := t.TempDir()
	hold(t, w, &person{lines: []string{"which colour?", "/rename colours"}}, Options{Store: store, Dir: dir})
	meta, err := store.Latest(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := hold(t, w, &person{lines: []string{"why?"}}, Options{Store: store, Dir: dir, Resume: meta.ID})
	check(t, strings.ReplaceAll(got, meta.ID, "ID"), `
> which colour?
Blue.
* Going on with "colours", 2 messages, last used just now.
> why?
Because.
- 1.5 s · small
- To go on with this conversation: qwen -r ID`)
	check(t, said(w.services["home"].requests[1]), "user: which colour?\nassistant: Blue.\nuser: why?")
	conversation, err := store.Read(meta.ID)
	if err != nil || len(conversation.Items) != 4 || conversation.Title != "colours" {
		t.Errorf("%+v, %v", conversation, err)
	}
}

// To go on with the conversation that goes on is no mistake.
func TestResumeOfThisConversation(t *testing.T) {
	store := newStore(t)
	w := newWorld()
	w.services["home"].replies = []reply{{text: "a"}}
	got := hold(t, w, &person{lines: []string{"hi", "/rename this", "/resume this"}}, Options{Store: store})
	if !strings.Contains(got, "* That is this conversation.") {
		t.Errorf("the person saw\n%s", got)
	}
}

// A conversation of which everything was taken back is none to go on with.
func TestEmptySessionsAreNotOffered(t *testing.T) {
	store := newStore(t)
	w := newWorld()
	w.services["home"].replies = []reply{{text: "a"}}
	got := hold(t, w, &person{lines: []string{"hi", "/edit", "/sessions", "/resume"}}, Options{Store: store})
	if !strings.Contains(got, "There is no conversation on disk yet.") || !strings.Contains(got, "there is no earlier conversation") {
		t.Errorf("the person saw\n%s", got)
	}
}

// What could not be written cannot be gone on with, and nobody is told to.
func TestDiskThatMustNotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w := newWorld()
	w.services["home"].replies = []reply{{text: "a"}, {text: "b"}}
	got := hold(t, w, &person{lines: []string{"hi", "there"}}, Options{Store: session.New(filepath.Join(file, "sessions"))})
	if strings.Count(got, "! ") != 1 || strings.Contains(got, "qwen -r") {
		t.Errorf("the person saw\n%s", got)
	}
}

// Instructions, model and the count of tokens are where the conversation left them.
func TestResumeRestores(t *testing.T) {
	store := newStore(t)
	w := newWorld()
	w.services["home"].replies = []reply{{text: "Yes.", usage: &sdk.Usage{InputTokens: 20, OutputTokens: 10}}, {text: "On."}}
	dir := t.TempDir()
	hold(t, w, &person{lines: []string{"/system be brief", "/model tiny", "well?"}}, Options{Store: store, Dir: dir})
	meta, err := store.Latest(dir)
	if err != nil {
		t.Fatal(err)
	}
	p := &person{lines: []string{"go on"}}
	hold(t, w, p, Options{Store: store, Dir: dir, Resume: meta.ID})
	check(t, said(w.services["home"].requests[1]), `
system: be brief
user: well?
assistant: Yes.
user: go on`)
	if r := w.services["home"].requests[1]; r.Model != "tiny" {
		t.Errorf("the model is %q", r.Model)
	}
	if p.footers[0].Context != "context 30 tokens" {
		t.Errorf("the first footer is %+v", p.footers[0])
	}
}

func TestNothingIsSavedUnlessWanted(t *testing.T) {
	w := newWorld()
	w.services["home"].replies = []reply{{text: "x"}}
	got := hold(t, w, &person{lines: []string{"hi", "/sessions", "/resume", "/rename x"}}, Options{})
	if strings.Count(got, "conversations are not saved") != 3 || strings.Contains(got, "qwen -r") {
		t.Errorf("the person saw\n%s", got)
	}
}

func TestEditTakesBack(t *testing.T) {
	w := newWorld()
	w.services["home"].replies = []reply{{text: "a"}, {text: "b"}}
	p := &person{lines: []string{"fisrt", "/edit", "first"}}
	hold(t, w, p, Options{})
	if p.put != "fisrt" {
		t.Errorf("the input holds %q", p.put)
	}
	check(t, said(w.services["home"].requests[1]), "user: first")
}

func TestCopy(t *testing.T) {
	w := newWorld()
	w.services["home"].replies = []reply{{text: "Do\n\n```sh\nls\n```\n\nor\n\n````\na\n```\nb\n````\n"}}
	p := &person{lines: []string{"/copy", "hi", "/copy code"}}
	hold(t, w, p, Options{})
	if p.copied != "a\n```\nb\n" {
		t.Errorf("copied %q", p.copied)
	}
}

func TestExport(t *testing.T) {
	dir := t.TempDir()
	w := newWorld()
	w.services["home"].replies = []reply{{text: "Hello."}}
	got := hold(t, w, &person{lines: []string{"/export", "hi", "/export talk.md", "/export talk.md", "/export talk.pdf"}}, Options{Dir: dir})
	text, err := os.ReadFile(filepath.Join(dir, "talk.md"))
	if err != nil || !strings.Contains(string(text), "hi") || !strings.Contains(string(text), "Hello.") {
		t.Errorf("%s, %v", text, err)
	}
	for _, want := range []string{"nothing to export", "exists already", "tells no form"} {
		if !strings.Contains(got, want) {
			t.Errorf("the person did not see %q in\n%s", want, got)
		}
	}
}
