// Package redact removes secrets from text that people and log files see.
//
// It knows secrets in two ways: those in use, which it is given, in the forms in
// which servers and libraries echo them; and those that look like one, such as
// "sk-…", "Bearer …" or the password in a URL. It is for diagnostics: errors,
// warnings, logs. Answers never pass through it, since they have to arrive as
// they are.
package redact

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// mask stands where a secret was.
const mask = "[redacted]"

// Secrets shorter than minLength are words; they would mask half of every text.
// Those shorter than minAnywhere are masked only where they stand alone.
const (
	minLength   = 4
	minAnywhere = 8
)

// A Redactor knows the secrets in use. The zero value knows none and still masks
// what looks like a secret. It may be used concurrently.
type Redactor struct {
	mu    sync.RWMutex
	forms []string // longest first, so that no form hides a part of a longer one
}

// New returns a redactor that knows the secrets.
func New(secrets ...string) *Redactor {
	r := &Redactor{}
	r.Add(secrets...)
	return r
}

// Add makes secrets known: keys, tokens, passwords, device codes. Empty ones and
// those too short to tell from a word are ignored.
func (r *Redactor) Add(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range secrets {
		for line := range strings.Lines(s) {
			r.add(formsOf(strings.TrimSpace(line)))
		}
	}
	slices.SortFunc(r.forms, func(a, b string) int { return len(b) - len(a) })
}

// AddBasic makes a user name and password known, for HTTP basic authentication
// (RFC 7617) and URLs. The name alone is no secret.
func (r *Redactor) AddBasic(user, password string) {
	if len(password) < minLength {
		return
	}
	r.Add(password)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(base64Forms(user + ":" + password))
	slices.SortFunc(r.forms, func(a, b string) int { return len(b) - len(a) })
}

func (r *Redactor) add(forms []string) {
	for _, f := range forms {
		if len(f) >= minLength && !slices.Contains(r.forms, f) {
			r.forms = append(r.forms, f)
		}
	}
}

// formsOf returns the ways in which a secret is written: as it is, inside JSON,
// in a URL, and in base64 alone or as the one half of basic authentication.
func formsOf(secret string) []string {
	if len(secret) < minLength {
		return nil
	}
	forms := []string{secret}
	if quoted, err := json.Marshal(secret); err == nil {
		inner := string(quoted[1 : len(quoted)-1])
		forms = append(forms, inner, strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(inner))
	}
	for _, escaped := range []string{url.QueryEscape(secret), url.PathEscape(secret), percentAll(secret)} {
		forms = append(forms, escaped, lowerEscapes(escaped))
	}
	for _, s := range []string{secret, secret + ":", ":" + secret} {
		forms = append(forms, base64Forms(s)...)
	}
	return forms
}

func base64Forms(s string) []string {
	// Forms without padding are prefixes of those with it.
	return []string{
		base64.StdEncoding.EncodeToString([]byte(s)), base64.URLEncoding.EncodeToString([]byte(s)),
		base64.RawStdEncoding.EncodeToString([]byte(s)), base64.RawURLEncoding.EncodeToString([]byte(s)),
	}
}

const hexDigits = "0123456789ABCDEF"

// percentAll escapes every byte that RFC 3986 does not call unreserved, a space
// as %20.
func percentAll(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if isAlnum(c) || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hexDigits[c>>4])
		b.WriteByte(hexDigits[c&15])
	}
	return b.String()
}

// lowerEscapes writes the percent escapes of s with lower-case digits.
func lowerEscapes(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:], strings.ToLower(s[i+1:i+3]))
			i += 2
		}
	}
	return string(b)
}

// String returns s with secrets masked.
func (r *Redactor) String(s string) string {
	s = r.maskKnown(s)
	return maskShapes(s)
}

func (r *Redactor) maskKnown(s string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, form := range r.forms {
		s = maskForm(s, form)
	}
	return s
}

// maskForm masks each occurrence of form in s; a short form only as a word.
func maskForm(s, form string) string {
	return maskSpans(s, func(from int) (start, end int) {
		for {
			i := strings.Index(s[from:], form)
			if i < 0 {
				return -1, -1
			}
			start, end = from+i, from+i+len(form)
			if len(form) >= minAnywhere || isWord(s, start, end) {
				return start, end
			}
			from = start + 1
		}
	})
}

// maskSpans masks the spans of s that next finds, one after the other. next gets
// the place to search from and returns a negative start when there are no more.
func maskSpans(s string, next func(from int) (start, end int)) string {
	start, end := next(0)
	if start < 0 {
		return s
	}
	var b strings.Builder
	done := 0
	for ; start >= 0; start, end = next(done) {
		b.WriteString(s[done:start])
		b.WriteString(mask)
		done = end
	}
	b.WriteString(s[done:])
	return b.String()
}

// isWord reports whether s[start:end] is not part of a longer word.
func isWord(s string, start, end int) bool {
	return (start == 0 || !isAlnum(s[start-1])) && (end == len(s) || !isAlnum(s[end]))
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
