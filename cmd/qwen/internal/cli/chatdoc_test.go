package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/repl"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/tui"
)

// The tables of commands and of keys in docs/chat.md are made from the code; -update
// writes them.
func TestChatDoc(t *testing.T) {
	const doc = "../../../../docs/chat.md"
	old, err := os.ReadFile(doc)
	if err != nil {
		t.Fatal(err)
	}
	want := withTable(t, withTable(t, string(old), "commands", commandTable()), "keys", keyTable())
	if *update {
		if err := os.WriteFile(doc, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(old) != want {
		t.Errorf("%s is out of date; run: go test ./cmd/qwen/internal/cli -run ChatDoc -update", doc)
	}
}

// withTable puts a table between its marks.
func withTable(t *testing.T, doc, name, table string) string {
	t.Helper()
	before, rest, ok := strings.Cut(doc, "<!-- "+name+" -->\n")
	_, after, ok2 := strings.Cut(rest, "<!-- /"+name+" -->\n")
	if !ok || !ok2 {
		t.Fatalf("there is no place for the table of %s", name)
	}
	return before + "<!-- " + name + " -->\n" + table + "<!-- /" + name + " -->\n" + after
}

func commandTable() string {
	var b strings.Builder
	b.WriteString("| command | |\n|---|---|\n")
	for _, c := range repl.Help() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.ReplaceAll(c.Usage, "|", "\\|"), c.Does)
	}
	return b.String()
}

func keyTable() string {
	var b strings.Builder
	b.WriteString("| keys | |\n|---|---|\n")
	for _, k := range tui.Bindings() {
		var names []string
		for _, key := range k.Keys {
			names = append(names, "`"+strings.ReplaceAll(tui.KeyName(key), "|", "\\|")+"`")
		}
		fmt.Fprintf(&b, "| %s | %s |\n", strings.Join(names, ", "), k.Does)
	}
	return b.String()
}
