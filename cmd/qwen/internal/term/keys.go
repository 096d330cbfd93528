package term

import (
	"bytes"
	"context"
	"unicode/utf8"
)

// A key is a character typed or, below zero, a key without one. It is what lists and
// waits make of an [Event].
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

// nextKey returns the next key and of how many bytes it is made. They stay in
// rest: the key is not yet taken.
func (in *input) nextKey(ctx context.Context) (k key, size int, err error) {
	alone := false
	for {
		if e, size := decodeKey(in.rest, alone); size > 0 {
			return keyOf(e), size, nil
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

// keyOf returns what an event means to a list.
func keyOf(e Event) key {
	k, ok := e.(Key)
	switch {
	case !ok:
		return keyNone
	case k.Types():
		r, size := utf8.DecodeRuneInString(k.Text)
		if size < len(k.Text) || hidden(r) {
			return keyNone
		}
		return key(r)
	case k.Alt:
		return keyNone
	case k.Name == "":
		return controlledKey(k)
	}
	return namedKey(k.Name)
}

// controlledKey is what a letter means with Ctrl. Both Ctrl-C and Ctrl-D end, and a
// line feed is an Enter where the terminal has made one of it.
func controlledKey(k Key) key {
	switch k.String() {
	case "ctrl+j":
		return keyEnter
	case "ctrl+c", "ctrl+d":
		return keyCtrlC
	case "ctrl+h":
		return keyBackspace
	case "ctrl+u", "ctrl+w":
		return keyClear
	case "ctrl+p":
		return keyUp
	case "ctrl+n":
		return keyDown
	}
	return keyNone
}

func namedKey(name string) key {
	switch name {
	case "enter":
		return keyEnter
	case "esc":
		return keyEsc
	case "backspace":
		return keyBackspace
	case "up":
		return keyUp
	case "down":
		return keyDown
	case "pageup":
		return keyPageUp
	case "pagedown":
		return keyPageDown
	case "home":
		return keyHome
	case "end":
		return keyEnd
	}
	return keyNone
}
