package config

import "strings"

// expand replaces $NAME and ${NAME} in a text of the user's own settings file by
// variables of the process environment, then of the user's own .env. A project's
// file has no say in it: it could make the user's endpoint its own. A variable
// that is not set stays as it is written.
func (r *resolver) expand(text string, at Source) string {
	if !strings.Contains(text, "$") {
		return text
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "$")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, size := reference(after)
		value, ok := r.userVariable(name)
		if name != "" && !ok {
			r.note(Note{File: at.File, Line: at.Line, Text: at.Name + " names the variable " + name + ", which is not set"})
		}
		if !ok {
			value, size = "$", 0
		}
		b.WriteString(value)
		text = after[size:]
	}
}

// reference reads NAME or {NAME} at the beginning of text and returns the name
// and the size of the whole; "" if there is none.
func reference(text string) (name string, size int) {
	braces := strings.HasPrefix(text, "{")
	if braces {
		text = text[1:]
	}
	n := 0
	for n < len(text) && nameByte(text[n], n == 0) {
		n++
	}
	switch {
	case n == 0, braces && !strings.HasPrefix(text[n:], "}"):
		return "", 0
	case braces:
		return text[:n], n + 2
	}
	return text[:n], n
}

func nameByte(c byte, first bool) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || !first && '0' <= c && c <= '9'
}

// userVariable looks a variable up where only the user can have set it.
func (r *resolver) userVariable(name string) (string, bool) {
	for _, l := range r.layers {
		if l.kind != FromEnvironment && l.kind != FromDotenvUser {
			continue
		}
		if it := l.vars[name]; it.text != "" {
			return it.text, true
		}
	}
	return "", false
}
