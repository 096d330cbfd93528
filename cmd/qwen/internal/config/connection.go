package config

import (
	"slices"
	"strconv"
)

// A connection is what is needed to ask somebody.
type connection struct {
	model, endpoint, key Value
	keyEnv               []string
}

// resolveConnection resolves model, endpoint and key for the provider.
func (r *resolver) resolveConnection() error {
	if r.provider == nil {
		return nil
	}
	c := r.connection(r.provider)
	r.useStored(&c)
	var first error
	for _, part := range []struct {
		name  string
		value Value
		field *Value
	}{
		{KeyModel, c.model, &r.cfg.Model},
		{KeyEndpoint, c.endpoint, &r.cfg.Endpoint},
		{KeyAPIKey, c.key, &r.cfg.Key},
	} {
		v, err := checked(r.row(part.name), part.value)
		if err != nil && first == nil {
			first = err
		}
		*part.field = v
		r.cfg.set(v)
	}
	r.cfg.KeyEnv = c.keyEnv
	r.cfg.AllowStored = !r.cfg.Key.IsSet() && (r.cfg.Stored == nil || r.cfg.Stored.Service == nil)
	return first
}

// useStored takes the endpoint from the stored credential that decided on the
// provider, if nothing but a default says otherwise, and from one that was asked
// for by name in any case: such a credential goes where it belongs, and there is
// no other key beside it.
func (r *resolver) useStored(c *connection) {
	stored := r.cfg.Stored
	if stored == nil {
		return
	}
	if r.in.Chosen != nil {
		c.key = Value{Key: KeyAPIKey, Secret: true}
		c.endpoint = Value{Key: KeyEndpoint}
		if d := r.provider.DefaultEndpoint; d != "" {
			c.endpoint.Text, c.endpoint.Source = d, Source{Kind: FromDefault}
		}
	}
	if stored.Endpoint != "" && (!c.endpoint.IsSet() || c.endpoint.Source.Kind == FromDefault) {
		c.endpoint = Value{Key: KeyEndpoint, Text: stored.Endpoint, Source: Source{Kind: FromStored, Name: storedLabel(*stored)}}
	}
	if s := r.service(*stored); s != nil {
		r.useService(c, s)
	}
}

// useService takes key and model from a service in a settings file.
func (r *resolver) useService(c *connection, s *ModelService) {
	if s.Endpoint != "" {
		c.endpoint.Source = s.Source
	}
	k := r.row(KeyAPIKey)
	k.Env, k.Settings = env(s.KeyEnv), nil
	c.key, c.keyEnv = Value{Key: KeyAPIKey, Secret: true}, nil
	if s.KeyEnv != "" {
		c.key, c.keyEnv = r.lookup(k), []string{s.KeyEnv}
	}
	if len(s.Models) > 0 && c.model.Source.Kind != FromFlag && !slices.Contains(s.Models, c.model.Text) {
		c.model = Value{Key: KeyModel, Text: s.Models[0], Source: s.Source}
	}
}

// connection looks up model, endpoint and key as p would get them. A nil p
// stands for any provider that takes the OPENAI_ variables; it has no defaults.
func (r *resolver) connection(p *Provider) connection {
	model := narrowed(r.row(KeyModel), p)
	endpoint := narrowed(r.row(KeyEndpoint), p)
	if p != nil {
		model.Default, endpoint.Default = p.DefaultModel, p.DefaultEndpoint
	}
	c := connection{model: r.lookup(model)}
	entry := r.entry(c.model.Text, p)
	c.endpoint = r.lookupEndpoint(endpoint, entry)
	key := r.keyRow(p, entry, c.endpoint)
	for _, e := range key.Env {
		c.keyEnv = append(c.keyEnv, e.Name)
	}
	c.key = preferOwn(r.lookup(key), p)
	return c
}

// narrowed takes out of a row what is not meant for p.
func narrowed(k Key, p *Provider) Key {
	if p.takesOpenAI() {
		return k
	}
	k.Env = slices.DeleteFunc(slices.Clone(k.Env), func(e Env) bool { return openAIOnly(e.Name) })
	k.Settings = slices.DeleteFunc(slices.Clone(k.Settings), openAIOnly)
	return k
}

// lookupEndpoint looks the endpoint up. An entry for the model is the first thing
// that its settings file says about it; flags, variables and .env come before.
func (r *resolver) lookupEndpoint(k Key, entry *modelEntry) Value {
	if entry == nil || entry.baseURL.text == "" {
		return r.lookup(k)
	}
	own := Value{Key: k.Name, Text: entry.baseURL.text, Source: entry.layer.source(entry.baseURL, "")}
	var found []Value
	for _, l := range r.layers {
		if l == entry.layer {
			found = append(found, own)
		}
		found = append(found, l.find(k)...)
	}
	if k.Default != "" {
		found = append(found, Value{Key: k.Name, Text: k.Default, Source: Source{Kind: FromDefault}})
	}
	return stack(k, found)
}

// keyRow says where the key for an endpoint may come from.
//
// Where the entry of the model chose the endpoint and names a variable, the key
// is in that variable or nowhere: to fall back on OPENAI_API_KEY would send the
// key of one service to another.
func (r *resolver) keyRow(p *Provider, entry *modelEntry, endpoint Value) Key {
	k := narrowed(r.row(KeyAPIKey), p)
	if p != nil {
		k.Env = env(p.CredentialEnv...)
	}
	if entry == nil || entry.envKey.text == "" {
		return k
	}
	named := env(entry.envKey.text)
	switch chosen := entry.baseURL.text != "" && endpoint.Source == entry.layer.source(entry.baseURL, ""); {
	case entry.layer.kind.Project() && !slices.ContainsFunc(k.Env, named[0].is):
		// A project must not choose which of the user's variables is the key.
		r.noteOnce(Note{File: entry.layer.file, Line: entry.envKey.line, Text: entry.envKey.name + " is ignored: a project's file may not name this variable"})
		if chosen {
			k.Env, k.Settings = nil, nil
		}
	case chosen:
		k.Env, k.Settings = named, nil
	case entry.baseURL.text == "" && !entry.layer.kind.Project():
		k.Env = append(named, k.Env...)
	}
	return k
}

// preferOwn prefers, among all that was found, a key that bears a prefix of p,
// where p has any: a general key in OPENAI_API_KEY must not hide the plan key
// that the user keeps beside it. A key given by flag stands.
func preferOwn(v Value, p *Provider) Value {
	if p == nil || p.Name == fallbackProvider || v.Source.Kind == FromFlag || p.claims(v.Text) > 0 {
		return v
	}
	i := slices.IndexFunc(v.Shadows, func(s Value) bool { return p.claims(s.Text) > 0 })
	if i < 0 {
		return v
	}
	own := v.Shadows[i]
	rest := slices.Delete(slices.Clone(v.Shadows), i, i+1)
	v.Shadows = nil
	own.Shadows = append([]Value{v}, rest...)
	return own
}

func quoted(s string) string { return strconv.Quote(s) }
