package term

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestWidth(t *testing.T) {
	for in, want := range map[string]int{
		"":                         0,
		"abc":                      3,
		"世界":                       4,
		"👩‍👩‍👧x":                   3,
		"e\u0301":                  1,
		"\x1b[1;38;5;12mab\x1b[0m": 2,
		"\x1b]8;;https://a.example\x1b\\link\x1b]8;;\a":        4,
		"\x1b]8;id=1;https://a.example/世\x1b\\x\x1b]8;;\x1b\\": 1,
		"a\x1b[":     1,
		"a\x1b]8;;x": 1,
		"a\x1b":      1,
		"世\x1b[1m界":  4,
		"a\nb":       2,
	} {
		if got := Width(in); got != want {
			t.Errorf("Width(%q) = %d, want %d", in, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	const link = "\x1b]8;;https://a.example\x1b\\"
	for _, c := range []struct {
		in      string
		columns int
		want    string
	}{
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{"世界", 4, "世界"},
		{"世界人", 5, "世界…"},
		{"世界人", 4, "世…"},
		{"👩‍👩‍👧x👩‍👩‍👧", 4, "👩‍👩‍👧x…"},
		{"abc", 1, "…"},
		{"abc", 0, ""},
		{"", 0, ""},
		{"\x1b[31mabc\x1b[m", 3, "\x1b[31mabc\x1b[m"},
		{"\x1b[31mabcd\x1b[m", 3, "\x1b[31mab…\x1b[m"},
		{"\x1b[31ma\x1b[39mbcd", 3, "\x1b[31ma\x1b[39mb…"},
		{link + "abcd" + linkEnd, 3, link + "ab…" + linkEnd},
		{link + "a" + linkEnd + "bcd", 3, link + "a" + linkEnd + "b…"},
	} {
		if got := Cut(c.in, c.columns); got != c.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.in, c.columns, got, c.want)
		}
	}
}

var wrapCases = []struct {
	in      string
	columns int
	want    []string
}{
	{"", 10, []string{""}},
	{"one two three", 9, []string{"one two", "three"}},
	{"one two three", 7, []string{"one two", "three"}},
	{"one   two", 5, []string{"one", "two"}},
	{"one two  ", 20, []string{"one two"}},
	{"  one two", 6, []string{"  one", "two"}},
	{"one\n\ntwo\n", 20, []string{"one", "", "two", ""}},
	{"one verylongword two", 8, []string{"one", "verylong", "word two"}},
	{"世界和平 is good", 5, []string{"世界", "和平", "is", "good"}},
	{"世界，和平。", 4, []string{"世", "界，", "和", "平。"}},
	{"说“你好”吗", 4, []string{"说", "“你", "好”", "吗"}},
	{"abc世界", 4, []string{"abc", "世界"}},
	{"👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 4, []string{"👩‍👩‍👧👩‍👩‍👧", "👩‍👩‍👧"}},
	{"a \u0301b c", 4, []string{"a \u0301b", "c"}}, // an accent on a space
	{"世", 1, []string{"世"}},
	{"ab", 0, []string{"a", "b"}},

	{"\x1b[1mone two\x1b[m three", 5, []string{"\x1b[1mone\x1b[m", "\x1b[1mtwo\x1b[m", "three"}},
	{"\x1b[1mone \x1b[31mtwo three", 5, []string{"\x1b[1mone\x1b[m", "\x1b[1m\x1b[31mtwo\x1b[m", "\x1b[1;31mthree\x1b[m"}},
	{"one \x1b[1m two", 4, []string{"one", "\x1b[1mtwo\x1b[m"}},
	{"\x1b[1;38;2;1;2;3;4:3;48;5;7mab\x1b[22;39m cd", 2, []string{"\x1b[1;38;2;1;2;3;4:3;48;5;7mab\x1b[22;39m\x1b[m", "\x1b[4:3;48;5;7mcd\x1b[m"}},
	{"\x1b]8;;u\x1b\\one two\x1b]8;;\x1b\\ x", 4, []string{"\x1b]8;;u\x1b\\one" + linkEnd, "\x1b]8;;u\x1b\\two" + linkEnd, "x"}},
	{"\x1b[1m\x1b]8;;u\aab\ncd", 4, []string{"\x1b[1m\x1b]8;;u\aab" + linkEnd + "\x1b[m", "\x1b[1m\x1b]8;;u\acd" + linkEnd + "\x1b[m"}},
}

func TestWrap(t *testing.T) {
	for _, c := range wrapCases {
		if got := Wrap(c.in, c.columns); !slices.Equal(got, c.want) {
			t.Errorf("Wrap(%q, %d) =\n%q, want\n%q", c.in, c.columns, got, c.want)
		}
	}
}

// plainOf returns a styled text without its styles.
func plainOf(styled string) string {
	var b strings.Builder
	for s := scanText(styled); s.next(); {
		if s.piece[0] != byte(esc) {
			b.WriteString(s.piece)
		}
	}
	return b.String()
}

// isStyled reports whether a text holds no sequences but SGR and OSC 8, whole ones.
func isStyled(text string) bool {
	for s := scanText(text); s.next(); {
		piece := s.piece
		sgr, isSGR := strings.CutPrefix(piece, "\x1b[")
		link, isLink := strings.CutPrefix(piece, "\x1b]8;")
		link, terminated := strings.CutSuffix(link, "\x1b\\")
		switch {
		case piece[0] != byte(esc):
		case isSGR && strings.HasSuffix(sgr, "m") && strings.Trim(sgr, "0123456789;:") == "m":
		case isLink && terminated && strings.Contains(link, ";") && strings.IndexFunc(link, unicode.IsControl) < 0:
		default:
			return false
		}
	}
	return true
}

func FuzzWrap(f *testing.F) {
	for _, c := range wrapCases {
		f.Add(c.in, c.columns)
	}
	f.Fuzz(func(t *testing.T, text string, columns int) {
		if columns = max(1, min(columns, 200)); !isStyled(text) || !utf8.ValidString(text) {
			t.Skip("not a styled text")
		}
		var kept strings.Builder
		for _, line := range Wrap(text, columns) {
			if w := Width(line); w > columns && !isOneCharacter(line) {
				t.Errorf("%q in %d columns: %q has %d", text, columns, line, w)
			}
			var end style
			end.takeAll(line)
			if end != (style{}) {
				t.Errorf("%q in %d columns: %q leaves a style open", text, columns, line)
			}
			kept.WriteString(plainOf(line))
		}
		if got, want := withoutSpace(kept.String()), withoutSpace(plainOf(text)); got != want {
			t.Errorf("%q in %d columns: %q is left of %q", text, columns, got, want)
		}
		if cut := Cut(text, columns); Width(cut) > columns {
			t.Errorf("%q cut to %d columns: %q has %d", text, columns, cut, Width(cut))
		}
	})
}

// isOneCharacter reports whether no more than one character of a line has a width.
func isOneCharacter(line string) bool {
	n := 0
	for s := scanText(line); s.next(); {
		n += min(s.width, 1)
	}
	return n <= 1
}

func withoutSpace(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func BenchmarkWrap(b *testing.B) {
	english := strings.Repeat("The quick \x1b[1mbrown fox\x1b[22m jumps over the lazy dog. ", 20)
	chinese := strings.Repeat("敏捷的棕色狐狸跳过了那只懒狗，", 50)
	for name, text := range map[string]string{"english": english, "chinese": chinese} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Wrap(text, 80)
			}
		})
	}
}
