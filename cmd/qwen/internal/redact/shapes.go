package redact

import "strings"

// maskShapes masks what looks like a secret. What it takes for one is a guess on
// the safe side, but for plain words: "bearer token expired" stays readable.
func maskShapes(s string) string {
	for _, next := range []func(s string, from int) (start, end int){nextUserinfo, nextKey, nextCredentials, nextValue} {
		s = maskSpans(s, func(from int) (int, int) { return next(s, from) })
	}
	return s
}

// nextUserinfo finds the userinfo of a URL (RFC 3986 section 3.2.1): in
// "http://user:password@proxy" all before the "@".
func nextUserinfo(s string, from int) (start, end int) {
	for {
		i := strings.Index(s[from:], "://")
		if i < 0 {
			return -1, -1
		}
		start = from + i + len("://")
		authority := s[start:]
		if n := strings.IndexAny(authority, "/?# \t\r\n\"'<>`"); n >= 0 {
			authority = authority[:n]
		}
		if at := strings.LastIndexByte(authority, '@'); at > 0 {
			return start, start + at
		}
		from = start
	}
}

// keyPrefixes begin the keys of well-known services and JSON Web Tokens.
func keyPrefixes() []string {
	return []string{"sk-", "gsk_", "xai-", "hf_", "AIza", "ghp_", "github_pat_", "eyJ"}
}

// minKey is how many characters follow the prefix of a key at least.
const minKey = 8

// nextKey finds a key that is known by its prefix.
func nextKey(s string, from int) (start, end int) {
	start = -1
	for _, prefix := range keyPrefixes() {
		if a, b := nextKeyWith(prefix, s, from); a >= 0 && (start < 0 || a < start) {
			start, end = a, b
		}
	}
	return start, end
}

func nextKeyWith(prefix, s string, from int) (start, end int) {
	for {
		i := strings.Index(s[from:], prefix)
		if i < 0 {
			return -1, -1
		}
		start = from + i
		from = start + len(prefix)
		end = from + tokenLength(s[from:])
		if end-from >= minKey && (start == 0 || !isAlnum(s[start-1])) {
			return start, end
		}
	}
}

// nextCredentials finds what follows the name of an authentication scheme, as in
// an Authorization header (RFC 9110 section 11.4).
func nextCredentials(s string, from int) (start, end int) {
	for i := from; i < len(s); i++ {
		if s[i] != ' ' || !hasScheme(s[:i]) {
			continue
		}
		start = i + 1
		for start < len(s) && s[start] == ' ' {
			start++
		}
		end = start + tokenLength(s[start:])
		if secretLike(s[start:end]) {
			return start, end
		}
	}
	return -1, -1
}

func hasScheme(s string) bool {
	for _, scheme := range []string{"bearer", "basic"} {
		if n := len(s) - len(scheme); n >= 0 && strings.EqualFold(s[n:], scheme) && (n == 0 || !isAlnum(s[n-1])) {
			return true
		}
	}
	return false
}

// nextValue finds the value of a field that holds secrets, in a header, in JSON
// and in a query: api-key: …, "refresh_token":"…", ?key=….
func nextValue(s string, from int) (start, end int) {
	for i := from; i < len(s); i++ {
		if s[i] != ':' && s[i] != '=' || !secretName(fieldName(s[:i]), s[i]) {
			continue
		}
		start = i + 1
		for start < len(s) && strings.IndexByte(" \\\"'", s[start]) >= 0 {
			start++
		}
		end = start + valueLength(s[start:])
		if secretLike(s[start:end]) {
			return start, end
		}
	}
	return -1, -1
}

// fieldName returns the name at the end of s, in lower case with underscores.
func fieldName(s string) string {
	s = strings.TrimRight(s, " \\\"'")
	i := len(s)
	for i > 0 && (isAlnum(s[i-1]) || s[i-1] == '_' || s[i-1] == '-') {
		i--
	}
	return strings.ReplaceAll(strings.ToLower(s[i:]), "-", "_")
}

// secretName reports whether a field of that name holds a secret. "unknown key:
// x" is a message, "key=x" is not.
func secretName(name string, separator byte) bool {
	switch name {
	case "key", "token", "secret", "sig", "signature":
		return separator == '='
	case "authorization", "apikey", "password", "passwd", "device_code", "code_verifier", "cookie":
		return true
	}
	for _, suffix := range []string{"_key", "_token", "_secret", "_password", "_authorization"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

// tokenLength returns the length of the token that s begins with, in the
// characters of bearer tokens and base64 (RFC 6750 section 2.1). A period at its
// end ends the sentence.
func tokenLength(s string) int {
	n := 0
	for n < len(s) && (isAlnum(s[n]) || strings.IndexByte("-._~+/=", s[n]) >= 0) {
		n++
	}
	return len(strings.TrimRight(s[:n], "."))
}

func valueLength(s string) int {
	if n := strings.IndexAny(s, " \t\r\n\\\"'`,;&<>(){}"); n >= 0 {
		return n
	}
	return len(s)
}

// secretLike tells a secret from a word: it is long, or it holds a digit and is
// not short, or it has the parts of a token.
func secretLike(s string) bool {
	switch {
	case len(s) < 6 || s == mask:
		return false
	case len(s) >= 20, strings.ContainsAny(s, "0123456789"):
		return true
	}
	return strings.Count(s, ".") >= 2
}
