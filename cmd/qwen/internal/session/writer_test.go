package session

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-cli/qwen/sdk"
)

// script returns what counts of a conversation, in short: "user: hi".
func script(c *Conversation) []string {
	var lines []string
	for _, i := range c.Items {
		line := "note: " + i.Note
		switch {
		case i.Message != nil:
			line = string(i.Message.Role) + ":"
			for _, p := range i.Message.Parts {
				switch p := p.(type) {
				case *sdk.Text:
					line += " " + p.Text
				case *sdk.Reasoning:
					line += " (" + p.Text + ")"
				}
			}
		case i.Error != nil:
			line = "error: " + i.Error.Error()
		}
		if i.Interrupted {
			line += " ..."
		}
		lines = append(lines, line)
	}
	return lines
}

func create(t testing.TB, s *Store, m Meta) *Writer {
	t.Helper()
	w, err := s.Create(m)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, s *Store, id string) *Conversation {
	t.Helper()
	c, err := s.Read(id)
	check(t, err)
	return c
}

func wantScript(t *testing.T, c *Conversation, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, script(c)); diff != "" {
		t.Error(diff)
	}
}

// talk appends a question and its answer.
func talk(t *testing.T, w *Writer, question, answer string) {
	t.Helper()
	check(t, w.Message(sdk.TextMessage(sdk.RoleUser, question), TurnInfo{}))
	check(t, w.Message(sdk.TextMessage(sdk.RoleAssistant, answer), TurnInfo{Model: "m1", Connection: "work"}))
}

