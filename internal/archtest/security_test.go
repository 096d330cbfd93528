package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// threats is the number of rows in the table of docs/security.md.
const threats = 31

// A defence without a test is a hope. Every row of the table in docs/security.md
// names tests or scripts, and these exist.
func TestThreatsHaveTests(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	known := testNames(t)
	row := regexp.MustCompile(`(?m)^\| (T\d+) \|.*\| ([^|]*) \|$`)
	name := regexp.MustCompile("`([^`]+)`")
	rows := row.FindAllStringSubmatch(string(data), -1)
	if len(rows) != threats {
		t.Errorf("docs/security.md: %d threats, want %d", len(rows), threats)
	}
	for i, m := range rows {
		if want := fmt.Sprintf("T%d", i+1); m[1] != want {
			t.Errorf("docs/security.md: %s stands in the place of %s", m[1], want)
		}
		names := name.FindAllStringSubmatch(m[2], -1)
		if len(names) == 0 {
			t.Errorf("docs/security.md: %s names no test", m[1])
		}
		for _, n := range names {
			if !known[n[1]] {
				t.Errorf("docs/security.md: %s names %s, which there is not", m[1], n[1])
			}
		}
	}
}

// testNames returns the names of all tests and fuzz tests, as PACKAGE.NAME with
// the last element of the package's folder, and of all scripts.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	known := make(map[string]bool)
	scripts, err := filepath.Glob(filepath.Join(root, "cmd", "qwen", "testdata", "script", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range scripts {
		known[filepath.Base(file)] = true
	}
	err = filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		folder := filepath.Base(filepath.Dir(path))
		for _, name := range testsIn(t, path) {
			known[folder+"."+name] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return known
}

func testsIn(t *testing.T, path string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if ok && f.Recv == nil && (strings.HasPrefix(f.Name.Name, "Test") || strings.HasPrefix(f.Name.Name, "Fuzz")) {
			names = append(names, f.Name.Name)
		}
	}
	return names
}
