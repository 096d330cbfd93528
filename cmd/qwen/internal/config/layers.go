package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/dotenv"
)

// A layer is one place that values come from.
type layer struct {
	kind SourceKind
	file string
	vars map[string]item // variables, by name
	keys map[string]item // flags by key, settings by path
}

// An item is a value as its place has it.
type item struct {
	text string
	list []string
	line int
	name string // for its Source; empty: the name it is found by
}

// source returns where an item of l is from.
func (l *layer) source(it item, name string) Source {
	if it.name != "" {
		name = it.name
	}
	return Source{Kind: l.kind, Name: name, File: l.file, Line: it.line}
}

// flagLayer holds what the user typed.
func flagLayer(flags []FlagValue, rows []Key) *layer {
	l := &layer{kind: FromFlag, keys: map[string]item{}}
	for _, f := range flags {
		name := f.Flag
		if i := slices.IndexFunc(rows, func(k Key) bool { return k.Name == f.Key }); name == "" && i >= 0 {
			name = rows[i].Flag
		}
		l.keys[f.Key] = item{text: f.Text, list: f.List, name: name}
	}
	return l
}

// environLayer holds the process environment. Of a variable that is there twice
// the first counts, as for getenv.
func environLayer(environ []string) *layer {
	l := &layer{kind: FromEnvironment, vars: make(map[string]item, len(environ))}
	for _, kv := range environ {
		name, text, _ := strings.Cut(kv, "=")
		if _, twice := l.vars[name]; !twice {
			l.vars[name] = item{text: text}
		}
	}
	return l
}

// dotenvLayer holds the .env file that counts.
func (r *resolver) dotenvLayer(f *dotenv.File) *layer {
	l := &layer{kind: FromDotenvUser, file: f.Path, vars: map[string]item{}}
	if !f.User {
		l.kind = FromDotenvProject
	}
	for _, v := range f.Vars {
		l.vars[v.Name] = item{text: v.Value, line: v.Line}
	}
	r.restrict(l)
	return l
}

// restrict takes out of a project's layer the variables that a project may not
// set, and tells about those that would have meant something.
func (r *resolver) restrict(l *layer) {
	if !l.kind.Project() {
		return
	}
	var foreign []string
	for _, name := range l.inOrder() {
		it := l.vars[name]
		if r.projectVars[name] {
			continue
		}
		delete(l.vars, name)
		switch {
		case name == "DEBUG" || name == "DEBUG_MODE": // documented to be left alone
		case r.knownVars[name] || strings.HasPrefix(name, "QWEN_"):
			r.note(Note{File: l.file, Line: it.line, Text: name + " is ignored: a project's file may not set it"})
		default:
			foreign = append(foreign, name)
		}
	}
	if len(foreign) > 0 {
		r.note(Note{File: l.file, Minor: true, Text: foreignText(foreign)})
	}
}

// inOrder returns the names of the variables, in the order of their lines.
func (l *layer) inOrder() []string {
	return slices.SortedFunc(maps.Keys(l.vars), func(a, b string) int {
		return cmp.Or(cmp.Compare(l.vars[a].line, l.vars[b].line), strings.Compare(a, b))
	})
}

// foreignText names some of the variables that mean nothing here.
func foreignText(names []string) string {
	const shown = 5
	slices.Sort(names)
	text := strings.Join(names[:min(len(names), shown)], ", ")
	if more := len(names) - shown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return "ignored, as a project's file may not set it: " + text
}

// variables fills in which variables mean something, and which of them a
// project's file may set.
func (r *resolver) variables() {
	r.knownVars = map[string]bool{envHome: true}
	r.projectVars = map[string]bool{envOpenAIKey: true, "OPENAI_BASE_URL": true, "OPENAI_MODEL": true}
	for _, k := range r.table {
		for _, e := range k.Env {
			r.knownVars[e.Name] = true
		}
	}
	for _, p := range r.in.Providers {
		for _, name := range p.CredentialEnv {
			r.projectVars[name] = true
		}
		for _, s := range p.Settings {
			for _, name := range s.Env {
				r.knownVars[name] = true
				if s.ProjectSafe {
					r.projectVars[name] = true
				}
			}
		}
	}
}
