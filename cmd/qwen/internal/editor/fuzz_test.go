package editor

import (
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// texts are what the fuzz test types and pastes.
var texts = []string{
	"a", "b", " ", "word ", "\t", "世界", "，", "한국어", "e\u0301", "\u0301", "👩\u200d", "👩", "🇩", "\u1100", "가", "\u0600", "नि", "\x1b[1m", "\u202e",
	"\r\n", "\xff\x80", `\`, strings.Repeat("x", 30), strings.Repeat("long 世界 ", 200), strings.Repeat("p\n", 12), "©\ufe0f",
}

// A modelled editor knows what its text has to be.
type modelled struct {
	*Editor
}

// inserts does something that puts text at the cursor.
func (m *modelled) inserts(t *testing.T, text string, do func()) {
	_, searching := m.Search()
	before := m.Before()
	after := strings.TrimPrefix(m.Text(), before)
	do()
	if want := before + normal(text) + after; !searching && m.Text() != want {
		t.Fatalf("%q at the end of %q: the text is %q", text, before, m.Text())
	}
}

func (m *modelled) step(t *testing.T, op, arg byte) {
	text := texts[int(arg)%len(texts)]
	switch op % 16 {
	case 0:
		m.inserts(t, text, func() { m.Insert(text) })
	case 1:
		m.inserts(t, text, func() { m.Paste(text) })
	case 2:
		m.inserts(t, text, func() { m.Press(term.Key{Text: text}) })
	case 3:
		m.Prepend(text)
	case 4:
		m.Set(m.Text() + text)
	case 5:
		before := m.Before()
		m.Replace(len(before), text)
	case 6:
		m.Enter()
	case 7:
		if text := m.Text(); m.Take() != text || !m.Empty() {
			t.Fatal("took something else")
		}
	case 8:
		m.undoAndRedo(t)
	default:
		table := bindings()
		b := table[int(arg)%len(table)]
		m.Press(key(b.keys[int(op)%len(b.keys)]))
	}
}

// undoAndRedo checks that an Undo and a Redo change nothing.
func (m *modelled) undoAndRedo(t *testing.T) {
	if _, on := m.Search(); on {
		return
	}
	before, undone := m.Text(), len(m.undone)
	if !m.Undo() {
		return
	}
	if m.Redo(); m.Text() != before || len(m.undone) != undone {
		t.Fatalf("%q undone and done again is %q", before, m.Text())
	}
}

func (m *modelled) check(t *testing.T, columns, rows int) {
	if m.cursor < 0 || m.cursor > len(m.text) || m.snap(m.cursor) != m.cursor {
		t.Fatalf("%q: the cursor is at %d, within a character", m.text, m.cursor)
	}
	if !strings.HasPrefix(m.Text(), m.Before()) {
		t.Fatalf("%q does not begin with %q", m.Text(), m.Before())
	}
	if at := m.right(m.cursor); m.left(at) != m.cursor && at != m.cursor {
		t.Fatalf("%q: from %d right to %d and left to %d", m.text, m.cursor, at, m.left(at))
	}
	checkView(t, m.Editor, columns, rows)
	checkLayout(t, m.Editor, columns)
}

// Any keys and pastes leave the cursor between characters, the text whole and the
// view within its bounds; and all of it can be undone.
func FuzzEditor(f *testing.F) {
	f.Add([]byte{0, 1, 1, 24, 9, 3, 9, 20, 9, 21, 8, 0})
	f.Add([]byte{1, 24, 0, 5, 9, 13, 2, 0, 2, 1, 6, 0, 7, 0, 9, 9, 9, 9})
	f.Add([]byte{0, 10, 0, 11, 0, 8, 9, 1, 9, 1, 0, 12, 0, 12, 0, 13, 0, 14, 9, 16})
	f.Add([]byte{0, 22, 0, 23, 9, 9, 9, 9, 0, 9, 9, 10, 3, 24, 4, 24, 9, 25})
	f.Add([]byte("0B0AACAAAAAAAAAAAAAAAAAAAAAA&AAAAAAc")) // a character that is wider than the screen
	f.Add([]byte("1@@@@@@@@@@@@@@@@@@@@@@@@@@@@J@C@@!@!9802080\x16@970"))
	f.Fuzz(func(t *testing.T, script []byte) {
		m := &modelled{Editor: New(&lines{"one", "two\nlines", strings.Repeat("many words ", 50)})}
		script = script[:min(len(script), 400)] // all can be undone
		for len(script) >= 2 && len(m.Text()) < 20_000 {
			op, arg := script[0], script[1]
			script = script[2:]
			m.step(t, op, arg)
			m.check(t, 10+int(op>>4)*8, 1+int(arg>>5))
		}
		for m.Undo() {
		}
		if m.Text() != "" {
			t.Fatalf("all undone, there is %q", m.Text())
		}
	})
}
