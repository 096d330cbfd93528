package config

import (
	"errors"
	"fmt"
	"strings"
)

// An Error is a value that is wrong, or a file that cannot be read. It never
// quotes a secret.
type Error struct {
	Source  Source
	Column  int    // in the line of Source; 0: not known
	Key     string // name of the key; may be empty
	Problem string // "must be a number, not a string"
	Next    string // what to do, a sentence; may be empty
}

// Error returns place and problem on one line.
func (e *Error) Error() string {
	source := e.Source.String()
	if e.Column > 0 {
		source = fmt.Sprintf("%s:%d", source, e.Column)
	}
	if source == "" {
		return e.Problem
	}
	return source + ": " + e.Problem
}

// Hint returns what to do next, as a sentence; "" if there is nothing to say.
func (e *Error) Hint() string { return e.Next }

// An OriginError says that a credential was about to go where a project's file
// sends it, although it did not come from that file. Nothing was sent.
//
// A repository that one has just cloned can hold a .env or a settings file with
// the address of anybody's server. Coding CLIs were robbed that way
// (CVE-2026-21852, CVE-2025-61260, GHSA-wpqr-6v78-jr5g).
type OriginError struct {
	// Chosen is where the project's file chose the destination.
	Chosen Source

	// Host is the host[:port] that the credential would have gone to; empty if
	// the file chose the provider and not the endpoint.
	Host string

	// Provider is who would have got it.
	Provider string

	// Folder is the one that the file is a project file of: what the user can
	// trust.
	Folder string

	// Credential names what was kept back, and Source where it is from.
	Credential string
	Source     Source
}

// Error returns what was refused and which file is to blame, on one line.
func (e *OriginError) Error() string {
	where := "host " + e.Host
	if e.Host == "" {
		where = "provider " + e.Provider
	}
	return fmt.Sprintf("%s: a project file chose %s, but the %s is from elsewhere (%s) and is not sent there",
		e.Chosen, where, e.Credential, e.Source)
}

// Hint says how to allow it.
func (e *OriginError) Hint() string {
	if e.Source.Kind == FromStored {
		return fmt.Sprintf("A login stays with the service that it is for. If you trust this host, sign in there: qwen auth login %s. Or name the endpoint yourself: --openai-base-url.", e.Provider)
	}
	if e.Host == "" {
		return fmt.Sprintf("If you trust this, choose the provider yourself: --provider %s, or QWEN_PROVIDER in your environment.", e.Provider)
	}
	return "If you trust this host, name it yourself: --openai-base-url, or OPENAI_BASE_URL in your environment. Else put the key that belongs to it into the same file."
}

// oneOf lists the possible values for a hint.
func oneOf(values []string) string {
	return "Possible are " + strings.Join(values, ", ") + "."
}

// IsError reports whether err is about the configuration: an [*Error] or an
// [*OriginError].
func IsError(err error) bool {
	var wrong *Error
	var origin *OriginError
	return errors.As(err, &wrong) || errors.As(err, &origin)
}
