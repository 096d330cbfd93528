package term

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// eventNames writes events in one line: keys by name, apart from those that type text.
func eventNames(events []Event) string {
	var b strings.Builder
	for _, e := range events {
		switch e := e.(type) {
		case Key:
			if e.Types() {
				fmt.Fprintf(&b, "%s ", e.Text)
			} else {
				fmt.Fprintf(&b, "<%s> ", e)
			}
		case Paste:
			fmt.Fprintf(&b, "paste%q ", e.Text)
		default:
			fmt.Fprintf(&b, "%T%v ", e, e)
		}
	}
	return strings.TrimSpace(strings.ReplaceAll(b.String(), "term.", ""))
}

// decodeChunks decodes chunks that arrive without a pause, and then a pause.
func decodeChunks(chunks ...string) []Event {
	var d decoder
	var events []Event
	for _, c := range chunks {
		events = append(events, d.feed([]byte(c))...)
	}
	for d.patience() > 0 {
		events = append(events, d.late()...)
	}
	return events
}

var eventCases = []struct{ in, want string }{
	// Text.
	{"aé世🙂 A", "a é 世 🙂   A"},
	{"👩‍👩‍👧e\u0301🇩🇪", "👩‍👩‍👧 e\u0301 🇩🇪"},
	{"a\xffb\u0085c", "a b c"},
	{"\xe4\xb8", ""},

	// Control characters.
	{"\r", "<enter>"},
	{"\n", "<ctrl+j>"},
	{"\t\x7f\x1b[Z", "<tab> <backspace> <shift+tab>"},
	{"\x01\x03\x08\x1a\x1c\x1f\x00", "<ctrl+a> <ctrl+c> <ctrl+h> <ctrl+z> <ctrl+\\> <ctrl+_> <ctrl+space>"},

	// Alt and Esc.
	{"\x1b", "<esc>"},
	{"\x1b\x1b", "<esc> <esc>"},
	{"\x1b\x1b[A", "<esc> <up>"},
	{"\x1b\x1bOA", "<esc> <up>"},
	{"\x1bb\x1bB\x1bé\x1b.\x1b ", "<alt+b> <alt+B> <alt+é> <alt+.> <alt+space>"},
	{"\x1b\r\x1b\x7f\x1b\x03", "<alt+enter> <alt+backspace> <ctrl+alt+c>"},
	{"\x1b[", "<alt+[>"},
	{"\x1bO", "<alt+O>"},
	{"\x1b]", "<alt+]>"},
	{"\x1bPhello", "<alt+P> h e l l o"},
	{"\x1b]hello", "<alt+]> h e l l o"},
	{"\x1b^\x1b_\x1bX", "<alt+^> <alt+_> <alt+X>"},

	// Cursor and function keys.
	{"\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F", "<up> <down> <right> <left> <home> <end>"},
	{"\x1bOA\x1bOB\x1bOC\x1bOD\x1bOH\x1bOF\x1bO5D", "<up> <down> <right> <left> <home> <end> <ctrl+left>"},
	{"\x1b[1;2A\x1b[1;3B\x1b[1;5C\x1b[1;6D\x1b[1;8H", "<shift+up> <alt+down> <ctrl+right> <ctrl+shift+left> <ctrl+alt+shift+home>"},
	{"\x1b[1~\x1b[2~\x1b[3~\x1b[4~\x1b[5~\x1b[6~\x1b[7~\x1b[8~", "<home> <insert> <delete> <end> <pageup> <pagedown> <home> <end>"},
	{"\x1b[3;5~\x1b[5;2~", "<ctrl+delete> <shift+pageup>"},
	{"\x1bOP\x1bOS\x1b[11~\x1b[15~\x1b[17~\x1b[21~\x1b[24~\x1b[25~\x1b[[A\x1b[[E", "<f1> <f4> <f1> <f5> <f6> <f10> <f12> <f13> <f1> <f5>"},
	{"\x1b[1;5P\x1b[15;2~", "<ctrl+f1> <shift+f5>"},
	{"\x1bOM\x1bOj\x1bOp\x1bOy\x1bOX", "<enter> * 0 9 ="},

	// The protocol of kitty and modifyOtherKeys.
	{"\x1b[27u\x1b[13;2u\x1b[13;3u\x1b[13;5u\x1b[9;2u\x1b[127;5u", "<esc> <shift+enter> <alt+enter> <ctrl+enter> <shift+tab> <ctrl+backspace>"},
	{"\x1b[27;2;13~\x1b[27;5;13~\x1b[27;5;9~\x1b[27;6;67~", "<shift+enter> <ctrl+enter> <ctrl+tab> <ctrl+c>"},
	{"\x1b[99;5u\x1b[99;6u\x1b[97;3u\x1b[97;4u\x1b[32;5u", "<ctrl+c> <ctrl+c> <alt+a> <alt+A> <ctrl+space>"},
	{"\x1b[97u\x1b[97;2u\x1b[97;65u\x1b[228u\x1b[97:65;5:1u", "a A a ä <ctrl+a>"},
	{"\x1b[97;5:3u\x1b[1;1:3A\x1b[97;9u\x1b[57441;2u\x1b[57428u", ""},
	{"\x1b[57399u\x1b[57414u\x1b[57417u\x1b[57419;5u\x1b[57376u", "0 <enter> <left> <ctrl+up> <f13>"},
	{"\x1b[?1u", ""},

	// Pastes between marks.
	{"\x1b[200~one\ntwo\x1b[201~x", `paste"one\ntwo" x`},
	{"\x1b[200~one\rtwo\r\n\r\rthree\r\x1b[201~", `paste"one\ntwo\n\n\nthree\n"`},
	{"\x1b[200~\ta\x03\x1b[31mé\xff\x1b[201~", `paste"\ta[31mé"`},
	{"\x1b[200~one\x1b[200~\x1b[201", `paste"one[200~"`},
	{"\x1b[200~\x1b[201~\x1b[201~", ""},

	// Pastes without.
	{"one\rtwo", `paste"one\ntwo"`},
	{"one\rtwo\r", `paste"one\ntwo\n"`},
	{"\none\n\n\ttwo\r\n", `paste"\none\n\n\ttwo\n"`},
	{"hello\r", "h e l l o <enter>"},
	{"hello\r\n", "h e l l o <enter>"},
	{"hello\r\r", "h e l l o <enter> <enter>"},
	{"\rhello", "<enter> h e l l o"},
	{"\r\r\n\n", "<enter> <enter> <ctrl+j>"},
	{strings.Repeat("x", burstLength) + "\r", `paste"` + strings.Repeat("x", burstLength) + `" <enter>`},
	{"one\rtwo\x1b[Athree\x03four\r", `paste"one\ntwo" <up> paste"three" <ctrl+c> paste"four" <enter>`},
	{"one\rtwo\x1b[200~three\x1b[201~f", `paste"one\ntwo" paste"three" f`},
	{"one\x1b[A\rtwo", "o n e <up> <enter> t w o"},

	// Answers.
	{"\x1b[I\x1b[O", "Focus{true} Focus{false}"},
	{"\x1b]11;rgb:0000/0000/0000\x07\x1b]11;rgb:ffff/ffff/ffff\x1b\\", "Background{true} Background{false}"},
	{"\x1b]11;rgb:1e/1e/2e\x07\x1b]11;rgba:f/f/f/8\x07\x1b]11;#fdf6e3\x07", "Background{true} Background{false} Background{false}"},
	{"\x1b]11;?\x07\x1b]11;rgb:zz/0/0\x07\x1b]10;rgb:0/0/0\x07x", "x"},
	{"\x1bP>|tmux 3.3a\x1b\\x\x1b[?1;2c\x1b[?7;12R", "version{tmux 3.3a} x attributes{} position{7 12}"},

	// What is not known.
	{"\x1b[<0;10;10Ma\x1b[M !!b\x1b[>1;2cc\x1b[5nd\x1b[1;2Xe\x1b[E", "a b c d e"},
	{"\x1b[1;\x1b[A", "<up>"},
	{"\x1b[12\rx", "<enter> x"},
	{"\x1b]0;title\x07a\x1bP1$r0m\x1b\\b", "a b"},
	{"\x1b]0;title\rx", "<enter> x"},
	{"\x1b[12", ""},
	{"\x1bO5", ""},
	{"\x1b]11;rgb", ""},
}

