package credstore

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/gofrs/flock"

	"github.com/qwen-cli/qwen/sdk"
)

const (
	// defaultLockWait covers a refresh by another process, after a lock of the
	// established tool that has to become stale first.
	defaultLockWait = 90 * time.Second

	lockPoll   = 50 * time.Millisecond
	lockSuffix = ".lock"
)

// Lock implements [Locker] by a lock of the operating system on a file beside
// the credential. The kernel frees it when the process ends, so that there is
// nothing to break or to clean up; the empty file stays, because removing it
// would let two processes lock two files of one name.
//
// For the credential shared with the established tool, the lock of that tool is
// taken as well.
func (f *File) Lock(ctx context.Context, id ID) (unlock func() error, err error) {
	path, err := f.Path(id)
	if err != nil {
		return nil, err
	}
	if err := f.makeDirs(path); err != nil {
		return nil, err
	}
	kernel, err := f.lockKernel(ctx, path+lockSuffix)
	if err != nil {
		return nil, err
	}
	if canonical, _ := id.canonical(); canonical != sharedID {
		return kernel.Unlock, nil
	}
	shared, err := f.lockShared(ctx)
	if err != nil {
		return nil, errors.Join(err, kernel.Unlock())
	}
	return func() error { return errors.Join(shared.release(), kernel.Unlock()) }, nil
}

func (f *File) lockKernel(ctx context.Context, path string) (*flock.Flock, error) {
	if err := touch(path); err != nil {
		return nil, err
	}
	wait, cancel := context.WithTimeout(ctx, f.wait)
	defer cancel()
	lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR|openFlags), flock.SetPermissions(fileMode))
	switch _, err := lock.TryLockContext(wait, lockPoll); {
	case err == nil:
		return lock, nil
	case wait.Err() != nil:
		return nil, f.lockTimeout(ctx, path)
	default:
		return nil, writeError(path, err)
	}
}

// touch makes sure that the lock file exists and can be opened later on,
// whatever the umask is.
func touch(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|openFlags, fileMode)
	if err != nil {
		return writeError(path, err)
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && hasModes && info.Mode().Perm() != fileMode {
		return file.Chmod(fileMode)
	}
	return nil
}

// lockTimeout is the error for a lock that did not come: the caller's patience
// or ours has ended.
func (f *File) lockTimeout(ctx context.Context, path string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return sdk.Errorf(sdk.KindTimeout, "another process has held %s for %s", path, f.wait).
		WithHint("Look for another qwen that hangs, and end it.")
}
