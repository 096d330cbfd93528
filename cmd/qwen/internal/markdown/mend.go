package markdown

import (
	"slices"
	"strings"

	"github.com/yuin/goldmark/util"
)

// mend closes what is open at the end of text that is still arriving, so that it
// looks as it will when the rest is there: "**bo" is shown bold, not with two
// asterisks that vanish later. It guesses, which is enough for a moment.
func mend(s string) string {
	open, end := openMarks(s)
	if s = s[:end]; len(open) == 0 || open[len(open)-1][0] != '`' {
		if i := strings.LastIndex(s, "]("); i >= 0 && !strings.ContainsAny(s[i:], ") ") {
			s += ")"
		}
	}
	if len(open) == 0 {
		return s
	}
	slices.Reverse(open)
	return strings.TrimRight(s, " ") + strings.Join(open, "")
}

// openMarks returns the marks that are open at the end of s, and where s ends without
// marks of which nobody knows yet what they are.
func openMarks(s string) (open []string, end int) {
	for i := 0; i < len(s); {
		mark := markAt(s[i:])
		next := i + len(mark)
		switch {
		case mark == "":
			next = i + 1
		case mark[0] == '\\':
		case len(open) > 0 && open[len(open)-1] == mark && !isSpaceAt(s, i-1):
			open = open[:len(open)-1]
		case mark[0] == '`' && indexRun(s[next:], mark) >= 0:
			next += indexRun(s[next:], mark) + len(mark)
		case next == len(s):
			return open, i
		case mark[0] == '`':
			return append(open, mark), len(s)
		case opens(s, i, next):
			open = append(open, mark)
		}
		i = next
	}
	return open, len(s)
}

// markAt returns the mark that s begins with, "" if none. It may be a backslash with
// what comes behind.
func markAt(s string) string {
	switch s[0] {
	case '\\':
		return s[:min(2, len(s))]
	case '`', '*', '_', '~':
		return s[:len(s)-len(strings.TrimLeft(s, s[:1]))]
	}
	return ""
}

// indexRun returns where s has a run of just so many backticks, -1 if nowhere.
func indexRun(s, run string) int {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '`')
		if i < 0 {
			return -1
		}
		from += i
		n := len(markAt(s[from:]))
		if n == len(run) {
			return from
		}
		from += n
	}
}

// opens reports whether the mark s[from:to] can open emphasis.
func opens(s string, from, to int) bool {
	switch mark := s[from:to]; {
	case mark[0] == '~' && len(mark) != 2, isSpaceAt(s, to):
		return false
	case mark[0] == '_':
		return isSpaceAt(s, from-1) || util.IsPunct(s[from-1])
	}
	return true
}

// isSpaceAt reports whether there is a space at i, as before and behind the text.
func isSpaceAt(s string, i int) bool { return i < 0 || i >= len(s) || util.IsSpace(s[i]) }
