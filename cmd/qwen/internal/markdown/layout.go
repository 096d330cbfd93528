package markdown

import "strings"

const (
	quoteBar   = "│ "
	bullet     = "•"
	ruleWidth  = 10 // of a thematic break
	codeIndent = 2  // of code, where colours do not tell it from text

	// minContent is the width that nesting leaves for text.
	minContent = 12
)

// gap comes before the first line of a block. Between two blocks is an empty line,
// but in lists, which are as tight as they were written.
func (d *document) gap() {
	if d.prior != nil && (d.blank || !d.inList()) {
		d.out = append(d.out, d.bars())
	}
	d.blank = false
	d.prior = append(make([]container, 0, len(d.containers)), d.containers...)
}

// common returns how many containers the last block and the next one share.
func (d *document) common() int {
	n := 0
	for n < len(d.prior) && n < len(d.containers) && d.prior[n].id == d.containers[n].id {
		n++
	}
	return n
}

// inList reports whether the last block and the next one are in the same item, or in
// two items beside each other.
func (d *document) inList() bool {
	n := d.common()
	if n < len(d.prior) && n < len(d.containers) {
		return !d.prior[n].quote && !d.containers[n].quote
	}
	return n > 0 && !d.containers[n-1].quote
}

// bars is the empty line between the last block and the next one.
func (d *document) bars() string {
	t := d.marks(d.common())
	return t.trimmed()
}

// put makes a line of a part of a text, behind the marks of the containers.
func (d *document) put(t *text, s segment) {
	if len(d.containers) == 0 {
		d.out = append(d.out, t.line(s))
		return
	}
	l := d.marks(len(d.containers))
	for i := range d.containers {
		d.containers[i].shown = true
	}
	if s.from == s.to {
		d.out = append(d.out, l.trimmed())
		return
	}
	l.addPart(t, s)
	d.out = append(d.out, l.line(l.all()))
}

// putWrapped makes as many lines of a text as it needs.
func (d *document) putWrapped(t *text) {
	for _, s := range wrap(t.String(), d.room()) {
		d.put(t, s)
	}
}

// marks is what a line in the outer n containers begins with.
func (d *document) marks(n int) text {
	var t text
	for i := d.outermost(); i < n; i++ {
		switch k := &d.containers[i]; {
		case k.quote:
			t.add(quoteBar, d.theme.bar, "")
		case k.shown:
			t.fill(k.columns())
		default:
			t.add(k.marker+" ", d.theme.markerStyle(k.marker), "")
		}
	}
	return t
}

// columns returns how many columns the container takes from what is in it.
func (k *container) columns() int {
	if k.quote {
		return columns(quoteBar)
	}
	return columns(k.marker) + 1
}

// outermost returns the first container whose mark is shown. If there are too many
// for the width, only those of the inner ones are.
func (d *document) outermost() int {
	taken, first := 0, len(d.containers)
	for first > 0 {
		taken += d.containers[first-1].columns()
		if taken > d.width-min(minContent, d.width/2) {
			break
		}
		first--
	}
	return first
}

// room returns how many columns are left for what is in the containers.
func (d *document) room() int {
	n := d.width
	for _, k := range d.containers[d.outermost():] {
		n -= k.columns()
	}
	return n
}

// trimmed is the line of a text without the spaces at its end.
func (t *text) trimmed() string {
	return t.line(segment{0, len(strings.TrimRight(t.String(), " "))})
}

func (d *document) layRule() {
	d.fill()
	d.gap()
	var t text
	t.add(strings.Repeat("─", min(ruleWidth, d.room())), d.theme.rule, "")
	d.put(&t, t.all())
}

func (d *document) layHeading(source string, level int) {
	d.fill()
	d.gap()
	st := d.theme.heading[min(level, len(d.theme.heading))-1]
	var t text
	if d.theme.marks {
		t.add(strings.Repeat("#", level)+" ", st, "")
	}
	d.addInline(&t, source, st)
	d.putWrapped(&t)
}
