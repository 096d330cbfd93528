package markdown

import "strings"

// isRule reports whether a line is a thematic break.
func isRule(s string) bool {
	s = strings.TrimLeft(s, " \t")
	if s == "" || strings.IndexByte("-_*", s[0]) < 0 {
		return false
	}
	return strings.Count(s, s[:1]) >= 3 && strings.Trim(s, s[:1]+" \t") == ""
}

// headingUnder returns the level of the heading that a line makes of the paragraph
// above it, 0 if none.
func headingUnder(s string) int {
	s = strings.Trim(s, " \t")
	switch {
	case s == "":
		return 0
	case strings.Trim(s, "=") == "":
		return 1
	case strings.Trim(s, "-") == "":
		return 2
	}
	return 0
}

// headingLevel returns how deep the heading is that a line is, 0 if it is none.
func headingLevel(s string) int {
	n := len(s) - len(strings.TrimLeft(s, "#"))
	if n > 6 || n < len(s) && s[n] != ' ' && s[n] != '\t' {
		return 0
	}
	return n
}

// headingText returns what is between the marks of a heading.
func headingText(s string) string {
	s = strings.Trim(strings.TrimLeft(s, "#"), " \t")
	text := strings.TrimRight(s, "#")
	if text == "" || strings.HasSuffix(text, " ") || strings.HasSuffix(text, "\t") {
		return strings.TrimRight(text, " \t")
	}
	return s
}

// skipQuoteMark goes past the mark of a quotation.
func skipQuoteMark(c *cursor) bool {
	n := c.indent()
	if n > 3 || !strings.HasPrefix(c.rest[n:], ">") {
		return false
	}
	c.skip(n + 1)
	if c.indent() > 0 {
		c.skip(1)
	}
	return true
}

// skipItemMark goes past the mark of a list's item, and says how far what is in the
// item is indented. An item that interrupts a paragraph has something in it, and is
// the first of its list.
func skipItemMark(c *cursor, interrupts bool) (container, bool) {
	before := c.indent()
	mark := itemMark(c.rest[before:])
	if mark == "" {
		return container{}, false
	}
	rest := cursor{c.rest[before+len(mark):], c.column + before + len(mark)}
	gap, empty := rest.indent(), rest.blank()
	switch {
	case gap == 0 && !empty:
		return container{}, false
	case interrupts && (empty || len(mark) > 1 && mark[:len(mark)-1] != "1"):
		return container{}, false
	case gap > tabStop || empty: // what comes is indented code
		gap = min(gap, 1)
	}
	rest.skip(gap)
	*c = rest
	k := container{indent: before + len(mark) + max(gap, 1), marker: mark}
	if len(mark) == 1 {
		k.marker = bullet
	}
	return k, true
}

// itemMark returns the mark that s begins with: a bullet, or a number with a period
// or a parenthesis.
func itemMark(s string) string {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	switch {
	case n == len(s), n > 9:
		return ""
	case n == 0 && strings.IndexByte("-+*", s[0]) >= 0, n > 0 && (s[n] == '.' || s[n] == ')'):
		return s[:n+1]
	}
	return ""
}

// The boxes of tasks.
const (
	taskOpen = "[ ]"
	taskDone = "[x]"
)

// taskMark returns the box that a task begins with, and what is to be done.
func taskMark(s string) (box, task string) {
	if len(s) < 4 || s[3] != ' ' {
		return "", s
	}
	switch box := strings.ToLower(s[:3]); box {
	case taskOpen, taskDone:
		return box, s[4:]
	}
	return "", s
}
