package budget

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/usage"
	"github.com/qwen-cli/qwen/sdk"
)

func limit(requests, tokens int64) Limit {
	return Limit{Amount: Amount{requests, tokens}, RequestsBy: "--requests", TokensBy: "--tokens"}
}

// check checks an error of a budget; "" is none.
func check(t *testing.T, err error, message, hint string) {
	t.Helper()
	if message == "" {
		if err != nil {
			t.Errorf("got %v", err)
		}
		return
	}
	if sdk.KindOf(err) != Kind || err.Error() != message || sdk.AsError(err).Hint != hint {
		t.Errorf("got %s %v\nhint %s\nwant %s\nhint %s", sdk.KindOf(err), err, sdk.AsError(err).Hint, message, hint)
	}
}

func TestRequestsOfARun(t *testing.T) {
	b := Budget{Run: limit(2, 0)}
	for range 2 {
		if b.Spent() != nil {
			t.Error("spent too early")
		}
		check(t, b.Allow(t.Context(), 1_000_000), "", "")
		check(t, b.Add(strings.Repeat("x", 100_000)), "", "")
	}
	const message = "the budget of this run is used up: 2 of 2 requests sent"
	check(t, b.Allow(t.Context(), 1), message, "Allow more with --requests.")
	check(t, b.Spent(), message, "Allow more with --requests.")
}

func TestTokensOfARun(t *testing.T) {
	b := Budget{Run: limit(0, 1000)}
	check(t, b.Allow(t.Context(), 1000), "the budget of this run is 1,000 tokens: about 0 are used, and this request would take more than 1,000", "Allow more with --tokens.")
	check(t, b.Allow(t.Context(), 100), "", "")
	for range 900 {
		check(t, b.Add("four"), "", "")
	}
	check(t, b.Add("more"), "the answer was stopped: the budget of this run, 1,000 tokens, is used up", "What arrived is kept. Allow more with --tokens.")
	b.Took(600) // the service's own count
	check(t, b.Allow(t.Context(), 399), "", "")
	b.Took(0) // it was refused
	check(t, b.Allow(t.Context(), 400), "the budget of this run is 1,000 tokens: about 600 are used, and this request would take more than 400", "Allow more with --tokens.")
}

// day returns a budget for the day, as one process has it.
func day(root string, requests, tokens int64) *Budget {
	return &Budget{Day: limit(requests, tokens), Ledger: usage.New(root)}
}

// enter enters a request into the ledger.
func enter(t *testing.T, b *Budget, tokens int64) {
	t.Helper()
	r := usage.Record{Time: time.Now(), Key: usage.Key{Outcome: usage.OK}, Tokens: usage.Tokens{Input: tokens}}
	if err := b.Ledger.Append(r); err != nil {
		t.Error(err)
	}
	if err := b.Entered(t.Context()); err != nil {
		t.Error(err)
	}
}

// However many ask at once, no more are allowed than the day has room for.
func TestManyAtOnce(t *testing.T) {
	root := t.TempDir()
	var allowed atomic.Int64
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			b := day(root, 15, 0)
			err := b.Allow(t.Context(), 1)
			switch {
			case err == nil:
				allowed.Add(1)
				if i%2 == 0 {
					enter(t, b, 10) // the others are killed
				}
			case sdk.KindOf(err) != Kind:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := allowed.Load(); n != 15 {
		t.Errorf("%d were allowed", n)
	}
}

func TestDay(t *testing.T) {
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		b := day(root, 3, 0)
		check(t, b.Allow(t.Context(), 1), "", "")
		enter(t, b, 10)
		check(t, day(root, 3, 0).Allow(t.Context(), 1), "", "") // killed
		check(t, b.Allow(t.Context(), 1), "", "")
		enter(t, b, 10)
		check(t, b.Allow(t.Context(), 1), "the budget of today is used up: 3 of 3 requests sent", "Allow more with --requests.")
		time.Sleep(24 * time.Hour)
		check(t, b.Allow(t.Context(), 1), "", "")
	})
}

func TestTokensOfADay(t *testing.T) {
	root := t.TempDir()
	b := day(root, 0, 1000)
	check(t, b.Allow(t.Context(), 100), "", "")
	enter(t, b, 500)
	other := day(root, 0, 1000)
	check(t, other.Allow(t.Context(), 300), "", "")
	check(t, b.Allow(t.Context(), 200), "the budget of today is 1,000 tokens: about 800 are used, and this request would take more than 200", "Allow more with --tokens.")
	check(t, b.Allow(t.Context(), 100), "", "")
	check(t, b.Add(strings.Repeat("x", 400)), "", "")
	check(t, b.Add("x"), "the answer was stopped: the budget of today, 1,000 tokens, is used up", "What arrived is kept. Allow more with --tokens.")
}

// Where it cannot be known what was used, nothing is sent.
func TestUnknown(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "usage"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := day(root, 3, 0).Allow(t.Context(), 1)
	if sdk.KindOf(err) != sdk.KindConfig || !strings.Contains(err.Error(), "what was used today is not known") {
		t.Errorf("%v", err)
	}
	if err := errors.Join(unknown(nil)); err != nil {
		t.Error(err)
	}
}

func FuzzClaims(f *testing.F) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	midnight := now.Add(-12 * time.Hour)
	f.Add([]byte(nil))
	f.Add(claims{{1, now.UnixMilli(), 5}, {2, 0, 1 << 60}, {3, now.UnixMilli(), -9}}.bytes()[len(header):])
	f.Fuzz(func(t *testing.T, data []byte) {
		list := parse(append([]byte(header), data...)).since(midnight)
		if total := list.total(); total.Requests != int64(len(list)) || total.Tokens < 0 {
			t.Fatalf("%+v", total)
		}
		if again := parse(list.bytes()); len(again) != len(list) {
			t.Fatalf("%d became %d", len(list), len(again))
		}
	})
}
