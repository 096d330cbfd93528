package editor

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// tabWidth is how wide a tab is shown, wherever it stands: text keeps its shape
// when a line is broken.
const tabWidth = 4

// A cell is what the cursor steps over at once: a character as people see it (a
// grapheme cluster), a fold, or a line end.
type cell struct {
	size  int // bytes
	width int // columns
	kind  kind
}

// kind says how a row may be broken around a cell.
type kind uint8

const (
	other   kind = iota // not within a run of these
	blank               // behind it
	free                // on both sides: Chinese, Japanese, folds
	closing             // as free, but it does not begin a row
	opening             // as free, but it does not end a row
)

// breakable reports whether a row may end between two cells.
func breakable(before, after kind) bool {
	switch {
	case after == blank, after == closing, before == opening:
		return false
	}
	return before != other || after != other
}

// cell returns the cell at i, which is where one begins.
func (e *Editor) cell(i int) cell {
	switch b := e.text[i]; {
	case b == '\n':
		return cell{size: 1}
	case b == '\t':
		return cell{1, tabWidth, blank}
	case b < ' ', b == 0x7F:
		return cell{1, 1, other}
	case b == ' ' && e.standsAlone(i+1):
		return cell{1, 1, blank}
	case b < 0x7F && e.standsAlone(i+1):
		return cell{1, 1, other}
	case b == foldMark:
		return cell{markSize, len(e.label(e.text[i:])), free}
	}
	return e.wideCell(i)
}

// wideCell is cell for what is not ASCII.
func (e *Editor) wideCell(i int) cell {
	r, size := utf8.DecodeRune(e.text[i:])
	if width := simple(r); width > 0 && e.standsAlone(i+size) {
		return cell{size, width, kindOf(r, width)}
	}
	_, size, width := e.cluster(i)
	return cell{size, width, kindOf(r, width)}
}

func kindOf(r rune, width int) kind {
	if width < 2 || r >= 0xAC00 && r <= 0xD7A3 { // Korean has spaces between words
		return other
	}
	switch r {
	case '、', '。', '，', '．', '：', '；', '！', '？', '）', '］', '｝', '」', '』', '】', '》', '〉', 'ー', '々':
		return closing
	case '（', '［', '｛', '「', '『', '【', '《', '〈':
		return opening
	}
	return free
}

// standsAlone reports whether what is at i cannot belong to the same cell as a
// simple character before it.
func (e *Editor) standsAlone(i int) bool {
	if i >= len(e.text) {
		return true
	}
	b := e.text[i]
	if b < utf8.RuneSelf || b == foldMark {
		return true
	}
	r, _ := utf8.DecodeRune(e.text[i:])
	return simple(r) > 0
}

// simple returns the columns of a character that is a cell of its own whenever
// the next one is simple too, or 0 for all others. It is not needed for the
// result: it spares long texts the full rules of Unicode, which cost a hundred
// times as much.
func simple(r rune) int {
	switch {
	case r < ' ', r == 0x7F:
		return 0
	case r < 0x7F:
		return 1
	case r <= 0xA0, r == 0xAD:
		return 0
	case r <= 0x02FF, r >= 0x0391 && r <= 0x0482, r >= 0x048A && r <= 0x052F: // Latin, Greek, Cyrillic
		return 1
	case r >= 0x3001 && r <= 0x3029, r >= 0x3041 && r <= 0x3096, r >= 0x30A0 && r <= 0x30FF, // CJK punctuation, kana
		r >= 0x3400 && r <= 0x4DBF, r >= 0x4E00 && r <= 0x9FFF, // ideographs
		r >= 0xAC00 && r <= 0xD7A3, r >= 0xFF01 && r <= 0xFF60: // Hangul, full-width forms
		return 2
	}
	return 0
}

// cluster returns the grapheme cluster at i, which is where one begins, as it can
// be shown, its size in the text, and its width, which is never 0. It ends where a
// fold begins. What is too wide to be a character is taken apart.
//
// Nothing that is in the text is invisible: it would be sent unseen.
func (e *Editor) cluster(i int) (shown string, size, width int) {
	cluster, _, width, _ := uniseg.FirstGraphemeCluster(e.text[i:], -1)
	if width >= minColumns {
		_, size := utf8.DecodeRune(cluster)
		return "\uFFFD", size, 1
	}
	if j := bytes.IndexByte(cluster, foldMark); j > 0 {
		cluster = cluster[:j]
	}
	shown = term.Clean(string(cluster))
	if shown == "" {
		return "\uFFFD", len(cluster), 1
	}
	if width = uniseg.StringWidth(shown); width == 0 {
		return "◌" + shown, len(cluster), 1 // an accent without a letter
	}
	return shown, len(cluster), width
}

// shown returns the cell at i as it can be shown, and its size in the text.
func (e *Editor) shown(i int) (string, int) {
	switch b := e.text[i]; {
	case b == '\t':
		return strings.Repeat(" ", tabWidth), 1
	case b == foldMark:
		return e.label(e.text[i:]), markSize
	case b < ' ':
		return string(rune('␀' + rune(b))), 1 // Unicode has pictures of them
	case b == 0x7F:
		return "␡", 1
	}
	if r, size := utf8.DecodeRune(e.text[i:]); simple(r) > 0 && e.standsAlone(i+size) {
		return string(r), size
	}
	s, size, _ := e.cluster(i)
	return s, size
}

// left returns where the cell before i begins; i is where a cell ends.
func (e *Editor) left(i int) int {
	if i == 0 {
		return 0
	}
	if at := e.markBefore(i); at >= 0 {
		return at
	}
	at := e.sync(i - 1)
	for {
		next := at + e.cell(at).size
		if next >= i {
			return at
		}
		at = next
	}
}

// right returns where the cell at i ends.
func (e *Editor) right(i int) int {
	if i >= len(e.text) {
		return i
	}
	return i + e.cell(i).size
}

// snap returns the first end of a cell that is not before i.
func (e *Editor) snap(i int) int {
	at := e.sync(i)
	for at < i {
		at += e.cell(at).size
	}
	return at
}

// sync returns a place at or before i where a cell certainly begins.
func (e *Editor) sync(i int) int {
	for i > 0 && i < len(e.text) && !utf8.RuneStart(e.text[i]) {
		i--
	}
	for i > 0 && !e.begins(i) {
		_, size := utf8.DecodeLastRune(e.text[:i])
		i -= size
	}
	return i
}

// begins reports whether a cell certainly begins at i, which is not 0.
func (e *Editor) begins(i int) bool {
	if e.text[i-1] == '\n' || e.markBefore(i) >= 0 || i < len(e.text) && e.text[i] == foldMark {
		return true
	}
	r, _ := utf8.DecodeLastRune(e.text[:i])
	return simple(r) > 0 && e.standsAlone(i)
}
