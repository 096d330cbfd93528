package markdown

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	gtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// TestBlocks compares the block structure that is followed line by line with the one
// that goldmark finds in the whole text, over documents put together at random.
func TestBlocks(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 2_000 {
		source := randomDocument(rnd)
		got := normal(Render(source, Options{Width: 1000, Theme: None()}))
		want := normal(goldmarkLines(source))
		if got != want {
			t.Fatalf("of\n%s\nwe make\n%s\ngoldmark makes\n%s", strings.ReplaceAll(source, " ", "·"), got, want)
		}
	}
}

func randomDocument(rnd *rand.Rand) string {
	pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
	item := regexp.MustCompile(`(^|\n)[^\n]*([-*]|\d[.)]) *$`) // begun, with nothing in it
	var b strings.Builder
	for range 2 + rnd.IntN(7) {
		b.WriteString(pick("", "", "", " ", "  ", "   ", "    ", "     ", "      "))
		for range rnd.IntN(3) {
			b.WriteString(pick("> ", ">", "- ", "-", "* ", "1. ", "2. ", "1) ", "-   ", "-     ", "1.  "))
		}
		content := pick("", "", "abc", "def", "abc", "# abc", "## abc #", "---", "===", "--", "***", "~~~", "~~~", "~~~~", "~~~ abc", "<!-- abc", "abc -->",
			"<div>", "<pre>", "</pre>", "    abc", "  abc")
		if content == "" && item.MatchString(b.String()) {
			content = "abc" // goldmark is wrong about items that begin with an empty line
		}
		b.WriteString(content)
		b.WriteByte('\n')
	}
	return b.String()
}

// normal is lines without the empty ones and without what is none of the block
// structure's business.
func normal(lines []string) string {
	digits := regexp.MustCompile(`\d`)
	var kept []string
	for _, line := range lines {
		line = digits.ReplaceAllString(strings.TrimRight(line, " "), "N")
		if strings.Trim(line, "│ ") != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// goldmarkLines lays out what goldmark makes of a text, without styles.
func goldmarkLines(source string) []string {
	p := parser.NewParser(parser.WithBlockParsers(parser.DefaultBlockParsers()...))
	var lines []string
	put := func(s string) { lines = append(lines, strings.Split(s, "\n")...) }
	var walk func(n ast.Node) []string
	children := func(n ast.Node) (lines []string) {
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			lines = append(lines, walk(c)...)
		}
		return lines
	}
	_ = put
	text := func(n ast.Node) (lines []string) {
		for i := range n.Lines().Len() {
			s := n.Lines().At(i)
			lines = append(lines, strings.TrimSuffix(string(s.Value([]byte(source))), "\n"))
		}
		return lines
	}
	walk = func(n ast.Node) []string {
		switch n := n.(type) {
		case *ast.Blockquote:
			return prefixed("│ ", "│ ", children(n))
		case *ast.ListItem:
			mark := "•"
			if l := n.Parent().(*ast.List); l.IsOrdered() {
				mark = "N" + string(l.Marker)
			}
			return prefixed(mark+" ", strings.Repeat(" ", columns(mark)+1), append(children(n), "")[:max(1, len(children(n)))])
		case *ast.Heading:
			return strings.Split(strings.Repeat("#", n.Level)+" "+strings.Join(text(n), "\n"), "\n")
		case *ast.ThematicBreak:
			return []string{"──────────"}
		case *ast.FencedCodeBlock:
			lines := text(n)
			if n.Info != nil {
				lines = append([]string{string(n.Info.Value([]byte(source)))}, lines...)
			}
			return prefixed("  ", "  ", lines)
		case *ast.CodeBlock:
			return prefixed("  ", "  ", text(n))
		case *ast.HTMLBlock:
			lines := text(n)
			if n.HasClosure() {
				lines = append(lines, strings.TrimSuffix(string(n.ClosureLine.Value([]byte(source))), "\n"))
			}
			return lines
		case *ast.Paragraph, *ast.TextBlock:
			return text(n)
		}
		return children(n)
	}
	return walk(p.Parse(gtext.NewReader([]byte(source))))
}

func prefixed(first, others string, lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = others + line
		if i == 0 {
			out[i] = first + line
		}
	}
	return out
}

var _ = fmt.Sprint
var _ = util.IsPunct
