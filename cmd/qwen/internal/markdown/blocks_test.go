package markdown

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	gtext "github.com/yuin/goldmark/text"
)

// TestBlocks compares the block structure that is followed line by line with the one
// that goldmark finds in the whole text, over documents put together at random.
func TestBlocks(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		source := randomDocument(rnd)
		got := structure(Render(source, Options{Width: 1000, Theme: None()}))
		want := structure(goldmarkLines(source))
		if got != want {
			t.Fatalf("of\n%s\nwe make\n%s\ngoldmark makes\n%s", strings.ReplaceAll(source, " ", "·"), got, want)
		}
	}
}

func randomDocument(rnd *rand.Rand) string {
	pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
	var b strings.Builder
	for range 2 + rnd.IntN(7) {
		line := pick("", "", "", " ", "  ", "   ", "    ", "     ", "      ")
		for range rnd.IntN(3) {
			line += pick("> ", ">", "- ", "-", "* ", "1. ", "2. ", "1) ", "-   ", "-     ", "1.  ")
		}
		content := pick("", "", "abc", "def", "abc", "# abc", "## abc #", "---", "===", "--", "***", "~~~", "~~~", "~~~~", "~~~ abc",
			"<!-- abc", "abc -->", "<div>", "<pre>", "</pre>", "    abc", "  abc")
		if marks := strings.TrimRight(line, " \t"); content == "" && strings.TrimRight(marks, "-*.)") != marks {
			content = "abc" // goldmark is wrong about items that begin with an empty line
		}
		b.WriteString(line + content + "\n")
	}
	return b.String()
}

// structure is lines without what is a matter of taste: empty lines, and the numbers
// of items, which goldmark counts itself.
func structure(lines []string) string {
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
	return goldmarkBlock(p.Parse(gtext.NewReader([]byte(source))), source)
}

func goldmarkBlock(n ast.Node, source string) (lines []string) {
	for c := n.FirstChild(); c != nil && c.Type() == ast.TypeBlock; c = c.NextSibling() {
		lines = append(lines, goldmarkBlock(c, source)...)
	}
	if n.Type() == ast.TypeBlock {
		for _, s := range n.Lines().Sliced(0, n.Lines().Len()) {
			lines = append(lines, strings.TrimSuffix(string(s.Value([]byte(source))), "\n"))
		}
	}
	switch n := n.(type) {
	case *ast.Blockquote:
		return prefixed("│ ", "│ ", lines)
	case *ast.ListItem:
		mark := bullet
		if l := n.Parent().(*ast.List); l.IsOrdered() {
			mark = "N" + string(l.Marker)
		}
		if len(lines) == 0 {
			lines = []string{""}
		}
		return prefixed(mark+" ", spaces(columns(mark)+1), lines)
	case *ast.Heading:
		return prefixed(strings.Repeat("#", n.Level)+" ", "", lines)
	case *ast.ThematicBreak:
		return []string{strings.Repeat("─", ruleWidth)}
	case *ast.FencedCodeBlock:
		if n.Info != nil {
			lines = append([]string{string(n.Info.Value([]byte(source)))}, lines...)
		}
		return prefixed("  ", "  ", lines)
	case *ast.CodeBlock:
		return prefixed("  ", "  ", lines)
	case *ast.HTMLBlock:
		if n.HasClosure() {
			lines = append(lines, strings.TrimSuffix(string(n.ClosureLine.Value([]byte(source))), "\n"))
		}
	}
	return lines
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
