package term

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSequence and maxString are longer than any sequence and any answer that a
// terminal sends, in bytes.
const (
	maxSequence = 256
	maxString   = 4096
)

// What a terminal sends beside the exported events.
type (
	// pasteMark begins a paste.
	pasteMark struct{}

	// position is where the cursor is, counted from 1.
	position struct{ row, column int }

	// attributes tells what kind of terminal it is. Every terminal answers with it,
	// after the answers to all that was asked before.
	attributes struct{}

	// version is the name of the terminal and its version.
	version struct{ name string }
)

func (pasteMark) isEvent()  {}
func (position) isEvent()   {}
func (attributes) isEvent() {}
func (version) isEvent()    {}

// decodeKey returns the event that p begins with and its length, which is 0 if more
// bytes are needed. The event is nil for what means nothing: sequences that are not
// known are taken whole. Alone says that no more bytes are to be expected.
func decodeKey(p []byte, alone bool) (Event, int) {
	switch {
	case len(p) == 0:
		return nil, 0
	case p[0] == byte(esc):
		return decodeEscape(p, alone)
	case p[0] < ' ' || p[0] == 0x7F:
		return controlKey(p[0]), 1
	}
	return decodeRune(p, alone)
}

func decodeRune(p []byte, alone bool) (Event, int) {
	if !utf8.FullRune(p) && !alone {
		return nil, 0
	}
	_, size := utf8.DecodeRune(p)
	if text := plainText(p[:size]); text != "" {
		return Key{Text: text}, size
	}
	return nil, size
}

// controlKey names a control character by its key. Line feed and carriage return are
// two keys: a terminal in key mode does not mix them up.
func controlKey(b byte) Key {
	switch b {
	case '\r':
		return Key{Name: "enter"}
	case '\t':
		return Key{Name: "tab"}
	case byte(esc):
		return Key{Name: "esc"}
	case 0x7F:
		return Key{Name: "backspace"}
	case 0:
		return Key{Name: "space", Ctrl: true}
	}
	return Key{Text: string(unicode.ToLower(rune(b | 0x40))), Ctrl: true}
}

// decodeEscape decodes what begins with an Esc: the key itself, a sequence of
// ECMA-48 ("Esc [ 1 ; 5 A"), one of the application mode ("Esc O A"), an answer
// ("Esc ] 11 ; ..."), or a key pressed with Alt. An Esc before another Esc is a key:
// people are faster than escDelay.
func decodeEscape(p []byte, alone bool) (Event, int) {
	switch {
	case len(p) == 1 && !alone:
		return nil, 0
	case len(p) == 1, p[1] == byte(esc):
		return Key{Name: "esc"}, 1
	case len(p) == 2 && alone:
		return altKey(p, alone)
	}
	switch p[1] {
	case '[':
		return decodeCSI(p, alone)
	case 'O':
		return decodeSS3(p, alone)
	case ']', 'P':
		if len(p) == 2 || beginsAnswer(p[1], p[2]) {
			return decodeString(p, alone)
		}
	}
	return altKey(p, alone)
}

// altKey decodes a key that was pressed with Alt.
func altKey(p []byte, alone bool) (Event, int) {
	e, size := decodeKey(p[1:], alone)
	if size == 0 {
		return nil, 0
	}
	key, ok := e.(Key)
	if !ok {
		return nil, 1 + size
	}
	key.Alt = true
	return spaceNamed(key), 1 + size
}

// spaceNamed names the space bar where it types no space.
func spaceNamed(key Key) Key {
	if key.Text == " " && (key.Ctrl || key.Alt) {
		key.Text, key.Name = "", "space"
	}
	return key
}

// decodeCSI decodes "Esc [", parameters, and a final byte. What breaks the form ends
// the sequence and is looked at by itself.
func decodeCSI(p []byte, alone bool) (Event, int) {
	i := 2
	if len(p) > 2 && p[2] == '[' { // a function key of the Linux console: Esc [ [ A
		i++
	}
	for ; i < min(len(p), maxSequence); i++ {
		switch b := p[i]; {
		case b < ' ' || b > 0x7E:
			return nil, i
		case b == 'M' && i == 2:
			return decodeMouse(p, alone)
		case b >= 0x40:
			return sequenceEvent(string(p[2:i]), b), i + 1
		}
	}
	if alone || i >= maxSequence {
		return nil, i
	}
	return nil, 0
}

// decodeMouse takes what a mouse sends that another program has left switched on:
// "Esc [ M" and three bytes.
func decodeMouse(p []byte, alone bool) (Event, int) {
	const size = 6
	if len(p) < size && !alone {
		return nil, 0
	}
	return nil, min(size, len(p))
}

