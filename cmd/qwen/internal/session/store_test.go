package session

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-cli/qwen/sdk"
)

// put writes a session file as somebody else may have.
func put(t testing.TB, s *Store, id string, lines ...string) {
	t.Helper()
	err := errors.Join(os.MkdirAll(s.Dir(), dirMode), os.WriteFile(s.path(id), []byte(strings.Join(lines, "\n")), fileMode))
	if err != nil {
		t.Fatal(err)
	}
}

const (
	headerLine = `{"type":"session","version":1,"time":"2026-11-25T07:00:00Z","dir":"/work"}`
	userLine   = `{"type":"message","time":"2026-11-25T07:01:00Z","message":{"role":"user","parts":[{"kind":"text","text":"hi"}]}}`
	answerLine = `{"type":"message","time":"2026-11-25T07:02:00Z","message":{"role":"assistant","parts":[{"kind":"text","text":"hello"}]}}`
)

func stateLine(title, dayTime string) string {
	return fmt.Sprintf(`{"type":"state","time":"2026-11-%sZ","title":%q,"messages":2}`, dayTime, title)
}

// What cannot be read is passed over and counted; what a later version has added is
// passed over.
func TestReadingIsTolerant(t *testing.T) {
	const id = "20261125-aaaaa"
	for name, c := range map[string]struct {
		lines   []string
		want    []string
		damaged int
	}{
		"whole":           {[]string{headerLine, userLine, answerLine, ""}, []string{"user: hi", "assistant: hello"}, 0},
		"no newline":      {[]string{headerLine, userLine, answerLine[:30]}, []string{"user: hi"}, 0},
		"no header":       {[]string{userLine, ""}, []string{"user: hi"}, 0},
		"torn header":     {[]string{headerLine[:20], userLine, ""}, []string{"user: hi"}, 1},
		"damaged":         {[]string{headerLine, userLine[:40], "\x00\x00", "", "{}", "[]", `{"type":"message"}`, answerLine, ""}, []string{"assistant: hello"}, 5},
		"unknown record":  {[]string{headerLine, `{"type":"hologram","size":3}`, userLine, ""}, []string{"user: hi"}, 0},
		"unknown field":   {[]string{headerLine, strings.Replace(userLine, `"time"`, `"mood":{"a":1},"time"`, 1), ""}, []string{"user: hi"}, 0},
		"unknown part":    {[]string{headerLine, strings.Replace(userLine, `[{`, `[{"kind":"hologram"},{`, 1), ""}, []string{"user: hi"}, 0},
		"windows newline": {[]string{headerLine + "\r", userLine + "\r", ""}, []string{"user: hi"}, 0},
		"nothing":         {[]string{""}, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t.TempDir())
			put(t, s, id, c.lines...)
			got := read(t, s, id)
			wantScript(t, got, c.want...)
			if got.Damaged != c.damaged {
				t.Errorf("%d lines damaged, want %d", got.Damaged, c.damaged)
			}
			before, _ := os.ReadFile(s.path(id))
			_, w, err := s.Open(id)
			check(t, err)
			check(t, w.Message(sdk.TextMessage(sdk.RoleUser, "on"), TurnInfo{}))
			check(t, w.Close())
			wantScript(t, read(t, s, id), append(c.want, "user: on")...)
			after, _ := os.ReadFile(s.path(id))
			if !strings.HasPrefix(string(after), string(before)) {
				t.Error("what was in the file was changed")
			}
		})
	}
}

func TestNewerVersion(t *testing.T) {
	const id = "20261125-aaaaa"
	s := New(t.TempDir())
	put(t, s, id, strings.Replace(headerLine, `"version":1`, `"version":2`, 1), userLine, stateLine("later", "25T07:01:00"), "")
	_, err := s.Read(id)
	_, _, openErr := s.Open(id)
	for _, err := range []error{err, openErr} {
		if !errors.Is(err, ErrNewer) || sdk.AsError(err).Hint == "" {
			t.Errorf("%v", err)
		}
	}
	if m, err := s.Find("later"); err != nil || m.ID != id {
		t.Errorf("%+v, %v", m, err)
	}
	check(t, s.Delete(id))
}

