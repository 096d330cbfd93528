package lockedfile

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gofrs/flock"
)

func addOne(old []byte) []byte {
	n, _ := strconv.Atoi(string(old))
	return []byte(strconv.Itoa(n + 1))
}

func TestEachChangeSeesTheOneBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "count")
	const writers, each = 8, 25
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for range each {
				if err := Update(t.Context(), path, addOne); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got, err := os.ReadFile(path); err != nil || string(got) != strconv.Itoa(writers*each) {
		t.Errorf("%s, %v", got, err)
	}
}

func TestShorterContent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	for _, text := range []string{"a long text", "short", ""} {
		if err := Update(t.Context(), path, func([]byte) []byte { return []byte(text) }); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(path); string(got) != text {
			t.Errorf("%q, want %q", got, text)
		}
	}
}

// Who holds the lock may have been stopped: nobody waits for long.
func TestLockIsHeld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	held := flock.New(path + ".lock")
	if ok, err := held.TryLock(); !ok || err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		changed := func([]byte) []byte { t.Error("changed without the lock"); return nil }
		if err := Update(ctx, path, changed); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrBusy) {
			t.Errorf("%v", err)
		}
		if err := Update(t.Context(), path, changed); !errors.Is(err, ErrBusy) {
			t.Errorf("%v", err)
		}
	})
}

func TestOddFiles(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, make([]byte, maxSize+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Update(t.Context(), large, addOne); err != nil {
		t.Error(err)
	}
	if got, _ := os.ReadFile(large); string(got) != "1" {
		t.Errorf("%d bytes are left", len(got))
	}
	if err := Update(t.Context(), dir, addOne); err == nil {
		t.Error("a directory was changed")
	}
}
