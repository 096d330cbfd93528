package files

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Mention is a path behind an @ in a text.
type Mention struct {
	Path       string
	From, Till int // bytes of the text, with the @ and quotes

	quoted bool
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
		if m, ok := mentionAt(text, at); ok {
			list = append(list, m)
			i = m.Till
		}
	}
	return list
}

// mentionAt returns the mention that begins with the @ at an offset of a text.
func mentionAt(text string, at int) (Mention, bool) {
	if !beginsWord(text[:at]) {
		return Mention{}, false
	}
	rest := text[at+1:]
	if quoted, ok := strings.CutPrefix(rest, `"`); ok {
		end := strings.IndexAny(quoted, "\"\n")
		if end <= 0 || quoted[end] == '\n' {
			return Mention{}, false
		}
		return Mention{Path: quoted[:end], From: at, Till: at + 2 + end + 1, quoted: true}, true
	}
	end := strings.IndexFunc(rest, endsPath)
	if end < 0 {
		end = len(rest)
	}
	return Mention{Path: rest[:end], From: at, Till: at + 1 + end}, end > 0
}

// Unfinished returns the mention that a text ends in, of which more may be typed:
// where it begins, and the letters of a path that there are so far.
func Unfinished(text string) (from int, letters string, ok bool) {
	for from = strings.LastIndexByte(text, '@'); from >= 0; from = strings.LastIndexByte(text[:from], '@') {
		rest := text[from+1:]
		quoted, isQuoted := strings.CutPrefix(rest, `"`)
		switch {
		case !beginsWord(text[:from]):
		case isQuoted && !strings.ContainsAny(quoted, "\"\n"):
			return from, quoted, true
		case !isQuoted && !strings.ContainsFunc(rest, endsPath):
			return from, rest, true
		}
	}
	return 0, "", false
}

// beginsWord reports whether a word begins behind a text. Some scripts put no space
// between words.
func beginsWord(before string) bool {
	last, size := utf8.DecodeLastRuneInString(before)
	switch {
	case size == 0, unicode.In(last, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
		return true
	}
	return !unicode.IsLetter(last) && !unicode.IsDigit(last) && !strings.ContainsRune("_.%+-/@", last)
}

// endsPath reports whether a path without quotes ends before a character. The
// punctuation of scripts without spaces does, for none follows it.
func endsPath(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("，。；：！？、（）「」『』【】《》“”…", r)
}

// Mentioning returns how a path is mentioned, "" if it cannot be.
func Mentioning(path string) string {
	spaced := strings.ContainsFunc(path, endsPath)
	switch {
	case !isPlain(path), strings.HasPrefix(path, `"`), spaced && strings.Contains(path, `"`):
		return ""
	case spaced:
		return `@"` + path + `"`
	}
	return "@" + path
}

// isPlain reports whether a path consists of characters that can be seen or typed.
func isPlain(path string) bool {
	return path != "" && utf8.ValidString(path) && !strings.ContainsFunc(path, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
}

// Shorten returns the mention without the last character, if that may be the
// punctuation of a sentence rather than part of the path.
func (m Mention) Shorten() (shorter Mention, ok bool) {
	last := len(m.Path) - 1
	if m.quoted || last <= 0 || !strings.ContainsRune(".,;:!?)]}>'\"`", rune(m.Path[last])) {
		return m, false
	}
	return Mention{Path: m.Path[:last], From: m.From, Till: m.Till - 1}, true
}

// NamesDir reports whether the path is written as that of a directory: with a slash
// at its end, as it is completed.
func (m Mention) NamesDir() bool {
	return strings.HasSuffix(m.Path, "/") && strings.Trim(m.Path, "/") != ""
}
