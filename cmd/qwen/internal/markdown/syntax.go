package markdown

import (
	"bytes"
	"strings"
	"sync"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	gtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// inlineParser parses what is inside one block. Strikethrough and bare URLs are our
// own: goldmark's extension package costs half a millisecond at every start.
var inlineParser = sync.OnceValue(func() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(util.Prioritized(wholeBlock{}, 0)),
		parser.WithInlineParsers(
			util.Prioritized(formulas{}, 50),
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewRawHTMLParser(), 400),
			util.Prioritized(emphasis{}, 500),
			util.Prioritized(bareURLs{}, 600),
		),
	)
})

// wholeBlock takes all of a text for one block.
type wholeBlock struct{}

func (wholeBlock) Trigger() []byte { return nil }

func (wholeBlock) Open(_ ast.Node, r gtext.Reader, _ parser.Context) (ast.Node, parser.State) {
	n := ast.NewTextBlock()
	appendLine(n, r)
	return n, parser.NoChildren
}

func (wholeBlock) Continue(n ast.Node, r gtext.Reader, _ parser.Context) parser.State {
	appendLine(n, r)
	return parser.Continue | parser.NoChildren
}

func appendLine(n ast.Node, r gtext.Reader) {
	_, segment := r.PeekLine()
	n.Lines().Append(segment)
	r.AdvanceToEOL()
}

func (wholeBlock) Close(ast.Node, gtext.Reader, parser.Context) {}
func (wholeBlock) CanInterruptParagraph() bool                  { return false }
func (wholeBlock) CanAcceptIndentedLine() bool                  { return true }

// emphasis parses *emphasis*, **strong emphasis** and ~~deleted text~~. It differs
// from the specification, and goldmark's parser, in one point: beside a Chinese,
// Japanese or Korean character, punctuation does not keep a mark from opening or
// closing. There are no spaces between words to tell from, and "**注意：**请" would
// show its marks. See https://github.com/tats-u/markdown-cjk-friendly.
//
// A single ~ is none: it is how ranges are written in these languages.
type emphasis struct{}

func (emphasis) Trigger() []byte { return []byte("*_~") }

func (e emphasis) Parse(_ ast.Node, block gtext.Reader, pc parser.Context) ast.Node {
	before := block.PrecendingCharacter()
	line, segment := block.PeekLine()
	n := len(line) - len(bytes.TrimLeft(line, string(line[:1])))
	if line[0] == '~' && n != 2 {
		return nil
	}
	after := ' '
	if n < len(line) {
		after = util.ToRune(line, n)
	}
	left, right := flanks(before, after), flanks(after, before)
	canOpen, canClose := left, right
	if line[0] == '_' {
		canOpen = left && (!right || util.IsPunctRune(before))
		canClose = right && (!left || util.IsPunctRune(after))
	}
	d := parser.NewDelimiter(canOpen, canClose, n, line[0], delimiters(line[0]))
	d.Segment = segment.WithStop(segment.Start + n)
	block.Advance(n)
	pc.PushDelimiter(d)
	return d
}

// flanks reports whether a mark is directly before a word, given the characters on
// its outer and inner side.
func flanks(outer, inner rune) bool {
	if util.IsSpaceRune(inner) {
		return false
	}
	return !util.IsPunctRune(inner) || util.IsSpaceRune(outer) || util.IsPunctRune(outer) || isCJK(outer)
}

// isCJK reports whether r belongs to a script that is written without spaces, or
// to one that is mixed with these.
func isCJK(r rune) bool {
	return r >= 0x1100 && (r <= 0x11FF || r >= 0x2E80 && r <= 0xA4CF || r >= 0xAC00 && r <= 0xD7FF ||
		r >= 0xF900 && r <= 0xFAFF || r >= 0xFE30 && r <= 0xFE4F || r >= 0xFF00 && r <= 0xFFEF || r >= 0x20000 && r <= 0x3FFFF)
}

// delimiters makes nodes of what is between two marks.
type delimiters byte

func (c delimiters) IsDelimiter(b byte) bool { return b == byte(c) }
func (delimiters) CanOpenCloser(opener, closer *parser.Delimiter) bool {
	return opener.Char == closer.Char
}

