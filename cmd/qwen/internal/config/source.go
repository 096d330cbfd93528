package config

import "fmt"

// SourceKind is the kind of place a value came from.
type SourceKind string

// The kinds of source, the one that wins first.
const (
	FromFlag            SourceKind = "flag"
	FromEnvironment     SourceKind = "environment"
	FromDotenvProject   SourceKind = "dotenv-project"
	FromDotenvUser      SourceKind = "dotenv-user"
	FromSettingsProject SourceKind = "settings-project"
	FromSettingsUser    SourceKind = "settings-user"
	FromStored          SourceKind = "stored"   // a stored credential
	FromInference       SourceKind = "inferred" // a provider, from a key or an endpoint
	FromDefault         SourceKind = "default"
)

// Project reports whether a project's file is the source, which is trusted less
// than everything else.
func (k SourceKind) Project() bool {
	return k == FromDotenvProject || k == FromSettingsProject
}

// A Source says where a value came from.
type Source struct {
	Kind SourceKind `json:"kind"`
	Name string     `json:"name,omitempty"` // flag, variable, settings path, or words
	File string     `json:"file,omitempty"`
	Line int        `json:"line,omitempty"`
}

// String returns a phrase such as "OPENAI_MODEL in /home/ann/.qwen/.env:3".
func (s Source) String() string {
	where := s.Name
	switch {
	case s.File != "" && s.Name != "":
		where = s.Name + " in " + s.place()
	case s.File != "":
		where = s.place()
	}
	switch {
	case s.Kind == FromEnvironment:
		return where + " in the environment"
	case s.Kind == FromInference:
		return "inferred from " + where
	case s.Kind == FromStored:
		return "stored login " + where
	case s.Kind == FromDefault && where == "":
		return "default"
	}
	return where
}

// place returns file and line.
func (s Source) place() string {
	if s.Line > 0 {
		return fmt.Sprintf("%s:%d", s.File, s.Line)
	}
	return s.File
}

// sameLayer reports whether two values came from one place: the command line,
// the environment, or one and the same file.
func (s Source) sameLayer(t Source) bool {
	return s.Kind == t.Kind && s.File == t.File
}
