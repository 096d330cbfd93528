package highlight

import "strings"

// diffClass says what a line of a diff is.
func diffClass(s string) Class {
	for _, head := range []string{"+++", "---", "@@", "diff ", "index ", "Index: ", "***", "new file ", "deleted file ", "rename "} {
		if strings.HasPrefix(s, head) {
			return Meta
		}
	}
	switch {
	case strings.HasPrefix(s, "+"), strings.HasPrefix(s, ">"):
		return Inserted
	case strings.HasPrefix(s, "-"), strings.HasPrefix(s, "<"):
		return Deleted
	}
	return Plain
}

// prose colours a line of Markdown.
func (l *line) prose() {
	t := strings.TrimLeft(l.s, " ")
	indent := len(l.s) - len(t)
	switch {
	case l.until.close != "":
		if strings.HasPrefix(t, l.until.close) {
			l.until = quote{}
		}
		l.add(len(l.s), String)
		return
	case strings.HasPrefix(t, "```"), strings.HasPrefix(t, "~~~"):
		l.until = quote{close: t[:3]}
		l.add(len(l.s), String)
		return
	case strings.HasPrefix(t, "#"):
		l.add(len(l.s), Heading)
	case strings.HasPrefix(t, ">"):
		l.add(indent+1, Comment)
	case strings.HasPrefix(t, "- "), strings.HasPrefix(t, "* "), strings.HasPrefix(t, "+ "):
		l.add(indent+1, Keyword)
	}
	for l.at < len(l.s) {
		l.span()
	}
}

// span colours code in a line of Markdown, or what comes before it.
func (l *line) span() {
	s := l.rest()
	n := strings.IndexByte(s, '`')
	if n < 0 {
		n = len(s)
	}
	l.add(n, Plain)
	if n == len(s) {
		return
	}
	if closing := strings.IndexByte(s[n+1:], '`'); closing >= 0 {
		l.add(closing+2, String)
	} else {
		l.add(1, Plain)
	}
}

// markup colours a line of HTML or XML.
func (l *line) markup() {
	if l.until.close != "" {
		l.finish(0, l.until, l.class)
	}
	for l.at < len(l.s) {
		if l.inTag {
			l.attribute()
		} else {
			l.text()
		}
	}
}

// text colours what is between tags, and the beginning of the next one.
func (l *line) text() {
	s := l.rest()
	n := strings.IndexAny(s, "<&")
	if n < 0 {
		n = len(s)
	}
	l.add(n, Plain)
	s = s[n:]
	switch {
	case s == "":
	case strings.HasPrefix(s, "<!--"):
		l.finish(4, quote{close: "-->", lines: true}, Comment)
	case strings.HasPrefix(s, "<![CDATA["):
		l.finish(9, quote{close: "]]>", lines: true}, String)
	case s[0] == '&':
		l.entity(s)
	default:
		l.tag(s)
	}
}

func (l *line) entity(s string) {
	n := strings.IndexByte(s[:min(len(s), 10)], ';') + 1
	if n < 3 || strings.ContainsAny(s[:n], " <") {
		l.add(1, Plain)
		return
	}
	l.add(n, Number)
}

func (l *line) tag(s string) {
	n := 1
	if len(s) > n && strings.IndexByte("/!?", s[n]) >= 0 {
		n++
	}
	name := tagName(s[n:])
	if name == 0 {
		l.add(n, Plain)
		return
	}
	l.add(n+name, Keyword)
	l.inTag = true
}

// tagName returns how long the name of a tag or an attribute is that s begins with.
func tagName(s string) int {
	n := 0
	for n < len(s) && (isWord(s[n]) || strings.IndexByte("-:.@#", s[n]) >= 0) {
		n++
	}
	return n
}

// attribute colours what comes next in a tag.
func (l *line) attribute() {
	s := l.rest()
	switch c := s[0]; {
	case isBlank(c):
		l.space()
	case c == '>', strings.HasPrefix(s, "/>"), strings.HasPrefix(s, "?>"):
		l.add(strings.IndexByte(s, '>')+1, Keyword)
		l.inTag = false
	case c == '"' || c == '\'':
		l.finish(1, quote{close: s[:1], lines: true}, String)
	default:
		if n := tagName(s); n > 0 {
			l.add(n, Key)
		} else {
			l.add(1, Plain)
		}
	}
}

// yaml colours a line of YAML.
func (l *line) yaml() {
	if l.until.close != "" {
		l.finish(0, l.until, l.class)
	} else if l.yamlLiteral() {
		return
	} else {
		l.yamlKey()
	}
	for l.at < len(l.s) {
		l.yamlValue()
	}
}

// yamlLiteral colours a line of a literal value, which goes on as long as the lines
// are indented.
func (l *line) yamlLiteral() bool {
	if l.literal == 0 {
		return false
	}
	if n := blanks(l.s); n < len(l.s) && n < l.literal {
		l.literal = 0
		return false
	}
	l.add(len(l.s), String)
	return true
}

func (l *line) yamlKey() {
	if strings.HasPrefix(l.s, "---") || strings.HasPrefix(l.s, "%") {
		l.add(len(l.s), Meta)
		return
	}
	l.space()
	for strings.HasPrefix(l.rest(), "- ") {
		l.add(1, Keyword)
		l.space()
	}
	indent := l.at
	if n := yamlKeyLength(l.rest()); n > 0 {
		l.add(n, Key)
		l.add(1, Plain)
	}
	value, _, _ := strings.Cut(l.rest(), " #")
	value = strings.Trim(value, " ")
	if value != "" && (value[0] == '|' || value[0] == '>') && strings.Trim(value[1:], "+-0123456789") == "" {
		l.literal = indent + 1
	}
}

// yamlKeyLength returns how long the key is that s begins with.
func yamlKeyLength(s string) int {
	if s == "" || strings.IndexByte("#&*!|>@`%{[", s[0]) >= 0 {
		return 0
	}
	from := 0
	if s[0] == '"' || s[0] == '\'' {
		if from = 1 + (quote{close: s[:1]}).end(s[1:]); from == 0 {
			return 0
		}
	}
	for i := from; i < len(s); i++ {
		switch {
		case s[i] == '#' && isBlank(s[max(i-1, 0)]):
			return 0
		case s[i] == ':' && (i+1 == len(s) || isBlank(s[i+1])):
			return i
		}
	}
	return 0
}

func (l *line) yamlValue() {
	s := l.rest()
	switch c := s[0]; {
	case isBlank(c):
		l.space()
	case strings.IndexByte("{}[],", c) >= 0:
		l.add(1, Plain)
	case l.comment(s), l.quoted(s):
	case strings.IndexByte("&*!", c) >= 0:
		l.add(yamlWord(s), Meta)
	default:
		n := yamlWord(s)
		l.add(n, yamlClass(s[:n]))
	}
}

// yamlWord returns how long the word is that s begins with.
func yamlWord(s string) int {
	if n := strings.IndexAny(s, " \t,]}"); n > 0 {
		return n
	}
	return len(s)
}

func yamlClass(word string) Class {
	switch strings.ToLower(word) {
	case "true", "false", "null", "yes", "no", "on", "off", "~":
		return Keyword
	}
	if isDigit(word[0]) && numberLength(word) == len(word) {
		return Number
	}
	return Plain
}
