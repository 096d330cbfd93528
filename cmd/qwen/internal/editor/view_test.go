package editor

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// painted returns a view with a bar at the cursor, for tests without wide
// characters before it.
func painted(v View) []string {
	lines := slices.Clone(v.Lines)
	line := lines[v.Row] + strings.Repeat(" ", max(0, v.Column-uniseg.StringWidth(lines[v.Row])))
	at, rest, state := 0, line, -1
	for column := 0; column < v.Column; {
		var cluster string
		var width int
		cluster, rest, width, state = uniseg.FirstGraphemeClusterInString(rest, state)
		column += width
		at += len(cluster)
	}
	lines[v.Row] = line[:at] + "|" + line[at:]
	return lines
}

func TestView(t *testing.T) {
	for _, c := range []struct {
		text    string
		columns int
		want    string // rows, separated by "/"
	}{
		{"|", 10, "|"},
		{"one|", 10, "one|"},
		{"one\n|two", 10, "one/|two"},
		{"one\n|", 10, "one/|"},
		{"one two three|", 10, "one two/three|"},
		{"one two thr|ee", 10, "one two/thr|ee"},
		{"one| two three", 10, "one| two/three"},
		{"123456789|", 10, "123456789|"},
		{"123456789 |", 10, "123456789/|"},
		{"123456789| x", 10, "123456789|/x"},
		{"123456789 |x", 10, "123456789/|x"},
		{"123456789a|", 10, "123456789/a|"},
		{"123456789|a", 10, "123456789/|a"},
		{"123456789  x|", 10, "123456789/ x|"},
		{"ab 123456  x|", 10, "ab 123456/ x|"},
		{"ab 123456789abc|", 10, "ab/123456789/abc|"},
		{"世界世界|", 10, "世界世界|"},
		{"世界世界世|", 10, "世界世界/世|"},
		{"a世界世界|", 10, "a世界世界|"},
		{"ab世界世界|", 10, "ab世界世/界|"},
		{"世界世界，你|", 10, "世界世/界，你|"},
		{"世界世「界」|", 10, "世界世/「界」|"},
		{"한국어 한국어|", 10, "한국어/한국어|"},
		{"e\u0301e\u0301e\u0301|", 10, "e\u0301e\u0301e\u0301|"},
		{"👩\u200d👩\u200d👧👩\u200d👩\u200d👧|", 10, "👩\u200d👩\u200d👧👩\u200d👩\u200d👧|"},
		{"\tx|", 10, "    x|"},
		{"a\tb\tc|", 10, "a    b/c|"},
		{"a\x1b[2Jb|", 12, "a␛[2Jb|"},
		{"a\u202eb\u200bc|", 12, "a\uFFFDb\uFFFDc|"},
		{"\u0301|", 10, "◌\u0301|"},
		{"one two three|", 2, "one two/three|"}, // as for 8, at least
	} {
		v := with(c.text).View(c.columns, 10)
		if got := strings.Join(painted(v), "/"); got != c.want {
			t.Errorf("%q in %d columns: %q, want %q", c.text, c.columns, got, c.want)
		}
		if v.Above != 0 || v.Below != 0 {
			t.Errorf("%q: %d above and %d below are not shown", c.text, v.Above, v.Below)
		}
	}
}

func TestViewScrolls(t *testing.T) {
	e := with("1\n2\n3\n4\n5\n6|")
	check := func(keys, want string, above, below int) {
		t.Helper()
		press(e, keys)
		v := e.View(20, 3)
		if got := strings.Join(painted(v), "/"); got != want || v.Above != above || v.Below != below {
			t.Errorf("%s: %q, %d above, %d below, want %q, %d, %d", keys, got, v.Above, v.Below, want, above, below)
		}
	}
	check("", "4/5/6|", 3, 0)
	check("up up", "4|/5/6", 3, 0)
	check("up", "3|/4/5", 2, 1)
	check("down down down", "4/5/6|", 3, 0)
	check("pageup", "4|/5/6", 3, 0)
	check("pageup", "2|/3/4", 1, 2)
	check("pageup pageup", "1|/2/3", 0, 3)
	check("pagedown", "1/2/3|", 0, 3)
	check("ctrl+end", "4/5/6|", 3, 0)
	check("backspace backspace backspace backspace", "2/3/4|", 1, 0)
	if v := e.View(20, 10); v.Above != 0 || len(v.Lines) != 4 || v.Row != 3 {
		t.Errorf("with room for all: %+v", v)
	}
	if v := e.View(20, 0); len(v.Lines) != 1 {
		t.Errorf("without room: %+v", v)
	}
}

