package files

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/worktree"
	"github.com/qwen-cli/qwen/sdk"
)

// write makes files below a directory; a name that ends in a slash is a directory.
func write(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("text of "+name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func found(t *testing.T, f *Finder, pattern string) []string {
	t.Helper()
	list, err := f.Find(t.Context(), pattern, 10)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, m := range list {
		paths = append(paths, m.Path)
	}
	return paths
}

func TestFind(t *testing.T) {
	dir, home := t.TempDir(), t.TempDir()
	write(t, dir, "main.go", "internal/chat/turn.go", "docs/main.md", "node_modules/x/turn.go", ".git/config", "a b.txt")
	write(t, home, "notes/today.md", ".ssh/id_ed25519")
	f := NewFinder(dir, home, nil)
	for pattern, want := range map[string][]string{
		"turn":                        {"internal/chat/turn.go"},
		"ictu":                        {"internal/chat/turn.go"},
		"main":                        {"main.go", "docs/main.md"},
		"zzz":                         nil,
		"~/no":                        {"~/notes/"},
		"~/notes/":                    {"~/notes/today.md"},
		"./do":                        {"./docs/"},
		filepath.ToSlash(dir) + "/ma": {filepath.ToSlash(dir) + "/main.go"},
	} {
		if diff := cmp.Diff(want, found(t, f, pattern)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", pattern, diff)
		}
	}
	if got := found(t, f, ""); len(got) != 4 {
		t.Errorf("all files: %q", got)
	}
}

// What git ignores is not offered; where there is git.
func TestFindIgnores(t *testing.T) {
	git, err := worktree.Find(os.Environ())
	if err != nil {
		t.Skip("there is no git")
	}
	dir := t.TempDir()
	write(t, dir, "kept.go", "secret.log", "sub/kept.txt")
	if err := os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("*.log\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := initRepository(dir); err != nil {
		t.Skipf("git init: %v\n%s", err, out)
	}
	got := found(t, NewFinder(dir, "", git), "")
	if diff := cmp.Diff([]string{".gitignore", "kept.go", "sub/kept.txt"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMentions(t *testing.T) {
	for text, want := range map[string][]string{
		"look at @main.go please":        {"main.go"},
		"@a and @\"b c.txt\", (@d/e.md)": {"a", "b c.txt", "d/e.md)"},
		"mail me@example.com":            nil,
		"@":                              nil,
		"@ x":                            nil,
		"@\"open":                        nil,
		"no mention":                     nil,
		"在 @文件.md 里":                     {"文件.md"},
	} {
		var got []string
		for _, m := range Mentions(text) {
			got = append(got, m.Path)
			if part := text[m.From:m.Till]; !strings.HasPrefix(part, "@") || !strings.Contains(part, m.Path) {
				t.Errorf("%q: the range of %q is %q", text, m.Path, part)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func FuzzMentions(f *testing.F) {
	f.Add(`see @a.go, @"b c" and x@y.z`)
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, m := range Mentions(text) {
			if m.From < end || m.Till > len(text) || m.From >= m.Till || text[m.From] != '@' || m.Path == "" {
				t.Fatalf("%+v in %q", m, text)
			}
			end = m.Till
			for ok := true; ok; m, ok = m.Shorten() {
				if m.Path == "" {
					t.Fatalf("shortened to nothing in %q", text)
				}
			}
		}
	})
}

func TestSensitive(t *testing.T) {
	for path, want := range map[string]bool{
		"main.go": false, ".env": true, ".env.local": true, ".env.example": false, "id_rsa": true, "id_rsa.pub": false,
		"/home/x/.ssh/config": true, "server.pem": true, "keyboard.go": false, "oauth_creds.json": true, "/home/x/.qwen/settings.json": true,
	} {
		if got := Sensitive(path); got != want {
			t.Errorf("Sensitive(%q) = %v", path, got)
		}
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	path := func(name string, data string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	c, err := Read(path("a.md", "use ```go``` here\n"))
	if err != nil || c.Kind != "text" || c.Text != "File a.md:\n````\nuse ```go``` here\n````" {
		t.Errorf("%+v, %v", c, err)
	}
	c, err = Read(path("p.png", "\x89PNG\r\n\x1a\n0000"))
	if image, ok := c.Part.(*sdk.Image); err != nil || !ok || image.MediaType != "image/png" || image.Name != "p.png" {
		t.Errorf("%+v, %v", c, err)
	}
	for name, want := range map[string]string{
		path("bin", "a\x00b"):                           "neither text",
		path("big.txt", strings.Repeat("x", MaxText+1)): "larger than 4 MB",
		dir:                        "a directory",
		filepath.Join(dir, "none"): "no such file",
	} {
		if _, err := Read(name); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
