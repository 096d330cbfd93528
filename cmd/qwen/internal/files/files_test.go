package files

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/worktree"
	"github.com/qwen-cli/qwen/sdk"
)

// write makes files below a directory.
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
		if m.Dir != strings.HasSuffix(m.Path, "/") {
			t.Errorf("%+v", m)
		}
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
		"":                            {"a b.txt", "docs/", "internal/", "main.go", "docs/main.md", "internal/chat/", "internal/chat/turn.go"},
		"turn":                        {"internal/chat/turn.go"},
		"ictu":                        {"internal/chat/turn.go"},
		"chat":                        {"internal/chat/", "internal/chat/turn.go"},
		"MAIN":                        {"main.go", "docs/main.md"},
		"zzz":                         nil,
		"~/no":                        {"~/notes/"},
		"~/.s":                        {"~/.ssh/"},
		"~/notes/":                    {"~/notes/today.md"},
		"./do":                        {"./docs/"},
		"./internal/chat/T":           {"./internal/chat/turn.go"},
		filepath.ToSlash(dir) + "/ma": {filepath.ToSlash(dir) + "/main.go"},
	} {
		if diff := cmp.Diff(want, found(t, f, pattern)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", pattern, diff)
		}
	}
	if list, err := f.Find(t.Context(), "../nowhere/x", 10); err == nil || strings.Contains(err.Error(), dir) {
		t.Errorf("nowhere: %v, %v", list, err)
	}
	if list, err := f.Find(t.Context(), "", 2); len(list) != 2 || err != nil {
		t.Errorf("two of all: %v, %v", list, err)
	}
}

// Of what was found a moment ago, what was removed since is not offered; what is new
// is found a little later.
func TestFindIsFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, "one.txt", "two.txt")
		f := NewFinder(dir, "", nil)
		found(t, f, "txt")
		if err := os.Remove(filepath.Join(dir, "one.txt")); err != nil {
			t.Fatal(err)
		}
		write(t, dir, "three.txt")
		if got, want := found(t, f, "txt"), []string{"two.txt"}; !slices.Equal(got, want) {
			t.Errorf("at once: %q", got)
		}
		time.Sleep(2 * fresh)
		if got, want := found(t, f, "txt"), []string{"two.txt", "three.txt"}; !slices.Equal(got, want) {
			t.Errorf("later: %q", got)
		}
	})
}

// Whoever does not wait any more is let go.
func TestFindStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := NewFinder(t.TempDir(), "", nil)
	f.latest = &listing{done: make(chan struct{})} // one that takes for ever
	if list, err := f.Find(ctx, "x", 10); err == nil {
		t.Errorf("found %v", list)
	}
}

// A tree that is too large is listed from its top, as far as the limit goes.
func TestFindInLargeTree(t *testing.T) {
	dir := t.TempDir()
	for i := range 20 {
		write(t, dir, fmt.Sprintf("a/b/c/d%d/deep.txt", i))
	}
	write(t, dir, "zzz.txt")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if got := walk(ctx, dir); len(got) != 21 || got[0] != "zzz.txt" {
		t.Errorf("%q", got)
	}
	cancel()
	if got := walk(ctx, dir); len(got) != 0 {
		t.Errorf("without time: %q", got)
	}
}

func repository(t *testing.T) (dir string, git *worktree.Git) {
	t.Helper()
	git, err := worktree.Find(os.Environ())
	if err != nil {
		t.Skip("there is no git")
	}
	dir = t.TempDir()
	write(t, dir, "kept.go", "secret.log", "sub/kept.txt")
	if err := os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("*.log\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("git", "-C", dir, "init", "-q").CombinedOutput(); err != nil {
		t.Skipf("git init: %v\n%s", err, out)
	}
	return dir, git
}

// What git ignores is not offered; where there is git.
func TestFindIgnores(t *testing.T) {
	dir, git := repository(t)
	got := found(t, NewFinder(dir, "", git), "")
	if diff := cmp.Diff([]string{".gitignore", "kept.go", "sub/", "sub/kept.txt"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := found(t, NewFinder(filepath.Join(dir, "sub"), "", git), ""); !slices.Equal(got, []string{"kept.txt"}) {
		t.Errorf("from below: %q", got)
	}
}

// Of a directory the names of its files are sent along.
func TestReadDir(t *testing.T) {
	dir, git := repository(t)
	f := NewFinder(dir, "", git)
	c, err := f.ReadDir(t.Context(), dir, "./")
	if want := "Files below ./:\n```\n.gitignore\nkept.go\nsub/kept.txt\n```"; err != nil || c.Text != want || c.Kind != "list of files" {
		t.Errorf("%+v, %v", c, err)
	}
	for i := range maxNamed {
		write(t, dir, fmt.Sprintf("many/%04d", i))
	}
	if c, err = f.ReadDir(t.Context(), dir, "./"); err != nil || !strings.HasSuffix(c.Text, "\n```\nand 3 more") {
		t.Errorf("%q, %v", c.Text[max(0, len(c.Text)-40):], err)
	}
	if c, err := f.ReadDir(t.Context(), filepath.Join(dir, "kept.go"), "kept.go"); err == nil {
		t.Errorf("a file: %+v", c)
	}
}

func TestSensitive(t *testing.T) {
	for path, want := range map[string]bool{
		"main.go": false, "keyboard.go": false, "credential.go": false, "secrets.go": false, "id_card.go": false, "environment.md": false,
		".env": true, ".env.local": true, ".env.example": false, ".ENV": true, "id_rsa": true, "id_rsa.pub": false, "id_ed25519_work": true,
		"server.pem": true, "server.KEY": true, "secrets.yaml": true, "my-credentials.json": true, "credentials": true,
		"oauth_creds.json": true, "gcp-service-account.json": true, "/proc/self/environ": true, "/etc/shadow": true,
		"/home/x/.ssh/config": true, "/home/x/.qwen/settings.json": true, "/home/x/.docker/config.json": true, "x/.docker/Dockerfile": false,
	} {
		if got := Sensitive(path); got != want {
			t.Errorf("Sensitive(%q) = %v", path, got)
		}
	}
	dir := t.TempDir()
	write(t, dir, "id_rsa")
	link := filepath.Join(dir, "notes.txt")
	if err := os.Symlink("id_rsa", link); err != nil {
		t.Skip(err)
	}
	if !Sensitive(link) {
		t.Error("a link to a key is not sensitive")
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
	c, err := Read(path("a.md", "use ```go``` here\n"), "docs/a.md")
	if err != nil || c.Kind != "text" || c.Text != "File docs/a.md:\n````\nuse ```go``` here\n````" {
		t.Errorf("%+v, %v", c, err)
	}
	c, err = Read(path("p.png", "\x89PNG\r\n\x1a\n0000"), "docs/p.png")
	if image, ok := c.Part.(*sdk.Image); err != nil || !ok || image.MediaType != "image/png" || image.Name != "p.png" {
		t.Errorf("%+v, %v", c, err)
	}
	for name, want := range map[string]string{
		path("bin", "a\x00b"):                           "neither text",
		path("big.txt", strings.Repeat("x", MaxText+1)): "larger than 4 MB",
		dir:                        "a directory",
		filepath.Join(dir, "none"): "no such file",
	} {
		if _, err := Read(name, "it"); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A file that holds more than it tells is not read for ever.
func TestReadAtMost(t *testing.T) {
	const endless = "/dev/zero"
	if _, err := os.Stat(endless); err != nil {
		t.Skip(err)
	}
	if data, err := readAtMost(endless, 1000); err == nil {
		t.Errorf("%d bytes", len(data))
	}
}
