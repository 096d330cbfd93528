package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
)

// A Value is one resolved value. It prints, and is written to JSON and logs,
// with its secret masked; only Text holds it.
type Value struct {
	Key    string   // name in [Keys], or "providers.NAME.SETTING"
	Text   string   // canonical text; "" if nothing set it
	List   []string // for a key of type TypeList, its elements
	Secret bool
	Source Source

	// Shadows lists the values that lost against this one, best first. They were
	// not checked.
	Shadows []Value
}

// IsSet reports whether any place, a default included, set the value.
func (v Value) IsSet() bool { return v.Source.Kind != "" }

// Display returns the text to show people: secrets are masked.
func (v Value) Display() string {
	switch {
	case v.Secret:
		return Mask(v.Text)
	case v.Key == KeyProxy:
		return withoutPassword(v.Text)
	}
	return v.Text
}

// String returns key and display text.
func (v Value) String() string { return v.Key + "=" + v.Display() }

// Format implements [fmt.Formatter], for the verbs that would bypass String.
func (v Value) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, v.String()) }

// LogValue implements [slog.LogValuer].
func (v Value) LogValue() slog.Value { return slog.StringValue(v.String()) }

// MarshalJSON writes what "qwen config list --json" shows.
func (v Value) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Key     string  `json:"key"`
		Value   string  `json:"value"`
		Secret  bool    `json:"secret,omitempty"`
		Source  Source  `json:"source"`
		Shadows []Value `json:"shadows,omitempty"`
	}{v.Key, v.Display(), v.Secret, v.Source, v.Shadows})
}

// masked returns v without its secret, also in what it shadows.
func (v Value) masked() Value {
	v.Text = v.Display()
	shadows := make([]Value, len(v.Shadows))
	for i, s := range v.Shadows {
		shadows[i] = s.masked()
	}
	v.Shadows = shadows
	return v
}

// maskable is the length from which a key shows its last characters. Of a
// shorter one they would be too large a part.
const maskable = 20

// Mask shortens a secret so that its owner recognises it and nobody can use it:
// the kind of key ("sk-sp-") and the last four characters. Of a secret of fewer
// than twenty characters it shows nothing.
func Mask(secret string) string {
	switch {
	case secret == "":
		return ""
	case len(secret) < maskable:
		return "****"
	}
	return secret[:prefixLen(secret)] + "…" + secret[len(secret)-4:]
}

// prefixLen returns the length of the part that says what kind of key it is: at
// most two short lower-case words, each with its hyphen or underscore.
func prefixLen(secret string) int {
	end := 0
	for range 2 {
		i := strings.IndexAny(secret[end:], "-_")
		if i < 2 || i > 4 || strings.Trim(secret[end:end+i], "abcdefghijklmnopqrstuvwxyz") != "" {
			break
		}
		end += i + 1
	}
	return end
}
