package dotenv

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A BadLine is a line that was not understood and is left out. It does not hold
// the line, which may be half a secret.
type BadLine struct {
	Line   int
	Reason string
}

// Parse reads KEY=VALUE lines. A line may begin with "export"; text after a # at
// the beginning of a line or after white space is a comment. A value may be
// quoted: 'as it is', `as it is`, or "with \n, \r, \t, \" and \\"; a quoted value
// may span lines. $NAME, $(command) and the like mean nothing and stay as they
// are.
//
// A byte-order mark and all three kinds of line end are accepted.
func Parse(data []byte) ([]Var, []BadLine) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	p := parser{rest: strings.ReplaceAll(text, "\r", "\n"), line: 1}
	for p.rest != "" {
		p.statement()
	}
	return p.vars, p.bad
}

// parser walks over the text. It consumes whole lines: rest always begins at the
// start of one, whose number is line.
type parser struct {
	rest string
	line int
	vars []Var
	bad  []BadLine
}

// statement consumes one line, or several if a quoted value spans them.
func (p *parser) statement() {
	line, _, _ := strings.Cut(p.rest, "\n")
	body := strings.TrimLeft(line, " \t")
	if body == "" || body[0] == '#' {
		p.consume(len(line))
		return
	}
	name, value, reason := assignment(body)
	if reason != "" {
		p.reject(line, reason)
		return
	}
	start := len(line) - len(value)
	if value == "" || !strings.ContainsRune("'\"`", rune(value[0])) {
		p.add(line, name, unquoted(value), len(line))
		return
	}
	end, reason := closingQuote(p.rest[start:])
	if reason != "" {
		p.reject(line, reason)
		return
	}
	quoted := p.rest[start : start+end+1]
	tail, _, _ := strings.Cut(p.rest[start+end+1:], "\n")
	if !blankOrComment(tail) {
		p.reject(line, "text after the closing quote")
		return
	}
	p.add(line, name, unquote(quoted), start+len(quoted)+len(tail))
}

// add records a variable and consumes size bytes.
func (p *parser) add(line, name, value string, size int) {
	if !printable(value) {
		p.reject(line, "a control character or a byte that is not UTF-8")
		return
	}
	p.vars = append(p.vars, Var{Name: name, Value: value, Line: p.line})
	p.consume(size)
}

// reject records a bad line and goes on with the next one.
func (p *parser) reject(line, reason string) {
	p.bad = append(p.bad, BadLine{p.line, reason})
	p.consume(len(line))
}

// consume drops size bytes and the line end after them.
func (p *parser) consume(size int) {
	p.line += strings.Count(p.rest[:size], "\n")
	if p.rest = p.rest[size:]; p.rest != "" {
		p.rest = p.rest[1:]
		p.line++
	}
}

// assignment splits "export NAME = VALUE" and says what is wrong, if anything.
// The value begins at its first character that is not white space.
func assignment(body string) (name, value, reason string) {
	name, value, found := strings.Cut(body, "=")
	if !found {
		return "", "", "no = in it"
	}
	name = strings.TrimRight(name, " \t")
	if after, ok := strings.CutPrefix(name, "export"); ok && strings.TrimLeft(after, " \t") != after {
		name = strings.TrimLeft(after, " \t")
	}
	if !validName(name) {
		return "", "", "what stands before the = is not the name of a variable"
	}
	trimmed := strings.TrimLeft(value, " \t")
	if trimmed != value && strings.HasPrefix(trimmed, "#") {
		return name, "", "" // nothing but a comment
	}
	return name, trimmed, ""
}

func validName(name string) bool {
	for i, c := range []byte(name) {
		switch {
		case c == '_', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case i > 0 && (c == '.' || c == '-' || '0' <= c && c <= '9'):
		default:
			return false
		}
	}
	return name != ""
}

// unquoted returns an unquoted value without its comment.
func unquoted(value string) string {
	for i := 1; i < len(value); i++ {
		if value[i] == '#' && (value[i-1] == ' ' || value[i-1] == '\t') {
			value = value[:i]
			break
		}
	}
	return strings.TrimSpace(value)
}

// closingQuote returns the index of the quote that closes the one text begins
// with. Only in double quotes does a backslash protect what follows.
func closingQuote(text string) (int, string) {
	quote := text[0]
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] == quote:
			return i, ""
		}
	}
	return 0, "a quote that is not closed"
}

func blankOrComment(tail string) bool {
	tail = strings.TrimSpace(tail)
	return tail == "" || tail[0] == '#'
}

var unescape = strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\t`, "\t", `\"`, `"`, `\\`, `\`)

// unquote returns what stands between the quotes.
func unquote(quoted string) string {
	inner := quoted[1 : len(quoted)-1]
	if quoted[0] == '"' {
		return unescape.Replace(inner)
	}
	return inner
}

// printable reports whether a value is text. Tabs and line ends are.
func printable(value string) bool {
	for _, r := range value {
		if unicode.IsControl(r) && !strings.ContainsRune("\t\n\r", r) {
			return false
		}
	}
	return utf8.ValidString(value)
}
