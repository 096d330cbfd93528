package editor

import (
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// BenchmarkKey is what a key costs, with the view after it, in texts that nobody
// has: it must be well under a millisecond.
func BenchmarkKey(b *testing.B) {
	for _, c := range []struct {
		name, text string
	}{
		{"empty", ""},
		{"10,000 lines", strings.Repeat("The quick brown fox jumps over the lazy dog, and on.\n", 10_000)},
		{"300 KB line", strings.Repeat("0123456789", 30_000)},
		{"300 KB line of Chinese", strings.Repeat("敏捷的棕色狐狸跳过了", 10_000)},
		{"300 KB line of emoji", strings.Repeat("👩🏽‍🚀", 20_000)},
	} {
		for _, at := range []string{"end", "start"} {
			b.Run(c.name+", "+at, func(b *testing.B) {
				e := New(nil)
				e.Insert(c.text)
				if at == "start" {
					e.moveTo(0)
				}
				e.View(100, 10)
				for b.Loop() {
					e.Press(term.Key{Text: "x"})
					e.View(100, 10)
				}
			})
		}
	}
}

func BenchmarkResize(b *testing.B) {
	e := New(nil)
	e.Insert(strings.Repeat("The quick brown fox jumps over the lazy dog, and on.\n", 10_000))
	for i := 0; b.Loop(); i++ {
		e.View(80+i%2, 10)
	}
}
