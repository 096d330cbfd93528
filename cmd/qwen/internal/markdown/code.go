package markdown

import (
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/highlight"
)

// code is the layout of code: each line as it is, for the terminal to break, so that
// it can be copied.
type code struct {
	colors highlight.Highlighter
	begun  bool
}

func newCode(lang string) code { return code{colors: *highlight.New(lang)} }

func (k *code) line(d *document, s string) {
	if !k.begun {
		d.gap()
		k.begun = true
	}
	var t text
	if d.theme.marks && s != "" {
		t.fill(codeIndent)
	}
	base := style{}
	if !k.colors.Known() {
		base = d.theme.code
	}
	for _, span := range k.colors.Line(expandTabs(s, 0)) {
		t.add(span.Text, base.with(d.theme.classes[span.Class]), "")
	}
	d.put(&t, t.all())
}

// fenced is code between fences.
type fenced struct {
	code
	fence  string // that opened it
	indent int    // of that
}

// openFence begins code if the line is a fence.
func (d *document) openFence(c *cursor, matched int) bool {
	indent := c.indent()
	fence := fenceMark(c.rest[indent:])
	info := strings.Trim(c.rest[indent+len(fence):], " \t")
	if fence == "" || fence[0] == '`' && strings.Contains(info, "`") {
		return false
	}
	d.closeTo(matched)
	f := &fenced{code: newCode(language(info)), fence: fence, indent: indent}
	d.begin(f)
	f.name(d, info)
	return true
}

// fenceMark returns the fence that s begins with.
func fenceMark(s string) string {
	if s == "" || s[0] != '`' && s[0] != '~' {
		return ""
	}
	n := len(s) - len(strings.TrimLeft(s, s[:1]))
	if n < 3 {
		return ""
	}
	return s[:n]
}

// language returns the name of the language in what stands behind a fence, which may
// go on with a file's name or options.
func language(info string) string {
	end := strings.IndexAny(info, " \t{:,;")
	if end < 0 {
		return info
	}
	return info[:end]
}

// name lays out what stands behind the fence.
func (f *fenced) name(d *document, info string) {
	if info == "" {
		return
	}
	d.gap()
	f.begun = true
	var t text
	if d.theme.marks {
		t.fill(codeIndent)
	}
	t.add(unescape(info), d.theme.lang, "")
	d.put(&t, wrap(t.String(), d.room())[0])
}

func (f *fenced) take(d *document, c *cursor) bool {
	indent := c.indent()
	if indent <= 3 && f.closedBy(c.rest[indent:]) {
		d.closeLeaf()
		return true
	}
	c.skip(min(indent, f.indent))
	f.line(d, c.rest)
	return true
}

func (f *fenced) closedBy(s string) bool {
	return strings.HasPrefix(s, f.fence) && strings.Trim(strings.TrimRight(s, " \t"), f.fence[:1]) == ""
}

func (f *fenced) more(d *document, s string) { f.line(d, s) }

func (f *fenced) close(*document) {}

func (f *fenced) clone() leaf {
	g := *f
	return &g
}

// indented is code that is indented by four columns.
type indented struct {
	code
	blanks []string // blank lines, which do not belong to it at its end
}

func (d *document) openIndented(c *cursor, matched int) bool {
	if _, ok := d.leaf.(*paragraph); ok {
		return false
	}
	d.closeTo(matched)
	i := &indented{code: newCode("")}
	d.begin(i)
	return i.take(d, c)
}

func (i *indented) take(d *document, c *cursor) bool {
	n := c.indent()
	switch {
	case c.blank():
		c.skip(min(n, tabStop))
		i.blanks = append(i.blanks, c.rest)
		return true
	case n < tabStop:
		return false
	}
	for _, s := range i.blanks {
		i.line(d, s)
	}
	i.blanks = nil
	c.skip(tabStop)
	i.line(d, c.rest)
	return true
}

func (i *indented) more(d *document, s string) { i.line(d, s) }

func (i *indented) close(d *document) { d.blank = d.blank || len(i.blanks) > 0 }

func (i *indented) clone() leaf {
	j := *i
	j.blanks = append([]string(nil), i.blanks...)
	return &j
}
