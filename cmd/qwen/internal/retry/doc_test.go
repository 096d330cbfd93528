package retry

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the table in docs/limits.md")

const doc = "../../../../docs/limits.md"

// The table in docs/limits.md is made from the rules; -update writes it.
func TestDoc(t *testing.T) {
	old, err := os.ReadFile(doc)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- retries -->\n", "<!-- /retries -->\n"
	before, rest, ok := strings.Cut(string(old), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s: no place for the table", doc)
	}
	want := before + begin + table() + end + after
	if *update {
		if err := os.WriteFile(doc, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(old) != want {
		t.Errorf("%s is out of date; run: go test ./cmd/qwen/internal/retry -run Doc -update", doc)
	}
}

func table() string {
	var b strings.Builder
	b.WriteString("| error | sent again | first wait | `--fallback` | why |\n|---|---|---|---|---|\n")
	for _, r := range Rules() {
		again, wait := "no", ""
		if r.Base > 0 {
			again, wait = "yes", fmt.Sprintf("0 to %v", r.Base)
		}
		elsewhere := "no"
		if r.Elsewhere {
			elsewhere = "yes"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", r.Kind, again, wait, elsewhere, r.Why)
	}
	fmt.Fprintf(&b, "\nA wait that nobody has named is random: from nothing up to a bound that doubles each time, to %v at most.\n", Cap.Round(time.Second))
	return b.String()
}
