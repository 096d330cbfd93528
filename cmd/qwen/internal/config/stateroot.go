package config

import (
	"path/filepath"
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/dotenv"
)

// StateRoot returns the directory of the program's own files, as
// [Config.StateRoot] has it: for what has to be known before a configuration can
// be resolved. It is empty if there is none, or if it is not valid, which
// [Resolve] reports.
func StateRoot(environ []string, home string) string {
	v, _ := stateRoot(environLayer(environ), cleanPath(home))
	return v.Text
}

// keyStateRoot names the state root among the values.
const keyStateRoot = "state-root"

// stateRoot finds the directory of the program's own files. Only the process
// environment and the user's own .env can move it: a project that could would
// bring its own settings file and see the credentials written into it.
//
// The user's .env is read for this even where a project's counts for everything
// else; a login must not depend on the directory one stands in.
func stateRoot(environ *layer, home string) (Value, error) {
	if it := environ.vars[envHome]; it.text != "" {
		return absolute(it.text, environ.source(it, envHome), home)
	}
	f, _ := dotenv.Search{Home: home}.Find()
	if moved, ok := f.Lookup(envHome); ok && moved.Value != "" {
		source := Source{Kind: FromDotenvUser, Name: envHome, File: f.Path, Line: moved.Line}
		return absolute(moved.Value, source, home)
	}
	if home == "" {
		return Value{Key: keyStateRoot}, nil
	}
	return Value{Key: keyStateRoot, Text: filepath.Join(home, ".qwen"), Source: Source{Kind: FromDefault}}, nil
}

// absolute makes a value of a path. A relative one is refused: it would lead into
// whatever project one stands in.
func absolute(path string, source Source, home string) (Value, error) {
	v := Value{Key: keyStateRoot, Source: source}
	if rest, ok := strings.CutPrefix(path, "~"); ok && home != "" && (rest == "" || rest[0] == '/' || rest[0] == filepath.Separator) {
		path = filepath.Join(home, rest)
	}
	if !filepath.IsAbs(path) {
		return v, &Error{Source: source, Key: keyStateRoot, Problem: "must be an absolute path",
			Next: "Begin it with / or ~/."}
	}
	v.Text = filepath.Clean(path)
	return v, nil
}

// cleanPath returns a path in its shortest form, or nothing if it is relative.
func cleanPath(path string) string {
	if !filepath.IsAbs(path) {
		return ""
	}
	return filepath.Clean(path)
}

// resolveStateRoot is the first step of [Resolve].
func (r *resolver) resolveStateRoot() error {
	v, err := stateRoot(r.environ, r.in.Home)
	r.cfg.StateRoot = v
	r.cfg.set(v)
	return err
}
