//go:build unix

package credstore

import (
	"errors"
	"os"
	"syscall"
)

// openFlags keep an open from following a symbolic link and from waiting for the
// other end of a pipe.
const openFlags = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// hasModes says that permission bits mean something.
const hasModes = true

func rename(from, to string) error { return os.Rename(from, to) }

// syncDir makes a rename last beyond a power cut. Some file systems cannot do
// that for a directory.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fileError("cannot sync", dir, err)
	}
	defer d.Close()
	err = d.Sync()
	if err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return fileError("cannot sync", dir, err)
	}
	return nil
}

func isWriteProtected(err error) bool { return errors.Is(err, syscall.EROFS) }
