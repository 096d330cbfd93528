//go:build unix

package files

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What is no file is not opened: a pipe would be waited for.
func TestReadNoFile(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	for _, path := range []string{pipe, "/dev/null"} {
		if _, err := Read(path, "it"); err == nil || !strings.Contains(err.Error(), "not a regular file") || Exists(path) {
			t.Errorf("%s: %v, exists: %v", path, err, Exists(path))
		}
	}
}
