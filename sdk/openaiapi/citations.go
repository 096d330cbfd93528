package openaiapi

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/qwen-cli/qwen/sdk"
)

// maxCitations bounds the citations of one answer.
const maxCitations = 1000

// An annotation is what the API says of a source. Only sources on the web are known
// (https://platform.openai.com/docs/api-reference/chat/object, message.annotations);
// OpenRouter adds what was found there as content.
type annotation struct {
	Type        looseString `json:"type"`
	URLCitation struct {
		Start   looseInt    `json:"start_index"`
		End     looseInt    `json:"end_index"`
		Title   looseString `json:"title"`
		URL     looseString `json:"url"`
		Content looseString `json:"content"`
	} `json:"url_citation"`
}

// citations are what an answer's text is said to rest on. The API counts characters
// of the message's whole content, which are taken for Unicode code points, and the end
// as the one after the span, as those who use it do; the reference calls it the
// last one. [sdk.Annotation] counts bytes of one part. So citations wait until their
// text has come.
type citations struct {
	waiting  []annotation
	received int // characters of the content so far
	ignored  bool
}

// add takes the annotations of a delta.
func (c *citations) add(raw json.RawMessage) {
	if isNull(raw) {
		return
	}
	var list []annotation
	if decodeLoosely(raw, &list) != nil {
		c.ignored = true
		return
	}
	for _, next := range list {
		if next.Type != "url_citation" || len(c.waiting) == maxCitations {
			c.ignored = true
			continue
		}
		c.waiting = append(c.waiting, next)
	}
}

// cite marks what was cited of the current text part, before it ends.
func (a *answer) cite() error {
	text := a.stream.CurrentText()
	if len(a.cited.waiting) == 0 || text == "" {
		return nil
	}
	// What came before this part: a thought in tags, or parts that have ended.
	before := a.cited.received - utf8.RuneCountInString(text)
	for _, next := range a.cited.waiting {
		mark, ok := next.mark(text, before)
		if !ok {
			a.cited.ignored = true
			continue
		}
		if !a.stream.Annotate(mark) {
			return errStopped
		}
	}
	a.cited.waiting = nil
	return nil
}

// noteUncited warns of annotations that nothing was made of.
func (a *answer) noteUncited() {
	if a.cited.ignored || len(a.cited.waiting) > 0 {
		a.warn("annotation-ignored", "the service sent a citation that fits no part of the text, or of a kind that is not known")
	}
}

// mark returns the annotation for a text that before characters of the content
// precede. It reports false if the span is not within the text.
func (n *annotation) mark(text string, before int) (sdk.Annotation, bool) {
	c := &n.URLCitation
	mark := sdk.Annotation{Type: "url", Title: string(c.Title), URL: string(c.URL), Quote: string(c.Content)}
	if c.Start == 0 && c.End == 0 {
		return mark, true
	}
	var ok bool
	mark.Start, mark.End, ok = byteSpan(text, int(c.Start)-before, int(c.End)-before)
	return mark, ok
}

// byteSpan converts a span in characters of text to one in bytes.
func byteSpan(text string, start, end int) (from, to int, ok bool) {
	if start < 0 || end < start {
		return 0, 0, false
	}
	from, ok = byteOffset(text, start)
	if !ok {
		return 0, 0, false
	}
	length, ok := byteOffset(text[from:], end-start)
	return from, from + length, ok
}

// byteOffset returns where the character with index n begins, or the text ends.
func byteOffset(text string, n int) (int, bool) {
	for i := range text {
		if n == 0 {
			return i, true
		}
		n--
	}
	return len(text), n == 0
}
