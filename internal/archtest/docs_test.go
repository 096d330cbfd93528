package archtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A document that names a file which is no longer there misleads. Relative links
// have to lead somewhere, and what looks like a path in code style has to exist.
func TestDocumentsNameWhatExists(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	code := regexp.MustCompile("`((?:cmd|plugins|sdk|internal|docs|tools)/[a-zA-Z0-9_./-]+)`")
	for _, doc := range documents(t) {
		data, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(data), -1) {
			if !exists(filepath.Join(filepath.Dir(doc), m[1])) {
				t.Errorf("%s: the link to %s leads nowhere", doc, m[1])
			}
		}
		for _, m := range code.FindAllStringSubmatch(string(data), -1) {
			if !exists(filepath.Join(root, strings.TrimSuffix(m[1], "/"))) {
				t.Errorf("%s: there is no %s", doc, m[1])
			}
		}
	}
}

// The tree in docs/architecture.md shows every package folder that it begins to
// tell about.
func TestLayoutIsComplete(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, layout, ok := strings.Cut(string(data), "## Layout\n")
	layout, _, ok2 := strings.Cut(layout, "\n### ")
	if !ok || !ok2 {
		t.Fatal("docs/architecture.md: no section Layout")
	}
	for _, dir := range []string{"cmd/qwen/internal", "plugins", "sdk"} {
		entries, err := os.ReadDir(filepath.Join(root, dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if entry.IsDir() && !strings.Contains(layout, " "+entry.Name()+"/ ") {
				t.Errorf("docs/architecture.md: the layout does not show %s/%s", dir, entry.Name())
			}
		}
	}
}

// Every direct dependency has its sentence.
func TestDependenciesAreExplained(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	gomod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	direct := regexp.MustCompile(`(?m)^\t(\S+) v\S+$`)
	for _, m := range direct.FindAllStringSubmatch(string(gomod), -1) {
		if !strings.Contains(string(text), "| "+m[1]+" |") {
			t.Errorf("docs/dependencies.md: no sentence on %s", m[1])
		}
	}
	tools, err := os.ReadFile(filepath.Join(root, "tools", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(tools), "tool (")
	list, _, _ = strings.Cut(list, ")")
	for _, tool := range strings.Fields(list) {
		if base, _, _ := strings.Cut(tool, "/cmd/"); !strings.Contains(string(text), "| "+base) {
			t.Errorf("docs/dependencies.md: no sentence on %s", tool)
		}
	}
}

// documents returns the Markdown files of the project.
func documents(t *testing.T) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && file != root && (entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".")):
			return fs.SkipDir
		case strings.HasSuffix(file, ".md"):
			list = append(list, file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
