package term

import (
	"bytes"
	"context"
	"strings"
	"time"
	"unicode/utf8"
)

// A key is a character typed or, below zero, a key without one.
type key rune

const (
	keyNone key = -1 - iota // nothing that means something here
	keyEnter
	keyEsc
	keyCtrlC
	keyBackspace
	keyClear // Ctrl-U: empties the line
	keyUp
	keyDown
	keyPageUp
	keyPageDown
	keyHome
	keyEnd
)

// escDelay is how long the rest of a key's sequence may take. An Esc that stays
// alone so long is the key Esc.
const escDelay = 50 * time.Millisecond

// maxSequence is longer than any key's sequence, in bytes.
const maxSequence = 32

// nextKey returns the next key and of how many bytes it is made. They stay in
// rest: the key is not yet taken.
func (in *input) nextKey(ctx context.Context) (k key, size int, err error) {
	alone := false
	for {
		if k, size := decodeKey(in.rest, alone); size > 0 {
			return k, size, nil
		}
		wait, cancel := ctx, context.CancelFunc(func() {})
		if len(in.rest) > 0 {
			wait, cancel = context.WithTimeout(ctx, escDelay)
		}
		err := in.more(wait)
		alone = wait.Err() != nil && ctx.Err() == nil
		cancel()
		if err != nil && !alone {
			return keyNone, 0, err
		}
	}
}

// sendKeys sends keys until ctx is done or there are no more. A key that nobody
// received stays in the input, for the next question to read as a line.
func (in *input) sendKeys(ctx context.Context, keys chan<- key) error {
	defer func() { in.rest = bytes.ReplaceAll(in.rest, []byte("\r"), []byte("\n")) }()
	for {
		k, size, err := in.nextKey(ctx)
		if err != nil {
			return err
		}
		select {
		case keys <- k:
			in.rest = in.rest[size:]
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// decodeKey returns the key that p begins with and its length, which is 0 if
// more bytes are needed. Alone says that no more are to be expected.
func decodeKey(p []byte, alone bool) (key, int) {
	switch {
	case len(p) == 0:
		return keyNone, 0
	case p[0] == byte(esc):
		return decodeEscape(p, alone)
	case p[0] < ' ' || p[0] == 0x7F:
		return controlKey(p[0]), 1
	case !utf8.FullRune(p) && !alone:
		return keyNone, 0
	}
	r, size := utf8.DecodeRune(p)
	if r == utf8.RuneError && size == 1 || hidden(r) {
		return keyNone, size
	}
	return key(r), size
}

func controlKey(b byte) key {
	switch b {
	case '\r', '\n':
		return keyEnter
	case 'C' & 0x1F, 'D' & 0x1F:
		return keyCtrlC
	case 'H' & 0x1F, 0x7F:
		return keyBackspace
	case 'U' & 0x1F, 'W' & 0x1F:
		return keyClear
	case 'P' & 0x1F:
		return keyUp
	case 'N' & 0x1F:
		return keyDown
	}
	return keyNone
}

// decodeEscape decodes what begins with an Esc: the key itself, a sequence of
// ECMA-48 ("Esc [ 1 ; 5 A") or of the application mode ("Esc O A"), or a
// character typed with Alt, which means nothing here.
func decodeEscape(p []byte, alone bool) (key, int) {
	switch {
	case len(p) == 1 && !alone:
		return keyNone, 0
	case len(p) == 1, p[1] == byte(esc):
		return keyEsc, 1
	case p[1] != '[' && p[1] != 'O':
		return keyNone, 2
	}
	for i := 2; i < min(len(p), maxSequence); i++ {
		if p[i] >= 0x40 && p[i] <= 0x7E {
			return sequenceKey(string(p[2:i]), p[i]), i + 1
		}
	}
	if alone || len(p) >= maxSequence {
		return keyNone, len(p)
	}
	return keyNone, 0
}

// sequenceKey names the key of a sequence by its final byte and, where that is
// '~', by the first parameter. Further parameters are modifiers.
func sequenceKey(parameters string, final byte) key {
	switch final {
	case 'A':
		return keyUp
	case 'B':
		return keyDown
	case 'H':
		return keyHome
	case 'F':
		return keyEnd
	case '~':
		number, _, _ := strings.Cut(parameters, ";")
		return numberedKey(number)
	}
	return keyNone
}

func numberedKey(number string) key {
	switch number {
	case "1", "7":
		return keyHome
	case "4", "8":
		return keyEnd
	case "5":
		return keyPageUp
	case "6":
		return keyPageDown
	}
	return keyNone
}