// The keys up and down follow what is on the screen, not what is between line
// ends.
func TestUpAndDownInWrappedLines(t *testing.T) {
	e := with("aaaa bbbb cccc dddd|\n世界世界世界")
	e.View(10, 10)
	for _, want := range []string{
		"aaaa bbbb| cccc dddd\n世界世界世界",
		"aaaa bbbb cccc dddd|\n世界世界世界",
		"aaaa bbbb cccc dddd\n世界世|界世界", // its last place; behind that is the next row
		"aaaa bbbb cccc dddd\n世界世界世界|",
	} {
		if want == "aaaa bbbb| cccc dddd\n世界世界世界" {
			press(e, "up")
		} else {
			press(e, "down")
		}
		if got := state(e); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	}
}

// What simple says of characters has to be what Unicode says of them.
func TestSimpleCharacters(t *testing.T) {
	neighbours := []rune{'a', ' ', 'é', 'я', '世', 'か', '한', '！', '\n', '\t', '\x1b'}
	for r := rune(1); r < 0x20000; r++ {
		width := simple(r)
		if width == 0 {
			continue
		}
		if got := uniseg.StringWidth(string(r)); got != width {
			t.Errorf("%U: %d columns, want %d", r, width, got)
		}
		for _, n := range neighbours {
			for _, pair := range [][2]rune{{r, n}, {n, r}} {
				cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(string(pair[:]), -1)
				if cluster != string(pair[0]) {
					t.Errorf("%U and %U are one cell", pair[0], pair[1])
				}
			}
		}
		if s := string(r); term.Clean(s) != s {
			t.Errorf("%U is not fit to be shown", r)
		}
	}
}

// A change lays out what it must, and the result is as if all were laid out anew.
func TestLayoutIsTheSameAnew(t *testing.T) {
	e := New(nil)
	for i, c := range []struct {
		at   int
		text string
	}{
		{0, strings.Repeat("one two three ", 20)}, {50, "x"}, {50, "xxxxxxx"}, {140, "世界世界世界世界"}, {3, "\n"}, {90, " "},
		{12, strings.Repeat("y", 30)}, {200, strings.Repeat("z", 30)}, {9, "\u0301"}, {30, "👩\u200d"},
	} {
		e.moveTo(e.snap(c.at))
		e.Insert(c.text)
		e.View(20, 5)
		press(e, "delete backspace")
		e.View(20+i%2*7, 5)
		press(e, "x delete")
		checkLayout(t, e, 20)
	}
}

// checkLayout checks the rows of an editor against those of a new one, and that
// they are whole and narrow enough.
func checkLayout(t testing.TB, e *Editor, columns int) {
	t.Helper()
	fresh := New(nil)
	fresh.folds = e.folds
	fresh.apply(0, 0, string(e.text))
	if a, b := e.lay(columns), fresh.lay(columns); a != b {
		t.Fatalf("%q: %d rows, anew %d", e.text, a, b)
	}
	a, b := slices.Collect(e.rows(0)), slices.Collect(fresh.rows(0))
	if !slices.Equal(a, b) {
		t.Fatalf("%q: rows %v, anew %v", e.text, a, b)
	}
	at := 0
	for _, r := range a {
		if r.from != at || r.to < r.from {
			t.Fatalf("%q: row %+v after offset %d", e.text, r, at)
		}
		at = r.to
		if r.ends {
			at++
		}
	}
	if at != len(e.text)+1 {
		t.Fatalf("%q: rows end at %d of %d", e.text, at, len(e.text))
	}
}

// checkView checks what holds for all views.
func checkView(t testing.TB, e *Editor, columns, rows int) {
	t.Helper()
	v := e.View(columns, rows)
	switch {
	case len(v.Lines) == 0 || len(v.Lines) > max(rows, 1):
		t.Fatalf("%d lines in %d rows", len(v.Lines), rows)
	case v.Row < 0 || v.Row >= len(v.Lines):
		t.Fatalf("the cursor is in row %d of %d", v.Row, len(v.Lines))
	case v.Column < 0 || v.Column >= columns:
		t.Fatalf("the cursor is in column %d of %d", v.Column, columns)
	case v.Above+len(v.Lines)+v.Below != e.lay(columns):
		t.Fatalf("%d above, %d shown, %d below, of %d", v.Above, len(v.Lines), v.Below, e.lay(columns))
	}
	for _, line := range v.Lines {
		if width := uniseg.StringWidth(line); width >= columns {
			t.Fatalf("%q has %d columns of %d", line, width, columns)
		}
		if term.Clean(line) != line || strings.ContainsAny(line, "\n\t") || !utf8.ValidString(line) {
			t.Fatalf("%q is not fit to be shown", line)
		}
	}
	for _, s := range v.Folds {
		if label := v.Lines[s.Line][s.From:s.To]; label[0] != '[' || label[len(label)-1] != ']' {
			t.Fatalf("the label of a fold is %q", label)
		}
	}
}