func TestConversationComesBack(t *testing.T) {
	s := New(t.TempDir())
	dir := t.TempDir()
	w := create(t, s, Meta{Dir: dir, Model: "m0", Connection: "work", Provider: "acme"})
	check(t, w.Message(sdk.Message{Role: sdk.RoleUser, Parts: []sdk.Part{
		&sdk.Image{Media: sdk.Media{MediaType: "image/png", Name: "p.png", Data: []byte{1, 2, 3}}},
		&sdk.Text{Text: "File a.txt:\n```\nx\n```"}, &sdk.Text{Text: "\nWhat is\tthis?\nAnd why?"},
	}}, TurnInfo{}))
	w.Partial(sdk.PartReasoning, "hm")
	w.Partial(sdk.PartText, "A pic")
	check(t, w.Flush())
	wantScript(t, read(t, s, w.ID()), "user: File a.txt:\n```\nx\n``` \nWhat is\tthis?\nAnd why?", "assistant: (hm) A pic ...")

	usage := &sdk.Usage{InputTokens: 7, OutputTokens: 3, Raw: []byte(`{"a": 1}`)}
	answer := sdk.Message{Role: sdk.RoleAssistant, ID: "r1", Origin: &sdk.Origin{Provider: "other", Endpoint: "https://x.example/v1", Model: "m1"},
		Parts: []sdk.Part{&sdk.Reasoning{Text: "hm", Opaque: []byte{0, 255}}, &sdk.Text{Text: "A picture."}}}
	info := TurnInfo{Model: "m1", Connection: "home", Usage: usage, Duration: 1500 * time.Millisecond, Time: time.UnixMilli(1_796_000_000_123).UTC()}
	check(t, w.Message(answer, info))
	failed := &sdk.Error{Kind: sdk.KindRateLimit, Message: "too fast", Hint: "Wait.", Status: 429, Retryable: true, RetryAfter: time.Second}
	check(t, w.Failed(failed, TurnInfo{Connection: "home"}))
	check(t, w.Note("Now using home"))
	check(t, w.Close())

	c := read(t, s, w.ID())
	wantScript(t, c, "user: File a.txt:\n```\nx\n``` \nWhat is\tthis?\nAnd why?", "assistant: (hm) A picture.", "error: too fast", "note: Now using home")
	want := Item{Time: info.Time, Message: &answer, Model: "m1", Connection: "home", Usage: usage, Duration: info.Duration}
	if diff := cmp.Diff(want, c.Items[1]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(failed, c.Items[2].Error); diff != "" {
		t.Error(diff)
	}
	real, err := filepath.EvalSymlinks(dir)
	check(t, err)
	if c.Title != "What is this?" || c.Named || c.Dir != real || c.Messages != 2 || c.Damaged != 0 ||
		c.Model != "m1" || c.Connection != "home" || c.Provider != "other" || c.Created.IsZero() || c.Size == 0 {
		t.Errorf("%+v", c.Meta)
	}
	list, err := s.List(t.Context())
	check(t, err)
	if diff := cmp.Diff([]Meta{c.Meta}, list); diff != "" {
		t.Error("List says otherwise:", diff)
	}
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	if !removesOpen {
		t.Skip("no modes")
	}
	root := t.TempDir()
	s := New(root)
	w := create(t, s, Meta{})
	talk(t, w, "hi", "hello")
	for path, mode := range map[string]os.FileMode{s.Dir(): 0o700, s.path(w.ID()): 0o600, s.lockPath(w.ID()): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
}

// A chat in which nothing was said leaves nothing behind; what was done before the
// first word comes with it.
func TestEmptyChatLeavesNothing(t *testing.T) {
	root := t.TempDir()
	s := New(root)
	w := create(t, s, Meta{})
	check(t, w.Message(sdk.TextMessage(sdk.RoleSystem, "Be brief."), TurnInfo{}))
	check(t, w.Note("Now using work"))
	check(t, w.Title("A plan"))
	check(t, w.Flush())
	if entries, _ := os.ReadDir(root); len(entries) > 0 {
		t.Fatalf("written: %v", entries)
	}
	talk(t, w, "hi", "hello")
	c := read(t, s, w.ID())
	wantScript(t, c, "system: Be brief.", "note: Now using work", "user: hi", "assistant: hello")
	if c.Title != "A plan" || !c.Named {
		t.Errorf("%+v", c.Meta)
	}

	empty := create(t, s, Meta{})
	check(t, empty.Note("never mind"))
	check(t, empty.Close())
	if list, err := s.List(t.Context()); err != nil || len(list) != 1 {
		t.Error(list, err)
	}
}

func TestTruncate(t *testing.T) {
	s := New(t.TempDir())
	w := create(t, s, Meta{})
	talk(t, w, "one", "1")
	mark := w.Items()
	talk(t, w, "two", "2")
	check(t, w.Failed(sdk.Errorf(sdk.KindNetwork, "down"), TurnInfo{}))
	check(t, w.Truncate(99))
	check(t, w.Truncate(mark))
	talk(t, w, "zwei", "II")
	c := read(t, s, w.ID())
	wantScript(t, c, "user: one", "assistant: 1", "user: zwei", "assistant: II")
	if c.Messages != 4 || w.Items() != 4 || w.Meta().Messages != 4 {
		t.Errorf("%d messages, %d items", c.Messages, w.Items())
	}
	check(t, w.Truncate(0))
	if c := read(t, s, w.ID()); len(c.Items) > 0 || c.Messages > 0 || c.Title != "one" {
		t.Errorf("%+v", c)
	}
}

// What had arrived of an answer counts as far as it came if something else follows
// than the whole.
func TestAnswerThatBreaksOff(t *testing.T) {
	follow := map[string]struct {
		then func(*Writer) error
		want []string
	}{
		"nothing":   {func(w *Writer) error { return w.Close() }, []string{"assistant: Hel ..."}},
		"a failure": {func(w *Writer) error { return w.Failed(sdk.Errorf(sdk.KindIncomplete, "cut"), TurnInfo{}) }, []string{"assistant: Hel ...", "error: cut"}},
		"a question": {func(w *Writer) error { return w.Message(sdk.TextMessage(sdk.RoleUser, "?"), TurnInfo{}) },
			[]string{"assistant: Hel ...", "user: ?"}},
		"a note":         {func(w *Writer) error { return errors.Join(w.Note("slow"), w.Close()) }, []string{"note: slow", "assistant: Hel ..."}},
		"its truncation": {func(w *Writer) error { return w.Truncate(1) }, nil},
		"the whole":      {func(w *Writer) error { return w.Message(sdk.TextMessage(sdk.RoleAssistant, "Hello"), TurnInfo{}) }, []string{"assistant: Hello"}},
		"the same, stopped": {func(w *Writer) error {
			return w.Message(sdk.TextMessage(sdk.RoleAssistant, "Hel"), TurnInfo{Interrupted: true})
		}, []string{"assistant: Hel ..."}},
	}
	for name, f := range follow {
		for _, flushed := range []bool{true, false} {
			s := New(t.TempDir())
			w := create(t, s, Meta{})
			check(t, w.Message(sdk.TextMessage(sdk.RoleUser, "hi"), TurnInfo{}))
			w.Partial(sdk.PartText, "Hel")
			w.Partial(sdk.PartToolCall, `{"half":`)
			if flushed {
				check(t, w.Flush())
			}
			check(t, f.then(w))
			check(t, w.Close())
			t.Log(name, flushed)
			wantScript(t, read(t, s, w.ID()), append([]string{"user: hi"}, f.want...)...)
		}
	}
}

// Pieces reach the disk within half a second, and none waits when the writer is
// closed.
func TestPiecesAreWrittenSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(t.TempDir())
		w, err := s.Create(Meta{})
		check(t, err)
		check(t, w.Message(sdk.TextMessage(sdk.RoleUser, "hi"), TurnInfo{}))
		for range 30 {
			w.Partial(sdk.PartText, "x")
			time.Sleep(50 * time.Millisecond)
		}
		synctest.Wait()
		got := strings.Count(strings.Join(script(read(t, s, w.ID())), ""), "x")
		if got < 20 {
			t.Errorf("%d of 30 pieces are there", got)
		}
		w.Partial(sdk.PartText, strings.Repeat("y", partialSize)) // too much to wait
		if c := read(t, s, w.ID()); !strings.Contains(strings.Join(script(c), ""), "y") {
			t.Error("a large piece waits")
		}
		w.Partial(sdk.PartText, "z")
		check(t, w.Close())
		if c := read(t, s, w.ID()); !strings.HasSuffix(strings.Join(script(c), ""), "z ...") {
			t.Error("a piece was lost when the writer was closed")
		}
		before := read(t, s, w.ID()).Size
		w.Partial(sdk.PartText, "too late")
		time.Sleep(time.Second)
		if after := read(t, s, w.ID()).Size; after != before {
			t.Error("written after Close")
		}
	})
}

