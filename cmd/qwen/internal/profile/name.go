package profile

import (
	"net/url"
	"slices"
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/sdk"
)

// maxName bounds the name of a profile, in bytes: it becomes part of a file name.
const maxName = 64

// CheckName returns an error if name is no name for a profile: letters, digits,
// dots, hyphens and underscores.
func CheckName(name string) error {
	bad := func(r rune) bool {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		return !letter && !strings.ContainsRune(".-_", r)
	}
	if name == "" || len(name) > maxName || strings.ContainsFunc(name, bad) {
		return sdk.Errorf(sdk.KindConfig, "%q is no name for a profile", name).
			WithHint("Use up to %d letters, digits, dots, hyphens and underscores.", maxName)
	}
	return nil
}

// spellings lists what a login may be called, the shortest first.
func spellings(id credstore.ID) []string {
	name := id.Name
	if name == "" {
		name = credstore.DefaultName
	}
	full := id.Provider + "/" + name
	short := name
	if name == credstore.DefaultName {
		short = id.Provider
	}
	list := []string{short, full}
	if u, err := url.Parse(id.Endpoint); err == nil && u.Host != "" {
		list = append(list, short+"@"+u.Host, full+"@"+u.Host, full+"@"+id.Endpoint)
	}
	return list
}

// Find returns the logins that a name may mean.
func Find(ids []credstore.ID, name string) []credstore.ID {
	var found []credstore.ID
	for _, id := range ids {
		if slices.Contains(spellings(id), name) {
			found = append(found, id)
		}
	}
	return found
}

// Name returns the shortest name that means id and no other of ids.
func Name(ids []credstore.ID, id credstore.ID) string {
	list := spellings(id)
	for _, s := range list {
		if found := Find(ids, s); len(found) == 0 || len(found) == 1 && found[0] == id {
			return s
		}
	}
	return list[len(list)-1]
}

// Names returns the names of several logins, each as [Name] has it.
func Names(ids []credstore.ID) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = Name(ids, id)
	}
	return names
}

// Pick returns the one login that a name means, or an error that lists what
// there is.
func Pick(ids []credstore.ID, name string) (credstore.ID, error) {
	found := Find(ids, name)
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return credstore.ID{}, sdk.Errorf(sdk.KindConfig, "%q may be one of several logins", name).
			WithHint("Say which: %s.", strings.Join(Names(found), ", "))
	case len(ids) == 0:
		return credstore.ID{}, sdk.Errorf(sdk.KindUnauthenticated, "there is no login %q: none is stored", name).
			WithHint(`Run "qwen auth login" to sign in.`)
	}
	return credstore.ID{}, sdk.Errorf(sdk.KindConfig, "there is no login %q", name).
		WithHint("There are: %s.", strings.Join(Names(ids), ", "))
}
