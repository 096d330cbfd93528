// Package worktree tells whether git would give a file away: whether it is
// tracked, or would be with the next "git add".
//
// It asks git itself, because only git knows all of its rules. Of a repository
// that somebody else has made this is delicate: its configuration can name
// programs that git starts (https://git-scm.com/docs/git-config, core.fsmonitor
// for one). So git is found by an absolute path outside the repository, reads its
// index and ignore files and nothing else, with every such setting overruled, no
// access to other repositories, and a clean environment.
package worktree

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A State is what git thinks of a file.
type State int

// The states. The zero State is also that of a file outside of any work tree.
const (
	Unknown State = iota
	Ignored       // git leaves it alone
	Exposed       // it is not tracked, but nothing keeps it from being added
	Tracked       // it is part of the repository, or about to be
)

// Git is a git program. It may be used concurrently.
type Git struct {
	path    string
	environ []string
}

var errRelative = errors.New("git was found by a relative path only")

// Find returns the git program of the search path; environ is the environment of
// the process, of which git gets what it needs to find the user's configuration.
func Find(environ []string) (*Git, error) {
	path, err := exec.LookPath("git") // refuses what lies in the working directory
	if err != nil {
		return nil, err
	}
	if !filepath.IsAbs(path) {
		return nil, errRelative
	}
	return &Git{path: path, environ: childEnviron(environ)}, nil
}

// passed are the variables that git needs: where the user's own configuration
// is, with the user's list of files to ignore, and on Windows how to start.
var passed = []string{"HOME", "XDG_CONFIG_HOME", "USERPROFILE", "SystemRoot", "TMPDIR", "TEMP", "TMP"}

func childEnviron(environ []string) []string {
	list := []string{
		"GIT_LITERAL_PATHSPECS=1", // a file's name is a name
		"GIT_OPTIONAL_LOCKS=0",    // write nothing
		"GIT_NO_LAZY_FETCH=1",     // https://git-scm.com/docs/git#Documentation/git.txt-GITNOLAZYFETCH
		"GIT_TERMINAL_PROMPT=0",
		"LC_ALL=C",
	}
	for _, entry := range environ {
		if name, _, _ := strings.Cut(entry, "="); slices.Contains(passed, name) {
			list = append(list, entry)
		}
	}
	return list
}

// overruled are settings with which a repository could make git start programs or
// reach for the network.
var overruled = []string{
	"core.fsmonitor=false",
	"core.hooksPath=/dev/null",
	"core.untrackedCache=false",
	"protocol.allow=never",
}

// patience is how long git may take. In a large work tree it needs a few dozen
// milliseconds.
const patience = 2 * time.Second

// State returns what git thinks of the file, given by its absolute path. It is
// Unknown if git does not say so in time.
func (g *Git) State(ctx context.Context, file string) State {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, g.path, arguments(filepath.Base(file))...)
	cmd.Dir = filepath.Dir(file)
	cmd.Env = g.environ
	cmd.WaitDelay = patience / 10
	out, err := cmd.Output()
	if err != nil {
		return Unknown
	}
	return stateOf(out)
}

// arguments ask for one file: among those in the index, and among the others that
// are not ignored.
func arguments(name string) []string {
	return lsFiles("-t", "--cached", "--others", "--exclude-standard", "-z", "--", name)
}

// lsFiles are arguments of git that list files and start nothing.
func lsFiles(more ...string) []string {
	args := []string{"--no-pager"}
	for _, setting := range overruled {
		args = append(args, "-c", setting)
	}
	return append(append(args, "ls-files"), more...)
}

// stateOf reads what git ls-files -t prints: a letter for the state of each file.
func stateOf(out []byte) State {
	switch {
	case len(out) == 0:
		return Ignored
	case bytes.HasPrefix(out, []byte("? ")):
		return Exposed
	}
	return Tracked
}

// Files lists the files below a directory that git does not ignore: tracked ones and
// others, at most so many, as paths with slashes from there. Of the others there may
// be none if there is no time to look for them. It fails outside of a work tree.
func (g *Git) Files(ctx context.Context, dir string, most int) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tracked, err := g.list(ctx, dir, most, "--cached")
	if err != nil || len(tracked) == most {
		return tracked, err
	}
	others, _ := g.list(ctx, dir, most-len(tracked), "--others", "--exclude-standard")
	return append(tracked, others...), nil
}

// list lists files of some kinds, at most so many.
func (g *Git) list(ctx context.Context, dir string, most int, kinds ...string) ([]string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, g.path, lsFiles(append(kinds, "-z")...)...)
	cmd.Dir = dir
	cmd.Env = g.environ
	cmd.WaitDelay = patience / 10
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	names, err := readNames(out, most)
	if len(names) == most {
		cancel() // the rest is not wanted
		_ = cmd.Wait()
		return names, nil
	}
	return names, errors.Join(err, cmd.Wait())
}

// readNames reads names that end with a NUL byte.
func readNames(r io.Reader, most int) ([]string, error) {
	names := []string{}
	b := bufio.NewReader(r)
	for len(names) < most {
		name, err := b.ReadString(0)
		if err == io.EOF {
			return names, nil
		}
		if err != nil {
			return names, err
		}
		names = append(names, strings.TrimSuffix(name, "\x00"))
	}
	return names, nil
}
