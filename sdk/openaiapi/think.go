package openaiapi

import "strings"

// A thinkSplitter tells a thought that is marked by tags at the start of an answer
// from the answer, however the text is cut into pieces. Its zero value passes all
// text on; set looking to use it.
type thinkSplitter struct {
	looking bool   // no text yet but, maybe, the beginning of a tag
	closing string // the tag that ends the thought being read; empty outside
	trim    bool   // the line ends behind the closing tag are not part of the answer
	held    string // text that may turn out to be a part of a tag
}

var thinkTags = []string{"<think>", "<thinking>"}

// split takes the next piece of text and returns what is known by now.
func (t *thinkSplitter) split(piece string) (thought, text string) {
	if t.looking {
		piece = t.look(piece)
	}
	if t.closing != "" {
		thought, piece = t.inside(piece)
	}
	if t.trim {
		piece = strings.TrimLeft(piece, "\r\n")
		t.trim = piece == ""
	}
	return thought, piece
}

// look decides whether the answer begins with a tag. It returns the text to go on
// with, empty while that is open.
func (t *thinkSplitter) look(piece string) string {
	t.held += piece
	begin := strings.TrimLeft(t.held, " \t\r\n")
	for _, tag := range thinkTags {
		if rest, found := strings.CutPrefix(begin, tag); found {
			t.looking, t.held, t.closing = false, "", "</"+tag[1:]
			return rest
		}
	}
	for _, tag := range thinkTags {
		if strings.HasPrefix(tag, begin) {
			return ""
		}
	}
	return t.flush()
}

// inside returns the thought up to the closing tag, and what comes behind it.
func (t *thinkSplitter) inside(piece string) (thought, rest string) {
	all := t.held + piece
	if before, after, found := strings.Cut(all, t.closing); found {
		t.closing, t.held, t.trim = "", "", true
		return before, after
	}
	keep := partOfTag(all, t.closing)
	t.held = all[len(all)-keep:]
	return all[:len(all)-keep], ""
}

// partOfTag returns the length of the longest end of s that begins tag.
func partOfTag(s, tag string) int {
	for n := min(len(s), len(tag)-1); n > 0; n-- {
		if strings.HasPrefix(tag, s[len(s)-n:]) {
			return n
		}
	}
	return 0
}

// flush returns what was held back and stops looking for an opening tag.
func (t *thinkSplitter) flush() string {
	held := t.held
	t.looking, t.held = false, ""
	return held
}
