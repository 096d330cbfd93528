package files

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/sahilm/fuzzy"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/worktree"
)

// A Match is a file or directory that was found.
type Match struct {
	Path string // with slashes, as it is to be typed; a directory's ends in one
	Dir  bool
}

// A Finder finds the files below a directory that git does not ignore. It may be
// used concurrently.
type Finder struct {
	dir  string
	home string
	git  *worktree.Git

	mu     sync.Mutex
	latest *listing // the one begun last; nil: none was
}

// NewFinder returns a finder for a directory; home is what ~ stands for, and git may
// be nil: then hidden directories and those of dependencies are left out.
func NewFinder(dir, home string, git *worktree.Git) *Finder {
	return &Finder{dir: dir, home: home, git: git}
}

// Find returns at most so many paths that a few letters may mean, the likeliest
// first. A pattern that names a place, /etc/ho or ../x, is completed by what there
// is in the directory that it names.
func (f *Finder) Find(ctx context.Context, pattern string, limit int) ([]Match, error) {
	if namesPlace(pattern) {
		return f.entries(pattern, limit)
	}
	paths, err := f.paths(ctx)
	if err != nil {
		return nil, err
	}
	return f.existing(ranked(pattern, paths), limit), nil
}

// namesPlace reports whether a pattern says from where on it is meant.
func namesPlace(pattern string) bool {
	first, _, ok := strings.Cut(filepath.ToSlash(pattern), "/")
	return ok && (first == "" || first == "." || first == ".." || first == "~") || filepath.IsAbs(pattern)
}

// ranked returns the paths that a few letters may mean, the likeliest first: those
// whose last element begins with them, then the others.
func ranked(letters string, paths []string) []string {
	if letters == "" {
		return paths
	}
	var begin, hold []string
	for _, m := range fuzzy.Find(letters, paths) {
		if hasPrefixFold(path.Base(m.Str), letters) {
			begin = append(begin, m.Str)
			continue
		}
		hold = append(hold, m.Str)
	}
	return append(begin, hold...)
}

func hasPrefixFold(s, prefix string) bool {
	return strings.HasPrefix(strings.ToLower(s), strings.ToLower(prefix))
}

// existing returns the first of the paths at which there is something: git also names
// files that were removed.
func (f *Finder) existing(paths []string, limit int) []Match {
	var list []Match
	for _, p := range paths {
		if len(list) == limit {
			break
		}
		info, err := os.Lstat(f.resolve(p))
		if err != nil || Mentioning(p) == "" {
			continue
		}
		list = append(list, match(strings.TrimSuffix(p, "/"), info.IsDir()))
	}
	return list
}

func match(path string, dir bool) Match {
	if dir {
		path += "/"
	}
	return Match{Path: path, Dir: dir}
}

// entries completes a path by what there is in its directory. Hidden entries are
// offered to whoever begins with a dot.
func (f *Finder) entries(pattern string, limit int) ([]Match, error) {
	typed, name := path.Split(filepath.ToSlash(pattern))
	entries, err := os.ReadDir(f.resolve(typed))
	if err != nil {
		return nil, reason(err)
	}
	var list []Match
	for _, e := range entries {
		hidden := strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(name, ".")
		if hidden || !hasPrefixFold(e.Name(), name) || Mentioning(typed+e.Name()) == "" {
			continue
		}
		if len(list) == limit {
			break
		}
		list = append(list, match(typed+e.Name(), f.isDir(typed, e)))
	}
	return list, nil
}

// isDir reports whether an entry is a directory, or leads to one.
func (f *Finder) isDir(typed string, e os.DirEntry) bool {
	if e.Type()&os.ModeSymlink == 0 {
		return e.IsDir()
	}
	return IsDir(filepath.Join(f.resolve(typed), e.Name()))
}

// resolve returns the place that a path means.
func (f *Finder) resolve(typed string) string {
	if rest, ok := strings.CutPrefix(typed, "~/"); ok && f.home != "" {
		return filepath.Join(f.home, filepath.FromSlash(rest))
	}
	if filepath.IsAbs(typed) {
		return typed
	}
	return filepath.Join(f.dir, filepath.FromSlash(typed))
}

// maxNamed is how many files are named of a directory that is sent along.
const maxNamed = 1000

// ReadDir returns what there is to send along of a directory: the names of the files
// below it that git does not ignore. Its own name is as the person has written it.
func (f *Finder) ReadDir(ctx context.Context, dir, name string) (Content, error) {
	if _, err := os.ReadDir(dir); err != nil {
		return Content{}, reason(err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	names := slices.DeleteFunc(below(ctx, dir, f.git), func(p string) bool { return strings.HasSuffix(p, "/") || !isPlain(p) })
	text := strings.Join(names[:min(maxNamed, len(names))], "\n")
	return directoryContent(name, text, len(names)), ctx.Err()
}
