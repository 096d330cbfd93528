package tui

import (
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/markdown"
)

// styles are how things look. Colours are those of the terminal's own palette, which
// its theme makes readable.
type styles struct {
	on    bool
	theme markdown.Theme
}

func newStyles(color, light bool) styles {
	switch {
	case !color:
		return styles{theme: markdown.None()}
	case light:
		return styles{on: true, theme: markdown.Light()}
	}
	return styles{on: true, theme: markdown.Dark()}
}

// sgr sets a text in a style, anew after each style that ends within it.
func (s styles) sgr(code, text string) string {
	if !s.on || text == "" {
		return text
	}
	begin := "\x1b[" + code + "m"
	return begin + strings.ReplaceAll(text, "\x1b[0m", "\x1b[0m"+begin) + "\x1b[0m"
}

func (s styles) dim(text string) string    { return s.sgr("2", text) }
func (s styles) bold(text string) string   { return s.sgr("1", text) }
func (s styles) fault(text string) string  { return s.sgr("31", text) }
func (s styles) accent(text string) string { return s.sgr("36", text) }
