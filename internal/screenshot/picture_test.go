package main

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	const ctx = "\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\"
	rows := parse("a\x1b[1;31mb\n超\x1b[0;2mx\x1b[38;5;208;48;2;1;2;3mq\x1b[m " + ctx + "\n  \n\n")
	var got []string
	for _, row := range rows {
		for _, c := range row {
			if c.text != " " {
				got = append(got, strings.TrimSpace(c.text+" "+x(c.column)+" "+front(c.style)+" "+back(c.style)+" "+classes(c.style)))
			}
		}
	}
	want := []string{
		"a 16 #c9d1d9", "b 24.4 #ff7b72  b",
		"超 16 #ff7b72  b", "x 32.8 #c9d1d9  d", "q 41.2 #ff8700 #010203 d",
		"l 58 #c9d1d9", "i 66.4 #c9d1d9", "n 74.8 #c9d1d9", "k 83.2 #c9d1d9",
	}
	if diff := cmp.Diff(want, got); diff != "" || len(rows) != 2 {
		t.Errorf("%d rows; cells (-want +got):\n%s", len(rows), diff)
	}
}

func TestInverse(t *testing.T) {
	s := style{inverse: true}
	if front(s) != background || back(s) != foreground {
		t.Errorf("%s on %s", front(s), back(s))
	}
	s = style{inverse: true, front: "#111111", back: "#222222"}
	if front(s) != "#222222" || back(s) != "#111111" {
		t.Errorf("%s on %s", front(s), back(s))
	}
}

// drawn returns the elements of a picture below its window.
func drawn(t *testing.T, s screen) string {
	t.Helper()
	picture := svg(s, "a <title>")
	for d := xml.NewDecoder(strings.NewReader(picture)); ; {
		_, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, picture)
		}
	}
	_, elements, _ := strings.Cut(picture, "a &lt;title&gt;</text>\n")
	return strings.TrimSuffix(elements, "</svg>\n")
}

func TestDraw(t *testing.T) {
	got := drawn(t, screen{
		rows: parse("\x1b[1m<b> &\x1b[m  two  words 超时\n\x1b[47m \x1b[30m█▀▄\x1b[m"),
		row:  1, column: 2, cursor: 1,
	})
	want := `<text x="16" y="49.5" textLength="42" class="b">&lt;b&gt; &amp;</text>
<text x="74.8" y="49.5" textLength="84">two  words</text>
<text x="167.2" y="49.5" textLength="33.6">超时</text>
<rect x="16" y="54" width="33.6" height="18" fill="#c9d1d9" shape-rendering="crispEdges"/>
<path fill="#21262d" shape-rendering="crispEdges" d="M24.4 54h16.8v9H24.4zM24.4 63h8.4v9H24.4zM41.2 63h8.4v9H41.2z"/>
<rect x="32.8" y="54" width="8.4" height="18" fill="#c9d1d9" shape-rendering="crispEdges"/>
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever is on a screen, the picture is one.
func FuzzPicture(f *testing.F) {
	f.Add("\x1b[38;5;999;1mx\x1b]8;;y\x1b[38;2m\x1b")
	f.Add("\u0301\x00\xff")
	f.Fuzz(func(t *testing.T, text string) {
		drawn(t, screen{rows: parse(text)})
	})
}