func (c delimiters) OnMatch(consumes int) ast.Node {
	if c == '~' {
		return &deletion{}
	}
	return ast.NewEmphasis(consumes)
}

// deletion is deleted text.
type deletion struct{ ast.BaseInline }

var kindDeletion = ast.NewNodeKind("Deletion")

func (*deletion) Kind() ast.NodeKind { return kindDeletion }

func (n *deletion) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// bareURLs parses URLs that stand in the text. It is asked at the colon, so that
// there may be anything before them: in many languages it is no space.
type bareURLs struct{}

func (bareURLs) Trigger() []byte { return []byte{':'} }

func (bareURLs) Parse(parent ast.Node, block gtext.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	before, ok := parent.LastChild().(*ast.Text)
	if !ok || before.Segment.Stop != segment.Start || !bytes.HasPrefix(line, []byte("://")) {
		return nil
	}
	scheme := webScheme(before.Segment.Value(block.Source()))
	if scheme == 0 {
		return nil
	}
	n := urlLength(string(line[3:min(len(line), maxURL)]))
	if n == 0 || n == maxURL-3 {
		return nil
	}
	url := gtext.NewSegment(segment.Start-scheme, segment.Start+3+n)
	before.Segment = before.Segment.WithStop(url.Start)
	block.Advance(3 + n)
	return ast.NewAutoLink(ast.AutoLinkURL, ast.NewTextSegment(url))
}

// webScheme returns the length of the scheme at the end of s, 0 if there is none.
func webScheme(s []byte) int {
	for _, scheme := range []string{"https", "http"} {
		before, ok := bytes.CutSuffix(bytes.ToLower(s[max(0, len(s)-len(scheme)-1):]), []byte(scheme))
		if ok && (len(before) == 0 || !util.IsAlphaNumeric(before[0])) {
			return len(scheme)
		}
	}
	return 0
}

// urlLength returns how long the URL is that s begins with: up to a space, a
// bracket, a quote or a character that is not ASCII, since Chinese text goes on
// without a space. Punctuation at its end is the sentence's.
func urlLength(s string) int {
	n := strings.IndexFunc(s, func(r rune) bool {
		return r <= ' ' || r >= unicode.MaxASCII || strings.ContainsRune("<>\"`]}|\\", r)
	})
	if n < 0 {
		n = len(s)
	}
	for n > 0 && (strings.IndexByte("?!.,:;*_~'", s[n-1]) >= 0 || s[n-1] == ')' && !balanced(s[:n])) {
		n--
	}
	return n
}

func balanced(s string) bool { return strings.Count(s, "(") == strings.Count(s, ")") }

// formulas parses $x$, $$x$$, \(x\) and \[x\], which are shown as they are.
type formulas struct{}

func (formulas) Trigger() []byte { return []byte(`$\`) }

func (formulas) Parse(_ ast.Node, block gtext.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	n := formulaLength(line[:min(len(line), maxFormula)])
	if n == 0 {
		return nil
	}
	block.Advance(n)
	return &formula{segment: segment.WithStop(segment.Start + n)}
}

// maxFormula is how far the end of a formula is looked for.
const maxFormula = 1000

// formulaLength returns how long the formula is that s begins with, 0 if there is
// none. Between two dollars that are amounts is a space before the second, or a
// digit behind it.
func formulaLength(s []byte) int {
	for _, marks := range [...][2]string{{"$$", "$$"}, {`\(`, `\)`}, {`\[`, `\]`}} {
		if inner, ok := bytes.CutPrefix(s, []byte(marks[0])); ok {
			if n := bytes.Index(inner, []byte(marks[1])); n > 0 {
				return n + 4
			}
			return 0
		}
	}
	if s[0] != '$' || len(s) < 3 || util.IsSpace(s[1]) {
		return 0
	}
	n := 1 + bytes.IndexByte(s[1:], '$')
	if n < 2 || util.IsSpace(s[n-1]) || s[n-1] == '\\' || n+1 < len(s) && util.IsNumeric(s[n+1]) {
		return 0
	}
	return n + 1
}

// A formula is shown as written.
type formula struct {
	ast.BaseInline
	segment gtext.Segment
}

var kindFormula = ast.NewNodeKind("Formula")

func (*formula) Kind() ast.NodeKind { return kindFormula }

func (n *formula) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }
