//go:build unix

package lockedfile

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFilesAreTheUsersOwn(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state", "f")
	if err := Update(t.Context(), path, addOne); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{path: fileMode, path + ".lock": fileMode, filepath.Dir(path): dirMode} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if err := Update(t.Context(), link, addOne); err == nil {
		t.Error("a symbolic link was followed")
	}
}
