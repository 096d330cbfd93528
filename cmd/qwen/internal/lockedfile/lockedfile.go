// Package lockedfile changes small files that several processes of one user change
// at the same time. A change sees what the one before it has left, whoever made it.
//
// What is kept in such a file is of no use after a while: there is no sync and no
// second copy. A process that is killed in the middle of a change can leave a mix of
// the old content and the new one, which whoever reads it has to survive.
package lockedfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

const (
	dirMode  = 0o700
	fileMode = 0o600

	// maxSize is the size up to which a file is read; one that is larger is nobody's.
	maxSize = 1 << 20

	// A change takes microseconds, and a queue of them milliseconds. Who holds the lock
	// for longer has been stopped, and may be for ever.
	lockWait = 2 * time.Second
	lockPoll = 2 * time.Millisecond
)

// ErrBusy says that somebody has held the lock of a file for too long.
var ErrBusy = errors.New("another process holds its lock")

// Update replaces the content of a file by what change makes of it. A file that does
// not exist is empty, and is made, with its directory. The error is the context's if
// that ends while others hold the lock; then nothing has been changed.
func Update(ctx context.Context, path string, change func(old []byte) []byte) error {
	lock, err := acquire(ctx, path)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|openFlags, fileMode)
	if err != nil {
		return err
	}
	old, err := read(file)
	if err == nil {
		err = write(file, old, change(old))
	}
	return errors.Join(err, file.Close())
}

// acquire takes the lock of a file. It is on a file of its own, because on Windows a
// locked file cannot be read through another handle.
func acquire(ctx context.Context, path string) (*flock.Flock, error) {
	lock := flock.New(path+".lock", flock.SetFlag(os.O_CREATE|os.O_RDWR|openFlags), flock.SetPermissions(fileMode))
	ok, err := lock.TryLock()
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(filepath.Dir(path), dirMode); err != nil {
			return nil, err
		}
		ok, err = lock.TryLock()
	}
	if ok || err != nil {
		return lock, err
	}
	waiting, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	switch _, err := lock.TryLockContext(waiting, lockPoll); {
	case err == nil:
		return lock, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("%s: %w", path, ErrBusy)
	default:
		return nil, err
	}
}

func read(file *os.File) ([]byte, error) {
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a file", file.Name())
	case info.Size() == 0 || info.Size() > maxSize:
		return nil, nil
	}
	data := make([]byte, info.Size())
	n, err := io.ReadFull(file, data)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // somebody without manners has cut it meanwhile
	}
	return data[:n], err
}

// write puts data in the place of old.
func write(file *os.File, old, data []byte) error {
	if bytes.Equal(old, data) {
		return nil
	}
	if _, err := file.WriteAt(data, 0); err != nil {
		return err
	}
	return file.Truncate(int64(len(data)))
}
