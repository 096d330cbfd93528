package markdown

import "strings"

// tabStop is how far apart the columns are that a tab leads to.
const tabStop = 4

// A cursor is the rest of a line, and the column where it begins.
type cursor struct {
	rest   string
	column int
}

// indent returns how many columns are empty before the rest's first character. It
// makes spaces of the tabs there, so that a part of a tab can be skipped.
func (c *cursor) indent() int {
	n := len(c.rest) - len(strings.TrimLeft(c.rest, " \t"))
	if strings.IndexByte(c.rest[:n], '\t') < 0 {
		return n
	}
	blank := expandTabs(c.rest[:n], c.column)
	c.rest = blank + c.rest[n:]
	return len(blank)
}

// skip goes on by n one-column characters.
func (c *cursor) skip(n int) {
	c.rest, c.column = c.rest[n:], c.column+n
}

func (c *cursor) blank() bool { return strings.Trim(c.rest, " \t") == "" }

// expandTabs makes spaces of tabs; s begins at a column.
func expandTabs(s string, column int) string {
	if strings.IndexByte(s, '\t') < 0 {
		return s
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "\t")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		column += columns(before)
		n := tabStop - column%tabStop
		b.WriteString(spaces(n))
		column, s = column+n, after
	}
}

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }
