package markdown

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	gtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// addInline appends what is inside a block: text with emphasis, code, links. Line
// breaks stay where they are; models write verses, addresses and lists of values that
// way, and no paragraphs of lines of one length.
func (d *document) addInline(t *text, source string, base style) {
	if !strings.ContainsAny(source, "\\`*_~[<&$:") || overMarked(source) {
		t.addLines(source, base)
		return
	}
	w := walker{Theme: &d.theme, links: d.links, source: []byte(source), t: t}
	w.children(inlineParser().Parse(gtext.NewReader(w.source)), look{style: base})
	for len(t.buf) > 0 && t.buf[len(t.buf)-1] == '\n' {
		t.buf = t.buf[:len(t.buf)-1]
	}
}

// overMarked reports whether a text has so many marks that it takes long to find out
// which of them belong together; the time grows with the square. Nobody writes that
// for reading.
func overMarked(s string) bool {
	return strings.Count(s, "[") > 300 || strings.Count(s, "*")+strings.Count(s, "_")+strings.Count(s, "~") > 2000
}

// A walker appends the nodes of a syntax tree to a text.
type walker struct {
	*Theme
	links  bool
	source []byte
	t      *text
}

// A look is how a node looks because of the nodes around it.
type look struct {
	style  style
	link   string
	inLink bool
}

func (l look) with(s style) look {
	l.style = l.style.with(s)
	return l
}

func (w *walker) children(n ast.Node, l look) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.node(c, l)
	}
}

func (w *walker) node(n ast.Node, l look) {
	switch n := n.(type) {
	case *ast.Text:
		w.text(n, l)
	case *ast.CodeSpan:
		w.marked("`", l.with(w.code), func(l look) { w.add(w.literal(n), l) })
	case *ast.Emphasis:
		w.emphasis(n, l)
	case *deletion:
		w.marked("~~", l.with(w.deleted), func(l look) { w.children(n, l) })
	case *formula:
		w.add(string(n.segment.Value(w.source)), l)
	case *ast.RawHTML:
		w.rawHTML(n, l)
	case *ast.AutoLink:
		w.autoLink(n, l)
	case *ast.Link:
		w.link(n, string(n.Destination), l)
	case *ast.Image:
		w.link(n, string(n.Destination), l)
	default:
		w.children(n, l)
	}
}

func (w *walker) add(s string, l look) { w.t.add(s, l.style, l.link) }

func (w *walker) text(n *ast.Text, l look) {
	w.add(unescape(string(n.Segment.Value(w.source))), l)
	if n.SoftLineBreak() || n.HardLineBreak() {
		w.t.breakLine()
	}
}

// marked appends content between marks if there is no style to show what it is.
func (w *walker) marked(mark string, l look, content func(look)) {
	if !w.marks {
		content(l)
		return
	}
	w.add(mark, l)
	content(l)
	w.add(mark, l)
}

func (w *walker) emphasis(n *ast.Emphasis, l look) {
	st := w.Theme.emphasis
	if n.Level == 2 {
		st = w.strong
	}
	w.marked(strings.Repeat("*", n.Level), l.with(st), func(l look) { w.children(n, l) })
}

// literal returns the text in a node as it was written.
func (w *walker) literal(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Segment.Value(w.source))
		}
	}
	return b.String()
}

// rawHTML shows a tag, but for the one that even Markdown is written with: there is
// no other way to break a line in a table.
func (w *walker) rawHTML(n *ast.RawHTML, l look) {
	tag := string(n.Segments.Value(w.source))
	if name := strings.Trim(tag, "</ >"); strings.EqualFold(name, "br") {
		w.t.breakLine()
		return
	}
	w.t.addLines(tag, l.with(w.html).style)
}

func (w *walker) autoLink(n *ast.AutoLink, l look) {
	label := string(n.Label(w.source))
	if l.inLink {
		w.add(label, l)
		return
	}
	target := label
	if n.AutoLinkType == ast.AutoLinkEmail {
		target = "mailto:" + label
	}
	l = l.with(w.Theme.link)
	l.link = w.linkTo(target)
	w.add(label, l)
}

// link appends the text of a link or an image, and its target behind it if that says
// something else.
func (w *walker) link(n ast.Node, target string, l look) {
	if l.inLink {
		w.children(n, l)
		return
	}
	target = unescape(target)
	inner := l.with(w.Theme.link)
	inner.link, inner.inLink = w.linkTo(target), true
	from := len(w.t.buf)
	w.children(n, inner)
	if _, ok := n.(*ast.Image); ok && len(w.t.buf) == from {
		w.add("image", inner)
	}
	w.target(string(w.t.buf[from:]), target, inner.link, l)
}

func (w *walker) target(label, target, link string, l look) {
	if target == "" || saysTarget(label, target) {
		return
	}
	l = l.with(w.Theme.target)
	if label != "" {
		w.add(" (", l)
	}
	w.t.add(shorten(target), l.style, link)
	if label != "" {
		w.add(")", l)
	}
}

func (w *walker) linkTo(target string) string {
	if !w.links {
		return ""
	}
	return linkURL(target)
}

// unescape resolves backslashes before punctuation, and entities.
func unescape(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexAny(s, `\&`)
		if i < 0 && b.Len() == 0 {
			return s
		}
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		char, n := escape(s[i:])
		b.WriteString(char)
		s = s[i+n:]
	}
}

// maxEntity is longer than any entity: &CounterClockwiseContourIntegral;
const maxEntity = 40

// escape returns what the backslash or the ampersand that s begins with stands for,
// and how long that is in s.
func escape(s string) (char string, n int) {
	if s[0] == '\\' && len(s) > 1 && util.IsPunct(s[1]) {
		return s[1:2], 2
	}
	n = strings.IndexByte(s[:min(len(s), maxEntity)], ';') + 1
	if s[0] != '&' || n == 0 {
		return s[:1], 1
	}
	return string(util.ResolveEntityNames(util.ResolveNumericReferences([]byte(s[:n])))), n
}
