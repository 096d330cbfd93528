package term

import "unicode/utf8"

// plainByte reports whether b is a character of its own that can be shown as it
// is: printable ASCII, newline or tab.
func plainByte(b byte) bool {
	return b >= 0x20 && b < 0x7F || b == '\n' || b == '\t'
}

// plainPrefix returns the length of the longest prefix of p that is whole,
// valid and fit to be shown.
func plainPrefix(p []byte) int {
	i := 0
	for i < len(p) {
		if plainByte(p[i]) {
			i++
			continue
		}
		if p[i] < utf8.RuneSelf {
			break
		}
		r, size := utf8.DecodeRune(p[i:])
		if r == utf8.RuneError && size == 1 || hidden(r) {
			break
		}
		i += size
	}
	return i
}

// asciiPrefix returns the length of the longest prefix of p that is printable
// ASCII.
func asciiPrefix(p []byte) int {
	i := 0
	for i < len(p) && p[i] >= 0x20 && p[i] < 0x7F {
		i++
	}
	return i
}

func isC1(r rune) bool { return r >= 0x80 && r <= 0x9F }

// hidden reports whether r is never shown: it controls, or it cannot be seen.
// Of the characters without a width, U+200D (zero width joiner) and U+FE0F
// (emoji presentation) stay, because emoji are made with them.
//
// The ranges are those of Unicode 16, sections 9.2 (bidirectional marks), 23.2
// (layout controls), 23.4 (variation selectors), 23.8 (specials) and 23.9 (tags).
func hidden(r rune) bool {
	switch {
	case r < 0x20:
		return r != '\n' && r != '\t'
	case r < 0x7F:
		return false
	case r <= 0x9F:
		return true
	case r < 0x034F:
		return r == 0x00AD // soft hyphen
	case r < 0x2000:
		return r == 0x034F || r == 0x061C || r == 0x180E
	case r < 0x2070:
		return r >= 0x200B && r <= 0x200F && r != 0x200D ||
			r >= 0x2028 && r <= 0x202E ||
			r >= 0x2060
	case r < 0xFE00:
		return false
	case r <= 0xFE0E, r == 0xFEFF:
		return true
	case r >= 0xFFF9 && r <= 0xFFFB:
		return true
	}
	return r >= 0xE0000 && r <= 0xE0FFF
}
