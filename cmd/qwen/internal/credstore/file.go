package credstore

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// File is a store in a directory, the state root. A credential is the file
//
//	credentials/PROVIDER/NAME[~ENDPOINT].json
//
// with the exception of the default connection of Qwen OAuth, which is the
// oauth_creds.json that the established tool uses too. Directories have mode
// 0700 and files 0600; on Windows the access list of the user's profile directory
// is inherited instead.
//
// The root may be reached through symbolic links, as the user chose it; beneath
// it none is followed.
type File struct {
	root string
	wait time.Duration // longest wait for a lock

	// reached is told of each step of a write, so that a test can be killed
	// there. Nil otherwise.
	reached func(step string)
}

var (
	_ Store  = (*File)(nil)
	_ Locker = (*File)(nil)
)

// NewFile returns the store in the given directory, which need not exist yet.
func NewFile(root string) *File {
	return &File{root: filepath.Clean(root), wait: defaultLockWait}
}

// Path returns the file that holds the credential, or would hold it.
func (f *File) Path(id ID) (string, error) {
	rel, err := id.relPath()
	if err != nil {
		return "", err
	}
	return filepath.Join(f.root, rel), nil
}

// Get implements [Store].
func (f *File) Get(ctx context.Context, id ID) (*sdk.Credential, error) {
	path, err := f.Path(id)
	if err != nil {
		return nil, err
	}
	if err := f.checkDirs(path); err != nil {
		return nil, err
	}
	return readCredential(path)
}

func readCredential(path string) (*sdk.Credential, error) {
	data, err := readRegular(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &sdk.Error{Kind: sdk.KindUnauthenticated, Message: "no login is stored in " + path, Err: ErrNotFound}
	}
	if err != nil {
		return nil, err
	}
	c, err := decode(data)
	if err != nil {
		return nil, damaged(path, err)
	}
	return c, nil
}

func damaged(path string, why error) error {
	e := &sdk.Error{Kind: sdk.KindConfig, Message: path + " is damaged: " + why.Error(), Err: ErrDamaged}
	return e.WithHint("Repair it or move it away; it was left as it is.")
}

// Put implements [Store].
func (f *File) Put(ctx context.Context, id ID, c *sdk.Credential) ([]Note, error) {
	path, err := f.Path(id)
	if err != nil {
		return nil, err
	}
	data, notes, err := encode(c)
	if err != nil {
		return nil, err
	}
	if err := checkShared(id, c); err != nil {
		return nil, err
	}
	if err := f.makeDirs(path); err != nil {
		return nil, err
	}
	if _, err := readCredential(path); err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	notes = append(notes, f.repairDirs(path)...)
	removeLeftovers(path, leftoverAge)
	wasOpen := modeNote(path)
	if err := f.replace(path, data); err != nil {
		return notes, err
	}
	return append(notes, wasOpen...), nil
}

// Delete implements [Store].
func (f *File) Delete(ctx context.Context, id ID) error {
	path, err := f.Path(id)
	if err != nil {
		return err
	}
	if err := f.checkDirs(path); err != nil {
		return err
	}
	removeLeftovers(path, 0)
	// Remove takes away a symbolic link itself, not what it points to.
	err = os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &sdk.Error{Kind: sdk.KindUnauthenticated, Message: "no login is stored in " + path, Err: ErrNotFound}
	}
	if err != nil {
		return fileError("cannot remove", path, err)
	}
	return syncDir(filepath.Dir(path))
}

// List implements [Store].
func (f *File) List(ctx context.Context) ([]ID, error) {
	ids, err := f.list(fileSuffix)
	slices.SortFunc(ids, compareIDs)
	return ids, err
}

// list returns the IDs of all files whose name ends in suffix in place of
// fileSuffix.
func (f *File) list(suffix string) ([]ID, error) {
	var ids []ID
	if onDisk(filepath.Join(f.root, strings.TrimSuffix(sharedFile, fileSuffix)+suffix)) {
		ids = append(ids, sharedID)
	}
	top := filepath.Join(f.root, credentialsDir)
	providers, err := readDir(top)
	if err != nil {
		return nil, err
	}
	for _, provider := range providers {
		if !provider.IsDir() {
			continue
		}
		files, err := readDir(filepath.Join(top, provider.Name()))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			name, ok := strings.CutSuffix(file.Name(), suffix)
			if id, known := parsePath(provider.Name(), name+fileSuffix); ok && known {
				ids = append(ids, id)
			}
		}
	}
	return ids, nil
}

// readDir lists a directory; one that does not exist is empty.
func readDir(dir string) ([]os.DirEntry, error) {
	if err := checkDir(dir); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fileError("cannot read", dir, err)
	}
	return entries, nil
}

// maxFileSize is far beyond any credential.
const maxFileSize = 1 << 20

// readRegular reads a regular file and follows no symbolic link. It cannot be
// made to wait by a pipe in the file's place.
func readRegular(path string) ([]byte, error) {
	before, err := os.Lstat(path)
	if err != nil {
		return nil, fileError("cannot read", path, err)
	}
	if !before.Mode().IsRegular() {
		return nil, notRegular(path, before)
	}
	file, err := os.OpenFile(path, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, fileError("cannot read", path, err)
	}
	defer file.Close()
	after, err := file.Stat()
	if err != nil || !os.SameFile(before, after) {
		return nil, sdk.Errorf(sdk.KindConfig, "%s was replaced while it was read", path)
	}
	data, err := io.ReadAll(io.LimitReader(file, maxFileSize+1))
	if err != nil {
		return nil, fileError("cannot read", path, err)
	}
	if len(data) > maxFileSize {
		return nil, damaged(path, errors.New("it is larger than 1 MiB"))
	}
	return data, nil
}

func notRegular(path string, info fs.FileInfo) error {
	what := "not a regular file"
	if info.Mode()&fs.ModeSymlink != 0 {
		what = "a symbolic link, which is not followed"
	}
	return sdk.Errorf(sdk.KindConfig, "%s is %s", path, what).
		WithHint("Put a regular file in its place, or remove it.")
}

// fileError names the file once and keeps the cause for errors.Is.
func fileError(what, path string, err error) error {
	var cause *fs.PathError
	var link *os.LinkError
	reason := err
	if errors.As(err, &cause) {
		reason = cause.Err
	} else if errors.As(err, &link) {
		reason = link.Err
	}
	return &sdk.Error{Kind: sdk.KindConfig, Message: what + " " + path + ": " + reason.Error(), Err: err}
}

// writeError is fileError for a failed change; it tells a place where nobody can
// write from other faults.
func writeError(path string, err error) error {
	e := fileError("cannot write", path, err)
	if errors.Is(err, fs.ErrPermission) || isWriteProtected(err) {
		s := sdk.AsError(e)
		s.Err = errors.Join(ErrReadOnly, err)
	}
	return e
}

// leftoverAge is how long a temporary file may be somebody's work in progress.
const leftoverAge = 10 * time.Minute

// removeLeftovers removes the temporary files of interrupted writes to path,
// ours and the established tool's. They hold secrets.
func removeLeftovers(path string, olderThan time.Duration) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return
	}
	for _, entry := range entries {
		rest, ok := strings.CutPrefix(entry.Name(), filepath.Base(path)+tempMark)
		if !ok || strings.Trim(rest, "0123456789abcdef-.") != "" {
			continue
		}
		info, err := entry.Info()
		if err == nil && time.Since(info.ModTime()) >= olderThan {
			_ = os.Remove(filepath.Join(filepath.Dir(path), entry.Name()))
		}
	}
}
