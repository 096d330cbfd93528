package highlight

import "strings"

// code colours a line of a programming language.
func (l *line) code() {
	if l.here != "" {
		l.hereDocument()
		return
	}
	if l.until.close != "" {
		l.finish(0, l.until, l.class)
	} else {
		l.beginning()
	}
	here := ""
	for l.at < len(l.s) {
		if word := l.hereMark(); word != "" {
			here = word
		}
		l.token()
	}
	l.here, l.joined = here, strings.HasSuffix(l.s, `\`)
}

// beginning colours what only the beginning of a line can be.
func (l *line) beginning() {
	s := l.rest()
	indent := blanks(s)
	t := s[indent:]
	switch {
	case t == "":
	case l.lang.directive != "" && strings.HasPrefix(t, l.lang.directive):
		n := 1 + blanks(t[1:])
		l.add(indent+n+l.lang.word(t[n:]), Meta)
	case l.lang.sections && t[0] == '[':
		if n := strings.LastIndexByte(t, ']'); n >= 0 {
			l.add(indent+n+1, Heading)
		}
	case l.lang.assigns != "":
		l.assignment(indent)
	}
}

// assignment colours the name that a line gives a value.
func (l *line) assignment(indent int) {
	s := l.rest()[indent:]
	n := 0
	for n < len(s) && (isWord(s[n]) || strings.IndexByte(`-."' /%$()`, s[n]) >= 0) {
		n++
	}
	name := strings.TrimRight(s[:n], " ")
	if name == "" || n == len(s) || strings.IndexByte(l.lang.assigns, s[n]) < 0 || l.lang.keyword(name) {
		return
	}
	l.add(indent, Plain)
	if s[n] == ':' && !strings.HasPrefix(s[n:], ":=") && !strings.HasPrefix(s[n:], "::=") {
		l.add(len(name), Function)
		return
	}
	l.add(len(name), Key)
}

// token colours the next token.
func (l *line) token() {
	s := l.rest()
	switch c := s[0]; {
	case c == ' ' || c == '\t':
		l.space()
	case l.comment(s), l.quoted(s):
	case isDigit(c):
		l.add(numberLength(s), Number)
	case strings.IndexByte(l.lang.sigils, c) >= 0:
		l.variable(s)
	case c == '@' && l.lang.decorators:
		l.add(1+l.lang.word(s[1:]), Meta)
	case c == '-' && l.lang.commands && l.at > 0 && isBlank(l.s[l.at-1]):
		dashes := len(s) - len(strings.TrimLeft(s, "-"))
		l.add(dashes+l.lang.word(s[dashes:]), Key)
	default:
		if n := l.lang.word(s); n > 0 {
			l.add(n, l.wordClass(s, n))
		} else {
			l.add(1, Plain)
		}
	}
}

func (l *line) comment(s string) bool {
	if q := l.lang.block; q.open != "" && strings.HasPrefix(s, q.open) {
		l.finish(len(q.open), q, Comment)
		return true
	}
	for mark := range strings.FieldsSeq(l.lang.comments) {
		if strings.HasPrefix(s, mark) && (mark != "#" || l.at == 0 || isBlank(l.s[l.at-1])) {
			l.add(len(s), Comment)
			return true
		}
	}
	return false
}

func (l *line) quoted(s string) bool {
	for _, q := range l.lang.quotes {
		if q.begins(s) {
			class := String
			if l.lang.keys && isKey(s, q) {
				class = Key
			}
			l.finish(len(q.open), q, class)
			return true
		}
	}
	return false
}

// isKey reports whether the string that s begins with has a colon behind it.
func isKey(s string, q quote) bool {
	n := q.end(s[1:])
	return n >= 0 && strings.HasPrefix(strings.TrimLeft(s[1+n:], " \t"), ":")
}

// variable colours a name with a mark before it: $HOME, ${HOME}, $(VAR), @name.
func (l *line) variable(s string) {
	n := 1
	if len(s) > 1 {
		switch {
		case s[1] == '{':
			n = bracketed(s, '}')
		case s[1] == '(' && l.lang.assigns != "": // a shell's $(command) is none
			n = bracketed(s, ')')
		case strings.IndexByte("@*#?$!-<^", s[1]) >= 0:
			n = 2
		default:
			n = 1 + l.lang.word(s[1:])
		}
	}
	class := Key
	if n == 1 {
		class = Plain
	}
	l.add(n, class)
}

func bracketed(s string, closing byte) int {
	if n := strings.IndexByte(s[:min(len(s), lookahead)], closing); n >= 0 {
		return n + 1
	}
	return 1
}

// wordClass says what the word is that s begins with.
func (l *line) wordClass(s string, n int) Class {
	word, after := s[:n], strings.TrimLeft(s[n:], " ")
	switch {
	case l.lang.keyword(word):
		return Keyword
	case l.lang.typ(word):
		return Type
	case l.lang.commands && l.commandBegins():
		return Function
	case l.lang.keys && strings.HasPrefix(after, ":") && !selects(after):
		return Key
	case !l.lang.noCalls && strings.HasPrefix(s[n:], "("), strings.HasPrefix(s[n:], "!(") && l.lang.macros:
		return Function
	case l.lang.upper && word[0] >= 'A' && word[0] <= 'Z' && strings.ToUpper(word) != word:
		return Type
	}
	return Plain
}

// commandsFollow are words with a command behind them.
const commandsFollow = " do then else elif if while until sudo exec time $ # "

// commandBegins reports whether the next word is the name of a command.
func (l *line) commandBegins() bool {
	before := strings.TrimRight(l.s[:l.at], " \t")
	if before == "" {
		return !l.joined
	}
	if strings.IndexByte("|&;({`!", before[len(before)-1]) >= 0 {
		return true
	}
	word := before[max(0, len(before)-len("until ")):]
	word = word[strings.LastIndexAny(word, " \t;")+1:]
	return len(before) < l.at && strings.Contains(commandsFollow, " "+word+" ")
}

// lookahead is how many bytes are looked at to decide what one word is.
const lookahead = 200

// selects reports whether a colon in a style sheet belongs to a selector.
func selects(s string) bool {
	n := strings.IndexAny(s[:min(len(s), lookahead)], "{;}")
	return n >= 0 && s[n] == '{' || strings.HasPrefix(s, "::")
}

// hereMark returns the line that ends the here document that the next token begins.
func (l *line) hereMark() string {
	s, ok := strings.CutPrefix(l.rest(), "<<")
	if !ok || !l.lang.here || strings.HasPrefix(s, "<") || l.at > 0 && l.s[l.at-1] == '<' {
		return ""
	}
	s = strings.TrimLeft(strings.TrimLeft(s, "-~"), " ")
	s = strings.TrimLeft(s, `"'\`)
	return s[:l.lang.word(s)]
}

func (l *line) hereDocument() {
	if strings.TrimLeft(l.s, " \t") == l.here {
		l.here = ""
	}
	l.add(len(l.s), String)
}

// numberLength returns how long the number is that s begins with, with its unit.
func numberLength(s string) int {
	n := 1
	for n < len(s) {
		switch c := s[n]; {
		case isWord(c) || c == '.' && n+1 < len(s) && isDigit(s[n+1]) || c == '%':
		case (c == '+' || c == '-') && (s[n-1] == 'e' || s[n-1] == 'E') && !strings.HasPrefix(s, "0x"):
		default:
			return n
		}
		n++
	}
	return n
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isBlank(c byte) bool { return c == ' ' || c == '\t' }
func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c == '_' || c >= 0x80
}
