package markdown

import (
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/highlight"
)

// A Theme says how the parts of a text look. Colours are the terminal's own sixteen,
// which its user has chosen for its background, and of these the ones that can be
// read on it by default.
type Theme struct {
	marks bool // Markdown's marks stay, and code is indented: there are no styles to tell

	heading           [3]style // the last is for all deeper ones
	strong, emphasis  style
	deleted           style
	code, lang, html  style
	link, target      style
	bar, marker, done style // of a quotation, of a list item, of a task that is done
	rule, column      style // of a thematic break and in a table; a table's header

	classes [highlight.Classes]style
}

// The colours, as SGR parameters.
const (
	red           = 31
	green         = 32
	yellow        = 33
	blue          = 34
	magenta       = 35
	cyan          = 36
	brightBlue    = 94
	brightMagenta = 95
)

// Dark is for light text on a dark background, where blue is hard to read.
func Dark() Theme {
	return theme(palette{heading: cyan, code: cyan, link: brightBlue, done: green, classes: [...]uint8{
		highlight.Keyword: brightMagenta, highlight.Type: cyan, highlight.Function: brightBlue, highlight.Key: cyan,
		highlight.String: green, highlight.Number: yellow, highlight.Meta: yellow, highlight.Heading: cyan,
		highlight.Inserted: green, highlight.Deleted: red,
	}})
}

// Light is for dark text on a light background, where yellow, cyan and green are hard
// to read.
func Light() Theme {
	return theme(palette{heading: blue, code: magenta, link: blue, done: blue, classes: [...]uint8{
		highlight.Keyword: blue, highlight.Type: magenta, highlight.Function: 0, highlight.Key: blue,
		highlight.String: red, highlight.Number: magenta, highlight.Meta: magenta, highlight.Heading: blue,
		highlight.Inserted: green, highlight.Deleted: red,
	}})
}

// None uses no styles at all (https://no-color.org), and leaves marks where they
// would be missed.
func None() Theme { return Theme{marks: true} }

func (t *Theme) markerStyle(marker string) style {
	if strings.HasSuffix(marker, taskDone) {
		return t.done
	}
	return t.marker
}

// A palette is what the themes do not have in common.
type palette struct {
	heading, code, link, done uint8
	classes                   [highlight.Classes]uint8
}

func theme(p palette) Theme {
	t := Theme{
		heading:  [3]style{{bold | underline, p.heading}, {bold, p.heading}, {bold, 0}},
		strong:   style{attrs: bold},
		emphasis: style{attrs: italic},
		deleted:  style{attrs: strike},
		code:     style{color: p.code},
		lang:     style{attrs: dim},
		link:     style{underline, p.link},
		target:   style{attrs: dim},
		html:     style{attrs: dim},
		bar:      style{attrs: dim},
		marker:   style{attrs: dim},
		done:     style{color: p.done},
		rule:     style{attrs: dim},
		column:   style{attrs: bold},
	}
	for class, color := range p.classes {
		t.classes[class].color = color
	}
	t.classes[highlight.Comment].attrs = dim | italic
	return t
}
