package credstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/qwen-cli/qwen/sdk"
)

const (
	dirMode  = 0o700
	fileMode = 0o600

	// tempMark stands between the name of a file and the random end of its
	// temporary sibling. The established tool uses the same.
	tempMark = ".tmp."
)

// Steps of a write, for File.reached.
const (
	stepCreated = "created" // the temporary file exists and is empty
	stepHalf    = "half"    // half of it is written
	stepWritten = "written" // it is complete and on disk
	stepRenamed = "renamed" // it has taken the place of the old one
)

// replace puts data in the place of the file: a reader, also after a crash, sees
// the old content or the new, never a part.
func (f *File) replace(path string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+tempMark+"*")
	if err != nil {
		return writeError(path, err)
	}
	defer os.Remove(temp.Name()) // fails once it has been renamed, as it should
	err = f.fill(temp, data)
	if err = errors.Join(err, temp.Close()); err != nil {
		return writeError(path, err)
	}
	f.at(stepWritten)
	if err := rename(temp.Name(), path); err != nil {
		return writeError(path, err)
	}
	f.at(stepRenamed)
	return syncDir(filepath.Dir(path))
}

// fill writes data to the file and to the disk under it.
func (f *File) fill(temp *os.File, data []byte) error {
	f.at(stepCreated)
	// CreateTemp asks for 0600, of which an odd umask may leave less.
	if err := temp.Chmod(fileMode); err != nil {
		return err
	}
	half := len(data) / 2
	if _, err := temp.Write(data[:half]); err != nil {
		return err
	}
	f.at(stepHalf)
	if _, err := temp.Write(data[half:]); err != nil {
		return err
	}
	return temp.Sync()
}

func (f *File) at(step string) {
	if f.reached != nil {
		f.reached(step)
	}
}

// dirs returns the directories from the root down to the one that holds path.
func (f *File) dirs(path string) []string {
	var dirs []string
	for dir := filepath.Dir(path); dir != filepath.Clean(f.root); dir = filepath.Dir(dir) {
		dirs = append([]string{dir}, dirs...)
	}
	return append([]string{f.root}, dirs...)
}

// makeDirs creates the missing directories on the way to path.
func (f *File) makeDirs(path string) error {
	if err := os.MkdirAll(filepath.Dir(f.root), dirMode); err != nil {
		return writeError(f.root, err)
	}
	for _, dir := range f.dirs(path) {
		err := os.Mkdir(dir, dirMode)
		if err == nil {
			err = os.Chmod(dir, dirMode) // whatever the umask left
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return writeError(dir, err)
		}
	}
	return f.checkDirs(path)
}

// checkDirs refuses a symbolic link on the way from the root to path.
func (f *File) checkDirs(path string) error {
	for _, dir := range f.dirs(path)[1:] {
		if err := checkDir(dir); err != nil {
			return err
		}
	}
	return nil
}

func checkDir(dir string) error {
	info, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fileError("cannot read", dir, err)
	case info.Mode()&fs.ModeSymlink != 0:
		return sdk.Errorf(sdk.KindConfig, "%s is a symbolic link, which is not followed", dir).
			WithHint("Put a directory in its place, or remove it.")
	case !info.IsDir():
		return sdk.Errorf(sdk.KindConfig, "%s is not a directory", dir)
	}
	return nil
}

// repairDirs takes the rights of others away from the directories on the way to
// path, and says so.
func (f *File) repairDirs(path string) []Note {
	if !hasModes {
		return nil
	}
	var notes []Note
	for _, dir := range f.dirs(path) {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&^dirMode == 0 {
			continue
		}
		was, is := info.Mode().Perm(), info.Mode().Perm()&dirMode
		if err := os.Chmod(dir, is); err != nil {
			notes = append(notes, Note(fmt.Sprintf("%s has mode %04o, which lets others in, and that could not be changed", dir, was)))
			continue
		}
		notes = append(notes, Note(fmt.Sprintf("%s had mode %04o, which let others in; it is %04o now", dir, was, is)))
	}
	return notes
}

// Repair takes away what others can do with the file of a credential and with the
// directories on the way to it, and says so. A key may be written only once, so that
// this cannot wait for the next time.
func (f *File) Repair(id ID) []Note {
	path, err := f.Path(id)
	if err != nil || !hasModes || f.checkDirs(path) != nil {
		return nil
	}
	return append(f.repairDirs(path), repairFile(path)...)
}

func repairFile(path string) []Note {
	notes := modeNote(path)
	if notes == nil {
		return nil
	}
	file, err := os.OpenFile(path, os.O_RDONLY|openFlags, 0)
	if err == nil {
		err = errors.Join(file.Chmod(fileMode), file.Close())
	}
	if err != nil {
		return []Note{Note(fileError("others can read", path, err).Error())}
	}
	return notes
}

// modeNote says that the file at path was open to others, as it stands before it
// is replaced.
func modeNote(path string) []Note {
	info, err := os.Lstat(path)
	if err != nil || !hasModes || !info.Mode().IsRegular() || info.Mode().Perm()&^fileMode == 0 {
		return nil
	}
	return []Note{Note(fmt.Sprintf("%s had mode %04o, which let others read it; it is %04o now", path, info.Mode().Perm(), fileMode))}
}
