package pluginhost

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/qwen-cli/qwen/sdk"
)

// prefix is how the executable of a third-party provider begins.
const prefix = "qwen-provider-"

// OriginBuiltin is the origin of the built-in providers.
const OriginBuiltin = "built-in"

// Status says whether a candidate can be used.
type Status string

// The statuses.
const (
	StatusOK       Status = "ok"
	StatusShadowed Status = "shadowed" // another plugin of that name wins
	StatusRefused  Status = "refused"  // unsafe to run
	StatusBroken   Status = "broken"   // was started and failed
)

// A Candidate is a plugin that was found, whether it can be used or not.
type Candidate struct {
	Name   string
	Path   string // "" for a built-in provider
	Origin string
	Status Status
	Reason string // why it is not ok

	// Description is known without starting anything for built-in providers;
	// see [Host.Describe] for the others.
	Description *sdk.Description
}

// Candidates lists the plugins there are, built-in ones first, without starting
// any.
func (h *Host) Candidates() []*Candidate {
	var list []*Candidate
	for _, d := range h.config.Builtin {
		list = append(list, &Candidate{Name: d.Name, Origin: OriginBuiltin, Status: StatusOK, Description: d})
	}
	for _, dir := range h.config.Dirs {
		list = append(list, scan(dir)...)
	}
	markShadowed(list)
	return list
}

// scan lists the plugins in one directory; a directory that is not there has
// none.
func scan(dir Dir) []*Candidate {
	entries, err := os.ReadDir(dir.Path)
	if err != nil {
		return nil
	}
	unsafeDir := unsafeDirectory(dir.Path)
	var list []*Candidate
	for _, entry := range entries {
		name, ok := pluginName(entry.Name())
		if !ok {
			continue
		}
		c := &Candidate{Name: name, Path: filepath.Join(dir.Path, entry.Name()), Origin: dir.Origin, Status: StatusOK}
		if reason := cmp.Or(unsafeDir, unsafeExecutable(c.Path)); reason != "" {
			c.Status, c.Reason = StatusRefused, reason
		}
		list = append(list, c)
	}
	return list
}

// pluginName returns NAME of a file name qwen-provider-NAME.
func pluginName(file string) (string, bool) {
	if runtime.GOOS == "windows" {
		base, ok := strings.CutSuffix(strings.ToLower(file), ".exe")
		if !ok {
			return "", false
		}
		file = base
	}
	name, ok := strings.CutPrefix(file, prefix)
	return name, ok && ValidName(name)
}

// ValidName reports whether name can be a provider's: lower-case letters,
// digits and hyphens, not beginning with a hyphen.
func ValidName(name string) bool {
	for i, r := range name {
		letter := r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
		if !letter && (r != '-' || i == 0) {
			return false
		}
	}
	return name != ""
}

// unsafeDirectory says why nothing in a directory must be run, "" if it may.
func unsafeDirectory(path string) string {
	if !filepath.IsAbs(path) {
		return fmt.Sprintf("%q depends on the working directory; give an absolute path", path)
	}
	return unsafePath(path)
}

// unsafeExecutable says why a file must not be run, "" if it may.
func unsafeExecutable(path string) string {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return err.Error()
	case info.Mode()&os.ModeSymlink != 0:
		return "it is a symbolic link; put the executable itself here"
	case !info.Mode().IsRegular():
		return "it is not a regular file"
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o111 == 0:
		return fmt.Sprintf("it is not executable; run: chmod u+x %q", path)
	}
	return unsafePath(path)
}

// markShadowed marks the candidates whose name another one has taken: built-in
// names cannot be taken over, and of two files the first directory's wins.
func markShadowed(list []*Candidate) {
	winner := make(map[string]*Candidate)
	for _, c := range list {
		if c.Status != StatusOK {
			continue
		}
		if w, taken := winner[c.Name]; taken {
			c.Status, c.Reason = StatusShadowed, "the name is taken by "+w.where()
			continue
		}
		winner[c.Name] = c
	}
}

func (c *Candidate) where() string {
	if c.Origin == OriginBuiltin {
		return "the built-in provider"
	}
	return c.Path
}

// find returns the plugin to use for name, or an error that says why there is
// none.
func (h *Host) find(name string) (*Candidate, error) {
	if d := h.builtin(name); d != nil {
		return &Candidate{Name: name, Origin: OriginBuiltin, Status: StatusOK, Description: d}, nil
	}
	all := h.Candidates()
	for _, c := range all {
		if c.Name == name && c.Status == StatusOK {
			return c, nil
		}
	}
	for _, c := range all {
		if c.Name == name {
			return nil, named(name, sdk.Errorf(sdk.KindPlugin, "%s: refused to run it: %s", c.Path, c.Reason))
		}
	}
	return nil, h.unknown(name, all)
}

func (h *Host) unknown(name string, all []*Candidate) error {
	var names []string
	for _, c := range all {
		if c.Status == StatusOK {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	e := sdk.Errorf(sdk.KindConfig, "there is no provider %q", name)
	if near := nearest(name, names); near != "" {
		return e.WithHint("Did you mean %q? There are: %s.", near, strings.Join(names, ", "))
	}
	return e.WithHint("There are: %s. \"qwen plugins list\" shows where qwen looks for others.", strings.Join(names, ", "))
}

// nearest returns the name that looks most like the one typed: it begins with
// it, or differs in at most two letters.
func nearest(typed string, names []string) string {
	best, bestDistance := "", 3
	for _, name := range names {
		if len(typed) >= 2 && strings.HasPrefix(name, typed) {
			return name
		}
		if d := distance(typed, name); d < bestDistance {
			best, bestDistance = name, d
		}
	}
	return best
}

// distance is the Levenshtein distance of two names.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			above := row[j+1]
			row[j+1] = min(above+1, row[j]+1, diagonal+cost)
			diagonal = above
		}
	}
	return row[len(b)]
}
