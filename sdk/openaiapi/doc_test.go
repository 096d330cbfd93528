package openaiapi

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table in docs/limits.md")

const limitsDoc = "../../docs/limits.md"

// The table of refusals in docs/limits.md is made from the rules; -update writes it.
func TestLimitsDoc(t *testing.T) {
	old, err := os.ReadFile(limitsDoc)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- refusals -->\n", "<!-- /refusals -->\n"
	before, rest, ok := strings.Cut(string(old), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s: no place for the table", limitsDoc)
	}
	want := before + begin + refusals() + end + after
	if *update {
		if err := os.WriteFile(limitsDoc, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(old) != want {
		t.Errorf("%s is out of date; run: go test ./sdk/openaiapi -run LimitsDoc -update", limitsDoc)
	}
}

func refusals() string {
	var b strings.Builder
	b.WriteString("| status | code | words | error | may be sent again |\n|---|---|---|---|---|\n")
	row := func(status, code, words string, r ErrorRule) {
		again := "no"
		if r.Retryable {
			again = "yes"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | `%s` | %s |\n", status, code, words, r.Kind, again)
	}
	for _, r := range commonRules {
		status, code, words := "", "", ""
		if r.Status != 0 {
			status = fmt.Sprint(r.Status)
		}
		if r.Code != "" {
			code = "`" + r.Code + "`"
		}
		if r.Contains != "" {
			words = "“" + r.Contains + "”"
		}
		row(status, code, words, r)
	}
	for status := 400; status < 600; status++ {
		if http.StatusText(status) != "" && kindOfStatus(status) != kindOfClass(status) || status == 529 {
			row(fmt.Sprint(status), "", "", kindOfStatus(status))
		}
	}
	for _, class := range []int{4, 5} {
		row(fmt.Sprintf("other %dxx", class), "", "", kindOfClass(class*100))
	}
	return b.String()
}
