package markdown

import (
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

func everything(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/all.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPieces checks that it does not matter how a text is cut, nor that the tail is
// looked at meanwhile.
func TestPieces(t *testing.T) {
	o := Options{Width: 60, Theme: Dark(), Links: true}
	rnd := rand.New(rand.NewPCG(1, 2))
	for name, c := range map[string]struct {
		text    string
		longest int
	}{
		"bytes":         {everything(t), 1},
		"words":         {everything(t), 10},
		"lines":         {everything(t), 100},
		"blocks":        {everything(t), 1000},
		"a line":        {"- " + strings.Repeat("a *word* ", 10_000), 5000},
		"a blob":        {strings.Repeat("中文", 10_000), 5000},
		"a paragraph":   {strings.Repeat("some *words*\n", 5000), 5000},
		"a line's end":  {strings.Repeat("a", maxOpen) + "\n" + strings.Repeat("b", maxOpen+1) + "\nc", maxOpen + 2},
		"code":          {"```\n" + strings.Repeat("0123456789", 5000) + "\n```\n", 5000},
		"a table":       {"|a|b|\n|-|-|\n" + strings.Repeat("|c|d|\n", 1000), 500},
		"a table's row": {"|a|b|\n|-|-|\n|" + strings.Repeat("c ", 20_000), 5000},
	} {
		want := Render(c.text, o)
		s := New(o)
		var got []string
		for rest := c.text; rest != ""; {
			n := min(1+rnd.IntN(c.longest), len(rest))
			got = append(got, s.Write(rest[:n])...)
			s.Tail()
			rest = rest[n:]
		}
		if got = append(got, s.Close()...); !slices.Equal(got, want) {
			t.Errorf("%s: in pieces the result is another:\n%s", name, diff(got, want))
		}
	}
}

func diff(got, want []string) string {
	for i := range got {
		if i == len(want) || got[i] != want[i] {
			return "line " + got[i]
		}
	}
	return "lines are missing"
}

// TestTailIsTheRest checks that after a line's end, the finished lines and the tail
// are what the text is up to there.
func TestTailIsTheRest(t *testing.T) {
	o := Options{Width: 60, Theme: None()}
	s := New(o)
	var text string
	var done []string
	for line := range strings.Lines(everything(t)) {
		text += line
		done = append(done, s.Write(line)...)
		if got, want := slices.Concat(done, s.Tail()), Render(text, o); !slices.Equal(got, want) {
			t.Fatalf("after %q, what is shown is not what the text is:\n%s", line, diff(got, want))
		}
	}
}

func TestTail(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"words", "a b", "a b"},
		{"strong", "a **b", "a **b**"},
		{"closing", "a **b*", "a **b**"},
		{"strong and emphasis", "**a *b", "**a *b***"},
		{"nothing of it yet", "a **", "a"},
		{"code", "a `b * c", "a `b * c`"},
		{"closed code", "a `b`", "a `b`"},
		{"deleted", "~~a", "~~a~~"},
		{"link", "[a](https://b.exam", "a (https://b.exam)"},
		{"over two lines", "a **b\nc", "a **b\nc**"},
		{"multiplication", "a * b", "a * b"},
		{"heading", "# **a", "# **a**"},
		{"what may be a heading's line", "a\n-", "a"},
		{"what may be an item", "a\n- ", "a"},
		{"item", "a\n- b", "a\n\n• b"},
		{"row", "|a|b|\n|-|-|\n|**c", "a     │ b\n──────┼──\n**c** │"},
		{"code block", "```\na **b", "  a **b"},
		{"fence", "a\n```go", "a\n\n  go"},
	} {
		s := New(Options{Width: 40, Theme: None()})
		done := s.Write(c.text)
		if got := strings.Join(append(done, s.Tail()...), "\n"); got != c.want {
			t.Errorf("%s: %q shows\n%s\nnot\n%s", c.name, c.text, got, c.want)
		}
	}
}

// TestFinishedEarly checks when lines are finished: code by the line, items and
// paragraphs as soon as something else begins.
func TestFinishedEarly(t *testing.T) {
	s := New(Options{Width: 40, Theme: None()})
	for _, c := range []struct{ text, done string }{
		{"```go\n", "  go"},
		{"a := 1\nb", "  a := 1"},
		{" := 2\n", "  b := 2"},
		{"```\nText", ""},
		{" goes on\nhere\n", ""},
		{"\n", "\nText goes on\nhere"},
		{"1. a\n", ""},
		{"2. b\n", "\n1. a"},
		{"   - c\n", "2. b"},
		{"   - d\n", "   • c"},
		{"# e\n", "   • d\n\n# e"},
		{"|f|\n|-|\n", ""},
		{strings.Repeat("|g|\n", maxRows-1), ""},
		{"|g|\n", "\nf\n─" + strings.Repeat("\ng", maxRows)},
		{"|long|\n", "l\no\nn\ng"},
	} {
		if got := strings.Join(s.Write(c.text), "\n"); got != c.done {
			t.Errorf("%q finishes\n%s\nnot\n%s", c.text, got, c.done)
		}
	}
}

