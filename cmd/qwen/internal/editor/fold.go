package editor

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// A paste of so much is folded.
const (
	pasteLines = 10
	pasteBytes = 1000
)

// A text that is set, or comes from the history, is folded if it is of a size that
// nobody types. It was editable once.
const (
	typedLines = 100
	typedBytes = 8 << 10
)

// maxUnfold is the longest text that can be unfolded, in bytes.
const maxUnfold = 64 << 10

// How many pastes of messages that were sent are remembered, and of how many bytes.
const (
	maxRecent      = 16
	maxRecentBytes = 16 << 20
)

// A fold is a long text that stands in the text as a mark and is shown as a label.
type fold struct {
	text     string
	lines    int
	unfolded bool // by the person: it is not folded again
}

// The mark of a fold is a byte that is in no UTF-8, and its index in three more
// bytes, none of which begins a character.
const (
	foldMark = 0xFF
	markSize = 4
	maxFolds = 1 << 18
)

func mark(index int) string {
	six := func(shift int) byte { return 0x80 | byte(index>>shift)&0x3F }
	return string([]byte{foldMark, six(12), six(6), six(0)})
}

// marked returns the index of the fold whose mark p begins with.
func marked(p []byte) int {
	return int(p[1]&0x3F)<<12 | int(p[2]&0x3F)<<6 | int(p[3]&0x3F)
}

// markBefore returns where the mark begins that ends at i, or -1.
func (e *Editor) markBefore(i int) int {
	if i >= markSize && e.text[i-markSize] == foldMark {
		return i - markSize
	}
	return -1
}

// fold returns the mark that stands for text.
func (e *Editor) fold(text string) string {
	same := func(f fold) bool { return f.text == text }
	i := slices.IndexFunc(e.folds, same)
	switch {
	case i >= 0:
		e.folds[i].unfolded = false
		return mark(i)
	case len(e.folds) == maxFolds:
		return text
	}
	e.forget(text)
	e.folds = append(e.folds, fold{text: text, lines: countLines(text)})
	return mark(len(e.folds) - 1)
}

// refold folds what was folded before, and what nobody can have typed.
func (e *Editor) refold(text string) string {
	for _, paste := range e.pastes() {
		if before, after, ok := strings.Cut(text, paste); ok {
			return e.refold(before) + e.fold(paste) + e.refold(after)
		}
	}
	if isLong(text, typedLines, typedBytes) {
		return e.fold(text)
	}
	return text
}

// pastes returns what is folded wherever it is found.
func (e *Editor) pastes() []string {
	var list []string
	for _, f := range e.folds {
		if !f.unfolded {
			list = append(list, f.text)
		}
	}
	return append(list, e.recent...)
}

// remember forgets the folds of a message that was sent, but for what was in them.
func (e *Editor) remember() {
	e.recent, e.folds = e.pastes(), nil
	size := 0
	for i, paste := range e.recent {
		if size += len(paste); i == maxRecent || size > maxRecentBytes {
			e.recent = e.recent[:i]
			break
		}
	}
}

func (e *Editor) forget(paste string) {
	e.recent = slices.DeleteFunc(e.recent, func(s string) bool { return s == paste })
}

// Unfold makes the paste at the cursor, or else the last one, text that can be
// edited. It returns false if there is none, or if it is too long for that.
func (e *Editor) Unfold() bool {
	e.endSearch()
	at := e.foldNear()
	if at < 0 {
		return false
	}
	f := &e.folds[marked(e.text[at:])]
	if len(f.text) >= maxUnfold {
		return false
	}
	f.unfolded = true
	e.forget(f.text)
	e.replace(at, at+markSize, f.text)
	return true
}

// foldNear returns where the fold is that is meant, or -1.
func (e *Editor) foldNear() int {
	if at := e.markBefore(e.cursor); at >= 0 {
		return at
	}
	if bytes.HasPrefix(e.text[e.cursor:], []byte{foldMark}) {
		return e.cursor
	}
	return bytes.LastIndexByte(e.text, foldMark)
}

// unfolded returns p, which is of the text, with whole pastes.
func (e *Editor) unfolded(p []byte) string {
	var b strings.Builder
	for {
		i := bytes.IndexByte(p, foldMark)
		if i < 0 {
			break
		}
		b.Write(p[:i])
		b.WriteString(e.folds[marked(p[i:])].text)
		p = p[i+markSize:]
	}
	if b.Len() == 0 {
		return string(p)
	}
	b.Write(p)
	return b.String()
}

// folded returns where in the text is what is at offset in the unfolded text. In
// a fold, that is its end.
func (e *Editor) folded(offset int) int {
	at := 0
	for offset > 0 && at < len(e.text) {
		i := bytes.IndexByte(e.text[at:], foldMark)
		if i < 0 {
			i = len(e.text) - at
		}
		if offset <= i || at+i == len(e.text) {
			return e.snap(at + min(offset, i))
		}
		offset -= i + len(e.folds[marked(e.text[at+i:])].text)
		at += i + markSize
	}
	return at
}

// label returns the longest label of the fold marked by p that fits a row.
func (e *Editor) label(p []byte) string {
	i := marked(p)
	f := e.folds[i]
	what := size(len(f.text))
	if f.lines > 1 {
		what = thousands(f.lines) + " lines, " + what
	}
	if s := fmt.Sprintf("[Pasted %s #%d]", what, i+1); len(s) < e.columns {
		return s
	}
	if s := fmt.Sprintf("[Pasted #%d]", i+1); len(s) < e.columns {
		return s
	}
	return fmt.Sprintf("[#%d]", i+1)
}

func isLong(text string, lines, bytes int) bool {
	return len(text) >= bytes || countLines(text) >= lines
}

// countLines counts lines as people do: a line end at the end begins no new one.
func countLines(text string) int {
	return strings.Count(strings.TrimSuffix(text, "\n"), "\n") + 1
}

// size writes a number of bytes as people read it.
func size(n int) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 999_500:
		return fmt.Sprintf("%d KB", (n+500)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// thousands writes a number as people read it: 1,260.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return thousands(n/1000) + fmt.Sprintf(",%03d", n%1000)
}
