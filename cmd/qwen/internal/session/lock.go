package session

import (
	"errors"
	"os"

	"github.com/gofrs/flock"

	"github.com/qwen-cli/qwen/sdk"
)

// A lock keeps other processes from writing a session. It is on a file of its own
// beside the session's, since on Windows nobody could read a file that is locked.
// The kernel frees it when the process ends; the empty file that is left then is
// used by the next one, or removed with the session.
type lock struct{ file *flock.Flock }

// lockAttempts bounds how often a lock is tried whose file was removed meanwhile.
const lockAttempts = 10

// acquire takes the lock of a session. It returns [ErrInUse] if another process
// has it, and no lock where there can be none, as on some network file systems: the
// conversation is worth more than what two careless writers could do to it.
func (s *Store) acquire(id string) (*lock, error) {
	path := s.lockPath(id)
	var err error
	for range lockAttempts {
		l := &lock{flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR|openFlags), flock.SetPermissions(fileMode))}
		var ok bool
		ok, err = l.file.TryLock()
		switch {
		case err != nil: // perhaps its last owner is just removing it
			continue
		case !ok:
			return nil, inUse(id)
		case l.current():
			return l, nil
		}
		_ = l.file.Close()
	}
	if err != nil {
		return nil, nil
	}
	return nil, inUse(id)
}

// current reports whether the locked file is the one that others would lock: its
// last owner may have removed it in between.
func (l *lock) current() bool {
	mine, err := l.file.Stat()
	if err != nil {
		return false
	}
	theirs, err := os.Lstat(l.file.Path())
	return err == nil && os.SameFile(mine, theirs)
}

// release gives the lock back and removes its file: under the lock, or where that
// cannot be, when nobody else has it open.
func (l *lock) release() error {
	if l == nil {
		return nil
	}
	if removesOpen {
		_ = os.Remove(l.file.Path())
		return l.file.Close()
	}
	err := l.file.Close()
	_ = os.Remove(l.file.Path())
	return err
}

func inUse(id string) error {
	e := sdk.Errorf(sdk.KindInternal, "the session %s is open in another qwen", id).
		WithHint("Go on there, or close it first.")
	e.Err = errors.Join(ErrInUse)
	return e
}