func TestOpenGoesOn(t *testing.T) {
	s := New(t.TempDir())
	w := create(t, s, Meta{Model: "m0"})
	talk(t, w, "one", "1")
	check(t, w.Message(sdk.TextMessage(sdk.RoleUser, "two"), TurnInfo{}))
	w.Partial(sdk.PartText, "2 an")
	check(t, w.Close())

	size := read(t, s, w.ID()).Size
	c, again, err := s.Open(w.ID())
	check(t, err)
	wantScript(t, c, "user: one", "assistant: 1", "user: two", "assistant: 2 an ...")
	if again.Items() != 4 || again.ID() != w.ID() {
		t.Errorf("%d items", again.Items())
	}
	check(t, again.Close())
	if after := read(t, s, w.ID()).Size; after != size {
		t.Error("looking has changed the file")
	}

	_, again, err = s.Open(w.ID())
	check(t, err)
	check(t, again.Message(sdk.TextMessage(sdk.RoleAssistant, "a second answer"), TurnInfo{}))
	check(t, again.Truncate(4))
	talk(t, again, "three", "3")
	check(t, again.Close())
	c = read(t, s, w.ID())
	wantScript(t, c, "user: one", "assistant: 1", "user: two", "assistant: 2 an ...", "user: three", "assistant: 3")
	if c.Title != "one" || c.Messages != 6 || c.Damaged > 0 {
		t.Errorf("%+v", c.Meta)
	}
}

