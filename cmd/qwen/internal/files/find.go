package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sahilm/fuzzy"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/worktree"
)

// Limits on looking for files.
const (
	maxListed = 50_000 // paths
	maxWalk   = 500 * time.Millisecond
	fresh     = 5 * time.Second // how long a list is good for
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
	listed []string
	at     time.Time
}

// NewFinder returns a finder for a directory; home is what ~ stands for, and git may
// be nil: then hidden directories and those of dependencies are left out.
func NewFinder(dir, home string, git *worktree.Git) *Finder {
	return &Finder{dir: dir, home: home, git: git}
}

// Find returns at most so many paths that a few letters may mean, the likeliest
// first. A pattern that leads out of the directory, /etc/ho or ../x, is completed by
// what there is in the directory that it names.
func (f *Finder) Find(ctx context.Context, pattern string, limit int) ([]Match, error) {
	if strings.HasPrefix(pattern, "/") || strings.HasPrefix(pattern, "~/") || strings.HasPrefix(pattern, "../") || strings.HasPrefix(pattern, "./") || filepath.IsAbs(pattern) {
		return f.entries(pattern, limit)
	}
	paths, err := f.list(ctx)
	if err != nil {
		return nil, err
	}
	if pattern == "" {
		return matches(paths[:min(limit, len(paths))]), nil
	}
	var found []string
	for _, m := range fuzzy.Find(pattern, paths) {
		if len(found) == limit {
			break
		}
		found = append(found, m.Str)
	}
	return matches(byName(found, pattern)), ctx.Err()
}

// byName puts paths first whose last element begins with the pattern.
func byName(paths []string, pattern string) []string {
	rank := func(p string) int {
		if strings.HasPrefix(strings.ToLower(path.Base(p)), strings.ToLower(pattern)) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(paths, func(a, b string) int { return rank(a) - rank(b) })
	return paths
}

func matches(paths []string) []Match {
	list := make([]Match, len(paths))
	for i, p := range paths {
		list[i] = Match{Path: p, Dir: strings.HasSuffix(p, "/")}
	}
	return list
}

// entries completes a path by what there is in its directory.
func (f *Finder) entries(pattern string, limit int) ([]Match, error) {
	typed, name := path.Split(filepath.ToSlash(pattern))
	entries, err := os.ReadDir(f.resolve(typed))
	if err != nil {
		return nil, reason(err)
	}
	var list []Match
	for _, e := range entries {
		hidden := strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(name, ".")
		if hidden || !strings.HasPrefix(strings.ToLower(e.Name()), strings.ToLower(name)) || len(list) == limit {
			continue
		}
		m := Match{Path: typed + e.Name(), Dir: e.IsDir()}
		if m.Dir {
			m.Path += "/"
		}
		list = append(list, m)
	}
	return list, nil
}

func (f *Finder) resolve(typed string) string {
	if rest, ok := strings.CutPrefix(typed, "~/"); ok && f.home != "" {
		return filepath.Join(f.home, rest)
	}
	if filepath.IsAbs(typed) {
		return typed
	}
	return filepath.Join(f.dir, typed)
}

// list returns all files below the directory, from a moment ago at most.
func (f *Finder) list(ctx context.Context) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.listed != nil && time.Since(f.at) < fresh {
		return f.listed, nil
	}
	var listed []string
	err := errors.New("there is no git")
	if f.git != nil {
		listed, err = f.git.Files(ctx, f.dir, maxListed)
	}
	if err != nil {
		listed = walk(ctx, f.dir)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f.listed, f.at = listed, time.Now()
	return listed, nil
}

// walk lists the files below a directory without git, within limits of number and
// time.
func walk(ctx context.Context, dir string) []string {
	deadline := time.Now().Add(maxWalk)
	listed := []string{}
	_ = filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // what cannot be read is left out
		case ctx.Err() != nil, len(listed) == maxListed, time.Now().After(deadline):
			return fs.SkipAll
		case e.IsDir() && p != dir && passedOver(e.Name()):
			return fs.SkipDir
		case e.IsDir():
			return nil
		}
		if rel, err := filepath.Rel(dir, p); err == nil {
			listed = append(listed, filepath.ToSlash(rel))
		}
		return nil
	})
	return listed
}

// passedOver reports whether a directory holds what nobody has written by hand.
func passedOver(name string) bool {
	switch name {
	case "node_modules", "vendor", "target", "dist", "build", "__pycache__", "venv":
		return true
	}
	return strings.HasPrefix(name, ".")
}
