package files

import (
	"strings"
	"unicode/utf8"
)

// A Mention is a path behind an @ in a text.
type Mention struct {
	Path       string
	From, Till int // bytes of the text, with the @ and quotes
}

// Mentions finds the paths that a text names: @PATH up to a space, or @"PATH" with
// spaces in it. The @ is at the beginning of a word, so that an e-mail address is
// none. Whether there is such a file, and what of the punctuation behind it belongs
// to its name, [Mention.Shorten] helps to find out.
func Mentions(text string) []Mention {
	var list []Mention
	for i := 0; i < len(text); {
		at := strings.IndexByte(text[i:], '@')
		if at < 0 {
			break
		}
		at += i
		i = at + 1
		if before, _ := utf8.DecodeLastRuneInString(text[:at]); at > 0 && !strings.ContainsRune(" \t\n([{\"'`,;:", before) {
			continue
		}
		if path, till, ok := pathAt(text, i); ok {
			list = append(list, Mention{Path: path, From: at, Till: till})
			i = till
		}
	}
	return list
}

// pathAt returns the path that begins at an offset of a text, and where it ends.
func pathAt(text string, from int) (path string, till int, ok bool) {
	if quoted, isQuoted := strings.CutPrefix(text[from:], `"`); isQuoted {
		end := strings.IndexAny(quoted, "\"\n")
		if end <= 0 || quoted[end] == '\n' {
			return "", 0, false
		}
		return quoted[:end], from + 1 + end + 1, true
	}
	end := strings.IndexAny(text[from:], " \t\n")
	if end < 0 {
		end = len(text) - from
	}
	return text[from : from+end], from + end, end > 0
}

// Shorten returns the mention without the last character, if that may be the
// punctuation of a sentence rather than part of the path.
func (m Mention) Shorten() (shorter Mention, ok bool) {
	last := len(m.Path) - 1
	if last <= 0 || !strings.ContainsRune(".,;:!?)]}'\"`", rune(m.Path[last])) {
		return m, false
	}
	return Mention{Path: m.Path[:last], From: m.From, Till: m.Till - 1}, true
}