// decodeSS3 decodes "Esc O" and a letter, between which some terminals put the
// modifiers.
func decodeSS3(p []byte, alone bool) (Event, int) {
	i := 2
	for i < len(p) && i < maxSequence && p[i] >= '0' && p[i] <= '9' {
		i++
	}
	switch {
	case i >= maxSequence, i == len(p) && alone:
		return nil, i
	case i == len(p):
		return nil, 0
	case p[i] < 0x40 || p[i] > 0x7E:
		return altKey(p[:2], true)
	}
	key, ok := applicationKey(p[i])
	if !ok {
		return nil, i + 1
	}
	return modified(key, string(p[2:i])), i + 1
}

// applicationKey names a key by its letter in the application mode. In that of the
// keypad, a letter stands for the character on the key.
func applicationKey(letter byte) (key Key, ok bool) {
	switch {
	case letter == 'M':
		return Key{Name: "enter"}, true
	case letter == 'I':
		return Key{Name: "tab"}, true
	case letter == 'X':
		return Key{Text: "="}, true
	case letter >= 'j' && letter <= 'y':
		return Key{Text: string(letter - 'j' + '*')}, true
	}
	name := letterKey(letter)
	return Key{Name: name}, name != ""
}

// beginsAnswer tells the answers that terminals give, which are of two kinds, from
// Alt-] and Alt-P and text that follows these keys.
func beginsAnswer(kind, next byte) bool {
	if kind == ']' {
		return next >= '0' && next <= '9' // OSC and its number
	}
	return bytes.IndexByte([]byte("01>!"), next) >= 0 // DCS
}

// decodeString decodes a control string: an answer to what the terminal was asked.
func decodeString(p []byte, alone bool) (Event, int) {
	for i := 2; i < min(len(p), maxString); i++ {
		switch b := rune(p[i]); {
		case b == bel:
			return stringEvent(p[1], p[2:i]), i + 1
		case b == esc && i+1 == len(p) && !alone:
			return nil, 0
		case b == esc && i+1 < len(p) && p[i+1] == '\\':
			return stringEvent(p[1], p[2:i]), i + 2
		case b < ' ', b == 0x7F:
			return nil, i // not terminated
		}
	}
	if alone || len(p) >= maxString {
		return nil, min(len(p), maxString)
	}
	return nil, 0
}

// stringEvent returns what a control string says: the background's colour (OSC 11)
// or the terminal's version (DCS > |).
func stringEvent(kind byte, text []byte) Event {
	switch {
	case kind == ']' && bytes.HasPrefix(text, []byte("11;")):
		if dark, ok := darkColor(string(text[len("11;"):])); ok {
			return Background{Dark: dark}
		}
	case kind == 'P' && bytes.HasPrefix(text, []byte(">|")):
		return version{string(text[len(">|"):])}
	}
	return nil
}

// darkColor reports whether a colour is dark, in the notation of X11: "rgb:" and
// three hexadecimal numbers of one to four digits, or "#" and six digits. See
// https://www.x.org/releases/current/doc/man/man7/X.7.xhtml ("Color names").
func darkColor(spec string) (dark, ok bool) {
	var parts []string
	if hex, found := strings.CutPrefix(spec, "#"); found && len(hex) == 6 {
		parts = []string{hex[:2], hex[2:4], hex[4:]}
	} else if _, rgb, found := strings.Cut(spec, ":"); found {
		parts = strings.Split(rgb, "/")
	}
	if len(parts) < 3 {
		return false, false
	}
	var light float64 // of 1, as ITU-R BT.601 weighs the three
	for i, weight := range [...]float64{0.299, 0.587, 0.114} {
		n, err := strconv.ParseUint(parts[i], 16, 16)
		if err != nil {
			return false, false
		}
		light += weight * float64(n) / float64(uint(1)<<(4*len(parts[i]))-1)
	}
	return light < 0.5, true
}

// sequenceEvent returns the meaning of a CSI sequence. See
// https://invisible-island.net/xterm/ctlseqs/ctlseqs.html#h2-PC-Style-Function-Keys
// and https://sw.kovidgoyal.net/kitty/keyboard-protocol/.
func sequenceEvent(parameters string, final byte) Event {
	if strings.HasPrefix(parameters, "?") {
		return report(parameters[1:], final)
	}
	first, rest, _ := strings.Cut(parameters, ";")
	var key Key
	ok := false
	switch {
	case parameters == "[" && final >= 'A' && final <= 'E':
		return Key{Name: "f" + string(final-'A'+'1')}
	case final == 'I' && parameters == "":
		return Focus{In: true}
	case final == 'O' && parameters == "":
		return Focus{}
	case final == 'u':
		return codeKey(first, rest)
	case final == '~' && first == "200":
		return pasteMark{}
	case final == '~' && first == "27":
		modifiers, code, _ := strings.Cut(rest, ";")
		return codeKey(code, modifiers)
	case final == '~':
		key.Name, ok = numberKey(first)
	case final == 'Z':
		key, ok = Key{Name: "tab", Shift: true}, true
	case strings.Trim(first, "0123456789") == "":
		key.Name = letterKey(final)
		ok = key.Name != ""
	}
	if !ok {
		return nil
	}
	return modified(key, rest)
}