// Only one process writes a session; all may read it.
func TestOneWriter(t *testing.T) {
	s := New(t.TempDir())
	w := create(t, s, Meta{})
	talk(t, w, "hi", "hello")
	for name, err := range map[string]error{
		"open":   func() error { _, _, err := s.Open(w.ID()); return err }(),
		"delete": s.Delete(w.ID()),
		"rename": s.Rename(w.ID(), "x"),
	} {
		if !errors.Is(err, ErrInUse) || sdk.AsError(err).Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	read(t, s, w.ID())
	check(t, w.Close())
	_, again, err := s.Open(w.ID())
	check(t, err)
	check(t, again.Close())
	if left, _ := filepath.Glob(filepath.Join(s.Dir(), "*"+lockSuffix)); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Where nothing can be written that is said once; the chat goes on.
func TestUnsaved(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	check(t, os.WriteFile(root, nil, 0o600))
	w := create(t, New(root), Meta{})
	wantUnsaved(t, w, w.Message(sdk.TextMessage(sdk.RoleUser, "hi"), TurnInfo{}))

	s := New(t.TempDir())
	w = create(t, s, Meta{})
	talk(t, w, "hi", "hello")
	check(t, w.file.Close()) // stands for a disk that fails
	w.Partial(sdk.PartText, "x")
	wantUnsaved(t, w, w.Flush())
	wantScript(t, read(t, s, w.ID()), "user: hi", "assistant: hello")
	_, again, err := s.Open(w.ID()) // it was let go of
	check(t, err)
	check(t, again.Close())
}

func wantUnsaved(t *testing.T, w *Writer, err error) {
	t.Helper()
	if !errors.Is(err, ErrUnsaved) || sdk.AsError(err).Hint == "" {
		t.Errorf("%v, want that it is not saved", err)
	}
	w.Partial(sdk.PartText, "more")
	err = errors.Join(w.Message(sdk.TextMessage(sdk.RoleAssistant, "x"), TurnInfo{}), w.Note("n"), w.Truncate(0), w.Flush(), w.Close())
	if err != nil {
		t.Errorf("said again: %v", err)
	}
}

// Secrets are taken out of what a service or the program has said; what the person
// and the model say stays as it is.
func TestRedact(t *testing.T) {
	s := New(t.TempDir())
	s.Redact = func(text string) string { return strings.ReplaceAll(text, "sk-1", "[redacted]") }
	w := create(t, s, Meta{})
	check(t, w.Message(sdk.TextMessage(sdk.RoleUser, "what is a key?"), TurnInfo{}))
	e := &sdk.Error{Kind: sdk.KindUnauthenticated, Message: "bad key sk-1", Hint: "Not sk-1.", Code: "sk-1", Host: "sk-1", RequestID: "sk-1", Field: "sk-1"}
	check(t, w.Failed(e, TurnInfo{}))
	check(t, w.Note("Now using sk-1"))
	data, err := os.ReadFile(s.path(w.ID()))
	if err != nil || strings.Contains(string(data), "sk-1") || !strings.Contains(string(data), "[redacted]") {
		t.Errorf("%s, %v", data, err)
	}
}

func TestTitles(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "",
		" \n\t":                     "",
		"hello":                     "hello",
		"\n  two\twords \nand more": "two words",
		"\x1b]0;x\x07y\xff":         "]0;x y\uFFFD",
		strings.Repeat("日", 100):    strings.Repeat("日", maxTitle-1) + "…",
	} {
		m := sdk.TextMessage(sdk.RoleUser, text)
		if got := titleOf(&m); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	w := create(t, New(t.TempDir()), Meta{})
	if err := w.Title(" \n"); err == nil {
		t.Error("an empty title was taken")
	}
}