func TestDecoder(t *testing.T) {
	for _, c := range eventCases {
		if got := eventNames(decodeChunks(c.in)); got != c.want {
			t.Errorf("%q:\n%s\nwant:\n%s", c.in, got, c.want)
		}
	}
}

// What arrives in parts is what arrives at once, but for pastes without marks: what
// they are is seen by what arrives at once.
func TestDecoderInParts(t *testing.T) {
	for _, c := range eventCases {
		for i := range len(c.in) {
			got, want := typedBy(decodeChunks(c.in[:i], c.in[i:])), typedBy(decodeChunks(c.in))
			if got != want {
				t.Errorf("%q and %q: %s, want %s", c.in[:i], c.in[i:], got, want)
			}
		}
	}
}

// typedBy is what events amount to, whatever of it was pasted: the text typed, with
// the keys that are not.
func typedBy(events []Event) string {
	var b strings.Builder
	for _, e := range events {
		switch e := e.(type) {
		case Key:
			switch name := e.String(); {
			case e.Types():
				b.WriteString(e.Text)
			case name == "enter", name == "ctrl+j":
				b.WriteString("\n")
			case name == "tab":
				b.WriteString("\t")
			default:
				b.WriteString("<" + name + ">")
			}
		case Paste:
			b.WriteString(e.Text)
		default:
			fmt.Fprintf(&b, "%T%v", e, e)
		}
	}
	return strings.ReplaceAll(b.String(), "\n\n", "\n") // a line end of two bytes may have been torn apart
}

