package credstore

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// openFlags is empty: what is opened is compared with what Lstat saw.
const openFlags = 0

// hasModes says that permission bits mean nothing here. The state root inherits
// the access list of the user's profile.
const hasModes = false

// rename retries for a moment while another process, often a virus scanner, has
// the target open.
func rename(from, to string) error {
	var err error
	for range 40 {
		err = os.Rename(from, to)
		if !errors.Is(err, windows.ERROR_SHARING_VIOLATION) && !errors.Is(err, windows.ERROR_ACCESS_DENIED) {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return err
}

// syncDir does nothing: NTFS keeps its own journal of renames, and directories
// cannot be flushed.
func syncDir(string) error { return nil }

func isWriteProtected(err error) bool { return errors.Is(err, windows.ERROR_WRITE_PROTECT) }