// report returns what the terminal says about itself.
func report(parameters string, final byte) Event {
	switch final {
	case 'c':
		return attributes{}
	case 'R':
		row, rest, _ := strings.Cut(parameters, ";")
		column, _, _ := strings.Cut(rest, ";")
		r, err1 := strconv.Atoi(row)
		c, err2 := strconv.Atoi(column)
		if err1 == nil && err2 == nil {
			return position{r, c}
		}
	}
	return nil
}

// letterKey names a key by the final byte of its sequence, "" for none.
func letterKey(letter byte) string {
	switch letter {
	case 'A':
		return "up"
	case 'B':
		return "down"
	case 'C':
		return "right"
	case 'D':
		return "left"
	case 'H':
		return "home"
	case 'F':
		return "end"
	case 'P', 'Q', 'R', 'S':
		return "f" + string(letter-'P'+'1')
	}
	return ""
}

// numberKey names a key by the number in its sequence, "Esc [ 5 ~".
func numberKey(number string) (name string, ok bool) {
	n, err := strconv.Atoi(number)
	if err != nil {
		return "", false
	}
	switch n {
	case 1, 7:
		return "home", true
	case 2:
		return "insert", true
	case 3:
		return "delete", true
	case 4, 8:
		return "end", true
	case 5:
		return "pageup", true
	case 6:
		return "pagedown", true
	}
	// The numbers of the function keys have gaps, as their groups on the keyboard of
	// the VT220 had.
	const functionKeys = "\x0b\x0c\x0d\x0e\x0f\x11\x12\x13\x14\x15\x17\x18\x19\x1a\x1c\x1d\x1f\x20\x21\x22"
	if n > 0 && n < 0x80 {
		if i := strings.IndexByte(functionKeys, byte(n)); i >= 0 {
			return "f" + strconv.Itoa(i+1), true
		}
	}
	return "", false
}

// The modifiers in a sequence are these bits plus 1. Those for the locks are not
// looked at.
const (
	shiftBit = 1 << iota
	altBit
	ctrlBit
	superBit
	hyperBit
	metaBit
)

// modifierBits returns the modifiers of "5" or "5:1;...", and whether the key was
// pressed, and not released.
func modifierBits(parameters string) (bits int, pressed bool) {
	field, _, _ := strings.Cut(parameters, ";")
	modifiers, event, _ := strings.Cut(field, ":")
	if n, err := strconv.Atoi(modifiers); err == nil && n > 0 {
		bits = n - 1
	}
	return bits, event != "3"
}

// modified returns a key with the modifiers of its sequence; nil for a key that is
// released, and for keys of the window system.
func modified(key Key, parameters string) Event {
	bits, pressed := modifierBits(parameters)
	if !pressed || bits&(superBit|hyperBit) != 0 {
		return nil
	}
	shift := bits&shiftBit != 0
	key.Ctrl = bits&ctrlBit != 0
	key.Alt = bits&(altBit|metaBit) != 0
	switch {
	case key.Name != "":
		key.Shift = key.Shift || shift
	case key.Ctrl:
		key.Text = strings.ToLower(key.Text)
	case shift:
		key.Text = strings.ToUpper(key.Text)
	}
	return spaceNamed(key)
}

// codeKey returns the key whose character has the given code, in the protocol of
// kitty or in xterm's "modifyOtherKeys".
func codeKey(code, parameters string) Event {
	code, _, _ = strings.Cut(code, ":")
	n, err := strconv.Atoi(code)
	if err != nil || n < 0 || n > unicode.MaxRune {
		return nil
	}
	if name := codeName(rune(n)); name != "" {
		return modified(Key{Name: name}, parameters)
	}
	text := plainText([]byte(string(keypadRune(rune(n)))))
	if text == "" || unicode.Is(unicode.Co, []rune(text)[0]) {
		return nil // a key without a name here, such as those of media players
	}
	return modified(Key{Text: text}, parameters)
}

// codeName names the keys that type no character.
func codeName(code rune) string {
	switch code {
	case '\r', '\n', 57414:
		return "enter"
	case '\t':
		return "tab"
	case esc:
		return "esc"
	case '\b', 0x7F:
		return "backspace"
	}
	// The keypad without Num Lock.
	keypad := [...]string{"left", "right", "up", "down", "pageup", "pagedown", "home", "end", "insert", "delete"}
	if i := code - 57417; i >= 0 && int(i) < len(keypad) {
		return keypad[i]
	}
	if code >= 57376 && code <= 57398 {
		return "f" + strconv.Itoa(int(code)-57376+13)
	}
	return ""
}

// keypadRune returns the character on a key of the keypad.
func keypadRune(code rune) rune {
	const keypad = "0123456789./*-+"
	switch {
	case code >= 57399 && code < 57399+rune(len(keypad)):
		return rune(keypad[code-57399])
	case code == 57415:
		return '='
	case code == 57416:
		return ','
	}
	return code
}
