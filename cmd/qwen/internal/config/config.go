package config

import (
	"fmt"
	"maps"
	"slices"
)

// A Config is what the program was told. It is not changed once resolved and may
// be read concurrently.
type Config struct {
	// Provider is who answers; its Text is empty if nothing says who, and then
	// Model, Endpoint and Key are unset as well.
	Provider Value
	Model    Value

	// Endpoint is the base URL, the provider's default included; see
	// [Config.ChosenEndpoint].
	Endpoint Value

	// Key is the API key; its Text is empty if none was given. If set, it may go
	// to Endpoint.
	Key Value

	// KeyEnv names the variables that the key could have been in, the one that
	// wins first: what to name when there is none.
	KeyEnv []string

	// AllowStored says that a stored credential of Provider may be used: no key
	// was given, and no project chose the endpoint.
	AllowStored bool

	// Stored is the stored credential that decided on Provider, because nothing
	// else did or because the user asked for it; nil if none did.
	Stored *StoredCredential

	// Settings holds the provider's settings that have a value, by their name in
	// its description.
	Settings map[string]Value

	// Services are those that modelProviders in settings files describe.
	Services []ModelService

	// Options are the values that shape an answer and the program.
	Options Options

	// StateRoot is the directory of the program's own files: $QWEN_HOME or
	// ~/.qwen. It is empty if there is neither, and need not exist.
	StateRoot Value

	// DotEnv is the path of the one .env file that counts; empty for none.
	DotEnv string

	// SecretFiles are the project's files that hold a secret.
	SecretFiles []string

	// Notes are what the user should know.
	Notes []Note

	// values holds all values by key. They are pointers because fmt does not ask
	// a value in an unexported field how it wants to be printed.
	values map[string]*Value
}

// A Note tells the user something about a file that does not stop the program.
// It never quotes the file's values.
type Note struct {
	File string
	Line int // 0: the whole file
	Text string

	// Minor marks what only somebody looking for it wants to read.
	Minor bool
}

// String returns the note with its place.
func (n Note) String() string {
	return Source{File: n.File, Line: n.Line}.String() + ": " + n.Text
}

// Format implements [fmt.Formatter]: a Config prints as its values do, with the
// secrets masked.
func (c Config) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, c.All()) }

// ChosenEndpoint returns the endpoint if somebody chose it, and "" if it is the
// provider's default: then a stored credential that is tied to an endpoint of
// its own knows better.
func (c *Config) ChosenEndpoint() string {
	if c.Endpoint.Source.Kind == FromDefault {
		return ""
	}
	return c.Endpoint.Text
}

// Get returns the value of a key of the table, or of a provider's setting by its
// full name. It is unset if nothing set it.
func (c *Config) Get(key string) Value {
	if v := c.values[key]; v != nil {
		return *v
	}
	return Value{Key: key}
}

// All returns every value that is set, in the order of the table, then the
// settings of the provider by name: what "qwen config list" shows.
func (c *Config) All() []Value {
	var list []Value
	for _, k := range Keys() {
		if v := c.Get(k.Name); v.IsSet() {
			list = append(list, v)
		}
	}
	if c.StateRoot.IsSet() {
		list = append(list, c.StateRoot)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Settings)) {
		list = append(list, c.Settings[name])
	}
	return list
}

// set records the value of a key.
func (c *Config) set(v Value) { c.values[v.Key] = &v }

// hideSecrets masks every secret: what is left of a configuration that was
// refused can be shown, but not used.
func (c *Config) hideSecrets() {
	for _, v := range c.values {
		*v = v.masked()
	}
	for name, v := range c.Settings {
		c.Settings[name] = v.masked()
	}
	c.Key = c.Key.masked()
	c.AllowStored = false
}
