package main

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// The measures of a picture. A column is as wide as a character of the commonest
// fonts; where a font differs, textLength makes it fit.
const (
	fontSize     = 14.0
	columnWidth  = 8.4
	rowHeight    = 18.0
	baseline     = 13.5 // of a row, from its top
	margin       = 16.0
	titleHeight  = 36.0
	leastColumns = 80

	foreground = "#c9d1d9"
	background = "#0d1117"
)

// head begins a picture: a window that has its own background, so that it can be read
// on a light page and on a dark one.
const head = `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 %[1]s %[2]s" width="%[1]s" height="%[2]s" role="img" aria-label="%[3]s">
<style>text{font:%[4]spx ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Noto Sans Mono CJK SC",monospace;white-space:pre;fill:%[5]s}.b{font-weight:bold}.i{font-style:italic}.d{opacity:.6}.u{text-decoration:underline}.s{text-decoration:line-through}</style>
<rect x=".5" y=".5" width="%[6]s" height="%[7]s" rx="8" fill="%[8]s" stroke="#30363d"/>
<g fill="#484f58"><circle cx="20" cy="18" r="5.5"/><circle cx="38" cy="18" r="5.5"/><circle cx="56" cy="18" r="5.5"/></g>
<text x="%[9]s" y="22.5" text-anchor="middle" class="d">%[3]s</text>
`

// svg draws a screen as a window with a title.
func svg(s screen, title string) string {
	columns := leastColumns
	for _, row := range s.rows {
		for _, c := range row {
			columns = max(columns, c.column+c.width)
		}
	}
	width := 2*margin + float64(columns)*columnWidth
	height := titleHeight + float64(len(s.rows))*rowHeight + margin
	var b strings.Builder
	fmt.Fprintf(&b, head, number(width), number(height), escaped(title), number(fontSize), foreground,
		number(width-1), number(height-1), background, number(width/2))
	for i, row := range s.rows {
		drawRow(&b, row, top(i))
	}
	if s.cursor == 1 && s.row < len(s.rows) {
		drawBox(&b, s.column, 1, top(s.row), foreground)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes everything
	return b.String()
}

// number writes a measure with no more digits than can be seen.
func number(f float64) string {
	return strconv.FormatFloat(float64(int(f*10+.5))/10, 'f', -1, 64)
}

func top(row int) float64 { return titleHeight + float64(row)*rowHeight }

func x(column int) string { return number(margin + float64(column)*columnWidth) }

func drawRow(b *strings.Builder, row []cell, top float64) {
	for _, r := range stretches(row, func(a, b cell) bool { return back(a.style) == back(b.style) }) {
		if color := back(r.first().style); color != "" {
			drawBox(b, r.first().column, r.columns(), top, color)
		}
	}
	for _, r := range stretches(row, together) {
		if isBlock(r.first().text) {
			drawBlocks(b, r, top)
			continue
		}
		drawText(b, r, top)
	}
}

func drawBox(b *strings.Builder, column, columns int, top float64, color string) {
	fmt.Fprintf(b, `<rect x="%s" y="%s" width="%s" height="%s" fill="%s" shape-rendering="crispEdges"/>`+"\n",
		x(column), number(top), number(float64(columns)*columnWidth), number(rowHeight), color)
}

// A stretch is a piece of a row that is drawn at once.
type stretch []cell

func (r stretch) first() cell { return r[0] }

func (r stretch) columns() int {
	last := r[len(r)-1]
	return last.column + last.width - r[0].column
}

func (r stretch) text() string {
	var b strings.Builder
	for _, c := range r {
		b.WriteString(c.text)
	}
	return b.String()
}

// stretches cuts a row between cells that do not belong together.
func stretches(row []cell, together func(a, b cell) bool) []stretch {
	var list []stretch
	for _, c := range row {
		if n := len(list); n > 0 && together(list[n-1][len(list[n-1])-1], c) {
			list[n-1] = append(list[n-1], c)
			continue
		}
		list = append(list, stretch{c})
	}
	return list
}

// together reports whether two neighbours are drawn at once. Wide characters are not,
// with others: every font has its own idea of how wide they are.
func together(a, b cell) bool {
	return a.style == b.style && a.width == b.width && isBlock(a.text) == isBlock(b.text)
}

func front(s style) string {
	switch {
	case s.inverse && s.back == "":
		return background
	case s.inverse:
		return s.back
	case s.front == "":
		return foreground
	}
	return s.front
}

func back(s style) string {
	switch {
	case s.inverse && s.front == "":
		return foreground
	case s.inverse:
		return s.front
	}
	return s.back
}

// drawText draws a stretch, without the blanks around it that nobody sees.
func drawText(b *strings.Builder, r stretch, top float64) {
	s := r.first().style
	if !s.underline && !s.strike {
		for len(r) > 0 && r[0].text == " " {
			r = r[1:]
		}
		for len(r) > 0 && r[len(r)-1].text == " " {
			r = r[:len(r)-1]
		}
	}
	if len(r) == 0 {
		return
	}
	fmt.Fprintf(b, `<text x="%s" y="%s"`, x(r.first().column), number(top+baseline))
	if r.columns() > 1 {
		fmt.Fprintf(b, ` textLength="%s"`, number(float64(r.columns())*columnWidth))
	}
	if color := front(s); color != foreground {
		fmt.Fprintf(b, ` style="fill:%s"`, color)
	}
	if names := classes(s); names != "" {
		fmt.Fprintf(b, ` class="%s"`, names)
	}
	fmt.Fprintf(b, ">%s</text>\n", escaped(r.text()))
}

func classes(s style) string {
	var names []string
	for _, c := range []struct {
		on   bool
		name string
	}{{s.bold, "b"}, {s.dim, "d"}, {s.italic, "i"}, {s.underline, "u"}, {s.strike, "s"}} {
		if c.on {
			names = append(names, c.name)
		}
	}
	return strings.Join(names, " ")
}

func isBlock(text string) bool { return text == "█" || text == "▀" || text == "▄" }

// drawBlocks draws half blocks as the rectangles that they are: between those of a
// font there are gaps.
func drawBlocks(b *strings.Builder, r stretch, top float64) {
	fmt.Fprintf(b, `<path fill="%s" shape-rendering="crispEdges" d="`, front(r.first().style))
	for _, half := range []struct {
		y     float64
		other string
	}{{top, "▄"}, {top + rowHeight/2, "▀"}} {
		for _, piece := range stretches(r, func(a, b cell) bool { return (a.text == half.other) == (b.text == half.other) }) {
			if piece.first().text != half.other {
				fmt.Fprintf(b, "M%s %sh%sv%sH%sz", x(piece.first().column), number(half.y),
					number(float64(piece.columns())*columnWidth), number(rowHeight/2), x(piece.first().column))
			}
		}
	}
	b.WriteString(`"/>` + "\n")
}
