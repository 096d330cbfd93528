// Package dotenv finds and parses the one .env file that counts.
//
// Only the first file found is used; files are never merged, and an empty file
// is a file. The search goes from the working directory upwards to the root, and
// in each directory looks for .qwen/.env, then .env. Where it passes the home
// directory, and at its end if it did not, it looks at the user's own files:
// $QWEN_HOME/.env, ~/.qwen/.env and ~/.env.
//
// A file that cannot be trusted (see package guard) is passed over with a note,
// as if it were not there: whoever planted it must not be able to hide the
// user's own file either.
//
// Nothing here touches the process environment: values stay data, with the file
// and line that they came from. Nothing is expanded and nothing is executed.
package dotenv

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/dotenv/guard"
)

// MaxSize is the size up to which a file is read, in bytes.
const MaxSize = 64 << 10

// A File is the .env file that counts.
type File struct {
	Path string

	// User says that the file is the user's own (in the home directory or in
	// $QWEN_HOME). Any other file is a project's and less trusted.
	User bool

	// Vars holds the variables in the order of the file.
	Vars []Var
}

// A Var is one variable and where it was set.
type Var struct {
	Name  string
	Value string
	Line  int // of the name, from 1
}

// Lookup returns the variable of that name. If the file sets it twice, the later
// line counts.
func (f *File) Lookup(name string) (Var, bool) {
	if f == nil {
		return Var{}, false
	}
	for i := len(f.Vars) - 1; i >= 0; i-- {
		if f.Vars[i].Name == name {
			return f.Vars[i], true
		}
	}
	return Var{}, false
}

// A Note tells the user about a file that was passed over, or a line that was
// not understood. It never quotes the file.
type Note struct {
	Path   string
	Line   int // 0: the whole file
	Reason string
}

// A Search says where to look. All paths must be absolute; an empty one is left
// out.
type Search struct {
	Dir       string // working directory; empty: the user's own files only
	Home      string // home directory
	StateRoot string // $QWEN_HOME; empty for ~/.qwen

	// Denied reports whether the user does not want the files of a project in
	// this folder to count. It is asked only where there is one. Nil: never.
	Denied func(folder string) bool
}

// Find returns the file that counts, nil if there is none, and what to tell the
// user.
func (s Search) Find() (*File, []Note) {
	var notes []Note
	for _, c := range s.candidates() {
		data, err := guard.ReadFile(c.path, MaxSize)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			notes = append(notes, Note{Path: c.path, Reason: reason(err)})
			continue
		}
		user := c.user || s.atHome(c.dir)
		if !user && s.Denied != nil && s.Denied(c.dir) {
			notes = append(notes, Note{Path: c.path, Reason: "you do not trust this folder"})
			continue
		}
		vars, bad := Parse(data)
		notes = append(notes, badLines(c.path, bad)...)
		return &File{Path: c.path, User: user, Vars: vars}, notes
	}
	return nil, notes
}

// badLines tells about the first bad lines; a file of nothing else would have
// thousands.
func badLines(path string, bad []BadLine) []Note {
	const shown = 10
	var notes []Note
	for _, b := range bad[:min(len(bad), shown)] {
		notes = append(notes, Note{Path: path, Line: b.Line, Reason: b.Reason})
	}
	if more := len(bad) - shown; more > 0 {
		notes = append(notes, Note{Path: path, Reason: fmt.Sprintf("%d more lines are not understood", more)})
	}
	return notes
}

func reason(err error) string {
	var r *guard.Refusal
	if errors.As(err, &r) {
		return r.Reason
	}
	return err.Error()
}

// A candidate is a place where the file may be.
type candidate struct {
	dir  string // directory of the walk that it belongs to
	path string
	user bool
}

// candidates lists the places in the order of the search.
func (s Search) candidates() []candidate {
	var list []candidate
	passedHome := false
	for _, dir := range ancestors(s.Dir) {
		if s.Home != "" && dir == filepath.Clean(s.Home) {
			passedHome = true
			list = append(list, s.userCandidates()...)
			continue
		}
		list = append(list,
			s.project(dir, filepath.Join(dir, ".qwen", ".env")),
			s.project(dir, filepath.Join(dir, ".env")))
	}
	if !passedHome {
		list = append(list, s.userCandidates()...)
	}
	return list
}

// project is a candidate in a directory of the walk. One that lies in the state
// root is the user's own all the same: the user named that directory.
func (s Search) project(dir, path string) candidate {
	own := s.StateRoot != "" && filepath.Dir(path) == filepath.Clean(s.StateRoot)
	return candidate{dir, path, own}
}

// userCandidates lists the user's own files.
func (s Search) userCandidates() []candidate {
	var dirs []string
	if s.StateRoot != "" {
		dirs = append(dirs, filepath.Clean(s.StateRoot))
	}
	if s.Home != "" {
		dirs = append(dirs, filepath.Join(s.Home, ".qwen"), filepath.Clean(s.Home))
	}
	var list []candidate
	for i, dir := range dirs {
		if i > 0 && dir == dirs[i-1] {
			continue
		}
		list = append(list, candidate{s.Home, filepath.Join(dir, ".env"), true})
	}
	return list
}

// atHome reports whether dir is the home directory under another name, which a
// symbolic link can give it.
func (s Search) atHome(dir string) bool {
	if s.Home == "" || dir == "" {
		return false
	}
	home, err := os.Stat(s.Home)
	if err != nil {
		return false
	}
	info, err := os.Stat(dir)
	return err == nil && os.SameFile(home, info)
}

// ancestors lists dir and the directories above it.
func ancestors(dir string) []string {
	if dir == "" {
		return nil
	}
	dir = filepath.Clean(dir)
	for list := []string{}; ; dir = filepath.Dir(dir) {
		list = append(list, dir)
		if dir == filepath.Dir(dir) {
			return list
		}
	}
}
