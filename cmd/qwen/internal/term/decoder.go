package term

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// What is awaited, and how long at most.
const (
	// escDelay is how long the rest of a key's sequence may take. An Esc that stays
	// alone so long is the key Esc.
	escDelay = 50 * time.Millisecond

	// sequenceDelay is the same for a sequence that no key begins by itself, and for
	// the rest of a character: such a one only waits for the network.
	sequenceDelay = 500 * time.Millisecond

	// burstDelay is how long nothing arrives after a paste without marks.
	burstDelay = 30 * time.Millisecond

	// pasteDelay is how long nothing arrives until the end mark of a paste is taken
	// for lost. The keys must not be dead for ever then.
	pasteDelay = 3 * time.Second
)

// burstLength is the number of bytes at once that are a paste and no typing.
const burstLength = 128

// A decoder makes events of the bytes that a terminal sends. It does not know the
// time: whoever reads tells it what arrived at once, and what did not arrive within
// [decoder.patience].
//
// Not all terminals put marks around what is pasted. Therefore text that arrives at
// once with a line end in its middle is a paste too, and so is a lot of text; then
// all that follows without a pause belongs to it. Text with a line end behind it may
// have been typed, fast or by a program, and ends with the key Enter.
type decoder struct {
	rest   []byte // arrived and not decoded yet
	state  pasteState
	pasted []byte // of the paste that goes on
	events []Event
}

// pasteState says whether a paste goes on.
type pasteState uint8

const (
	noPaste pasteState = iota
	markedPaste
	burst
)

// feed decodes p, which arrived at once.
func (d *decoder) feed(p []byte) []Event {
	d.rest = append(d.rest, p...)
	return d.decode(false)
}

// late decodes what is left when nothing has arrived for so long as
// [decoder.patience] says.
func (d *decoder) late() []Event {
	if d.state != noPaste && len(d.rest) == 0 || d.state == markedPaste {
		d.endPaste(true)
	}
	return d.decode(true)
}

// patience returns how long to wait for more before it is late; 0 if nothing is
// awaited.
func (d *decoder) patience() time.Duration {
	switch {
	case d.state == markedPaste:
		return pasteDelay
	case len(d.rest) > 2 || len(d.rest) > 0 && d.rest[0] != byte(esc):
		return sequenceDelay
	case len(d.rest) > 0:
		return escDelay
	case d.state == burst:
		return burstDelay
	}
	return 0
}

// decode takes all events from the rest that are whole. Alone says that no more is
// to be expected for now.
func (d *decoder) decode(alone bool) []Event {
	for used := -1; used != 0 && len(d.rest) > 0; {
		if d.state == markedPaste {
			used = d.marked()
		} else {
			used = d.next(alone)
		}
		d.rest = d.rest[used:]
	}
	if len(d.rest) == 0 {
		d.rest = nil // frees what a large paste took
	}
	events := d.events
	d.events = nil
	return events
}

// next takes what the rest begins with: a sequence, a control character, or as much
// plain text as there is. It returns of how many bytes that is.
func (d *decoder) next(alone bool) (used int) {
	if n := plainRun(d.rest); n > 0 {
		return d.plain(d.rest[:n], alone || n < len(d.rest))
	}
	e, size := decodeKey(d.rest, alone)
	if e == nil {
		return size
	}
	_, mark := e.(pasteMark)
	if d.endPaste(mark); mark {
		d.state = markedPaste
	} else {
		d.events = append(d.events, e)
	}
	return size
}

// plainRun returns the length of the text that p begins with: all but the control
// characters that are no line ends and no tab.
func plainRun(p []byte) int {
	for i, b := range p {
		if b < ' ' && b != '\t' && b != '\r' && b != '\n' || b == 0x7F {
			return i
		}
	}
	return len(p)
}

// plain takes a run of plain text. Its last bytes may be the beginning of a
// character: one to come, unless the run is whole.
func (d *decoder) plain(run []byte, whole bool) (used int) {
	used = len(run)
	run = run[:used-partialRune(run)]
	if !whole {
		used = len(run)
	}
	if d.state == noPaste && isBurst(run) {
		d.state = burst
	}
	if d.state == burst {
		d.pasted = append(d.pasted, run...)
	} else {
		d.typed(run)
	}
	return used
}

