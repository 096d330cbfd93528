package config

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// checkOrigin holds the rule that a credential never meets a destination that a
// less trusted place chose. See [OriginError].
func (r *resolver) checkOrigin() error {
	if r.provider == nil {
		return nil
	}
	if e := r.cfg.Endpoint; e.Source.Kind.Project() && !r.userNamed(e) {
		return r.checkProjectEndpoint(e)
	}
	return r.checkProjectProvider()
}

// userNamed reports whether the requests would go to the same endpoint if there
// were no project file: then the file has chosen nothing.
func (r *resolver) userNamed(endpoint Value) bool {
	for _, s := range endpoint.Shadows {
		if !s.Source.Kind.Project() {
			isDefault := s.Source.Kind == FromDefault
			return sameEndpoint(s.Text, endpoint.Text) && !(isDefault && r.evidence.Kind.Project())
		}
	}
	return false
}

// checkProjectEndpoint lets through only credentials from the file that chose the
// endpoint.
func (r *resolver) checkProjectEndpoint(endpoint Value) error {
	r.cfg.AllowStored = false
	ask := func(what string, source Source) error {
		return r.consent(&OriginError{Chosen: endpoint.Source, Host: hostOf(endpoint.Text),
			Provider: r.provider.Name, Credential: what, Source: source})
	}
	if key := r.cfg.Key; key.IsSet() && !key.Source.sameLayer(endpoint.Source) {
		if err := ask("key", key.Source); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.cfg.Settings)) {
		s := r.cfg.Settings[name]
		if s.Secret && s.Text != "" && !s.Source.sameLayer(endpoint.Source) {
			if err := ask("setting "+s.Key, s.Source); err != nil {
				return err
			}
		}
	}
	return r.checkProjectLogin(endpoint, ask)
}

// checkProjectLogin looks at the stored logins where there is no key. One that
// the user made at this very endpoint may be used: no project's file has chosen
// that for them.
func (r *resolver) checkProjectLogin(endpoint Value, ask func(string, Source) error) error {
	if r.cfg.Key.IsSet() {
		return nil
	}
	here := slices.ContainsFunc(r.storedCredentials(), func(s StoredCredential) bool {
		return s.Provider == r.provider.Name && sameEndpoint(s.Endpoint, endpoint.Text)
	})
	if s, ok := r.storedFor(r.provider); ok && !here {
		if err := ask("login", Source{Kind: FromStored, Name: storedLabel(s)}); err != nil {
			return err
		}
	}
	r.cfg.AllowStored = here
	return nil
}

// consent decides about a credential that a project's file is about to get: by
// what the user has decided about the folder, else by asking. A stored login
// never leaves the endpoint that it is for, so there is nothing to ask about it.
func (r *resolver) consent(e *OriginError) error {
	e.Folder = folderOf(e.Chosen.File)
	switch {
	case r.trust(e.Folder) == TrustGranted:
		return nil
	case r.in.Consent == nil || r.failed || e.Source.Kind == FromStored:
		return e
	}
	return r.in.Consent(e)
}

// trust returns what the user has decided about a folder.
func (r *resolver) trust(folder string) Trust {
	if r.in.Trust == nil || folder == "" {
		return TrustUndecided
	}
	return r.in.Trust(folder)
}

// folderOf returns the folder that a project's file belongs to: the one that it
// lies in, or that its .qwen lies in.
func folderOf(file string) string {
	if file == "" {
		return ""
	}
	dir := filepath.Dir(file)
	if filepath.Base(dir) == ".qwen" {
		return filepath.Dir(dir)
	}
	return dir
}

// checkProjectProvider looks at a provider that a project chose, by name or by
// what it made us infer: it may get its own keys, or one from the same file, but
// not one that could be somebody else's.
func (r *resolver) checkProjectProvider() error {
	key := r.cfg.Key
	if !r.evidence.Kind.Project() || !key.IsSet() || key.Source.sameLayer(r.evidence) || r.belongs(key) {
		return nil
	}
	return r.consent(&OriginError{Chosen: r.evidence, Provider: r.provider.Name, Credential: "key", Source: key.Source})
}

// belongs reports whether a key is the provider's by its prefix, or by a variable
// that it was in and that is for no other provider's key.
func (r *resolver) belongs(key Value) bool {
	if r.claimedByKey(key.Text) == r.provider {
		return true
	}
	return r.inOwnVariable(key)
}

func (r *resolver) inOwnVariable(key Value) bool {
	name := strings.TrimPrefix(key.Source.Name, "env.")
	return slices.Contains(r.provider.CredentialEnv, name) && r.exclusive(name)
}

// checkClaim refuses to send a key that is known by its prefix to a host that is
// not its provider's, unless the user named key and host in one place or typed
// the host: a plan's key is of no use elsewhere, and is compromised there.
func (r *resolver) checkClaim() error {
	key, endpoint := r.cfg.Key, r.cfg.Endpoint
	owner := r.claimedByKey(key.Text)
	if r.provider == nil || !key.IsSet() || owner == nil || owner == r.provider || owner.reaches(endpoint.Text) {
		return nil
	}
	if endpoint.Source.Kind == FromFlag || key.Source.sameLayer(endpoint.Source) || r.inOwnVariable(key) {
		return nil
	}
	where := r.provider.Name
	if host := hostOf(endpoint.Text); host != "" {
		where = host
	}
	return &Error{Source: key.Source, Key: KeyAPIKey,
		Problem: "is a key of " + owner.Name + " and is not sent to " + where,
		Next:    "Use --provider " + owner.Name + ", or give the key and the base URL that belongs to it in one place."}
}

// checkPlainHTTP refuses to send a credential unencrypted to another machine.
func (r *resolver) checkPlainHTTP() error {
	endpoint := r.cfg.Endpoint
	if r.provider == nil || !plainHTTP(endpoint.Text) || loopback(endpoint.Text) {
		return nil
	}
	if r.cfg.Get(KeyAllowHTTP).Text == "true" || r.cfg.Settings[KeyAllowHTTP].Text == "true" {
		return nil
	}
	if !r.cfg.Key.IsSet() {
		if _, ok := r.storedFor(r.provider); !ok || !r.cfg.AllowStored {
			return nil
		}
	}
	return &Error{Source: endpoint.Source, Key: KeyEndpoint,
		Problem: "http:// would send the key to " + hostOf(endpoint.Text) + " for everybody on the way to read",
		Next:    "Use https://. If the network is yours, allow it with --allow-http or QWEN_ALLOW_HTTP=1."}
}
