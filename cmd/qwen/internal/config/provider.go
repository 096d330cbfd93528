package config

import (
	"slices"
	"strings"
)

// fallbackProvider serves every OpenAI-compatible service that no other provider
// claims.
const fallbackProvider = "openai"

// resolveProvider decides who answers: whom the user or a settings file names,
// else whom the key or the endpoint belongs to, else who is signed in.
func (r *resolver) resolveProvider() error {
	k := r.row(KeyProvider)
	v := r.lookup(k)
	if v.IsSet() {
		if err := r.checkProvider(v); err != nil {
			r.cfg.set(v)
			return err
		}
	}
	switch {
	case r.in.Chosen != nil:
		v = Value{Key: KeyProvider, Text: r.in.Chosen.Provider, Source: r.in.Chosen.By}
		if err := r.checkProvider(v); err != nil {
			return err
		}
		r.evidence = v.Source
	case !v.IsSet() || generic(v):
		v, r.evidence = r.infer(v)
	case v.Source.Kind.Project():
		r.evidence = r.withoutProject(v)
	default:
		r.evidence = v.Source
	}
	r.provider = r.byName(v.Text)
	switch {
	case r.in.Chosen != nil:
		r.cfg.Stored = &r.in.Chosen.StoredCredential
	case v.Source.Kind == FromStored:
		s, _ := r.signedIn()
		r.cfg.Stored = &s
	}
	r.cfg.Provider = v
	r.cfg.set(v)
	return nil
}

// withoutProject returns what decides on the provider that a project's file
// names: something of the user's, if it would decide on the same one were there
// no such file, else the file.
func (r *resolver) withoutProject(v Value) Source {
	for _, s := range v.Shadows {
		if !s.Source.Kind.Project() && !generic(s) {
			if s.Text == v.Text {
				return s.Source
			}
			return v.Source
		}
	}
	if other, evidence := r.infer(Value{Key: KeyProvider}); other.Text == v.Text {
		return evidence
	}
	return v.Source
}

// generic reports whether a value only says that some OpenAI-compatible service
// answers. That is what selectedType "openai" means: the established tool writes
// it for the Coding Plan as well.
func generic(v Value) bool {
	return v.Text == fallbackProvider && v.Source.Name == "security.auth.selectedType"
}

// checkProvider refuses the name of a provider that there is not.
func (r *resolver) checkProvider(v Value) error {
	if r.byName(v.Text) != nil {
		return nil
	}
	var names []string
	for _, p := range r.in.Providers {
		names = append(names, p.Name)
	}
	problem := "there is no provider " + quoted(v.Text)
	if v.Text == "" {
		problem = "is empty"
	}
	return &Error{Source: v.Source, Key: KeyProvider, Problem: problem, Next: oneOf(names)}
}

// infer finds the provider that nothing names, and says what decided. The
// generic value that was found, if any, is named.
func (r *resolver) infer(named Value) (Value, Source) {
	inferred := func(p *Provider, evidence Source) (Value, Source) {
		v := Value{Key: KeyProvider, Text: p.Name, Source: evidence}
		v.Source.Kind = FromInference
		if named.IsSet() {
			v.Shadows = append([]Value{named}, named.Shadows...)
		}
		return v, evidence
	}
	conn := r.connection(nil)
	if p := r.claimedByKey(conn.key.Text); p != nil {
		return inferred(p, conn.key.Source)
	}
	if p := r.claimedByHost(conn.endpoint.Text); p != nil {
		return inferred(p, conn.endpoint.Source)
	}
	if p := r.byName(fallbackProvider); p != nil && conn.key.IsSet() {
		return inferred(p, conn.key.Source)
	} else if p != nil && conn.endpoint.IsSet() {
		return inferred(p, conn.endpoint.Source)
	}
	if named.IsSet() {
		return named, named.Source
	}
	if p, source := r.ownVariable(); p != nil {
		return inferred(p, source)
	}
	return r.fromStored()
}

// ownVariable finds a provider by a variable that holds its key and nobody
// else's.
func (r *resolver) ownVariable() (*Provider, Source) {
	for _, l := range r.layers {
		for i := range r.in.Providers {
			p := &r.in.Providers[i]
			for _, name := range p.CredentialEnv {
				if it := l.vars[name]; it.text != "" && r.exclusive(name) {
					return p, l.source(it, name)
				}
			}
		}
	}
	return nil, Source{}
}

// exclusive reports whether a variable is for the key of one provider only.
func (r *resolver) exclusive(variable string) bool {
	n := 0
	for _, p := range r.in.Providers {
		if slices.Contains(p.CredentialEnv, variable) {
			n++
		}
	}
	return n == 1 && variable != envOpenAIKey
}

// fromStored takes the provider that the user is signed in with, if any.
func (r *resolver) fromStored() (Value, Source) {
	s, ok := r.signedIn()
	if !ok {
		return Value{Key: KeyProvider}, Source{}
	}
	source := Source{Kind: FromStored, Name: storedLabel(s)}
	return Value{Key: KeyProvider, Text: s.Provider, Source: source}, source
}

// signedIn returns the first stored credential of a provider that there is.
func (r *resolver) signedIn() (StoredCredential, bool) {
	for _, s := range r.storedCredentials() {
		if r.byName(s.Provider) != nil && (s.Service == nil || r.service(s) != nil) {
			return s, true
		}
	}
	return StoredCredential{}, false
}

func storedLabel(s StoredCredential) string {
	if s.Label != "" {
		return s.Label
	}
	return s.Provider
}

// claimedByKey returns the provider with the longest prefix that the key begins
// with. Only providers that came with the program can claim a key: any other one
// could claim everything. The fallback claims nothing; it gets what is left.
func (r *resolver) claimedByKey(key string) *Provider {
	var best *Provider
	longest := 0
	for i := range r.in.Providers {
		p := &r.in.Providers[i]
		if n := p.claims(key); p.claimant() && n > longest {
			best, longest = p, n
		}
	}
	return best
}

func (p *Provider) claimant() bool { return !p.ThirdParty && p.Name != fallbackProvider }

// claims returns the length of the longest prefix of p that the key begins with.
func (p *Provider) claims(key string) int {
	longest := 0
	key = strings.TrimSpace(key)
	for _, prefix := range p.KeyPrefixes {
		if strings.HasPrefix(key, prefix) {
			longest = max(longest, len(prefix))
		}
	}
	return longest
}

// claimedByHost returns the provider that the host of an endpoint belongs to.
func (r *resolver) claimedByHost(endpoint string) *Provider {
	for i := range r.in.Providers {
		if p := &r.in.Providers[i]; p.claimant() && p.reaches(endpoint) {
			return p
		}
	}
	return nil
}

// reaches reports whether p names the host of an endpoint as its own.
func (p *Provider) reaches(endpoint string) bool {
	host := hostOf(endpoint)
	return host != "" && slices.ContainsFunc(p.Hosts, func(pattern string) bool {
		return matchesHost(pattern, host)
	})
}

func (r *resolver) byName(name string) *Provider {
	for i := range r.in.Providers {
		if r.in.Providers[i].Name == name {
			return &r.in.Providers[i]
		}
	}
	return nil
}

// row returns the row of the table with that name.
func (r *resolver) row(name string) Key {
	return r.table[slices.IndexFunc(r.table, func(k Key) bool { return k.Name == name })]
}
