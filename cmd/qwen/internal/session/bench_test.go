package session

import (
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/sdk"
)

// An answer of 500 KB in 20,000 pieces.
func BenchmarkLongAnswer(b *testing.B) {
	const pieces = 20_000
	piece := strings.Repeat("x", 24) + "\n"
	b.ReportAllocs()
	for b.Loop() {
		w := create(b, New(b.TempDir()), Meta{})
		for range pieces {
			w.Partial(sdk.PartText, piece)
		}
		if err := w.Message(sdk.TextMessage(sdk.RoleAssistant, strings.Repeat(piece, pieces)), TurnInfo{}); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// A session of 200 answers of 20 KB, read to go on with.
func BenchmarkRead(b *testing.B) {
	w := create(b, New(b.TempDir()), Meta{})
	for range 200 {
		for _, m := range []sdk.Message{sdk.TextMessage(sdk.RoleUser, "and?"), sdk.TextMessage(sdk.RoleAssistant, strings.Repeat("a line of text\n", 1400))} {
			if err := w.Message(m, TurnInfo{}); err != nil {
				b.Fatal(err)
			}
		}
	}
	for b.Loop() {
		if c, err := w.store.Read(w.ID()); err != nil || c.Messages != 400 {
			b.Fatal(err)
		}
	}
}
