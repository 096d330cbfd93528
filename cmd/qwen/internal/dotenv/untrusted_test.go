//go:build unix

package dotenv_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Every file that must not be used is passed over with one note, and the search
// goes on as if it were not there.
func TestUntrustedFiles(t *testing.T) {
	for _, tc := range []struct {
		name string
		make func(t *testing.T, tr *tree, path string)
		want string
	}{
		{"directory", func(t *testing.T, _ *tree, path string) { must(t, os.Mkdir(path, 0o700)) }, "it is a directory, not a file"},
		{"pipe", func(t *testing.T, _ *tree, path string) { must(t, syscall.Mkfifo(path, 0o600)) }, "it is not a regular file"},
		{"device", func(t *testing.T, _ *tree, path string) { must(t, os.Symlink("/dev/zero", path)) }, "it is not a regular file"},
		{"environment of a process", func(t *testing.T, _ *tree, path string) {
			if runtime.GOOS != "linux" {
				t.Skip("there is no /proc")
			}
			must(t, os.Symlink("/proc/self/environ", path))
		}, "it is not an ordinary file (its size does not hold)"},
		{"broken link", func(t *testing.T, _ *tree, path string) { must(t, os.Symlink("nowhere", path)) }, "it is a link that leads nowhere"},
		{"link to itself", func(t *testing.T, _ *tree, path string) { must(t, os.Symlink(path, path)) }, "it is a link that leads nowhere"},
		{"link into an open directory", func(t *testing.T, tr *tree, path string) {
			target := tr.write("open/file", "A=b")
			must(t, os.Chmod(filepath.Dir(target), 0o777|os.ModeSticky))
			must(t, os.Symlink(target, path))
		}, "it is a link, and its directory ROOT/open can be written to by everybody (chmod o-w)"},
		{"too large", func(t *testing.T, tr *tree, _ string) {
			tr.write("elsewhere/repo/.env", strings.Repeat("#", 64<<10+1))
		}, "it is larger than 64 KiB"},
		{"world-writable", func(t *testing.T, tr *tree, path string) {
			must(t, os.Chmod(tr.write("elsewhere/repo/.env", "A=b"), 0o602))
		}, "it can be written to by everybody (chmod o-w)"},
		{"group-writable", func(t *testing.T, tr *tree, path string) {
			if os.Geteuid() != 0 {
				t.Skip("only root can give files to another group")
			}
			must(t, os.Chown(tr.write("elsewhere/repo/.env", "A=b"), 0, 12345))
			must(t, os.Chmod(path, 0o620))
		}, "it can be written to by its group (chmod g-w)"},
		{"world-writable directory", func(t *testing.T, tr *tree, path string) {
			tr.write("elsewhere/repo/.env", "A=b")
			must(t, os.Chmod(filepath.Dir(path), 0o777))
		}, "its directory ROOT/elsewhere/repo can be written to by everybody (chmod o-w)"},
		{"sticky directory", func(t *testing.T, tr *tree, path string) {
			tr.write("elsewhere/repo/.env", "A=b")
			must(t, os.Chmod(filepath.Dir(path), 0o777|os.ModeSticky))
		}, "its directory ROOT/elsewhere/repo can be written to by everybody (chmod o-w)"},
		{"unreadable", func(t *testing.T, tr *tree, path string) {
			if os.Geteuid() == 0 {
				t.Skip("root can read everything")
			}
			must(t, os.Chmod(tr.write("elsewhere/repo/.env", "A=b"), 0))
		}, "permission denied"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tr := newTree(t)
			tr.write("elsewhere/.env", "A=above")
			path := tr.path("elsewhere/repo/.env")
			tc.make(t, tr, path)
			start := time.Now()
			passedOver(t, tr, path, tc.want)
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("it took %v", d)
			}
		})
	}
}

// passedOver checks that the file at path is passed over for the one above, with
// one note.
func passedOver(t *testing.T, tr *tree, path, reason string) {
	t.Helper()
	f, notes := tr.search("elsewhere/repo").Find()
	if f == nil || f.Path != tr.path("elsewhere/.env") {
		t.Errorf("found %+v, want the file above", f)
	}
	if len(notes) != 1 || notes[0].Path != path || !strings.Contains(strings.ReplaceAll(notes[0].Reason, tr.root, "ROOT"), reason) {
		t.Errorf("notes %+v, want one with %q", notes, reason)
	}
}

func TestFilesOfOtherUsers(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	tr := newTree(t)
	tr.write("elsewhere/.env", "A=above")
	path := tr.write("elsewhere/repo/.env", "A=b")
	must(t, os.Chown(path, 12345, 12345))
	passedOver(t, tr, path, "it belongs to another user (uid 12345)")
	must(t, os.Chown(path, 0, 0))
	must(t, os.Chown(filepath.Dir(path), 12345, 12345))
	passedOver(t, tr, path, "its directory ROOT/elsewhere/repo belongs to another user (uid 12345)")
}

// A umask of 002 and a group of one's own are common.
func TestGroupOfOnesOwn(t *testing.T) {
	if os.Geteuid() != 0 || os.Getegid() != 0 {
		t.Skip("only of root is it known that the group is its own")
	}
	tr := newTree(t)
	path := tr.write("elsewhere/repo/.env", "A=b")
	must(t, os.Chmod(path, 0o664))
	must(t, os.Chmod(filepath.Dir(path), 0o775))
	if f, notes := tr.search("elsewhere/repo").Find(); f == nil || f.Path != path {
		t.Errorf("found %+v, notes %+v", f, notes)
	}
}

// Whoever can write beside .qwen can exchange it.
func TestUntrustedDirectoryAboveQwen(t *testing.T) {
	tr := newTree(t)
	tr.write("elsewhere/repo/.qwen/.env", "A=b")
	if err := os.Chmod(tr.path("elsewhere/repo"), 0o777); err != nil {
		t.Fatal(err)
	}
	f, notes := tr.search("elsewhere/repo").Find()
	if f != nil || len(notes) != 1 {
		t.Errorf("found %+v, notes %+v", f, notes)
	}
}

// Dotfiles are often links into a repository of one's own.
func TestLinkToOwnFile(t *testing.T) {
	tr := newTree(t)
	target := tr.write("home/dotfiles/qwen", "A=b")
	if err := os.Symlink(target, tr.path("home/.env")); err != nil {
		t.Fatal(err)
	}
	f, notes := tr.search("home/work/repo").Find()
	if v, _ := f.Lookup("A"); v.Value != "b" || !f.User || len(notes) != 0 {
		t.Errorf("found %+v, notes %+v", f, notes)
	}
}