// partialRune returns how many bytes at the end of p are the beginning of a
// character.
func partialRune(p []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		if b := p[len(p)-n]; utf8.RuneStart(b) {
			if utf8.FullRune(p[len(p)-n:]) {
				return 0
			}
			return n
		}
	}
	return 0
}

// isBurst reports whether text that arrived at once cannot have been typed.
func isBurst(text []byte) bool {
	return len(text) >= burstLength || hasInnerLineEnd(text)
}

// hasInnerLineEnd reports whether there is a line end with text before and behind
// it.
func hasInnerLineEnd(text []byte) bool {
	return bytes.ContainsAny(bytes.Trim(text, "\r\n"), "\r\n")
}

// typed adds the keys that type text.
func (d *decoder) typed(text []byte) {
	for state := -1; len(text) > 0; {
		var cluster []byte
		if plainByte(text[0]) && (len(text) == 1 || text[1] < utf8.RuneSelf) {
			cluster, text, state = text[:1], text[1:], -1
		} else {
			cluster, text, _, state = uniseg.FirstGraphemeCluster(text, state)
		}
		if key, ok := typedKey(cluster); ok {
			d.events = append(d.events, key)
		}
	}
}

// typedKey returns the key that types a cluster, if one does.
func typedKey(cluster []byte) (key Key, ok bool) {
	if string(cluster) == "\r\n" {
		return Key{Name: "enter"}, true
	}
	if cluster[0] < ' ' {
		return controlKey(cluster[0]), true
	}
	text := plainText(cluster)
	return Key{Text: text}, text != ""
}

// marked takes what belongs to a paste between marks, which may end in the rest.
func (d *decoder) marked() (used int) {
	if i := bytes.Index(d.rest, []byte(pasteEnd)); i >= 0 {
		d.pasted = append(d.pasted, d.rest[:i]...)
		d.endPaste(true)
		return i + len(pasteEnd)
	}
	used = len(d.rest) - partialEnd(d.rest)
	d.pasted = append(d.pasted, d.rest[:used]...)
	return used
}

// partialEnd returns how many bytes at the end of p may be the beginning of the mark
// that ends a paste.
func partialEnd(p []byte) int {
	for n := min(len(pasteEnd)-1, len(p)); n > 0; n-- {
		if bytes.HasSuffix(p, []byte(pasteEnd[:n])) {
			return n
		}
	}
	return 0
}

// endPaste adds the event of the paste that goes on. It is over then, unless it goes
// on without marks: a key amid such a burst is a key, and what follows is pasted
// again.
func (d *decoder) endPaste(over bool) {
	marked := d.state == markedPaste
	if over {
		d.state = noPaste
	}
	raw := d.pasted
	d.pasted = nil
	if !marked && !hasInnerLineEnd(raw) {
		d.line(raw)
		return
	}
	if text := plainText(raw); text != "" {
		d.events = append(d.events, Paste{Text: text})
	}
}

// line adds one line that arrived in a burst. What ends it are keys.
func (d *decoder) line(raw []byte) {
	text := bytes.TrimRight(raw, "\r\n")
	start := len(text) - len(bytes.TrimLeft(text, "\r\n"))
	d.typed(text[:start])
	if text := plainText(text[start:]); text != "" {
		d.events = append(d.events, Paste{Text: text})
	}
	d.typed(raw[len(text):])
}

// plainText returns p without what is no text: control characters other than tab and
// line end, and bytes that are no UTF-8. Line ends are "\n".
func plainText(p []byte) string {
	var b strings.Builder
	b.Grow(len(p))
	for i := 0; i < len(p); {
		r, size := utf8.DecodeRune(p[i:])
		switch {
		case r == '\r':
			b.WriteByte('\n')
			if i+1 < len(p) && p[i+1] == '\n' {
				i++
			}
		case r == '\n' || r == '\t' || r >= ' ' && r < 0x7F || r > 0x9F && (r != utf8.RuneError || size > 1):
			b.Write(p[i : i+size])
		}
		i += size
	}
	return b.String()
}
