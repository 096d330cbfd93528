package term

import "strings"

// An Event is something that happens at a [Console]: a [Key], a [Paste], a [Resize],
// a [Background] or a [Focus].
type Event interface{ isEvent() }

// A Key is one press of a key. Compare its [Key.String] with names such as "a",
// "enter", "shift+enter", "ctrl+c", "alt+b" and "up".
type Key struct {
	// Text is what the key types, one character most often; with Ctrl or Alt, the
	// letter on the key. It is empty for a key that Name names.
	Text string
	Name string // "enter", "esc", "tab", "backspace", "delete", "insert", "up", "down", "left", "right", "home", "end", "pageup", "pagedown", "f1" …

	Ctrl, Alt, Shift bool // Shift only for keys with a Name
}

// String returns the name of the key with its modifiers, in the order ctrl, alt,
// shift.
func (k Key) String() string {
	var b strings.Builder
	for _, m := range []struct {
		held bool
		name string
	}{{k.Ctrl, "ctrl+"}, {k.Alt, "alt+"}, {k.Shift, "shift+"}} {
		if m.held {
			b.WriteString(m.name)
		}
	}
	return b.String() + k.Name + k.Text
}

// Types reports whether the key types text.
func (k Key) Types() bool { return k.Name == "" && !k.Ctrl && !k.Alt && k.Text != "" }

// A Paste is text that arrived at once: between the terminal's marks, or in a burst
// that nobody can type, because it is long or there are line ends within. Line ends
// are "\n".
type Paste struct{ Text string }

// A Resize says that the terminal's size has changed.
type Resize struct{}

// A Background is the terminal's answer to which background it has.
type Background struct{ Dark bool }

// A Focus says that the terminal's window came to the front, or left it.
type Focus struct{ In bool }

func (Key) isEvent()        {}
func (Paste) isEvent()      {}
func (Resize) isEvent()     {}
func (Background) isEvent() {}
func (Focus) isEvent()      {}

// A Frame is the live region of a [Console]: what is painted over until it is
// finished.
type Frame struct {
	Lines       []string // with SGR sequences and OSC 8 links only; none wider than the terminal
	Row, Column int      // of the cursor, from 0
	HideCursor  bool

	// Spare is how many of the first lines matter least, such as the beginning of an
	// answer that still grows. Some are left out if else the frame would not stay on
	// the screen when the terminal becomes much narrower and breaks its lines: what
	// leaves the screen cannot be taken back.
	Spare int
}
