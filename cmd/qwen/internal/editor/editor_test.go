package editor

import (
	"slices"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// key returns the key with a name such as "ctrl+a", "up" or "x".
func key(name string) term.Key {
	var k term.Key
	for {
		modifier, rest, ok := strings.Cut(name, "+")
		if !ok || rest == "" {
			break
		}
		k.Ctrl, k.Alt, k.Shift = k.Ctrl || modifier == "ctrl", k.Alt || modifier == "alt", k.Shift || modifier == "shift"
		name = rest
	}
	named := []string{"enter", "esc", "tab", "backspace", "delete", "up", "down", "left", "right", "home", "end", "pageup", "pagedown", "f1"}
	if slices.Contains(named, name) {
		k.Name = name
	} else {
		k.Text = strings.ReplaceAll(name, "space", " ")
	}
	return k
}

// press presses keys, whose names are separated by spaces.
func press(e *Editor, keys string) {
	for name := range strings.FieldsSeq(keys) {
		e.Press(key(name))
	}
}

// write types text, character by character.
func write(e *Editor, text string) {
	for _, r := range text {
		if r == '\n' {
			e.Newline()
			continue
		}
		e.Press(term.Key{Text: string(r)})
	}
}

// with returns an editor that holds text, with the cursor at the bar.
func with(text string) *Editor {
	before, after, _ := strings.Cut(text, "|")
	e := New(nil)
	e.Insert(before + after)
	e.moveTo(len(before))
	e.changes = changes{}
	return e
}

// state returns the text with a bar at the cursor.
func state(e *Editor) string {
	before := e.Before()
	return before + "|" + strings.TrimPrefix(e.Text(), before)
}

func TestKeys(t *testing.T) {
	for _, c := range []struct{ before, keys, after string }{
		{"ab|", "left", "a|b"},
		{"|ab", "left", "|ab"},
		{"|ab", "right ctrl+f ctrl+f", "ab|"},
		{"ab|", "ctrl+b ctrl+b x", "x|ab"},
		{"a\n|b", "left", "a|\nb"},
		{"ae\u0301|b", "left", "a|e\u0301b"},
		{"a|e\u0301b", "right", "ae\u0301|b"},
		{"x👩\u200d👩\u200d👧|", "left", "x|👩\u200d👩\u200d👧"},
		{"🇩🇪🇫🇷🇮🇹|", "left left", "🇩🇪|🇫🇷🇮🇹"},
		{"🇩🇪🇫🇷🇮🇹|", "left backspace", "🇩🇪|🇮🇹"},
		{"한국어|", "backspace", "한국|"},
		{"\u1112\u1161\u11ab|", "backspace", "|"},
		{"नि|x", "backspace", "|x"},
		{"世界|", "backspace", "世|"},
		{"a|世", "delete", "a|"},
		{"e|", "\u0301 left", "|e\u0301"},
		{"a|b", "👩", "a👩|b"},

		{"one two|", "ctrl+left", "one |two"},
		{"one  two|", "ctrl+left alt+b", "|one  two"},
		{"one, two-three|", "alt+b alt+b", "one, |two-three"},
		{"|one, two", "ctrl+right", "one|, two"},
		{"|one, two", "alt+f alt+f alt+f", "one, two|"},
		{"你好，世界|", "ctrl+left", "你好，|世界"},
		{"ひらカタ漢字|", "ctrl+left ctrl+left", "ひら|カタ漢字"},
		{"one\n|two", "ctrl+left", "|one\ntwo"},

		{"one\ntwo|\nthree", "home", "one\n|two\nthree"},
		{"one\nt|wo\nthree", "end", "one\ntwo|\nthree"},
		{"one\nt|wo\nthree", "ctrl+a ctrl+a", "one\n|two\nthree"},
		{"one\nt|wo\nthree", "ctrl+home", "|one\ntwo\nthree"},
		{"one\nt|wo\nthree", "alt+>", "one\ntwo\nthree|"},
		{"one\nt|wo\nthree", "alt+< ctrl+end", "one\ntwo\nthree|"},

		{"one\nt|wo", "up", "o|ne\ntwo"},
		{"o|ne\ntwo", "down", "one\nt|wo"},
		{"long line|\na\nlong line", "down down", "long line\na\nlong line|"},
		{"世界|\nabcdef", "down", "世界\nabcd|ef"},
		{"ab|c\n世界", "down", "abc\n世|界"},
		{"abc|\n世界", "down", "abc\n世|界"},
		{"o|ne", "up", "|one"},
		{"o|ne", "down", "one|"},

		{"ab|c", "backspace ctrl+h backspace", "|c"},
		{"a|bc", "delete ctrl+d ctrl+d", "a|"},
		{"one two |", "ctrl+w", "one |"},
		{"one two|", "alt+backspace x", "one x|"},
		{"a/b.go|", "ctrl+backspace", "a/b.|"},
		{"one| two three", "alt+d", "one| three"},
		{"one| two three", "ctrl+delete alt+delete", "one|"},
		{"one\ntwo th|ree", "ctrl+u", "one\n|ree"},
		{"one\n|two", "ctrl+u", "one|two"},
		{"on|e\ntwo", "ctrl+k", "on|\ntwo"},
		{"on|e\ntwo", "ctrl+k ctrl+k ctrl+k alt+y", "one\ntwo|"},
		{"one two|", "ctrl+w ctrl+w alt+y alt+y", "one twoone two|"},
		{"one two|", "ctrl+w left ctrl+w alt+y", "one| "},
		{"one| two", "alt+d left right ctrl+u alt+y", "one two|"},
		{"one| two", "alt+d x ctrl+u alt+y", "onex|"},

		{"ab|", "ctrl+t", "ba|"},
		{"a|bc", "ctrl+t", "ba|c"},
		{"|ab", "ctrl+t", "|ab"},
		{"a|", "ctrl+t", "a|"},
		{"a\n|b", "ctrl+t", "a\n|b"},
		{"a世|", "ctrl+t", "世a|"},

		{"a|b", "ctrl+j x", "a\nx|b"},
		{"a|b", "shift+enter alt+enter", "a\n\n|b"},

		{"ab|c", "x space y ctrl+_", "abx |c"},
		{"|", "o n e space t w o ctrl+_ ctrl+_", "|"},
		{"|", "o n e space t w o alt+z alt+z alt+Z", "one |"},
		{"one two|", "backspace backspace backspace alt+z", "one two|"},
		{"one two|", "ctrl+w ctrl+w ctrl+/", "one |"},
		{"a\tb|", "left left", "a|\tb"},
	} {
		e := with(c.before)
		press(e, c.keys)
		if got := state(e); got != c.after {
			t.Errorf("%q, keys %s: %q, want %q", c.before, c.keys, got, c.after)
		}
	}
}

func TestKeysForTheCaller(t *testing.T) {
	for _, name := range []string{"enter", "esc", "tab", "shift+tab", "ctrl+c", "ctrl+d", "ctrl+g", "ctrl+l", "ctrl+y", "ctrl+z", "f1", "pageup", "ctrl+x"} {
		e := New(nil)
		if e.Press(key(name)) || !e.Empty() {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestEnter(t *testing.T) {
	for _, c := range []struct {
		before, after string
		did           bool
	}{
		{`one\|`, "one\n|", true},
		{`one\|two`, "one\n|two", true},
		{`one|\`, `one|\`, false},
		{"one|", "one|", false},
		{"|", "|", false},
	} {
		e := with(c.before)
		if did := e.Enter(); did != c.did || state(e) != c.after {
			t.Errorf("%q: %v, %q, want %v, %q", c.before, did, state(e), c.did, c.after)
		}
	}
}

func TestTextIsNormal(t *testing.T) {
	e := New(nil)
	e.Insert("a\r\nb\rc\xffd")
	if got, want := e.Text(), "a\nb\nc\uFFFDd"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestReplace(t *testing.T) {
	paste := strings.Repeat("line\n", 20)
	e := New(nil)
	e.Paste(paste)
	write(e, "see @mai and")
	press(e, "alt+b left")
	from := strings.Index(e.Before(), "@")
	e.Replace(from, "@cmd/main.go ")
	if got, want := state(e), paste+"see @cmd/main.go | and"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	e.Replace(3, "x") // within the paste, which stays
	if got, want := state(e), paste+"x| and"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestPrepend(t *testing.T) {
	for _, c := range []struct{ before, text, after string }{
		{"|", "one", "one|"},
		{"two|", "one", "one\ntwo|"},
		{"t|wo", "one\n", "one\nt|wo"},
		{"t|wo", "", "t|wo"},
	} {
		e := with(c.before)
		e.Prepend(c.text)
		if got := state(e); got != c.after {
			t.Errorf("%q in front of %q: %q, want %q", c.text, c.before, got, c.after)
		}
		e.Undo()
		if got := state(e); got != c.before {
			t.Errorf("undone: %q, want %q", got, c.before)
		}
	}
}

func TestSetIsUndone(t *testing.T) {
	e := with("on|e")
	e.Set("two")
	if got := state(e); got != "two|" {
		t.Errorf("%q", got)
	}
	e.Set("")
	press(e, "alt+z alt+z")
	if got := state(e); got != "on|e" {
		t.Errorf("undone: %q", got)
	}
}

func TestUndoHasLimits(t *testing.T) {
	e := New(nil)
	long := strings.Repeat("long ", 100_000)
	for range 100 {
		e.Insert(long)
		press(e, "ctrl+u")
	}
	if e.changes.size > maxChangeBytes || len(e.done) == 0 {
		t.Errorf("%d changes of %d bytes are kept", len(e.done), e.changes.size)
	}
	for range 3 * maxChanges {
		press(e, "x ctrl+j")
	}
	if len(e.done) != maxChanges {
		t.Errorf("%d changes are kept", len(e.done))
	}
	for e.Undo() {
	}
	for e.Redo() {
	}
	if e.Text() != strings.Repeat("x\n", 3*maxChanges) {
		t.Error("undone and done again is not the same")
	}
}

func TestBindings(t *testing.T) {
	seen := make(map[string]bool)
	for _, b := range Bindings() {
		if b.Does == "" || len(b.Keys) == 0 {
			t.Errorf("%v says nothing", b)
		}
		for _, name := range b.Keys {
			if seen[name] {
				t.Errorf("%s does two things", name)
			}
			seen[name] = true
			if got := key(name).String(); got != name {
				t.Errorf("%s is no key: it would be %s", name, got)
			}
		}
	}
}
