package openaiapi

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/qwen-cli/qwen/sdk"
)

// redacted stands for a secret in a text that is shown.
const redacted = "[redacted]"

// A cleaner makes a server's text fit to be shown: without control characters, of
// bounded length, and without the live key, whatever the server made of it.
type cleaner struct {
	forms []string // the key as it may appear, longest first
	start string   // the beginning of a long key: part of it is secret too
}

// Shorter keys would turn up in ordinary words, and are none that a service gave
// out; of a longer one its first visibleKey bytes may be shown.
const (
	minKey     = 4
	visibleKey = 12
)

func newCleaner(key sdk.Secret) cleaner {
	k := key.Reveal()
	if len(k) < minKey {
		return cleaner{}
	}
	var c cleaner
	escaped, _ := json.Marshal(k)
	for _, form := range []string{k, url.QueryEscape(k), url.PathEscape(k), strings.Trim(string(escaped), `"`)} {
		if !slices.Contains(c.forms, form) {
			c.forms = append(c.forms, form)
		}
	}
	slices.SortFunc(c.forms, func(a, b string) int { return len(b) - len(a) })
	if len(k) > visibleKey {
		c.start = k[:visibleKey]
	}
	return c
}

// text returns s without secrets, on one line, of at most limit runes.
func (c cleaner) text(s string, limit int) string {
	return cleanText(c.redact(s), limit)
}

// redact replaces the key in s.
func (c cleaner) redact(s string) string {
	for _, form := range c.forms {
		s = strings.ReplaceAll(s, form, redacted)
	}
	if c.start != "" {
		s = redactRuns(s, c.start, func(string) bool { return true })
	}
	s = redactRuns(s, "sk-", looksLikeKey)
	return redactRuns(s, "Bearer ", looksLikeKey)
}

// redactRuns replaces the runs of key characters that begin with prefix and that
// secret says are one.
func redactRuns(s, prefix string, secret func(run string) bool) string {
	var b strings.Builder
	for {
		i := strings.Index(s, prefix)
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		end := i + len(prefix)
		for end < len(s) && isKeyByte(s[end]) {
			end++
		}
		b.WriteString(s[:i])
		inWord := i > 0 && isKeyByte(s[i-1])
		if run := s[i:end]; !inWord && secret(run) {
			b.WriteString(redacted)
		} else {
			b.WriteString(run)
		}
		s = s[end:]
	}
}

// looksLikeKey tells a key from a word such as "sk-learn".
func looksLikeKey(run string) bool {
	return len(run) >= 16 && strings.ContainsAny(run, "0123456789")
}

func isKeyByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte("-_.~+/=%", b) >= 0
}

// cleanText returns s as one line of printable text of at most limit runes. What a
// terminal would act on or a reader not see (control characters, invisible and
// direction-changing ones) is left out.
func cleanText(s string, limit int) string {
	var b strings.Builder
	n, space := 0, false
	for _, r := range s {
		if unicode.IsSpace(r) {
			space = b.Len() > 0
			continue
		}
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			continue
		}
		if n >= limit {
			b.WriteRune('…')
			break
		}
		if space {
			b.WriteByte(' ')
			n, space = n+1, false
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}
