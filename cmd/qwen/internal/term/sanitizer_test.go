package term

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

// cleanCases map untrusted text to what a terminal may see of it.
var cleanCases = []struct{ name, in, want string }{
	{"plain", "Grüße, 世界 🙂\n\tok", "Grüße, 世界 🙂\n\tok"},
	{"emoji sequence keeps joiner and presentation", "👩\u200d👩\u200d👧 ❤\ufe0f", "👩\u200d👩\u200d👧 ❤\ufe0f"},
	{"csi color", "a\x1b[31mred\x1b[0mb", "aredb"},
	{"csi private and intermediate", "a\x1b[?25l\x1b[0 q\x1b[>4;2mb", "ab"},
	{"csi as C1 character", "a\u009b31mb", "ab"},
	{"csi as bare byte", "a\x9b31mb", "ab"},
	{"csi with a control amid it", "a\x1b[3\x071mb", "ab"},
	{"csi broken by newline", "a\x1b[3\nb", "a\nb"},
	{"csi broken by another escape", "a\x1b[3\x1b[4mb", "ab"},
	{"csi broken by a wide character", "a\x1b[3世b", "a世b"},
	{"osc title, BEL", "a\x1b]0;evil\x07b", "ab"},
	{"osc 52, ST", "a\x1b]52;c;ZXZpbA==\x1b\\b", "ab"},
	{"osc 8 link keeps its text", "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\", "click"},
	{"osc as C1 characters", "a\u009d0;evil\u009cb", "ab"},
	{"osc as bare bytes", "a\x9d0;evil\x9cb", "ab"},
	{"osc with a wide character that holds byte 9C", "a\x1b]0;\u4e5c\x07b", "ab"},
	{"osc cancelled", "a\x1b]0;evil\x18b\x1b]0;evil\x1ac", "abc"},
	{"osc broken by another escape", "a\x1b]0;evil\x1b[31mb", "ab"},
	{"osc ends with its line", "a\x1b]0;evil\nb", "a\nb"},
	{"osc ends with its line after ESC", "a\x1b]0;evil\x1b\nb", "a\nb"},
	{"dcs", "a\x1bPq#0;2;0;0;0\x1b\\b\u0090x\u009cc", "abc"},
	{"apc, pm, sos", "a\x1b_x\x1b\\b\x1b^x\x1b\\c\x1bXx\x1b\\d", "abcd"},
	{"window title of screen", "a\x1bkevil\x1b\\b", "ab"},
	{"short escapes", "a\x1bcb\x1b7c\x1b(Bd\x1b#8e\x1b=f", "abcdef"},
	{"escape before text that is no sequence", "a\x1b世\x1b\n", "a世\n"},
	{"escape twice", "a\x1b\x1b[31mb", "ab"},
	{"unfinished", "a\x1b", "a"},
	{"unfinished csi", "a\x1b[31", "a"},
	{"unfinished osc", "a\x1b]0;evil", "a"},
	{"unfinished character", "a\xe4\xb8", "a"},
	{"carriage return", "a\r\nb\rc\r", "a\nbc"},
	{"backspace and bell", "rm\b\bls\a", "rmls"},
	{"NUL, vertical tab, form feed, shift out", "a\x00b\x0bc\x0cd\x0ee", "abcde"},
	{"delete", "a\x7fb", "ab"},
	{"other C1", "a\u0085b\u0084c\x85d", "abcd"},
	{"bidi", "a\u202eb\u2066c\u2069d\u200ee\u061cf", "abcdef"},
	{"zero width", "a\u200bb\u200cc\u2060d\ufeffe\u180ef", "abcdef"},
	{"separators", "a\u2028b\u2029c", "abc"},
	{"tags", "a\U000E0041\U000E007Fb\U000E0100c", "abc"},
	{"variation selectors", "a\ufe00b\ufe0ec", "abc"},
	{"bytes that are no UTF-8", "a\xffb\xc3(c", "a\ufffdb\ufffd(c"},
	{"beginnings of characters", "a\xf0\xf0\xf0b", "a\ufffd\ufffd\ufffdb"},
	{"surrogate halves", "a\xed\xa0\x80b", "a\ufffd\ufffdb"},
	{"overlong escape", "a\xc0\x9b31mb", "a\ufffdb"},
}

func TestClean(t *testing.T) {
	for _, c := range cleanCases {
		t.Run(c.name, func(t *testing.T) {
			if got := Clean(c.in); got != c.want {
				t.Errorf("Clean(%+q)\n got %+q\nwant %+q", c.in, got, c.want)
			}
		})
	}
}

func TestSanitizerChunks(t *testing.T) {
	for _, c := range cleanCases {
		for size := 1; size <= 4; size++ {
			if got := sanitize(t, []byte(c.in), size); got != c.want {
				t.Errorf("%s, %d bytes at a time\n got %+q\nwant %+q", c.name, size, got, c.want)
			}
		}
	}
}

// sanitize writes p to a sanitizer, size bytes at a time.
func sanitize(t testing.TB, p []byte, size int) string {
	var out bytes.Buffer
	s := NewSanitizer(&out)
	for len(p) > 0 {
		n := min(size, len(p))
		if m, err := s.Write(p[:n]); m != n || err != nil {
			t.Fatalf("Write = %d, %v, want %d", m, err, n)
		}
		p = p[n:]
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestSanitizerCloseBegetsCleanState(t *testing.T) {
	var out bytes.Buffer
	s := NewSanitizer(&out)
	for range 2 {
		_, _ = io.WriteString(s, "a\x1b]0;evil")
		_ = s.Close()
	}
	if got := out.String(); got != "aa" {
		t.Errorf("got %q, want %q", got, "aa")
	}
}

func TestSanitizerEndlessString(t *testing.T) {
	var out bytes.Buffer
	s := NewSanitizer(&out)
	chunk := bytes.Repeat([]byte("A"), 64<<10)
	_, _ = io.WriteString(s, "\x1b]52;c;")
	_, _ = s.Write(chunk)
	if n := testing.AllocsPerRun(50, func() { _, _ = s.Write(chunk) }); n != 0 {
		t.Errorf("%v allocations for each write within a control string, want 0", n)
	}
	if out.Len() != 0 || cap(s.buf) > len(chunk) {
		t.Errorf("wrote %d bytes and keeps %d", out.Len(), cap(s.buf))
	}
}

func TestSanitizerWriteError(t *testing.T) {
	broken := errors.New("broken pipe")
	s := NewSanitizer(writerFunc(func([]byte) (int, error) { return 0, broken }))
	if _, err := s.Write([]byte("a")); !errors.Is(err, broken) {
		t.Errorf("Write = %v, want %v", err, broken)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestCleanLine(t *testing.T) {
	for in, want := range map[string]string{
		"one":                   "one",
		"  one\r\ntwo\n\n":      "one two",
		"a\tb\n\tc":             "a b c",
		"\x1b[2Jmodel\u202e-x ": "model-x",
		"\x1b]0;x\nshown":       "shown",
		"two  spaces stay":      "two  spaces stay",
	} {
		if got := CleanLine(in); got != want {
			t.Errorf("CleanLine(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzSanitizer(f *testing.F) {
	for i, c := range cleanCases {
		f.Add([]byte(c.in), uint8(i%7+1))
	}
	f.Fuzz(func(t *testing.T, p []byte, size uint8) {
		whole := Clean(string(p))
		checkHarmless(t, whole)
		if got := sanitize(t, p, int(size)+1); got != whole {
			t.Errorf("%d bytes at a time: %+q, at once: %+q", int(size)+1, got, whole)
		}
		if got := sanitize(t, p, 1); got != whole {
			t.Errorf("byte by byte: %+q, at once: %+q", got, whole)
		}
		if again := Clean(whole); again != whole {
			t.Errorf("cleaned twice: %+q, once: %+q", again, whole)
		}
		if plain := strings.Map(keepPlain, string(p)); Clean(plain) != plain {
			t.Errorf("plain text %+q became %+q", plain, Clean(plain))
		}
	})
}

// checkHarmless restates the promise of the sanitizer, independently of how it
// keeps it.
func checkHarmless(t *testing.T, s string) {
	if !utf8.ValidString(s) {
		t.Errorf("%+q is no UTF-8", s)
	}
	for _, r := range s {
		switch {
		case r == '\n', r == '\t':
		case r < 0x20, r >= 0x7F && r <= 0x9F,
			strings.ContainsRune("\u061c\u200b\u200c\u200e\u200f\u2028\u2029\u2060\ufeff", r),
			r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r >= 0xE0000 && r <= 0xE007F:
			t.Errorf("%+q holds %U", s, r)
		}
	}
}

// keepPlain keeps what is certainly text: letters of some alphabets, ASCII.
func keepPlain(r rune) rune {
	if r == '\n' || r == '\t' || r >= ' ' && r <= '~' || r >= 'À' && r <= 'ÿ' || r >= 0x4E00 && r <= 0x9FFF || r >= 0x1F600 && r <= 0x1F64F {
		return r
	}
	return -1
}

func BenchmarkSanitizer(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"ascii", "The quick brown fox jumps over the lazy dog.\n"},
		{"cjk", "敏捷的棕色狐狸跳过了懒狗。\n"},
		{"escapes", "\x1b[1mThe quick\x1b[0m brown fox\r\n"},
	} {
		b.Run(c.name, func(b *testing.B) {
			p := []byte(strings.Repeat(c.text, 100))
			s := NewSanitizer(io.Discard)
			b.SetBytes(int64(len(p)))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = s.Write(p)
			}
		})
	}
}
