package sdk

import (
	"fmt"
	"log/slog"
)

// redacted is what a [Secret] shows of itself, whatever way it is printed.
const redacted = "[redacted]"

// A Secret is a string that does not print itself: under every fmt verb, in
// JSON, in text encodings and in structured logs it shows as "[redacted]", also
// inside a struct that is printed whole. [Secret.Reveal] is the only way to its
// value, so that a search for Reveal finds every place where one is used.
type Secret string

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String returns "[redacted]", or "" for an empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// Format implements [fmt.Formatter], for the verbs that would bypass String.
func (s Secret) Format(f fmt.State, verb rune) {
	_, _ = fmt.Fprint(f, s.String())
}

// MarshalText implements [encoding.TextMarshaler]; it covers encoding/json.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue implements [slog.LogValuer].
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
