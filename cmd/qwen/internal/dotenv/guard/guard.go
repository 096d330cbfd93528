// Package guard reads configuration files that nobody but their owner could
// have written.
//
// Configuration is searched for in directories that the user merely stands in.
// There, a file may be a trap: a pipe that never answers, a link to
// /proc/self/environ, or somebody else's file in /tmp. [ReadFile] takes a file
// only if it is an ordinary one, small, owned by the user or by root, and
// writable by its owner alone, in a directory of the same kind. Git learnt the
// rule the hard way (CVE-2022-24765).
//
// Many systems give each user a group of their own and a umask that lets it
// write; there new files have mode 0664. So a group may write if it is the user's
// own and nobody else is in it.
//
// On systems without Unix owners and modes (Windows), only kind and size are
// checked.
package guard

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// A Refusal says why a file that exists is not used. It never quotes the file.
type Refusal struct {
	Path   string
	Reason string // "it is a directory, not a file"
}

func (r *Refusal) Error() string { return r.Path + " is not used: " + r.Reason }

// ReadFile returns the contents of the file at path, of at most limit bytes. The
// error is [fs.ErrNotExist] if there is none and a [*Refusal] if there is one
// that must not be used. It never blocks.
func ReadFile(path string, limit int64) ([]byte, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	if info, err = follow(path, info); err != nil {
		return nil, err
	}
	// A device is not even opened: that alone can have effects.
	if reason := fileProblem(info, limit); reason != "" {
		return nil, &Refusal{path, reason}
	}
	if err := checkDirectory(path); err != nil {
		return nil, err
	}
	return readOpened(path, limit)
}

// follow returns what a symbolic link leads to, if info is one, after a look at
// the directory that the target lies in.
func follow(path string, info fs.FileInfo) (fs.FileInfo, error) {
	if info.Mode()&fs.ModeSymlink == 0 {
		return info, nil
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, &Refusal{path, "it is a link that leads nowhere"}
	}
	if err := checkDirectory(target); err != nil {
		return nil, &Refusal{path, "it is a link, and " + refusalReason(err)}
	}
	info, err = os.Stat(target)
	if err != nil {
		return nil, unreadable(path, err)
	}
	return info, nil
}

// readOpened opens path and checks again what it got: the file may have been
// exchanged since the first look.
func readOpened(path string, limit int64) ([]byte, error) {
	f, err := open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, unreadable(path, err)
	}
	if reason := fileProblem(info, limit); reason != "" {
		return nil, &Refusal{path, reason}
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	// Files of /proc and /sys say that they are regular and empty.
	if int64(len(data)) != info.Size() {
		return nil, &Refusal{path, "it is not an ordinary file (its size does not hold)"}
	}
	return data, nil
}

// fileProblem says what is wrong with a file, "" for nothing.
func fileProblem(info fs.FileInfo, limit int64) string {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return "it is a directory, not a file"
	case !mode.IsRegular():
		return "it is not a regular file"
	case info.Size() > limit:
		return fmt.Sprintf("it is larger than %d KiB", limit/1024)
	}
	if who := foreign(info); who != "" {
		return "it " + who
	}
	return ""
}

// checkDirectory refuses a file in a directory where others could have put it.
// For a file in .qwen the directory above counts as well: whoever can write
// there can exchange .qwen.
func checkDirectory(path string) error {
	dir := filepath.Dir(path)
	dirs := []string{dir}
	if filepath.Base(dir) == ".qwen" {
		dirs = append(dirs, filepath.Dir(dir))
	}
	for _, d := range dirs {
		info, err := os.Stat(d)
		if err != nil {
			return unreadable(path, err)
		}
		if who := foreign(info); who != "" {
			return &Refusal{path, fmt.Sprintf("its directory %s %s", d, who)}
		}
	}
	return nil
}

// unreadable tells a missing file from one that cannot be read.
func unreadable(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return fs.ErrNotExist
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return &Refusal{path, err.Error()}
}

func refusalReason(err error) string {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Reason
	}
	return err.Error()
}
