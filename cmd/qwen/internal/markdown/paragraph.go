package markdown

import (
	"slices"
	"strings"
)

// A paragraph is text that the next line may make a heading or a table of.
type paragraph struct {
	lines []string
	size  int
	begun bool // its beginning is laid out already
}

func (p *paragraph) clone() leaf {
	q := *p
	q.lines = slices.Clip(p.lines)
	return &q
}

// take leaves each line to whatever begins with it.
func (p *paragraph) take(*document, *cursor) bool { return false }

func (p *paragraph) add(d *document, c *cursor) { p.more(d, strings.TrimLeft(c.rest, " \t")) }

func (p *paragraph) more(d *document, s string) {
	p.lines = append(p.lines, s)
	if p.size += len(s) + 1; p.size >= maxOpen {
		p.close(d)
		*p = paragraph{begun: true}
	}
}

// become makes something else of the paragraph if the next line says so.
func (p *paragraph) become(d *document, line string) bool {
	if len(p.lines) == 0 {
		return false
	}
	if level := headingUnder(line); level > 0 {
		d.leaf = nil
		d.layHeading(strings.Join(p.lines, "\n"), level)
		return true
	}
	last := len(p.lines) - 1
	head, align := splitRow(p.lines[last]), alignments(line)
	if align == nil || len(head) != len(align) {
		return false
	}
	p.lines = p.lines[:last]
	d.begin(newTable(d, head, align))
	return true
}

func (p *paragraph) close(d *document) {
	source := strings.Join(p.lines, "\n")
	if !p.begun {
		source = d.task(source)
	}
	var t text
	d.addInline(&t, source, style{})
	if len(t.buf) == 0 {
		return
	}
	if !p.begun {
		d.gap()
	}
	d.putWrapped(&t)
}

// task makes the box of a task, with which its item begins, a part of the item's
// marker.
func (d *document) task(source string) string {
	if len(d.containers) == 0 {
		return source
	}
	k := &d.containers[len(d.containers)-1]
	box, rest := taskMark(source)
	if k.quote || k.shown || box == "" {
		return source
	}
	if k.marker == bullet {
		k.marker = box
	} else {
		k.marker += " " + box
	}
	return rest
}
