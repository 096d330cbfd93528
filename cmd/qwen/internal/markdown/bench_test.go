package markdown

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const section = "## Section %d\n\nSome *words* about `code` and [a link](https://example.com/a), **long enough** to be broken" +
	" at the width of a terminal, 中文也有一些，放在一起。\n\n1. First\n   - nested\n2. Second `two`\n\n```go\nfunc f(x int) string" +
	" { // comment\n\treturn \"text\"\n}\n```\n\n| a | b |\n|---|--:|\n| one | 1 |\n| **two** | 2 |\n\n> quoted\n\n"

// deltas is a long answer in pieces of 25 bytes.
func deltas(size int) []string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, section, i)
	}
	var pieces []string
	for piece := range slices.Chunk([]byte(b.String()), 25) {
		pieces = append(pieces, string(piece))
	}
	return pieces
}

// BenchmarkStream is an answer that arrives with 1,000 pieces a second and is painted
// 30 times a second. What it costs per piece does not depend on its length.
func BenchmarkStream(b *testing.B) {
	for _, size := range []int{50_000, 500_000, 5_000_000} {
		pieces := deltas(size)
		b.Run(fmt.Sprintf("%dKB", size/1000), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s := New(Options{Width: 110, Theme: Dark(), Links: true})
				for i, piece := range pieces {
					s.Write(piece)
					if i%33 == 0 {
						s.Tail()
					}
				}
				s.Close()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(pieces)), "ns/piece")
		})
	}
}

// BenchmarkTail is the tail of texts that are as long as one can be and have nothing
// in them but marks.
func BenchmarkTail(b *testing.B) {
	for _, piece := range []string{"word ", "中文", "[", "![a", "[](", "[a](", "*a ", "*a _b ", "a**b", "*a **b ", "*", "`a``", "<a ", "x<!--", "&amp;",
		"\\", "$a", "x$$ ", "\\(", "http://a ", "|a", ">", "- ", "\u200d👩", "a\u0301"} {
		b.Run(piece, func(b *testing.B) {
			s := New(Options{Width: 80, Theme: Dark(), Links: true})
			s.Write(strings.Repeat(piece, (maxOpen-1)/len(piece)))
			for b.Loop() {
				s.fresh = false
				s.Tail()
			}
		})
	}
}
