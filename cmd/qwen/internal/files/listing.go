package files

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/worktree"
)

// Limits on looking for files.
const (
	maxListed = 50_000 // paths
	patience  = 2 * time.Second
	fresh     = 5 * time.Second // how long a list is good for
)

// A listing is all that there is to find below a directory, as it was at one time.
type listing struct {
	done  chan struct{} // closed when the rest is known
	paths []string      // in the order of depth; a directory's ends in a slash
	good  time.Time     // until when it is
}

// isOld reports whether a listing is not good any more; one that is being made is.
func (l *listing) isOld() bool {
	select {
	case <-l.done:
		return time.Now().After(l.good)
	default:
		return false
	}
}

// paths returns what there is below the directory, from a moment ago at most. A
// listing goes on when nobody waits for it any more: whoever types the next letter
// needs it too.
func (f *Finder) paths(ctx context.Context) ([]string, error) {
	l := f.listing()
	select {
	case <-l.done:
		return l.paths, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (f *Finder) listing() *listing {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.latest == nil || f.latest.isOld() {
		f.latest = &listing{done: make(chan struct{})}
		go f.latest.make(f.dir, f.git)
	}
	return f.latest
}

// make makes the listing. One that took long is good for longer.
func (l *listing) make(dir string, git *worktree.Git) {
	defer close(l.done)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	began := time.Now()
	l.paths = below(ctx, dir, git)
	now := time.Now()
	l.good = now.Add(max(fresh, 10*now.Sub(began)))
}

// below lists files and directories below a directory, those near to it first: what
// git does not ignore, or what can be found without git.
func below(ctx context.Context, dir string, git *worktree.Git) []string {
	paths, err := known(ctx, dir, git)
	if err != nil && len(paths) == 0 {
		paths = walk(ctx, dir)
	}
	paths = append(paths, parents(paths)...)
	slices.SortFunc(paths, func(a, b string) int {
		return cmp.Or(cmp.Compare(depth(a), depth(b)), cmp.Compare(a, b))
	})
	return slices.Compact(paths)
}

var errNoGit = errors.New("there is no git")

// known lists what git knows of.
func known(ctx context.Context, dir string, git *worktree.Git) ([]string, error) {
	if git == nil {
		return nil, errNoGit
	}
	return git.Files(ctx, dir, maxListed)
}

// depth is in how many directories below the first one a path lies.
func depth(p string) int { return strings.Count(strings.TrimSuffix(p, "/"), "/") }

// parents returns the directories that paths lie in.
func parents(paths []string) []string {
	seen := make(map[string]bool)
	var list []string
	for _, p := range paths {
		for dir := path.Dir(strings.TrimSuffix(p, "/")); dir != "." && dir != "/" && !seen[dir]; dir = path.Dir(dir) {
			seen[dir] = true
			list = append(list, dir+"/")
		}
	}
	return list
}

// walk lists the files below a directory without git, those near to it first, within
// limits of number and time. What cannot be read is left out.
func walk(ctx context.Context, dir string) []string {
	var listed []string
	for dirs := []string{""}; len(dirs) > 0 && ctx.Err() == nil; dirs = dirs[1:] {
		entries, _ := os.ReadDir(filepath.Join(dir, filepath.FromSlash(dirs[0])))
		for _, e := range entries {
			p := path.Join(dirs[0], e.Name())
			switch {
			case len(listed) == maxListed:
				return listed
			case !e.IsDir():
				listed = append(listed, p)
			case !passedOver(e.Name()):
				dirs = append(dirs, p)
			}
		}
	}
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
