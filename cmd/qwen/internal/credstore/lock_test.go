package credstore

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

const theirUUID = "0b5cbb2c-49c7-4f0e-9d51-0a8b7c6d5e4f" // version 4, as the established tool writes

func mustLock(t *testing.T, l Locker, id ID) func() error {
	t.Helper()
	unlock, err := l.Lock(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return unlock
}

func TestLockExcludes(t *testing.T) {
	root := t.TempDir()
	memory := NewMemory()
	for name, lockers := range map[string][2]Locker{
		"file":   {NewFile(root), NewFile(root)},
		"memory": {memory, memory},
	} {
		for _, id := range []ID{sharedID, {Provider: "openai"}} {
			t.Run(name+"/"+id.Provider, func(t *testing.T) { testLockExcludes(t, lockers[0], lockers[1], id) })
		}
	}
}

func testLockExcludes(t *testing.T, a, b Locker, id ID) {
	unlock := mustLock(t, a, id)
	otherUnlock := mustLock(t, b, ID{Provider: id.Provider, Name: "other"}) // another one is free
	defer otherUnlock()

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := b.Lock(ctx, id); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("second Lock: %v, want the context's error", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	if err := mustLock(t, b, id)(); err != nil {
		t.Error(err)
	}
}

func TestLockWaitIsBounded(t *testing.T) {
	f := newFile(t)
	defer mustLock(t, f, sharedID)()
	hasty := NewFile(f.root)
	hasty.wait = 10 * time.Millisecond
	_, err := hasty.Lock(t.Context(), sharedID)
	if sdk.KindOf(err) != sdk.KindTimeout || !strings.Contains(err.Error(), "oauth_creds.json.lock") {
		t.Errorf("Lock: %v, want a timeout that names the lock file", err)
	}
}

func TestLockMakesWritersTakeTurns(t *testing.T) {
	f := newFile(t)
	var holders, counter atomic.Int32
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			unlock, err := NewFile(f.root).Lock(t.Context(), sharedID)
			if err != nil {
				t.Error(err)
				return
			}
			if n := holders.Add(1); n != 1 {
				t.Errorf("%d holders", n)
			}
			counter.Add(1)
			holders.Add(-1)
			if err := unlock(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := counter.Load(); n != 8 {
		t.Errorf("%d of 8 had their turn", n)
	}
}

func sharedLockPath(f *File) string { return filepath.Join(f.root, sharedLock) }

func TestSharedLockIsTheirs(t *testing.T) {
	f := newFile(t)
	unlock := mustLock(t, f, sharedID)
	content, err := os.ReadFile(sharedLockPath(f))
	if err != nil || len(content) != 36 || strings.Count(string(content), "-") != 4 {
		t.Errorf("oauth_creds.lock holds %q, %v; want a UUID", content, err)
	}
	if err := unlock(); err != nil || exists(sharedLockPath(f)) {
		t.Errorf("unlock: %v; oauth_creds.lock is still there: %t", err, exists(sharedLockPath(f)))
	}
}

func TestSharedLockOfAnotherOwnerIsNotReleased(t *testing.T) {
	f := newFile(t)
	unlock := mustLock(t, f, sharedID)
	writeFile(t, sharedLockPath(f), theirUUID) // they took ours for stale
	if err := unlock(); err != nil {
		t.Error(err)
	}
	if got, _ := os.ReadFile(sharedLockPath(f)); string(got) != theirUUID {
		t.Errorf("their lock now holds %q", got)
	}
}

func TestSharedLockIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t)
		writeFile(t, sharedLockPath(f), theirUUID)
		setAge(t, sharedLockPath(f), 0)
		start := time.Now()
		time.AfterFunc(5*time.Second, func() { _ = os.Remove(sharedLockPath(f)) })
		defer mustLock(t, f, sharedID)()
		if waited := time.Since(start); waited < 5*time.Second || waited > 7*time.Second {
			t.Errorf("waited %v for a lock that was released after 5s", waited)
		}
	})
}

func setAge(t *testing.T, path string, age time.Duration) {
	t.Helper()
	when := time.Now().Add(-age)
	if err := os.Chtimes(path, when, when); err != nil {
		t.Fatal(err)
	}
}

func TestStaleSharedLockIsBroken(t *testing.T) {
	for _, test := range []struct {
		name     string
		content  string
		age      time.Duration
		min, max time.Duration
	}{
		{"old", theirUUID, 36 * time.Second, 0, 0},
		{"ages while we wait", theirUUID, 20 * time.Second, 15 * time.Second, 17 * time.Second},
		{"from the future", theirUUID, -3 * time.Hour, 35 * time.Second, 37 * time.Second},
		{"empty", "", 30 * time.Second, 5 * time.Second, 7 * time.Second},
		{"of a dead process of ours", newLockID(), 0, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFile(t)
				writeFile(t, sharedLockPath(f), test.content)
				setAge(t, sharedLockPath(f), test.age)
				start := time.Now()
				unlock := mustLock(t, f, sharedID)
				if waited := time.Since(start); waited < test.min || waited > test.max {
					t.Errorf("waited %v, want %v to %v", waited, test.min, test.max)
				}
				if err := unlock(); err != nil {
					t.Error(err)
				}
				if left, _ := filepath.Glob(sharedLockPath(f) + "*"); len(left) > 0 {
					t.Errorf("left behind: %q", left)
				}
			})
		})
	}
}

func TestLockThatChangedHandsIsNotBroken(t *testing.T) {
	path := filepath.Join(t.TempDir(), sharedLock)
	writeFile(t, path, "dead")
	setAge(t, path, time.Hour)
	var seen observedLock
	seen.observe(path)
	writeFile(t, path, theirUUID) // a new owner, between look and rename
	if seen.breakLock("x") {
		t.Error("a live lock was broken")
	}
	if got, _ := os.ReadFile(path); string(got) != theirUUID {
		t.Errorf("the lock holds %q, want it back in its place", got)
	}
}

func TestLockIDs(t *testing.T) {
	a, b := newLockID(), newLockID()
	if a == b || !isLockID(a) || isLockID(theirUUID) || isLockID("") {
		t.Errorf("IDs %s, %s", a, b)
	}
}
