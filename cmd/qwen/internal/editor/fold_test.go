package editor

import (
	"fmt"
	"strings"
	"testing"
)

// numbered returns so many numbered lines.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "line %d of the paste\n", i)
	}
	return b.String()
}

func TestPasteIsFolded(t *testing.T) {
	for _, c := range []struct{ name, paste, want string }{
		{"short", "one\ntwo\n", "one/two/|"},
		{"nine lines", strings.Repeat("x\n", 9), strings.Repeat("x/", 9) + "|"},
		{"ten lines", strings.Repeat("x\n", 10), "[Pasted 10 lines, 20 bytes #1]|"},
		{"long line", strings.Repeat("x", 1000), "[Pasted 1 KB #1]|"},
		{"many lines", numbered(1260), "[Pasted 1,260 lines, 28 KB #1]|"},
		{"megabytes", strings.Repeat("x", 1<<21), "[Pasted 2.1 MB #1]|"},
		{"Windows", strings.Repeat("x\r\n", 12), "[Pasted 12 lines, 24 bytes #1]|"},
	} {
		e := New(nil)
		e.Paste(c.paste)
		v := e.View(80, 20)
		if got := strings.Join(painted(v), "/"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if got, want := e.Text(), strings.ReplaceAll(c.paste, "\r", ""); got != want {
			t.Errorf("%s: %d bytes are sent of %d", c.name, len(got), len(want))
		}
		checkView(t, e, 80, 20)
	}
}

func TestLabelFits(t *testing.T) {
	e := New(nil)
	e.Paste(numbered(1260))
	for columns, want := range map[int]string{
		80: "[Pasted 1,260 lines, 28 KB #1]|", 31: "[Pasted 1,260 lines, 28 KB #1]|", 30: "[Pasted #1]|",
		12: "[Pasted #1]|", 11: "[#1]|", 8: "[#1]|",
	} {
		if got := strings.Join(painted(e.View(columns, 5)), "/"); got != want {
			t.Errorf("%d columns: %q, want %q", columns, got, want)
		}
	}
	write(e, " is")
	v := e.View(34, 5)
	if got := strings.Join(painted(v), "/"); got != "[Pasted 1,260 lines, 28 KB #1] is|" {
		t.Errorf("%q", got)
	}
	if want := (Span{0, 0, 30}); len(v.Folds) != 1 || v.Folds[0] != want {
		t.Errorf("labels at %v, want %v", v.Folds, want)
	}
}

func TestFoldIsOneCell(t *testing.T) {
	paste := numbered(50)
	for _, c := range []struct{ keys, want string }{
		{"left left x", "see x[Pasted 50 lines, 1 KB #1]!"},
		{"left x", "see [Pasted 50 lines, 1 KB #1]x!"},
		{"left backspace", "see !"},
		{"left backspace ctrl+_", "see [Pasted 50 lines, 1 KB #1]!"},
		{"left left delete", "see !"},
		{"ctrl+w", "see "},
		{"ctrl+w ctrl+w", ""},
		{"ctrl+left x", "see x[Pasted 50 lines, 1 KB #1]!"},
		{"home ctrl+right ctrl+right x", "see [Pasted 50 lines, 1 KB #1]x!"},
		{"ctrl+u alt+y", "see [Pasted 50 lines, 1 KB #1]!"},
		{"left ctrl+t", "see ![Pasted 50 lines, 1 KB #1]"},
		{"left \u0301 x", "see [Pasted 50 lines, 1 KB #1]◌\u0301x!"},
		{"left left \u0600", "see \u0600[Pasted 50 lines, 1 KB #1]!"},
	} {
		e := New(nil)
		write(e, "see ")
		e.Paste(paste)
		write(e, "!")
		press(e, c.keys)
		if got := strings.Join(e.View(80, 5).Lines, "/"); got != c.want {
			t.Errorf("%s: %q, want %q", c.keys, got, c.want)
		}
		want := strings.ReplaceAll(strings.ReplaceAll(c.want, "[Pasted 50 lines, 1 KB #1]", paste), "◌", "")
		if got := e.Text(); got != want {
			t.Errorf("%s: the text is %q, want %q", c.keys, got, want)
		}
	}
}

func TestUnfold(t *testing.T) {
	a, b := numbered(12), strings.Repeat("b\n", 12)
	e := New(nil)
	e.Paste(a)
	write(e, " and ")
	e.Paste(b)
	write(e, ".")
	press(e, "home right")
	if !e.Unfold() {
		t.Fatal("the paste at the cursor was not unfolded")
	}
	if got, want := state(e), a+"| and "+b+"."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := len(e.View(80, 50).Folds); got != 1 {
		t.Errorf("%d folds are left, want 1", got)
	}
	press(e, "ctrl+end ctrl+x")
	if got := len(e.View(80, 50).Folds); got != 0 || e.Text() != a+" and "+b+"." {
		t.Errorf("%d folds are left, want 0", got)
	}
	press(e, "ctrl+home ctrl+k alt+y")
	if got := len(e.View(80, 50).Folds); got != 0 {
		t.Error("what was unfolded is folded again")
	}
	if e.Unfold() {
		t.Error("unfolded what is not there")
	}
	press(e, "alt+z alt+z alt+z alt+z")
	if got := len(e.View(80, 50).Folds); got != 2 {
		t.Errorf("%d folds came back, want 2", got)
	}
}

func TestUnfoldTooMuch(t *testing.T) {
	e := New(nil)
	e.Paste(strings.Repeat("x", maxUnfold))
	if e.Unfold() || len(e.View(80, 5).Folds) != 1 {
		t.Error("a paste of 64 KB was unfolded")
	}
}

// What is given back for editing is folded as it was when it was sent.
func TestFoldedAgain(t *testing.T) {
	paste := strings.Repeat("short\n", 12)
	e := New(nil)
	write(e, "look: ")
	e.Paste(paste)
	text := e.Take()
	if text != "look: "+paste || !e.Empty() {
		t.Fatalf("took %q", text)
	}
	const want = "look: [Pasted 12 lines, 72 bytes #1]"
	e.Prepend(text)
	if got := strings.Join(e.View(80, 20).Lines, "/"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	e.Set("")
	e.Set(text)
	if got := strings.Join(e.View(80, 20).Lines, "/"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSetFoldsWhatNobodyTypes(t *testing.T) {
	for lines, folds := range map[int]int{99: 0, 100: 1} {
		e := New(nil)
		e.Set(strings.Repeat("x\n", lines))
		if got := len(e.View(80, 5).Folds); got != folds {
			t.Errorf("%d lines: %d folds, want %d", lines, got, folds)
		}
	}
}

func TestPastesAreForgottenInTime(t *testing.T) {
	e := New(nil)
	for i := range 100 {
		e.Paste(strings.Repeat(fmt.Sprint(i, "\n"), 1<<20))
		e.Take()
	}
	size := 0
	for _, paste := range e.recent {
		size += len(paste)
	}
	if len(e.recent) == 0 || len(e.recent) > maxRecent || size > maxRecentBytes || len(e.folds) > 0 {
		t.Errorf("%d pastes of %d bytes are kept", len(e.recent), size)
	}
}
