package editor

import (
	"slices"
	"testing"
)

// lines is a history in memory.
type lines []string

func (l *lines) Entries() []string { return slices.Clone(*l) }
func (l *lines) Add(text string)   { *l = append(*l, text) }

func TestHistory(t *testing.T) {
	for _, c := range []struct{ typed, keys, want string }{
		{"", "up", "three|"},
		{"", "up up", "two\nlines|"},
		{"", "up up up", "two|\nlines"},
		{"", "up up up up", "one|"},
		{"", "up up up up up", "|one"},
		{"", "up up up up up down", "two\nlines|"},
		{"draft", "up down", "draft|"},
		{"draft", "left left up up down down", "dra|ft"},
		{"draft", "down", "draft|"},
		{"", "ctrl+p ctrl+p ctrl+p", "one|"},
		{"", "ctrl+p ctrl+p ctrl+p ctrl+n", "two\nlines|"},
		{"", "ctrl+p ctrl+p x ctrl+p ctrl+n", "two\nlinesx|"},
		{"", "ctrl+p x ctrl+p ctrl+n ctrl+n ctrl+p", "threex|"},
		{"draft", "ctrl+p ctrl+p alt+z alt+z", "draft|"},
		{"draft", "ctrl+p ctrl+p alt+z alt+Z ctrl+n ctrl+n", "draft|"},
		{"draft", "ctrl+p ctrl+p alt+z ctrl+n", "draft|"},
		{"three", "ctrl+p", "two\nlines|"}, // not the same again
	} {
		e := New(&lines{"one", "two\nlines", "three", "three"})
		write(e, c.typed)
		press(e, c.keys)
		if got := state(e); got != c.want {
			t.Errorf("%q, keys %s: %q, want %q", c.typed, c.keys, got, c.want)
		}
	}
}

func TestTakeAddsToHistory(t *testing.T) {
	h := &lines{"one"}
	e := New(h)
	press(e, "up x")
	if got := e.Take(); got != "onex" || !e.Empty() {
		t.Errorf("took %q", got)
	}
	e.Insert(" \n")
	e.Take()
	if want := (lines{"one", "onex"}); !slices.Equal(*h, want) {
		t.Errorf("the history is %q, want %q", *h, want)
	}
	press(e, "up up")
	if got := state(e); got != "one|" {
		t.Errorf("what was made of an entry outlives its sending: %q", got)
	}
}

func TestSearch(t *testing.T) {
	history := lines{"go test ./...", "explain Go channels", "explain it", "explain it", "two\nlines of it"}
	for _, c := range []struct {
		keys   string
		want   string
		query  string
		on     bool
		missed bool
	}{
		{"ctrl+r", "draft|", "", true, false},
		{"ctrl+r e x p", "|explain it", "exp", true, false},
		{"ctrl+r e x p ctrl+r", "|explain Go channels", "exp", true, false},
		{"ctrl+r e x p ctrl+r ctrl+r", "|explain Go channels", "exp", true, true},
		{"ctrl+r e x p ctrl+r ctrl+s", "|explain it", "exp", true, false},
		{"ctrl+r g o", "explain |Go channels", "go", true, false},
		{"ctrl+r g o ctrl+r", "|go test ./...", "go", true, false},
		{"ctrl+r g o ctrl+r backspace", "explain |Go channels", "g", true, false},
		{"ctrl+r i t ctrl+r", "explain |it", "it", true, false},
		{"ctrl+r G o", "explain |Go channels", "Go", true, false},
		{"ctrl+r G o ctrl+r", "explain |Go channels", "Go", true, true},
		{"ctrl+r g o backspace backspace", "draft|", "", true, false},
		{"ctrl+r n o n e", "two\nli|nes of it", "none", true, true},
		{"ctrl+r g o esc", "draft|", "", false, false},
		{"ctrl+r g o ctrl+g", "draft|", "", false, false},
		{"ctrl+r g o ctrl+c", "draft|", "", false, false},
		{"ctrl+r g o enter", "explain Go channels|", "", false, false},
		{"ctrl+r g o enter alt+z", "draft|", "", false, false},
		{"ctrl+r g o enter ctrl+n ctrl+n ctrl+n ctrl+n", "draft|", "", false, false},
		{"ctrl+r g o enter up", "go test ./...|", "", false, false},
		{"ctrl+p ctrl+p ! ctrl+r i t ctrl+r enter", "explain it!|", "", false, false},
		{"ctrl+r g o right", "explain G|o channels", "", false, false},
		{"ctrl+r x y z enter", "explain it|", "", false, false},
		{"ctrl+r ctrl+r enter", "draft|", "", false, false},
	} {
		e := New(&history)
		write(e, "draft")
		press(e, c.keys)
		query, on := e.Search()
		if got := state(e); got != c.want || query != c.query || on != c.on || e.Missed() != c.missed {
			t.Errorf("%s: %q, %q, %v, %v, want %q, %q, %v, %v", c.keys, got, query, on, e.Missed(), c.want, c.query, c.on, c.missed)
		}
	}
}

func TestSearchEnds(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(e *Editor)
		want string
	}{
		"Enter":       {func(e *Editor) { e.Enter() }, "an entry|"},
		"Take":        {func(e *Editor) { e.Insert(e.Take()) }, "an entry|"},
		"Set":         {func(e *Editor) { e.Set("set") }, "set|"},
		"Prepend":     {func(e *Editor) { e.Prepend("first") }, "first\ndraft|"},
		"Undo":        {func(e *Editor) { e.Undo() }, "|"},
		"long paste":  {func(e *Editor) { e.Paste("a\nb") }, "an a\nb|entry"},
		"short paste": {func(e *Editor) { e.Paste("ry"); e.Enter() }, "an entry|"},
	} {
		e := New(&lines{"an entry", "end"})
		write(e, "draft")
		press(e, "ctrl+r e n t")
		c.do(e)
		if _, on := e.Search(); on || state(e) != c.want {
			t.Errorf("%s: %v, %q, want %q", name, on, state(e), c.want)
		}
	}
}

func TestSearchWithoutHistory(t *testing.T) {
	e := New(nil)
	press(e, "ctrl+r x up down ctrl+p ctrl+n")
	if !e.Empty() {
		t.Errorf("found %q", e.Text())
	}
}