func FuzzDecoder(f *testing.F) {
	for _, c := range eventCases {
		f.Add([]byte(c.in), uint8(3))
	}
	f.Fuzz(func(t *testing.T, p []byte, size uint8) {
		whole := decodeChunks(string(p))
		for _, e := range whole {
			switch e := e.(type) {
			case Key:
				if plainText([]byte(e.Text)) != e.Text || (e.Text == "") == (e.Name == "") {
					t.Errorf("%q holds the key %#v", p, e)
				}
			case Paste:
				if plainText([]byte(e.Text)) != e.Text {
					t.Errorf("%q holds the paste %q", p, e.Text)
				}
			}
		}
		var chunks []string
		for rest := string(p); rest != ""; {
			n := min(int(size)%16+1, len(rest))
			chunks, rest = append(chunks, rest[:n]), rest[n:]
		}
		if got, want := typedBy(decodeChunks(chunks...)), typedBy(whole); squeeze(got) != squeeze(want) {
			t.Errorf("%q in parts of %d bytes: %q, want %q", p, size%16+1, got, want)
		}
		text := plainText(p)
		if plain := strings.Map(withoutControls, text); plain == string(p) {
			if got := typedBy(whole); got != text {
				t.Errorf("of %q only %q is left", text, got)
			}
		}
	})
}

// squeeze leaves one of line ends in a row: they are torn apart differently.
func squeeze(s string) string {
	for strings.Contains(s, "\n\n") {
		s = strings.ReplaceAll(s, "\n\n", "\n")
	}
	return s
}

func withoutControls(r rune) rune {
	if r < ' ' || r == 0x7F {
		return -1
	}
	return r
}

// A large paste without marks is one event, arrives in many parts, and takes a time
// that is proportional to its length.
func TestDecoderLargePaste(t *testing.T) {
	line := strings.Repeat("x", 70) + "\r"
	for _, marks := range [][2]string{{"", ""}, {pasteBegin, pasteEnd}} {
		var d decoder
		var events []Event
		whole := marks[0] + strings.Repeat(line, 300<<10/len(line)) + marks[1]
		start := time.Now()
		for rest := whole; rest != ""; {
			n := min(1000, len(rest))
			events = append(events, d.feed([]byte(rest[:n]))...)
			rest = rest[n:]
		}
		events = append(events, d.late()...)
		if took := time.Since(start); took > 500*time.Millisecond {
			t.Errorf("took %v", took)
		}
		want := strings.ReplaceAll(strings.Trim(whole, marks[0]+marks[1]), "\r", "\n")
		if len(events) != 1 || events[0] != (Paste{Text: want}) {
			t.Errorf("%d events", len(events))
		}
	}
}

func TestDecoderPatience(t *testing.T) {
	for _, c := range []struct {
		in   string
		want time.Duration
	}{
		{"", 0},
		{"a", 0},
		{"\x1b", escDelay},
		{"\x1b[", escDelay},
		{"\x1b[1", sequenceDelay},
		{"\x1b]11;", sequenceDelay},
		{"\xe4", sequenceDelay},
		{"a\rb", burstDelay},
		{pasteBegin + "a", pasteDelay},
		{pasteBegin + "a\x1b[201", pasteDelay},
		{pasteBegin + "a" + pasteEnd, 0},
		{"hello\r", 0},
	} {
		var d decoder
		d.feed([]byte(c.in))
		if got := d.patience(); got != c.want {
			t.Errorf("%q: %v, want %v", c.in, got, c.want)
		}
	}
}