// TestBounds checks that a line, a paragraph and a table without an end are not held
// back for ever.
func TestBounds(t *testing.T) {
	for name, text := range map[string]string{
		"line":               strings.Repeat("word ", 40_000),
		"line without space": strings.Repeat("中文", 40_000),
		"paragraph":          strings.Repeat("some words\n", 20_000),
		"code":               "```\n" + strings.Repeat("0123456789", 20_000),
		"item":               "- " + strings.Repeat("word ", 40_000),
		"table":              "|a|b|\n|-|-|\n" + strings.Repeat("|c|d|\n", 20_000),
		"row":                "|a|b|\n|-|-|\n|" + strings.Repeat("c ", 100_000),
		"blank lines":        "    a\n" + strings.Repeat("\n", 200_000),
		"blanks":             "    a\n" + strings.Repeat(strings.Repeat(" ", 1000)+"\n", 200),
	} {
		s := New(Options{Width: 80, Theme: Dark()})
		held := 0
		for rest := text; rest != ""; {
			n := min(1000, len(rest))
			s.Write(rest[:n])
			held = max(held, len(strings.Join(s.Tail(), "\n")))
			rest = rest[n:]
		}
		if held > 3*maxOpen {
			t.Errorf("%s: %d bytes are held back", name, held)
		}
	}
}

func TestResize(t *testing.T) {
	s := New(Options{Width: 80, Theme: None()})
	s.Write("one two three four")
	s.Resize(10)
	if got := strings.Join(s.Tail(), "\n"); got != "one two\nthree four" {
		t.Errorf("after a change of the width the tail is %q", got)
	}
	if got := strings.Join(s.Close(), "\n"); got != "one two\nthree four" {
		t.Errorf("after a change of the width the rest is %q", got)
	}
}

// TestWidth checks that nothing but code is wider than the width.
func TestWidth(t *testing.T) {
	text := regexp.MustCompile("(?s)```.*?```").ReplaceAllString(everything(t), "")
	for width := 12; width < 120; width++ {
		for _, line := range Render(text, Options{Width: width, Theme: None()}) {
			if columns(line) > width {
				t.Errorf("at width %d a line is %d columns wide: %q", width, columns(line), line)
			}
		}
	}
}

// TestThemes checks which control sequences the themes use.
func TestThemes(t *testing.T) {
	for name, c := range map[string]struct {
		theme  Theme
		avoids string
	}{
		"none":  {None(), "\x1b"},
		"light": {Light(), "(33|37|93|97)m"},
		"dark":  {Dark(), "(30|34|90)m"},
	} {
		out := strings.Join(Render(everything(t), Options{Theme: c.theme}), "\n")
		if found := regexp.MustCompile(c.avoids).FindString(out); found != "" {
			t.Errorf("%s: there is %q in what is laid out", name, found)
		}
	}
}

// FuzzStream looks for text that drives the terminal, or that is laid out otherwise
// if it arrives in pieces.
func FuzzStream(f *testing.F) {
	for block := range strings.SplitSeq(everything(f), "\n\n") {
		f.Add(block, uint64(len(block)), uint8(40))
	}
	for _, s := range []string{
		"&#27;]0;title&#7; &#x1b;[2J &#x9b;2J &#8238; &ZeroWidthSpace; &#13; &#10; &Tab; &NewLine;",
		"[a](https://b&#27;.example) [a](<https://b\x1b]8;;.example>) ![&#x9d;](http://a&#7;)",
		"```&#27;[2J\n\x1b[2J\r\x00\x85\u202e\n```", "    \x1b[2J", "<div>\x9b2J&#27;", "|&#27;|\n|-|\n|\u2028|",
		"<https://a\u202eb> <a&#27;@b>", "[x](mailto:%1b) [x](HTTPS:\\\\a) [x](http://\u202e)",
	} {
		f.Add(s, uint64(1), uint8(20))
	}
	f.Fuzz(func(t *testing.T, text string, seed uint64, width uint8) {
		text = text[:min(len(text), 1000)]
		o := Options{Width: int(width), Theme: Dark(), Links: true}
		want := Render(text, o)
		if bad := drives(strings.Join(want, "")); bad != "" {
			t.Fatalf("%q gets through", bad)
		}
		rnd, s := rand.New(rand.NewPCG(seed, 0)), New(o)
		var got []string
		for rest := text; rest != ""; {
			n := min(1+rnd.IntN(20), len(rest))
			got = append(got, s.Write(rest[:n])...)
			rest = rest[n:]
			if bad := drives(strings.Join(s.Tail(), "")); bad != "" {
				t.Fatalf("%q gets through in the tail", bad)
			}
		}
		if got = append(got, s.Close()...); !slices.Equal(got, want) {
			t.Fatalf("in pieces: %s", diff(got, want))
		}
	})
}

var ours = regexp.MustCompile(`\x1b\[[0-9;]*m|\x1b\]8;;(((?i:https?)://|(?i:mailto):)[!-~]+)?\x1b\\`)

// drives returns a part of a line that is more than text with styles and links, and
// what is left open at its end.
func drives(line string) string {
	rest := ours.ReplaceAllString(line, "")
	if clean := term.CleanLine("x" + rest + "x"); clean != "x"+rest+"x" {
		return rest
	}
	all := ours.FindAllString(line, -1)
	open, link := false, false
	for _, seq := range all {
		if strings.HasPrefix(seq, "\x1b[") {
			open = seq != "\x1b[0m"
		} else {
			link = seq != "\x1b]8;;\x1b\\"
		}
	}
	if open || link {
		return all[len(all)-1]
	}
	return ""
}
