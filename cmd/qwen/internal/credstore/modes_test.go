//go:build unix

package credstore

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/qwen-cli/qwen/sdk"
)

var modeIDs = []ID{{Provider: "qwen-oauth"}, {Provider: "openai", Name: "work"}}

func checkMode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != want {
		t.Errorf("%s has mode %04o, want %04o", path, got, want)
	}
}

// checkModes looks at everything under the root.
func checkModes(t *testing.T, root string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		checkMode(t, path, want)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestModesDoNotDependOnUmask(t *testing.T) {
	for _, umask := range []int{0, 0o022, 0o777} {
		f := newFile(t)
		before := syscall.Umask(umask)
		var notes []Note
		var err error
		for _, id := range modeIDs {
			var unlock func() error
			if unlock, err = f.Lock(t.Context(), id); err != nil {
				break
			}
			notes, err = f.Put(t.Context(), id, oauthCredential())
			if err = errors.Join(err, unlock()); err != nil {
				break
			}
		}
		syscall.Umask(before)
		if err != nil || len(notes) > 0 {
			t.Fatalf("umask %04o: %v, %q", umask, err, notes)
		}
		checkModes(t, f.root)
	}
}

func TestWideModesAreRepairedAndReported(t *testing.T) {
	for _, id := range modeIDs {
		f := newFile(t)
		mustPut(t, f, id, oauthCredential())
		path := mustPath(t, f, id)
		wide := []string{path, filepath.Dir(path)}
		for _, p := range wide {
			if err := os.Chmod(p, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		notes := mustPut(t, f, id, oauthCredential())
		checkModes(t, f.root)
		if len(notes) != 2 {
			t.Errorf("notes: %q, want one for the directory and one for the file", notes)
		}
		for _, note := range notes {
			if !strings.Contains(string(note), "had mode 0755") {
				t.Errorf("note: %q", note)
			}
		}
		if again := mustPut(t, f, id, oauthCredential()); len(again) > 0 {
			t.Errorf("said once more: %q", again)
		}
	}
}

func TestRepair(t *testing.T) {
	for _, id := range modeIDs {
		f := newFile(t)
		mustPut(t, f, id, apiKeyOrTokens(id))
		path := mustPath(t, f, id)
		for _, p := range []string{path, filepath.Dir(path)} {
			if err := os.Chmod(p, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if notes := f.Repair(id); len(notes) != 2 {
			t.Errorf("notes: %q, want one for the directory and one for the file", notes)
		}
		checkModes(t, f.root)
		if again := f.Repair(id); len(again) > 0 {
			t.Errorf("said once more: %q", again)
		}
	}
}

// What a link leads to is not ours to change.
func TestRepairFollowsNoLink(t *testing.T) {
	f, id := newFile(t), modeIDs[1]
	mustPut(t, f, id, apiKey("mine"))
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.WriteFile(elsewhere, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	path := mustPath(t, f, id)
	if err := errors.Join(os.Remove(path), os.Symlink(elsewhere, path)); err != nil {
		t.Fatal(err)
	}
	if notes := f.Repair(id); len(notes) > 0 {
		t.Errorf("notes: %q", notes)
	}
	checkMode(t, elsewhere, 0o644)
}

func apiKeyOrTokens(id ID) *sdk.Credential {
	if id.Provider == "qwen-oauth" {
		return oauthCredential()
	}
	return apiKey("mine")
}

func TestSymbolicLinksAreRefused(t *testing.T) {
	id := ID{Provider: "openai", Name: "work"}
	for _, link := range []string{"credentials", "credentials/openai", "credentials/openai/work.json"} {
		t.Run(link, func(t *testing.T) {
			f := newFile(t)
			mustPut(t, f, id, apiKey("mine"))
			// The same tree, elsewhere, is what the link leads to.
			elsewhere := t.TempDir()
			target := filepath.Join(elsewhere, filepath.Base(link))
			if err := os.Rename(filepath.Join(f.root, link), target); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(target, filepath.Join(f.root, link)); err != nil {
				t.Fatal(err)
			}
			testRefusesLink(t, f, id)
			if got := findSecret(t, elsewhere); !strings.Contains(got, "mine") {
				t.Errorf("the target was changed: %q", got)
			}
		})
	}
}

func testRefusesLink(t *testing.T, f *File, id ID) {
	_, getErr := f.Get(t.Context(), id)
	_, putErr := f.Put(t.Context(), id, apiKey("new"))
	for what, err := range map[string]error{"Get": getErr, "Put": putErr} {
		if err == nil || !strings.Contains(err.Error(), "symbolic link") || sdk.KindOf(err) != sdk.KindConfig {
			t.Errorf("%s: %v, want a refusal of the symbolic link", what, err)
		}
	}
}

func findSecret(t *testing.T, dir string) (content string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.HasSuffix(path, ".json") {
			var data []byte
			data, err = os.ReadFile(path)
			content += string(data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestSharedFileAsSymbolicLinkIsRefused(t *testing.T) {
	f := newFile(t)
	target := filepath.Join(t.TempDir(), "target")
	writeFile(t, target, `{"access_token":"mine"}`)
	path := mustPath(t, f, sharedID)
	if err := os.Mkdir(f.root, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
	_, getErr := f.Get(t.Context(), sharedID)
	_, putErr := f.Put(t.Context(), sharedID, oauthCredential())
	if getErr == nil || putErr == nil {
		t.Errorf("Get: %v, Put: %v; want refusals", getErr, putErr)
	}
	if got, _ := os.ReadFile(target); string(got) != `{"access_token":"mine"}` {
		t.Errorf("the target was changed: %q", got)
	}
	if err := f.Delete(t.Context(), sharedID); err != nil || exists(path) || !exists(target) {
		t.Errorf("Delete: %v; link there: %t, target there: %t", err, exists(path), exists(target))
	}
}

func TestLockFileAsSymbolicLinkIsRefused(t *testing.T) {
	f := newFile(t)
	id := ID{Provider: "openai"}
	mustPut(t, f, id, apiKey("k"))
	target := filepath.Join(t.TempDir(), "created-through-link")
	if err := os.Symlink(target, mustPath(t, f, id)+lockSuffix); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Lock(t.Context(), id); err == nil || exists(target) {
		t.Errorf("Lock: %v; target created: %t", err, exists(target))
	}
}

func TestPipeDoesNotBlock(t *testing.T) {
	f := newFile(t)
	path := mustPath(t, f, sharedID)
	if err := os.Mkdir(f.root, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Get(t.Context(), sharedID); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("Get from a pipe: %v", err)
	}
}

// A root that its owner made read-only stays as it is.
func TestReadOnlyRoot(t *testing.T) {
	dir, err := os.MkdirTemp("", "credstore-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700); _ = os.RemoveAll(dir) })
	f := NewFile(dir)
	mustPut(t, f, sharedID, oauthCredential())
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	asOrdinaryUser(t, dir)
	if d := diff(oauthCredential(), mustGet(t, f, sharedID)); d != "" {
		t.Errorf("Get (-want +got):\n%s", d)
	}
	if _, err := f.Lock(t.Context(), sharedID); !errors.Is(err, ErrReadOnly) {
		t.Errorf("Lock: %v, want ErrReadOnly", err)
	}
	if _, err := f.Put(t.Context(), sharedID, oauthCredential()); !errors.Is(err, ErrReadOnly) {
		t.Errorf("Put: %v, want ErrReadOnly", err)
	}
	checkMode(t, dir, 0o500)
}
