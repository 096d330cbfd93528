package editor

import (
	"slices"
	"sync"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// A Binding says what some keys do.
type Binding struct {
	Keys []string // as [term.Key.String] names them; the first one is the best known
	Does string   // "to the start of the line"
}

// binding is a row of the table of keys. Do returns false if the key means nothing
// at the moment.
type binding struct {
	keys []string
	does string
	do   func(e *Editor) bool
}

// always is for what a key can always do.
func always(do func(e *Editor)) func(e *Editor) bool {
	return func(e *Editor) bool {
		do(e)
		return true
	}
}

// bindings returns the table of keys.
var bindings = sync.OnceValue(func() []binding {
	return []binding{
		{[]string{"shift+enter", "alt+enter", "ctrl+j", "ctrl+enter"}, "new line", always((*Editor).Newline)},

		{[]string{"left", "ctrl+b"}, "character to the left", always((*Editor).charLeft)},
		{[]string{"right", "ctrl+f"}, "character to the right", always((*Editor).charRight)},
		{[]string{"ctrl+left", "alt+b", "alt+left"}, "word to the left", always((*Editor).wordLeft)},
		{[]string{"ctrl+right", "alt+f", "alt+right"}, "word to the right", always((*Editor).wordRight)},
		{[]string{"home", "ctrl+a"}, "start of the line", always((*Editor).lineStart)},
		{[]string{"end", "ctrl+e"}, "end of the line", always((*Editor).lineEnd)},
		{[]string{"ctrl+home", "alt+<"}, "start of the text", always((*Editor).textStart)},
		{[]string{"ctrl+end", "alt+>"}, "end of the text", always((*Editor).textEnd)},
		{[]string{"up"}, "row above, or older message", always((*Editor).up)},
		{[]string{"down"}, "row below, or newer message", always((*Editor).down)},
		{[]string{"pageup"}, "screen up, in a long text", func(e *Editor) bool { return e.page(-1) }},
		{[]string{"pagedown"}, "screen down, in a long text", func(e *Editor) bool { return e.page(1) }},

		{[]string{"ctrl+p"}, "older message", always(func(e *Editor) { e.older() })},
		{[]string{"ctrl+n"}, "newer message", always(func(e *Editor) { e.newer() })},
		{[]string{"ctrl+r"}, "search older messages", always((*Editor).startSearch)},

		{[]string{"backspace", "ctrl+h", "shift+backspace"}, "delete to the left", always((*Editor).eraseLeft)},
		{[]string{"delete"}, "delete to the right", always((*Editor).eraseRight)},
		{[]string{"ctrl+d"}, "delete to the right", func(e *Editor) bool {
			if e.Empty() {
				return false // it leaves the chat
			}
			e.eraseRight()
			return true
		}},
		{[]string{"ctrl+w", "alt+backspace", "ctrl+backspace"}, "cut word to the left", always((*Editor).killWordLeft)},
		{[]string{"alt+d", "ctrl+delete", "alt+delete"}, "cut word to the right", always((*Editor).killWordRight)},
		{[]string{"ctrl+u"}, "cut to start of line", always((*Editor).killLeft)},
		{[]string{"ctrl+k"}, "cut to end of line", always((*Editor).killRight)},
		{[]string{"alt+y"}, "put back what was cut", always((*Editor).yank)},
		{[]string{"ctrl+t"}, "swap two characters", always((*Editor).transpose)},
		{[]string{"ctrl+_", "ctrl+/", "alt+z"}, "undo", always(func(e *Editor) { e.Undo() })},
		{[]string{"alt+Z"}, "redo", always(func(e *Editor) { e.Redo() })},
		{[]string{"ctrl+x"}, "unfold a paste", (*Editor).Unfold},
	}
})

// Bindings returns what the keys do, for help texts.
func Bindings() []Binding {
	var list []Binding
	for _, b := range bindings() {
		list = append(list, Binding{Keys: slices.Clone(b.keys), Does: b.does})
	}
	return list
}

// actions are the bindings by key.
var actions = sync.OnceValue(func() map[string]func(e *Editor) bool {
	m := make(map[string]func(e *Editor) bool)
	for _, b := range bindings() {
		for _, key := range b.keys {
			m[key] = b.do
		}
	}
	return m
})

// Press does what a key means. It returns false if the key means nothing here:
// Enter, Esc, Tab, Ctrl-C, Ctrl-D in an empty text.
func (e *Editor) Press(k term.Key) bool {
	if e.search != nil && e.pressSearch(k) {
		return true
	}
	if k.Types() {
		e.insert(normal(k.Text))
		return true
	}
	do, ok := actions()[k.String()]
	return ok && do(e)
}
