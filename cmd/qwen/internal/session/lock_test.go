package session

import (
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"
)

// Though the file of a lock is removed with each release, two never have it.
func TestLockExcludes(t *testing.T) {
	s := New(t.TempDir())
	check(t, os.Mkdir(s.Dir(), dirMode))
	const id = "20261125-aaaaa"
	var holders, turns atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 300 {
				l, err := s.acquire(id)
				if err != nil {
					if !errors.Is(err, ErrInUse) {
						t.Error(err)
					}
					continue
				}
				if n := holders.Add(1); n != 1 || l == nil {
					t.Errorf("%d holders", n)
				}
				turns.Add(1)
				holders.Add(-1)
				if err := l.release(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if turns.Load() == 0 {
		t.Error("nobody had it")
	}
}

// A lock whose file was removed keeps nobody away, and its owner can tell.
func TestLockWithoutItsFile(t *testing.T) {
	if !removesOpen {
		t.Skip("cannot be removed")
	}
	s := New(t.TempDir())
	check(t, os.Mkdir(s.Dir(), dirMode))
	l, err := s.acquire("20261125-aaaaa")
	check(t, err)
	check(t, os.Remove(s.lockPath("20261125-aaaaa")))
	if l.current() {
		t.Error("it takes itself for the one that others would lock")
	}
	other, err := s.acquire("20261125-aaaaa")
	check(t, err)
	check(t, errors.Join(other.release(), l.file.Close()))
}
