// Package trust keeps what the user has decided about folders: whether the
// project files in them may choose where keys go, or do not count at all.
//
// The decisions are in one file of the user's, trustedFolders.json in the state
// root, which the established tool shares:
//
//	{
//	  "/home/ann/work": "TRUST_FOLDER",     // this folder and all in it
//	  "/home/ann/src/x": "TRUST_PARENT",    // /home/ann/src and all in it
//	  "/home/ann/src/bad": "DO_NOT_TRUST"   // except for this one and all in it
//	}
//
// The most specific rule wins; of two for the same folder, the one that trusts
// less. Paths are compared as they are without symbolic links, so that nobody
// can put a folder into a trusted one by a link.
//
// A file that is damaged, or that others could have written, grants nothing and
// is never overwritten. Where the file is, the caller says: it must be a place
// that no project can choose, or a project could trust itself.
package trust

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/tailscale/hujson"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/dotenv/guard"
)

// FileName is the name of the file in the state root.
const FileName = "trustedFolders.json"

// A Level is what a rule says about its path.
type Level string

// The levels. Rules with any other are kept in the file and mean nothing.
const (
	TrustFolder Level = "TRUST_FOLDER" // the path and all in it
	TrustParent Level = "TRUST_PARENT" // the folder that the path lies in, and all in it
	DoNotTrust  Level = "DO_NOT_TRUST" // neither the path nor anything in it
)

// A Verdict is what the rules say about a folder.
type Verdict int

// The verdicts. The zero Verdict is that nothing was decided.
const (
	Undecided Verdict = iota
	Trusted
	Distrusted
)

// An Error says why the file is not used. It never quotes it.
type Error struct {
	Path    string
	Problem string
}

func (e *Error) Error() string { return e.Path + " " + e.Problem }

// Hint says what to do, as a sentence.
func (e *Error) Hint() string { return "Repair it or move it away; it was left as it is." }

// maxSize is far beyond any list that a person has made, in bytes.
const maxSize = 1 << 20

// A List is the rules of one file. It may be read concurrently.
type List struct {
	path  string
	value hujson.Value
	rules []rule
}

// A rule is a decision on a folder and all in it.
type rule struct {
	folder  string // without symbolic links
	verdict Verdict
}

// Read returns the rules in the file at path. A file that does not exist has
// none. The error is an [*Error].
func Read(path string) (*List, error) {
	if !filepath.IsAbs(path) {
		return nil, &Error{path, "is not used: its path is not absolute"}
	}
	data, err := guard.ReadFile(path, maxSize)
	var refusal *guard.Refusal
	switch {
	case errors.Is(err, fs.ErrNotExist):
		data = nil
	case errors.As(err, &refusal):
		return nil, &Error{path, "is not used: " + refusal.Reason}
	case err != nil:
		return nil, &Error{path, "is not used: " + err.Error()}
	}
	return parse(path, data)
}

// parse reads rules; data may be empty.
func parse(path string, data []byte) (*List, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if len(bytes.TrimSpace(data)) == 0 {
		data = []byte("{}\n")
	}
	if tooDeep(data) {
		return nil, &Error{path, "is damaged: it is nested too deep"}
	}
	value, err := hujson.Parse(append(bytes.Clone(data), '\n')) // ends a comment on the last line
	if err != nil {
		return nil, &Error{path, "is damaged: it is not JSON"}
	}
	object, ok := value.Value.(*hujson.Object)
	if !ok {
		return nil, &Error{path, "is damaged: it does not hold an object"}
	}
	return &List{path: path, value: value, rules: rules(object)}, nil
}

// tooDeep keeps the parser, which is recursive, from what nobody writes here.
func tooDeep(data []byte) bool {
	const limit = 100
	return bytes.Count(data, []byte("[")) > limit || bytes.Count(data, []byte("{")) > limit
}

// rules returns the members that say something. Of a path that is there twice
// the later one counts, as in JavaScript.
func rules(object *hujson.Object) []rule {
	levels := make(map[string]Level, len(object.Members))
	for _, m := range object.Members {
		if level, ok := text(m.Value); ok {
			name, _ := text(m.Name)
			levels[name] = Level(level)
		}
	}
	var list []rule
	for path, level := range levels {
		if r, ok := newRule(path, level); ok {
			list = append(list, r)
		}
	}
	return list
}

// text returns the text of a string.
func text(v hujson.Value) (string, bool) {
	literal, ok := v.Value.(hujson.Literal)
	if !ok || literal.Kind() != '"' {
		return "", false
	}
	return literal.String(), true
}

func newRule(path string, level Level) (rule, bool) {
	if !filepath.IsAbs(path) {
		return rule{}, false
	}
	switch path = resolve(path); level {
	case TrustFolder:
		return rule{path, Trusted}, true
	case TrustParent:
		return rule{filepath.Dir(path), Trusted}, true
	case DoNotTrust:
		return rule{path, Distrusted}, true
	}
	return rule{}, false
}

// resolve returns a path without symbolic links; one that leads nowhere stays.
func resolve(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return filepath.Clean(path)
}

// Verdict returns what the rules say about a folder, given by its absolute path.
func (l *List) Verdict(folder string) Verdict {
	if !filepath.IsAbs(folder) {
		return Undecided
	}
	folder = resolve(folder)
	best := rule{}
	for _, r := range l.rules {
		if !within(folder, r.folder) || len(r.folder) < len(best.folder) {
			continue
		}
		if len(r.folder) > len(best.folder) || r.verdict == Distrusted {
			best = r
		}
	}
	return best.verdict
}

// within reports whether path is folder or lies in it. Both are clean.
func within(path, folder string) bool {
	separator := string(filepath.Separator)
	return path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, separator)+separator)
}
