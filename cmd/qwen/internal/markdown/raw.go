package markdown

import "strings"

// raw is what is shown as it was written: HTML and formulas.
type raw struct {
	end   string // with which the last line ends it, in lower case; "" for a blank line
	style style
	begun bool
}

// openRaw begins HTML or a formula, if the line does.
func (d *document) openRaw(c *cursor, matched int) bool {
	rest := c.rest[c.indent():]
	r := &raw{style: d.theme.html}
	var ok bool
	if r.end, ok = formulaEnd(rest); ok {
		r.style = style{}
	} else if r.end, ok = htmlEnd(rest); !ok {
		return false
	}
	d.closeTo(matched)
	d.begin(r)
	r.add(d, c.rest, rest[len(opening(rest)):])
	return true
}

// opening returns the mark that a formula begins with, which may be the one that
// ends it, too.
func opening(s string) string {
	if strings.HasPrefix(s, "$$") {
		return "$$"
	}
	return ""
}

// formulaEnd returns what ends the formula that a line begins. A formula that is
// only a part of the line is not a block.
func formulaEnd(s string) (end string, ok bool) {
	switch {
	case strings.HasPrefix(s, "$$"):
		end = "$$"
	case strings.HasPrefix(s, `\[`):
		end = `\]`
	default:
		return "", false
	}
	_, after, closed := strings.Cut(s[2:], end)
	return end, !closed || strings.Trim(after, " \t") == ""
}

// htmlEnd returns what ends the HTML that a line begins. The specification's seventh
// kind, any other tag alone on a line, is left out: what is between such tags is
// better read as Markdown.
func htmlEnd(s string) (end string, ok bool) {
	if len(s) < 2 || s[0] != '<' {
		return "", false
	}
	switch s = strings.ToLower(s); {
	case strings.HasPrefix(s, "<!--"):
		return "-->", true
	case strings.HasPrefix(s, "<?"):
		return "?>", true
	case strings.HasPrefix(s, "<![cdata["):
		return "]]>", true
	case s[1] == '!' && len(s) > 2 && s[2] >= 'a' && s[2] <= 'z':
		return ">", true
	}
	tag := strings.TrimPrefix(s[1:], "/")
	name := tag[:len(tag)-len(strings.TrimLeft(tag, "abcdefghijklmnopqrstuvwxyz0123456789"))]
	after := strings.TrimPrefix(tag[len(name):], "/")
	if name == "" || after != "" && strings.IndexByte(" \t>", after[0]) < 0 {
		return "", false
	}
	if s[1] != '/' && strings.Contains(" script pre style textarea ", " "+name+" ") {
		return "</" + name + ">", true
	}
	return "", strings.Contains(blockTags, " "+name+" ")
}

// blockTags are the elements that make a block of HTML up to a blank line.
const blockTags = " address article aside base basefont blockquote body caption center col colgroup dd details dialog dir" +
	" div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe" +
	" legend li link main menu menuitem nav noframes ol optgroup option p param search section summary table tbody" +
	" td tfoot th thead title tr track ul "

func (r *raw) take(d *document, c *cursor) bool {
	if r.end == "" && c.blank() {
		return false
	}
	r.add(d, c.rest, c.rest)
	return true
}

// add lays out a line, and ends the block if the mark is in a part of it.
func (r *raw) add(d *document, line, part string) {
	r.more(d, line)
	if r.end != "" && strings.Contains(strings.ToLower(part), r.end) {
		d.closeLeaf()
	}
}

func (r *raw) more(d *document, s string) {
	if !r.begun {
		d.gap()
		r.begun = true
	}
	var t text
	t.add(expandTabs(s, 0), r.style, "")
	d.putWrapped(&t)
}

func (r *raw) close(*document) {}

func (r *raw) clone() leaf {
	s := *r
	return &s
}