// The end of a file tells what a list needs, however much came after the last state.
func TestListReadsBothEnds(t *testing.T) {
	s := New(t.TempDir())
	piece := `{"type":"partial","kind":"text","text":"` + strings.Repeat("x", 1000) + `"}`
	long := strings.Repeat(piece+"\n", 300)
	trap := `{"type":"partial","kind":"text","text":"\n{\"type\":\"state\",\"title\":\"trap\"}"}`
	put(t, s, "20261125-aaaaa", headerLine, userLine, stateLine("first", "25T07:01:00"), long+trap, stateLine("torn", "26T00:00:00")[:60])
	put(t, s, "20261125-bbbbb", headerLine, userLine, stateLine("old", "24T00:00:00"), stateLine("second", "25T08:00:00"), "")
	put(t, s, "20261125-ccccc", headerLine, "{\"type\":\"state\",\"title\":", "")
	modified := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC) // counts where no state says better
	check(t, os.Chtimes(s.path("20261125-ccccc"), modified, modified))
	list, err := s.List(t.Context())
	check(t, err)
	var got []string
	for _, m := range list {
		got = append(got, fmt.Sprintf("%s %s %d %s", m.ID, m.Title, m.Messages, m.Dir))
	}
	want := []string{"20261125-ccccc  0 /work", "20261125-bbbbb second 2 /work", "20261125-aaaaa first 2 /work"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What is no session of ours is left alone.
func TestForeignFiles(t *testing.T) {
	s := New(t.TempDir())
	if list, err := s.List(t.Context()); err != nil || len(list) > 0 {
		t.Error(list, err)
	}
	put(t, s, "20261125-aaaaa", headerLine, "")
	put(t, s, "notes", headerLine, "")
	put(t, s, "20261125-aaaaa.bak", headerLine, "")
	put(t, s, "20261125-empty", "")
	check(t, os.Mkdir(s.path("20261125-bbbbb"), 0o700))
	if removesOpen {
		check(t, os.Symlink(s.path("notes"), s.path("20261125-ccccc")))
	}
	if list, err := s.List(t.Context()); err != nil || len(list) != 1 {
		t.Error(list, err)
	}
	for _, id := range []string{"", "notes", "../sessions/20261125-aaaaa", "20261125-bbbbb", "20261125-ccccc", "20261125-ddddd", "20261125-", "20261125-a/b"} {
		_, err := s.Read(id)
		_, _, openErr := s.Open(id)
		for _, err := range []error{err, openErr, s.Delete(id), s.Rename(id, "x")} {
			if !errors.Is(err, ErrUnknown) {
				t.Errorf("%q: %v", id, err)
			}
		}
	}
	if left, _ := filepath.Glob(filepath.Join(s.Dir(), "*"+lockSuffix)); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFind(t *testing.T) {
	s := New(t.TempDir())
	for id, title := range map[string]string{
		"20261125-abcde": "The parser", "20261125-abxyz": "the lexer", "20261126-qqqqq": "Twice", "20261127-zzzzz": "twice",
	} {
		put(t, s, id, headerLine, userLine, stateLine(title, "25T07:01:00"), "")
	}
	for text, want := range map[string]string{
		"20261125-abcde": "20261125-abcde", " 20261125-ABCDE ": "20261125-abcde", "20261126": "20261126-qqqqq", "2026112": "",
		"abc": "20261125-abcde", "ab": "", "q": "20261126-qqqqq", "the PARSER": "20261125-abcde", "parser": "", "twice": "", "": "", "20261128": "",
	} {
		m, err := s.Find(text)
		if m.ID != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", text, m.ID, err, want)
		}
		if err != nil && !errors.Is(err, ErrUnknown) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for text, hint := range map[string]string{
		"parser": "Perhaps you mean 20261125-abcde (The parser).", "ab": "Say which: 20261125-abxyz (the lexer), 20261125-abcde (The parser).",
		"nothing": `"qwen sessions" lists them.`,
	} {
		if _, err := s.Find(text); sdk.AsError(err).Hint != hint {
			t.Errorf("%q: hint %q, want %q", text, sdk.AsError(err).Hint, hint)
		}
	}
}

func TestLatest(t *testing.T) {
	s := New(t.TempDir())
	here, there := t.TempDir(), t.TempDir()
	if _, err := s.Latest(here); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	begin := func(dir string, ago time.Duration) *Writer {
		w := create(t, s, Meta{Dir: dir})
		check(t, w.Message(sdk.TextMessage(sdk.RoleUser, "hi"), TurnInfo{Time: time.Now().Add(-ago)}))
		return w
	}
	older := begin(here, time.Hour)
	newer := begin(here, time.Minute)
	begin(there, 0)
	cleared := begin(here, 0)
	check(t, cleared.Truncate(0))
	check(t, errors.Join(older.Close(), newer.Close(), cleared.Close()))
	check(t, s.Rename(older.ID(), "renamed")) // is no use of it
	if m, err := s.Latest(here); err != nil || m.ID != newer.ID() {
		t.Errorf("%+v, %v; want %s", m, err, newer.ID())
	}
	if removesOpen {
		link := filepath.Join(t.TempDir(), "link")
		check(t, os.Symlink(here, link))
		if m, err := s.Latest(link); err != nil || m.ID != newer.ID() {
			t.Errorf("by a link: %+v, %v", m, err)
		}
	}
	_, w, err := s.Open(older.ID())
	check(t, err)
	talk(t, w, "on", "and on")
	if m, err := s.Latest(here); err != nil || m.ID != older.ID() || m.Title != "renamed" {
		t.Errorf("%+v, %v; want %s", m, err, older.ID())
	}
}

func TestDelete(t *testing.T) {
	s := New(t.TempDir())
	w := create(t, s, Meta{})
	talk(t, w, "hi", "hello")
	check(t, w.Close())
	check(t, os.WriteFile(s.lockPath(w.ID()), nil, 0o600)) // of one that was killed
	check(t, s.Delete(w.ID()))
	if entries, _ := os.ReadDir(s.Dir()); len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
	if err := s.Delete(w.ID()); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
}

// An ID that is taken is not used again.
func TestIDsAreUnique(t *testing.T) {
	s := New(t.TempDir())
	w := create(t, s, Meta{})
	taken := w.ID()
	put(t, s, taken, headerLine, userLine, "")
	talk(t, w, "mine", "yes")
	if w.ID() == taken || !isID(w.ID()) {
		t.Errorf("ID %q", w.ID())
	}
	wantScript(t, read(t, s, taken), "user: hi")
	wantScript(t, read(t, s, w.ID()), "user: mine", "assistant: yes")
	seen := map[string]bool{}
	for range 1000 {
		id := newID(time.Now())
		if !isID(id) || seen[id] {
			t.Errorf("ID %q", id)
		}
		seen[id] = true
	}
}

func fill(b testing.TB, n int) *Store {
	s := New(b.TempDir())
	body := strings.Repeat(`{"type":"partial","kind":"text","text":"`+strings.Repeat("x", 500)+`"}`+"\n", 100)
	for i := range n {
		day := fmt.Sprintf("2026%02d%02d", i%12+1, i/12%28+1)
		put(b, s, fmt.Sprintf("%s-%05d", day, i), headerLine, userLine, body+answerLine, stateLine("a title", "25T07:01:00"), "")
	}
	return s
}

func BenchmarkList1000(b *testing.B) {
	s := fill(b, 1000)
	for b.Loop() {
		if list, err := s.List(b.Context()); err != nil || len(list) != 1000 {
			b.Fatal(len(list), err)
		}
	}
}

func BenchmarkLatest1000(b *testing.B) {
	s := fill(b, 1000)
	for b.Loop() {
		if _, err := s.Latest("/work"); err != nil {
			b.Fatal(err)
		}
	}
}
