package term

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Text for a [Console] is styled by SGR sequences and OSC 8 links and holds no other
// control sequences. The functions here know what of such a text takes columns.

// Width returns the number of columns of a styled text.
func Width(styled string) int {
	width := 0
	for s := scanText(styled); s.next(); {
		width += s.width
	}
	return width
}

// Cut shortens a styled text to a number of columns; an ellipsis says so. Styles and
// links that are open where it is cut are closed.
func Cut(styled string, columns int) string {
	if Width(styled) <= columns {
		return styled
	}
	if columns <= 0 {
		return ""
	}
	var b strings.Builder
	var style style
	room := columns - 1
	for s := scanText(styled); s.next(); {
		if room -= s.width; room < 0 {
			break
		}
		style.take(s.piece)
		b.WriteString(s.piece)
	}
	b.WriteString("…")
	b.WriteString(style.end())
	return b.String()
}

// scanner takes a styled text apart: into sequences, which take no columns, and
// grapheme clusters.
type scanner struct {
	rest  string
	piece string
	width int
}

func scanText(styled string) *scanner { return &scanner{rest: styled} }

func (s *scanner) next() bool {
	if s.rest == "" {
		return false
	}
	n := 1
	switch b := s.rest[0]; {
	case b == byte(esc):
		n, s.width = sequenceLength(s.rest), 0
	case len(s.rest) == 1 || s.rest[1] < utf8.RuneSelf:
		if s.width = 0; b >= ' ' && b < 0x7F {
			s.width = 1
		}
		if b >= utf8.RuneSelf {
			s.width = 1 // shown as U+FFFD
		}
	default:
		var cluster string
		cluster, _, s.width, _ = uniseg.FirstGraphemeClusterInString(s.rest, -1)
		n = len(cluster)
	}
	s.piece, s.rest = s.rest[:n], s.rest[n:]
	return true
}

// sequenceLength returns the length of the sequence that s begins with: "Esc [" up
// to its final byte, "Esc ]" up to its terminator, or an Esc.
func sequenceLength(s string) int {
	if len(s) < 2 {
		return len(s)
	}
	switch s[1] {
	case '[':
		for i := 2; i < len(s); i++ {
			if s[i] >= 0x40 && s[i] <= 0x7E {
				return i + 1
			}
		}
		return len(s)
	case ']':
		for i := 2; i < len(s); i++ {
			switch {
			case rune(s[i]) == bel:
				return i + 1
			case s[i] == '\\' && rune(s[i-1]) == esc:
				return i + 1
			}
		}
		return len(s)
	}
	return 1
}

// A style is which SGR attributes and which link are in force at some place of a
// styled text.
type style struct {
	attributes [attributeCount]string // the parameters that switched each on
	link       string                 // the sequence that began it
}

// attribute is what some SGR parameters set and reset together.
type attribute int

const (
	bold attribute = iota
	dim
	italic
	underline
	blink
	reverse
	concealed
	struck
	foreground
	background
	underlineColor
	attributeCount
)

const linkEnd = "\x1b]8;;\x1b\\"

// take follows a sequence; any other piece of text changes nothing.
func (s *style) take(piece string) {
	switch {
	case len(piece) < 2 || rune(piece[0]) != esc:
	case strings.HasPrefix(piece, "\x1b]8;"):
		s.link = piece
		if _, target, _ := strings.Cut(piece[len("\x1b]8;"):], ";"); target == "" || target == "\a" || target == "\x1b\\" {
			s.link = ""
		}
	case piece[1] == '[' && piece[len(piece)-1] == 'm':
		s.set(strings.Split(piece[2:len(piece)-1], ";"))
	}
}

// takeAll follows all sequences in a text.
func (s *style) takeAll(styled string) {
	for i := strings.IndexByte(styled, byte(esc)); i >= 0; i = strings.IndexByte(styled, byte(esc)) {
		end := i + sequenceLength(styled[i:])
		s.take(styled[i:end])
		styled = styled[end:]
	}
}

func (s *style) set(parameters []string) {
	for len(parameters) > 0 {
		n := 1
		switch code := parameters[0]; code {
		case "", "0":
			s.attributes = [attributeCount]string{}
		case "38", "48", "58": // 5;n or 2;r;g;b follow
			n = colorLength(parameters)
			s.attributes[colorOf(code)] = strings.Join(parameters[:n], ";")
		default:
			s.setOne(code)
		}
		parameters = parameters[n:]
	}
}

// colorLength returns how many parameters a colour takes, with that which begins it.
func colorLength(parameters []string) int {
	if len(parameters) < 2 {
		return 1
	}
	switch parameters[1] {
	case "5":
		return min(3, len(parameters))
	case "2":
		return min(5, len(parameters))
	}
	return 1
}

func colorOf(code string) attribute {
	switch code[0] {
	case '3', '9':
		return foreground
	case '4':
		return background
	}
	return underlineColor
}

// setOne follows one parameter, which may have a part behind a colon. See
// https://invisible-island.net/xterm/ctlseqs/ctlseqs.html ("Character Attributes").
func (s *style) setOne(code string) {
	base, part, _ := strings.Cut(code, ":")
	n, err := strconv.Atoi(base)
	if err != nil {
		return
	}
	simple := [...]attribute{1: bold, 2: dim, 3: italic, 4: underline, 5: blink, 6: blink, 7: reverse, 8: concealed, 9: struck}
	switch {
	case n == 4 && part == "0":
		s.attributes[underline] = ""
	case n > 0 && n < len(simple):
		s.attributes[simple[n]] = code
	case n == 21: // underlined twice
		s.attributes[underline] = code
	case n == 22:
		s.attributes[bold], s.attributes[dim] = "", ""
	case n > 22 && n < 20+len(simple):
		s.attributes[simple[n-20]] = ""
	case n == 39, n == 49, n == 59:
		s.attributes[colorOf(base)] = ""
	case n >= 30 && n < 60, n >= 90 && n < 98:
		s.attributes[colorOf(base)] = code
	case n >= 100 && n < 108:
		s.attributes[background] = code
	}
}

// begin returns the sequences that bring a style about.
func (s *style) begin() string {
	var on []string
	for _, a := range s.attributes {
		if a != "" {
			on = append(on, a)
		}
	}
	if len(on) == 0 {
		return s.link
	}
	return "\x1b[" + strings.Join(on, ";") + "m" + s.link
}

// end returns the sequences that end a style.
func (s *style) end() string {
	end := ""
	if s.link != "" {
		end = linkEnd
	}
	if s.attributes != ([attributeCount]string{}) {
		end += "\x1b[m"
	}
	return end
}
