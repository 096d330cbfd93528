package markdown

import (
	"slices"
	"strings"
)

// maxDepth is how deep quotations and lists may be nested. What is deeper is text:
// every line costs as much as there are containers open.
const maxDepth = 24

// A document is the block structure of a text at the end of a line: the containers
// that are open and the block that is open in them. Blocks that end become lines.
type document struct {
	theme Theme
	links bool
	width int

	containers []container
	leaf       leaf // nil if none is open
	ids        int  // containers so far

	blank bool        // a blank line came after the last block
	prior []container // around the last block; nil before the first

	out []string
}

// A container is a quotation or an item of a list.
type container struct {
	id     int
	quote  bool
	indent int    // of an item: columns before its content
	marker string // of an item: as shown
	shown  bool   // the marker has been
	filled bool   // something is in it
}

// A leaf is a block without blocks in it.
type leaf interface {
	// take is given each line that its containers go on with, and says whether it
	// is a line of its own, whatever else could begin with it.
	take(d *document, c *cursor) bool
	// more adds a piece of the line that came last.
	more(d *document, s string)
	// close lays out what is left.
	close(d *document)
	clone() leaf
}

// clone returns a copy that can be used to look ahead. It has no lines.
func (d *document) clone() *document {
	e := *d
	e.containers, e.out = slices.Clone(d.containers), nil
	if d.leaf != nil {
		e.leaf = d.leaf.clone()
	}
	return &e
}

// line takes the next line, without its end. Midline, it is the rest of one that was
// cut, and no block can begin.
func (d *document) line(s string, midline bool) {
	if midline {
		d.more(s)
		return
	}
	c := &cursor{rest: s}
	matched := d.match(c)
	if matched == len(d.containers) && d.leaf != nil && d.leaf.take(d, c) {
		return
	}
	switch {
	case c.blank():
		d.blankLine(matched)
	case d.open(c, matched), d.goOn(c, matched):
	default:
		d.closeTo(matched)
		d.text(c)
	}
}

func (d *document) more(s string) {
	if d.leaf == nil {
		d.begin(&paragraph{})
	}
	d.leaf.more(d, s)
}

// match follows the open containers through the beginning of a line, and returns how
// many of them go on.
func (d *document) match(c *cursor) int {
	for i := range d.containers {
		if !d.containers[i].match(c) {
			return i
		}
	}
	return len(d.containers)
}

func (k *container) match(c *cursor) bool {
	switch {
	case k.quote:
		return skipQuoteMark(c)
	case c.blank():
		return k.filled
	case c.indent() < k.indent:
		return false
	}
	c.skip(k.indent)
	return true
}

// blankLine ends paragraphs, and quotations that have no mark on the line. Lists go
// on.
func (d *document) blankLine(matched int) {
	d.closeTo(matched)
	d.closeLeaf()
	d.blank = true
}

// open begins the containers and the block that a line begins, if it does. Of the
// open containers, some were matched.
func (d *document) open(c *cursor, matched int) bool {
	para, _ := d.leaf.(*paragraph)
	interrupts := para != nil && matched == len(d.containers)
	if interrupts && c.indent() <= 3 && para.become(d, c.rest) {
		return true
	}
	opened := false
	for len(d.containers) < maxDepth {
		k, ok := openContainer(c, interrupts)
		if !ok {
			break
		}
		d.closeTo(matched)
		d.push(k)
		matched, interrupts, opened = len(d.containers), false, true
	}
	if c.blank() {
		return opened
	}
	return d.openLeaf(c, matched) || opened && d.text(c)
}

// openContainer reads the mark that begins a container.
func openContainer(c *cursor, interrupts bool) (container, bool) {
	switch {
	case c.indent() > 3:
		return container{}, false
	case skipQuoteMark(c):
		return container{quote: true}, true
	case isRule(c.rest):
		return container{}, false
	}
	return skipItemMark(c, interrupts)
}

// openLeaf begins the block that a line begins, if it is not a paragraph.
func (d *document) openLeaf(c *cursor, matched int) bool {
	if c.indent() > 3 {
		return d.openIndented(c, matched)
	}
	rest := c.rest[c.indent():]
	if level := headingLevel(rest); level > 0 {
		d.closeTo(matched)
		d.layHeading(headingText(rest), level)
		return true
	}
	if isRule(rest) {
		d.closeTo(matched)
		d.layRule()
		return true
	}
	return d.openFence(c, matched) || d.openRaw(c, matched)
}

// text begins a paragraph with the rest of a line.
func (d *document) text(c *cursor) bool {
	p := &paragraph{}
	d.begin(p)
	p.add(d, c)
	return true
}

// goOn adds the line to the open block. A paragraph goes on even if its containers
// have no marks on the line.
func (d *document) goOn(c *cursor, matched int) bool {
	switch l := d.leaf.(type) {
	case *paragraph:
		l.add(d, c)
		return true
	case *table:
		if matched == len(d.containers) {
			l.add(d, c.rest)
			return true
		}
	}
	return false
}

// inlineBefore returns the text of the open paragraph, and whether what comes next is
// likely to be text with marks in it, and no code.
func (d *document) inlineBefore() (before string, inline bool) {
	switch l := d.leaf.(type) {
	case nil, *table:
		return "", true
	case *paragraph:
		return strings.Join(append(slices.Clip(l.lines), ""), "\n"), true
	}
	return "", false
}

// push opens a container in the innermost one.
func (d *document) push(k container) {
	d.fill()
	d.ids++
	k.id = d.ids
	d.containers = append(d.containers, k)
}

// begin opens a block in the innermost container.
func (d *document) begin(l leaf) {
	d.fill()
	d.leaf = l
}

// fill makes room for something in the innermost container.
func (d *document) fill() {
	d.closeLeaf()
	if n := len(d.containers); n > 0 {
		d.containers[n-1].filled = true
	}
}

// closeTo closes all containers but the outer n.
func (d *document) closeTo(n int) {
	if n < len(d.containers) {
		d.closeLeaf()
	}
	for len(d.containers) > n {
		if k := d.containers[len(d.containers)-1]; !k.quote && !k.shown {
			d.gap()
			d.put(&text{}, segment{})
		}
		d.containers = d.containers[:len(d.containers)-1]
	}
}

func (d *document) closeLeaf() {
	if l := d.leaf; l != nil {
		d.leaf = nil
		l.close(d)
	}
}

// close ends all that is open.
func (d *document) close() {
	d.closeLeaf()
	d.closeTo(0)
}
