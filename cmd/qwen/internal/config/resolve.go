package config

import (
	"slices"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/dotenv"
)

// Resolve resolves the configuration. The error is an [*Error] for a value or a
// file that is wrong and an [*OriginError] for a credential that must not go
// where a project sends it.
//
// With an error, the Config is what could be resolved nonetheless, for display
// only: its secrets are masked.
func Resolve(in Input) (*Config, error) {
	in.Home, in.Dir = cleanPath(in.Home), cleanPath(in.Dir)
	r := &resolver{
		in:      in,
		table:   Keys(),
		environ: environLayer(in.Environ),
		cfg:     &Config{values: map[string]*Value{}, Settings: map[string]Value{}},
	}
	if err := r.resolve(); err != nil {
		r.cfg.hideSecrets()
		return r.cfg, err
	}
	return r.cfg, nil
}

// A resolver is the state of one call of [Resolve].
type resolver struct {
	in    Input
	cfg   *Config
	table []Key // the keys of the table

	environ *layer
	layers  []*layer // the one that wins first
	models  []modelEntry

	knownVars   map[string]bool // variables that mean something
	projectVars map[string]bool // those that a project's file may set

	failed   bool      // a step has: what follows is for display only
	provider *Provider // nil: none
	evidence Source    // what decided on the provider
	stored   []StoredCredential
	asked    bool // whether stored has been filled
}

// resolve takes all steps, also after one has failed, so that there is as much as
// possible to show. It returns the first error.
func (r *resolver) resolve() error {
	var first error
	for _, step := range []func() error{
		r.resolveStateRoot,
		r.load,
		r.resolveProvider,
		r.resolveConnection,
		r.resolveTable,
		r.resolveSettings,
		r.checkOrigin,
		r.checkClaim,
		r.checkPlainHTTP,
		r.decode,
	} {
		if err := step(); err != nil && first == nil {
			first = err
		}
		r.failed = first != nil
	}
	return first
}

// load fills the layers, the one that wins first.
func (r *resolver) load() error {
	r.variables()
	r.layers = []*layer{flagLayer(r.in.Flags, r.table), r.environ}
	file, notes := dotenv.Search{
		Dir: r.in.Dir, Home: r.in.Home, StateRoot: r.cfg.StateRoot.Text,
		Denied: func(folder string) bool { return r.trust(folder) == TrustDenied },
	}.Find()
	for _, n := range notes {
		r.note(Note{File: n.Path, Line: n.Line, Text: "ignored: " + n.Reason})
	}
	if file != nil {
		r.cfg.DotEnv = file.Path
		r.layers = append(r.layers, r.dotenvLayer(file))
	}
	err := r.loadSettings()
	r.cfg.Services = r.modelServices()
	r.cfg.SecretFiles = r.secretFiles()
	return err
}

// note records a note.
func (r *resolver) note(n Note) { r.cfg.Notes = append(r.cfg.Notes, n) }

// noteOnce records a note from a step that may run twice.
func (r *resolver) noteOnce(n Note) {
	if !slices.Contains(r.cfg.Notes, n) {
		r.note(n)
	}
}

// storedCredentials returns the stored credentials, asking for them once.
func (r *resolver) storedCredentials() []StoredCredential {
	if !r.asked && r.in.Stored != nil {
		r.stored = r.in.Stored()
	}
	r.asked = true
	return r.stored
}

// storedFor reports whether there is a stored credential of the provider.
func (r *resolver) storedFor(p *Provider) (StoredCredential, bool) {
	for _, s := range r.storedCredentials() {
		if s.Provider == p.Name && s.Service == nil {
			return s, true
		}
	}
	return StoredCredential{}, false
}

// resolveTable resolves the keys that are not about the connection.
func (r *resolver) resolveTable() error {
	var first error
	for _, k := range r.table {
		switch k.Name {
		case KeyProvider, KeyModel, KeyEndpoint, KeyAPIKey:
			continue // resolveConnection
		}
		k = k.of(r.provider)
		v, err := checked(k, r.lookup(k))
		if err != nil && first == nil {
			first = err
		}
		r.cfg.set(v)
	}
	return first
}

// resolveSettings resolves the settings of the provider.
func (r *resolver) resolveSettings() error {
	if r.provider == nil {
		return nil
	}
	var first error
	for _, s := range r.provider.Settings {
		k := r.provider.key(s)
		v, err := checked(k, r.lookup(k))
		if err != nil && first == nil {
			first = err
		}
		if !v.IsSet() {
			v = r.inherited(s, k)
		}
		if v.IsSet() {
			r.cfg.set(v)
			r.cfg.Settings[s.Name] = v
		}
	}
	return first
}

// inherited returns what the program as a whole was told, for a provider that
// has a switch of the same meaning: whoever types --allow-http means both.
func (r *resolver) inherited(s ProviderSetting, k Key) Value {
	v := r.cfg.Get(s.Name)
	if s.Name != KeyAllowHTTP || v.Source.Kind == FromDefault {
		return Value{Key: k.Name}
	}
	v.Key = k.Name
	return v
}
