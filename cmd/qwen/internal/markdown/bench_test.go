package markdown

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// answer is a long answer in pieces of 25 bytes.
func answer(size int) []string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, sample, i, i)
	}
	text := b.String()
	var deltas []string
	for len(text) > 25 {
		deltas = append(deltas, text[:25])
		text = text[25:]
	}
	return append(deltas, text)
}

const sample = "## Section %d\n\nSome *words* about `code` and [a link](https://example.com/a), **long enough** to be broken" +
	" at the width of a terminal, 中文也有一些，放在一起。\n\n1. First\n   - nested\n2. Second `two`\n\n```go\nfunc f(x int) string" +
	" { // comment\n\treturn \"text\"\n}\n```\n\n| a | b |\n|---|--:|\n| one | %d |\n| **two** | 2 |\n\n> quoted\n\n"

// BenchmarkStream is an answer of 500 KB that is painted every 33 pieces: 30 times a
// second, if 1,000 arrive.
func BenchmarkStream(b *testing.B) {
	deltas := answer(500_000)
	b.ReportAllocs()
	for b.Loop() {
		s := New(Options{Width: 110, Theme: Dark(), Links: true})
		for i, delta := range deltas {
			s.Write(delta)
			if i%33 == 0 {
				s.Tail()
			}
		}
		s.Close()
	}
}

// BenchmarkTailOfEverything paints after each piece.
func BenchmarkTailOfEverything(b *testing.B) {
	deltas := answer(500_000)
	b.ReportAllocs()
	for b.Loop() {
		s := New(Options{Width: 110, Theme: Dark(), Links: true})
		for _, delta := range deltas {
			s.Write(delta)
			s.Tail()
		}
		s.Close()
	}
}

func TestPathologies(t *testing.T) {
	rep := func(s string, n int) string { return strings.Repeat(s, n/len(s)) }
	const n = 16000
	for name, text := range map[string]string{
		"words": rep("word ", n), "cjk": rep("中文", n), "[": rep("[", n), "![": rep("![", n), "[](": rep("[](", n), "*a": rep("*a ", n), "*a _b": rep("*a _b ", n), "a**b": rep("a**b", n), "**a": rep("**a", n), "*a**b": rep("*a **b ", n),
		"a_*": rep("a*_ ", n), "`": func() string {
			var b strings.Builder
			for i := 1; b.Len() < n; i++ {
				b.WriteString(strings.Repeat("`", i) + " ")
			}
			return b.String()
		}(),
		"[a](": rep("[a](", n), "<": rep("<", n), "<a ": rep("<a ", n), "<!--": rep("x<!--", n), "<?": rep("x<?", n), "&": rep("&", n), "&a;": rep("&amp;", n), "\\": rep("\\", n), "$": rep("$a", n), "$$": rep("x$$ ", n), "\\(": rep("\\(", n), "http": rep("http://a ", n), "http2": rep("http://", n), "]": rep("]", n), "[]": rep("[a]", n), "[[]": rep("[", n/2) + rep("]", n/2), "emoji": rep("👩‍👩‍👧‍👦", n), "comb": "a" + rep("\u0301", n), "ZWJ": rep("👩‍", n), "long": rep("a", n), "*nest": rep("*", n/2) + "a" + rep("*", n/2), "*a nested": rep("*a ", n/2) + rep(" a*", n/2), "**x": rep("**a *b ", n/2) + rep(" a* b**", n/2), "~~": rep("~~a ", n), "|": rep("|a", n) + "\n" + rep("|-", n) + "\n", ">": rep(">", n), "- ": rep("- ", n), "table": "|a|b|\n|-|-|\n" + rep("|a*b_c`d|e|\n", n), "![a](": rep("![a](b)", n), "[a](b": rep("[a](b) ", n), "nl": rep("a\n", n), "tabs": rep("\t", n) + "a", "inlist": "- a\n" + rep("  \t", n) + "a", "pipe`": "|" + func() string {
			var b strings.Builder
			for i := 1; b.Len() < n; i++ {
				b.WriteString(strings.Repeat("`", i) + " ")
			}
			return b.String()
		}() + "\n|-|\n",
	} {
		s := New(Options{Width: 80, Theme: Dark(), Links: true})
		t0 := time.Now()
		s.Write(text)
		t1 := time.Now()
		s.Tail()
		t2 := time.Now()
		if d := max(t1.Sub(t0), t2.Sub(t1)); d > 4*time.Millisecond {
			t.Logf("%-10s write %v tail %v", name, t1.Sub(t0), t2.Sub(t1))
		}
	}
}
