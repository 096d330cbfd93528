package credstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// The credential that is shared with the established tool of the same name, so
// that a user can go back and forth between the two.
var sharedID = ID{Provider: "qwen-oauth", Name: DefaultName}

const (
	sharedFile = "oauth_creds.json"
	sharedLock = "oauth_creds.lock"

	// sharedStale is how old a lock of the established tool has to be before
	// it is taken for one of a dead process: that tool's own rule.
	sharedStale = 35 * time.Second

	sharedPollFirst = 100 * time.Millisecond
	sharedPollMax   = time.Second
)

// A sharedHold is the established tool's lock in our hands: a file that is
// created exclusively and holds a UUID. It has none of a kernel lock's virtues,
// so our processes hold a kernel lock around it and use it only to keep that
// tool out.
type sharedHold struct {
	path string
	uuid string
}

// lockShared takes the established tool's lock. The caller holds the kernel lock.
func (f *File) lockShared(ctx context.Context) (*sharedHold, error) {
	uuid := newLockID()
	wait, cancel := context.WithTimeout(ctx, f.wait)
	defer cancel()
	hold := &sharedHold{path: filepath.Join(f.root, sharedLock), uuid: uuid}
	var other observedLock
	for delay := sharedPollFirst; ; delay = min(delay*3/2, sharedPollMax) {
		err := createExclusive(hold.path, uuid)
		if err == nil {
			return hold, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, writeError(hold.path, err)
		}
		if other.observe(hold.path); other.dead() && other.breakLock(uuid) {
			continue
		}
		select {
		case <-wait.Done():
			return nil, f.lockTimeout(ctx, hold.path)
		case <-time.After(delay):
		}
	}
}

// release removes the lock, unless it has become somebody else's.
func (h *sharedHold) release() error {
	content, err := os.ReadFile(h.path)
	if err == nil && string(content) == h.uuid {
		err = os.Remove(h.path)
	}
	// If it is gone or has other content, it was broken as stale while we held
	// it, and is no longer ours to remove.
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return writeError(h.path, err)
	}
	return nil
}

func createExclusive(path, content string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	_, err = file.WriteString(content)
	return errors.Join(err, file.Chmod(fileMode), file.Close()) // Chmod: whatever the umask left
}

// An observedLock is somebody else's lock, as seen while waiting for it.
type observedLock struct {
	path    string
	content string
	modTime time.Time
	since   time.Time // when it was first seen like this
}

// observe looks at the lock and starts anew if it is not the one seen before.
func (o *observedLock) observe(path string) {
	info, err := os.Lstat(path)
	if err != nil {
		*o = observedLock{} // just released
		return
	}
	var content []byte
	if info.Mode().IsRegular() {
		content, _ = readRegular(path)
	}
	if path == o.path && string(content) == o.content && info.ModTime().Equal(o.modTime) {
		return
	}
	*o = observedLock{path: path, content: string(content), modTime: info.ModTime(), since: time.Now()}
}

// dead reports whether the owner of the lock is gone: by the age of the file;
// because it was seen unchanged for that long, which holds with a wrong clock
// too; or because it is one of ours, which lives only under the kernel lock that
// the caller holds now.
func (o *observedLock) dead() bool {
	if o.path == "" {
		return false
	}
	return isLockID(o.content) || time.Since(o.modTime) > sharedStale || time.Since(o.since) > sharedStale
}

// breakLock removes a dead lock: it is renamed first, so that of several
// processes only one removes it.
func (o *observedLock) breakLock(uuid string) bool {
	aside := o.path + ".stale." + uuid
	if err := os.Rename(o.path, aside); err != nil {
		return false
	}
	defer os.Remove(aside)
	if info, err := os.Lstat(aside); err == nil && !info.ModTime().Equal(o.modTime) {
		// A new owner came between the look and the rename: put it back. If
		// yet another one has come, the link fails, and nothing is lost.
		_ = os.Link(aside, o.path)
		return false
	}
	return true
}

// newLockID returns a random UUID of version 8 (RFC 9562 section 5.8), by which
// our locks are told from the established tool's, which are of version 4.
func newLockID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x80
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func isLockID(s string) bool {
	return len(s) == 36 && s[14] == '8' && strings.Trim(s, "0123456789abcdef-") == ""
}

// checkShared refuses what the shared file cannot hold.
func checkShared(id ID, c *sdk.Credential) error {
	if canonical, _ := id.canonical(); canonical == sharedID && c.Kind != sdk.CredentialOAuth {
		return sdk.Errorf(sdk.KindInternal, "%s holds OAuth tokens only", sharedFile)
	}
	return nil
}
