package worktree_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/worktree"
)

// A repo is a new repository.
type repo struct {
	t   *testing.T
	dir string
}

func newRepo(t *testing.T) *repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	r := &repo{t, filepath.Join(t.TempDir(), "repo")}
	r.write("README", "x")
	r.git("init", "-q", ".")
	return r
}

func (r *repo) git(args ...string) {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "HOME="+r.dir, "GIT_CONFIG_GLOBAL=", "GIT_CONFIG_NOSYSTEM=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func (r *repo) write(name, text string) string {
	r.t.Helper()
	path := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		r.t.Fatal(err)
	}
	return path
}

func (r *repo) state(name string) worktree.State {
	r.t.Helper()
	git, err := worktree.Find([]string{"HOME=" + filepath.Dir(r.dir), "GIT_DIR=/nowhere"})
	if err != nil {
		r.t.Fatal(err)
	}
	return git.State(r.t.Context(), filepath.Join(r.dir, filepath.FromSlash(name)))
}

func (r *repo) files(name string, most int) ([]string, error) {
	r.t.Helper()
	git, err := worktree.Find([]string{"HOME=" + filepath.Dir(r.dir), "GIT_DIR=/nowhere"})
	if err != nil {
		r.t.Fatal(err)
	}
	return git.Files(r.t.Context(), filepath.Join(r.dir, name), most)
}

func TestFiles(t *testing.T) {
	r := newRepo(t)
	r.write(".gitignore", "*.log\n")
	r.write("a b/é.txt", "x")
	r.write("a b/other.log", "x")
	r.write("a b/forced.log", "x")
	r.git("add", "-f", "README", "a b/forced.log")
	for _, c := range []struct {
		dir  string
		most int
		want []string
	}{
		{".", 100, []string{"README", "a b/forced.log", ".gitignore", "a b/é.txt"}},
		{"a b", 100, []string{"forced.log", "é.txt"}},
		{".", 3, []string{"README", "a b/forced.log", ".gitignore"}},
		{".", 1, []string{"README"}},
	} {
		got, err := r.files(c.dir, c.most)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q, at most %d: %q, %v", c.dir, c.most, got, err)
		}
	}
	if got, err := r.files("..", 100); err == nil {
		t.Errorf("outside: %q", got)
	}
}

func TestState(t *testing.T) {
	r := newRepo(t)
	r.write(".gitignore", ".qwen/\n*.secret\n")
	r.write(".env", "A=b")
	r.write(".qwen/.env", "A=b")
	r.write("sub/.env", "A=b")
	r.write("sub/*", "A=b")
	r.write("forced.secret", "A=b")
	r.git("add", ".env")
	r.git("add", "-f", "forced.secret")
	for name, want := range map[string]worktree.State{
		".env": worktree.Tracked, "forced.secret": worktree.Tracked,
		"sub/.env": worktree.Exposed, "sub/*": worktree.Exposed,
		".qwen/.env": worktree.Ignored, "other.secret": worktree.Ignored,
		"../.env": worktree.Unknown, "nowhere/.env": worktree.Unknown,
	} {
		if got := r.state(name); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

// The user's own list of files to ignore counts.
func TestUsersIgnoreFile(t *testing.T) {
	r := newRepo(t)
	r.write(".env", "A=b")
	r.write("../.config/git/ignore", ".env\n")
	if got := r.state(".env"); got != worktree.Ignored {
		t.Errorf("%d", got)
	}
}

// Nothing that a repository's configuration names is started.
func TestHostileRepositoryStartsNothing(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the trap is a shell script")
	}
	r := newRepo(t)
	mark := filepath.Join(filepath.Dir(r.dir), "sprung")
	trap := r.write("trap", "#!/bin/sh\necho \"$0 $*\" >>"+mark+"\nexit 1\n")
	r.write(".env", "A=b")
	r.write(".gitattributes", "* filter=trap diff=trap\n")
	r.write(".gitignore", "nothing\n")
	r.git("add", ".env", "README")
	for _, name := range []string{"post-index-change", "fsmonitor-watchman", "pre-auto-gc"} {
		r.write(".git/hooks/"+name, "#!/bin/sh\nexec "+trap+" hook\n")
	}
	var settings strings.Builder
	for section, keys := range map[string][]string{
		"core":              {"fsmonitor", "pager", "editor", "sshCommand", "askPass", "gitProxy", "alternateRefsCommand"},
		"alias":             {"ls-files"},
		"filter \"trap\"":   {"clean", "smudge", "process"},
		"diff \"trap\"":     {"command", "textconv"},
		"credential":        {"helper"},
		"uploadpack":        {"packObjectsHook"},
		"pager":             {"ls-files"},
		"remote \"origin\"": {"uploadpack", "receivepack"},
	} {
		settings.WriteString("[" + section + "]\n")
		for _, key := range keys {
			settings.WriteString("\t" + key + " = " + trap + "\n")
		}
	}
	settings.WriteString("[remote \"origin\"]\n\turl = ext::" + trap + "\n\tpromisor = true\n[extensions]\n\tpartialClone = origin\n")
	file, err := os.OpenFile(filepath.Join(r.dir, ".git", "config"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(settings.String()); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if got := r.state(".env"); got != worktree.Tracked {
		t.Errorf("tracked file: %d", got)
	}
	if got := r.state("trap"); got != worktree.Exposed {
		t.Errorf("other file: %d", got)
	}
	if got, err := r.files(".", 100); err != nil || !slices.Contains(got, "trap") {
		t.Errorf("files: %q, %v", got, err)
	}
	if data, err := os.ReadFile(mark); err == nil {
		t.Errorf("started:\n%s", data)
	}
	// The trap works: git as people call it walks into it.
	cmd := exec.Command("git", "status")
	cmd.Dir = r.dir
	_ = cmd.Run()
	if _, err := os.Stat(mark); err != nil {
		t.Error("the trap catches nobody")
	}
}

// A git in the working directory is not the one that is started.
func TestFindIgnoresTheWorkingDirectory(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"git", "git.exe"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	t.Setenv("PATH", "."+string(filepath.ListSeparator)+"")
	if git, err := worktree.Find(nil); err == nil {
		t.Errorf("found %v", git)
	}
}
