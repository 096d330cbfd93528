package files

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMentions(t *testing.T) {
	for text, want := range map[string][]string{
		"look at @main.go please":        {"main.go"},
		"@a and @\"b c.txt\", (@d/e.md)": {"a", "b c.txt", "d/e.md)"},
		"mail me@example.com":            nil,
		"git@github.com:x/y.git":         nil,
		"@":                              nil,
		"@ x":                            nil,
		"@\"open":                        nil,
		"no mention":                     nil,
		"在 @文件.md 里":                     {"文件.md"},
		"看看@main.go，谢谢":                  {"main.go"},
		"a\u00a0@b\u00a0c":               {"b"},
		"curl --data=@body.json":         {"body.json"},
		"@one\n@two":                     {"one", "two"},
	} {
		var got []string
		for _, m := range Mentions(text) {
			got = append(got, m.Path)
			if part := text[m.From:m.Till]; !strings.HasPrefix(part, "@") || strings.Trim(part[1:], `"`) != m.Path {
				t.Errorf("%q: the range of %q is %q", text, m.Path, part)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// What stands behind a path is taken off it, character by character; not within
// quotes.
func TestShorten(t *testing.T) {
	for text, want := range map[string][]string{
		`(see @a.go).`:   {"a.go).", "a.go)", "a.go"},
		`@"a b.", right`: {"a b."},
		`@...`:           {"...", "..", "."},
	} {
		var got []string
		for m, ok := Mentions(text)[0], true; ok; m, ok = m.Shorten() {
			got = append(got, m.Path)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestUnfinished(t *testing.T) {
	for text, want := range map[string]string{
		"see @ma":        "ma",
		"@":              "",
		`and @"two w`:    "two w",
		"看@文":            "文",
		"@a@b":           "a@b",
		"me@example":     "none",
		"@done ":         "none",
		`@"done"`:        "none",
		"@one, @two/thr": "two/thr",
	} {
		from, letters, ok := Unfinished(text)
		if !ok {
			letters = "none"
		}
		if letters != want || ok && text[from] != '@' {
			t.Errorf("%q: %q from %d", text, letters, from)
		}
	}
}

func TestMentioning(t *testing.T) {
	for path, want := range map[string]string{
		"a.go": "@a.go", "two words": `@"two words"`, "图（一）.png": `@"图（一）.png"`, `a"b`: `@a"b`,
		`a "b"`: "", `"a`: "", "a\nb": "", "a\x1bb": "", "a\u202eb": "", "": "", "\xff": "",
	} {
		if got := Mentioning(path); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}

func FuzzMentions(f *testing.F) {
	f.Add(`see @a.go, @"b c" and x@y.z`)
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, m := range Mentions(text) {
			if m.From < end || m.Till > len(text) || m.From >= m.Till || text[m.From] != '@' || m.Path == "" {
				t.Fatalf("%+v in %q", m, text)
			}
			end = m.Till
			for ok := true; ok; m, ok = m.Shorten() {
				if m.Path == "" {
					t.Fatalf("shortened to nothing in %q", text)
				}
			}
		}
		if from, letters, ok := Unfinished(text); ok && !strings.HasSuffix(text, letters) || from < 0 {
			t.Fatalf("%q is not the end of %q", letters, text)
		}
	})
}

// A path that can be mentioned is found in the text that does.
func FuzzMentioning(f *testing.F) {
	f.Add("a b/c.go")
	f.Fuzz(func(t *testing.T, path string) {
		text := Mentioning(path)
		if text == "" {
			return
		}
		if found := Mentions(text + " "); len(found) != 1 || found[0].Path != path || found[0].Till != len(text) {
			t.Fatalf("%q: %+v in %q", path, found, text)
		}
	})
}
