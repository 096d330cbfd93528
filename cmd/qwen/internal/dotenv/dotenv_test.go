package dotenv_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/dotenv"
)

// A tree holds a home directory with a project in it, and a place beside it.
type tree struct {
	t    *testing.T
	root string
}

func newTree(t *testing.T) *tree {
	t.Helper()
	tr := &tree{t, t.TempDir()}
	for _, dir := range []string{"home/work/repo", "elsewhere/repo"} {
		if err := os.MkdirAll(tr.path(dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	// t.TempDir's own directories obey the umask.
	for _, dir := range []string{"", "..", "home"} {
		_ = os.Chmod(tr.path(dir), 0o700)
	}
	return tr
}

func (tr *tree) path(name string) string { return filepath.Join(tr.root, filepath.FromSlash(name)) }

func (tr *tree) write(name, text string) string {
	tr.t.Helper()
	path := tr.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		tr.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tr.t.Fatal(err)
	}
	return path
}

func (tr *tree) search(dir string) dotenv.Search {
	return dotenv.Search{Dir: tr.path(dir), Home: tr.path("home")}
}

// found describes what a search found, relative to the tree.
func (tr *tree) found(s dotenv.Search) string {
	f, _ := s.Find()
	if f == nil {
		return "none"
	}
	rel, err := filepath.Rel(tr.root, f.Path)
	if err != nil {
		tr.t.Fatal(err)
	}
	if f.User {
		return filepath.ToSlash(rel) + " (user)"
	}
	return filepath.ToSlash(rel)
}

// The files are laid out from the last in the search order to the first; each
// must be found in its turn.
func TestSearchOrder(t *testing.T) {
	for _, tc := range []struct {
		dir   string
		order []string
	}{
		{"home/work/repo", []string{
			".env", ".qwen/.env", "home/.env (user)", "home/.qwen/.env (user)", "home/work/.env", "home/work/.qwen/.env",
			"home/work/repo/.env", "home/work/repo/.qwen/.env",
		}},
		{"elsewhere/repo", []string{
			"home/.env (user)", "home/.qwen/.env (user)", ".env", ".qwen/.env", "elsewhere/.env", "elsewhere/.qwen/.env", "elsewhere/repo/.env",
		}},
		{"home", []string{".env", "home/.env (user)", "home/.qwen/.env (user)"}},
	} {
		t.Run(tc.dir, func(t *testing.T) {
			tr := newTree(t)
			if got := tr.found(tr.search(tc.dir)); got != "none" {
				t.Skipf("a file above the test's directory is in the way: %s", got)
			}
			for _, want := range tc.order {
				tr.write(strings.TrimSuffix(want, " (user)"), "")
				if got := tr.found(tr.search(tc.dir)); got != want {
					t.Errorf("found %s, want %s", got, want)
				}
			}
		})
	}
}

func TestStateRoot(t *testing.T) {
	tr := newTree(t)
	s := tr.search("elsewhere/repo")
	s.StateRoot = tr.path("state")
	tr.write("home/.qwen/.env", "")
	tr.write("state/.env", "")
	if got := tr.found(s); got != "state/.env (user)" {
		t.Errorf("found %s", got)
	}
	// A directory that the user named is the user's, wherever it lies.
	s.StateRoot = tr.path("elsewhere/repo/.qwen")
	tr.write("elsewhere/repo/.qwen/.env", "")
	if got := tr.found(s); got != "elsewhere/repo/.qwen/.env (user)" {
		t.Errorf("found %s", got)
	}
}

func TestUserFilesOnly(t *testing.T) {
	tr := newTree(t)
	tr.write("home/.env", "A=b")
	if got := tr.found(dotenv.Search{Home: tr.path("home")}); got != "home/.env (user)" {
		t.Errorf("found %s", got)
	}
	if got := tr.found(dotenv.Search{}); got != "none" {
		t.Errorf("found %s without a place to look", got)
	}
}

func TestHomeUnderAnotherName(t *testing.T) {
	tr := newTree(t)
	tr.write("home/.env", "")
	if err := os.Symlink(tr.path("home"), tr.path("link")); err != nil {
		t.Skip(err)
	}
	s := dotenv.Search{Dir: tr.path("home/work"), Home: tr.path("link")}
	if got := tr.found(s); got != "home/.env (user)" {
		t.Errorf("found %s", got)
	}
}

func TestLookup(t *testing.T) {
	tr := newTree(t)
	path := tr.write("elsewhere/repo/.env", "A=b\nnonsense\nA=c\n")
	f, notes := tr.search("elsewhere/repo").Find()
	if v, ok := f.Lookup("A"); !ok || v.Value != "c" || v.Line != 3 {
		t.Errorf("A is %+v, %v", v, ok)
	}
	if _, ok := f.Lookup("B"); ok {
		t.Error("B is set")
	}
	want := []dotenv.Note{{Path: path, Line: 2, Reason: "no = in it"}}
	if diff := cmp.Diff(want, notes); diff != "" {
		t.Error(diff)
	}
	if _, ok := (*dotenv.File)(nil).Lookup("A"); ok {
		t.Error("no file sets A")
	}
}

func TestManyBadLines(t *testing.T) {
	tr := newTree(t)
	tr.write("elsewhere/repo/.env", strings.Repeat("secret\n", 5000))
	_, notes := tr.search("elsewhere/repo").Find()
	if len(notes) != 11 || notes[10].Reason != "4990 more lines are not understood" {
		t.Errorf("%d notes, the last is %+v", len(notes), notes[len(notes)-1])
	}
}

func BenchmarkFindNothing(b *testing.B) {
	dir := b.TempDir()
	s := dotenv.Search{Dir: filepath.Join(dir, "a/b/c/d/e/f"), Home: filepath.Join(dir, "home")}
	b.ReportAllocs()
	for b.Loop() {
		s.Find()
	}
}
