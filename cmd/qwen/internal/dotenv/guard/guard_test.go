package guard_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/dotenv/guard"
)

func TestReadFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dir")
	path := filepath.Join(dir, "file")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, err := guard.ReadFile(path, 4); err != nil || string(data) != "text" {
		t.Errorf("got %q, %v", data, err)
	}
	var refusal *guard.Refusal
	if _, err := guard.ReadFile(path, 3); !errors.As(err, &refusal) || refusal.Path != path {
		t.Errorf("a file over the limit gives %v", err)
	}
	if _, err := guard.ReadFile(dir, 3); !errors.As(err, &refusal) {
		t.Errorf("a directory gives %v", err)
	}
	for _, missing := range []string{filepath.Join(dir, "none"), filepath.Join(path, "below")} {
		if _, err := guard.ReadFile(missing, 4); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s gives %v", missing, err)
		}
	}
}
