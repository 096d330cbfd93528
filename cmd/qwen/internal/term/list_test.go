package term

import (
	"fmt"
	"strings"
	"testing"
)

var providers = []Option{
	{Label: "Qwen OAuth", Note: "free"},
	{Label: "Coding Plan", Note: "subscription"},
	{Label: "通义千问 API", Note: "dashscope.aliyuncs.com"},
	{Label: "\x1b[2JJules\u202e", Note: "evil\n\x07name"},
}

// typed presses the keys of s in the list.
func (l *list) typed(t *testing.T, s string, rows int) (picked bool) {
	for _, k := range decodeAll(t, []byte(s)) {
		if picked {
			t.Fatalf("%q goes on after something was picked", s)
		}
		picked = l.press(k, rows)
	}
	return picked
}

func TestListKeys(t *testing.T) {
	const up, down = "\x1b[A", "\x1b[B"
	for _, c := range []struct {
		typed   string
		current int
		want    int // -1 if nothing is picked
	}{
		{"\r", -1, 0},
		{"\r", 2, 2},
		{down + down + up + "\r", -1, 1},
		{"jjk\r", -1, 1},
		{up + "\r", -1, 0},
		{down + down + down + down + down + "\r", -1, 3},
		{"\x1b[F\r", -1, 3},
		{"\x1b[F\x1b[H\r", -1, 0},
		{"\x1b[6~\x1b[5~\x1b[6~\r", -1, 3},
		{"plan\r", -1, 1},
		{"PLAN\r", 3, 1},
		{"api 千\r", -1, 2},
		{"aliyun\r", -1, 2},
		{"/jul\r", -1, 3},
		{"/k\r", -1, -1},
		{"nothing\r", -1, -1},
		{"nothing\x15\r", -1, 0},
		{"plax\x7fn\r", -1, 1},
		{"千\x7f\x7f\x7fj\r", -1, 1},
		{" \t\r", -1, 0},
		{"q" + down + "\r", -1, 0},
	} {
		l := newList("Sign in to", providers, c.current)
		got := -1
		if l.typed(t, c.typed, 24) {
			got = l.found[l.at]
		}
		if got != c.want {
			t.Errorf("%q from %d picks %d, want %d", c.typed, c.current, got, c.want)
		}
	}
}

func TestListView(t *testing.T) {
	l := newList("Sign in\x1b[2J to", providers, 1)
	lines, cursor := l.view(60, 24)
	want := strings.Join([]string{
		"Sign in to  2/4",
		"  ○ Qwen OAuth    free",
		"› ● Coding Plan   subscription",
		"  ○ 通义千问 API  dashscope.aliyuncs.com",
		"  ○ Jules         evil name",
		"  " + listHelp,
	}, "\n")
	if got := strings.Join(lines, "\n"); got != want || cursor != len("Sign in to") {
		t.Errorf("cursor %d, got\n%s\nwant\n%s", cursor, got, want)
	}
	l.typed(t, "plan", 24)
	if lines, cursor = l.view(60, 24); lines[0] != "Sign in to /plan  1/1" || cursor != len("Sign in to /plan") {
		t.Errorf("cursor %d of %q", cursor, lines[0])
	}
	l.typed(t, "x", 24)
	if lines, _ = l.view(60, 24); len(lines) != 3 || lines[1] != "  nothing matches" {
		t.Errorf("without a match: %q", lines)
	}
}

func TestListScrolls(t *testing.T) {
	var options []Option
	for i := range 25 {
		options = append(options, Option{Label: fmt.Sprintf("entry %02d", i)})
	}
	l := newList("Pick", options, -1)
	for _, rows := range []int{24, 12, 8, 4, 2, 30} {
		for range 3 {
			l.typed(t, "\x1b[6~", rows)
			checkView(t, l, rows)
		}
		l.typed(t, "kkkkkkk", rows)
		checkView(t, l, rows)
	}
}

// checkView checks that the entry at the cursor is shown, and no empty room that
// another entry could have.
func checkView(t *testing.T, l *list, rows int) {
	t.Helper()
	lines, _ := l.view(80, rows)
	entries := lines[1 : len(lines)-1]
	if want := listed(rows); len(entries) != want {
		t.Errorf("%d rows: %d entries shown, want %d", rows, len(entries), want)
	}
	here := fmt.Sprintf("› entry %02d", l.at)
	if !strings.Contains(strings.Join(entries, "\n"), here) {
		t.Errorf("%d rows: no %q in %q", rows, here, entries)
	}
}

func TestListOnNarrowTerminal(t *testing.T) {
	s := newScreen(t, 40, 24)
	l := newList(strings.Repeat("标签", 30), providers, 2)
	l.typed(t, "千问", 24)
	p := &painter{out: s, size: s.size}
	p.paint(l.view(40, 24))
	got := strings.Split(s.text(), "\n")
	if len(got) != 3 || !strings.Contains(got[0], "… /千问  1/1") || !strings.HasPrefix(got[1], "› ● 通义千问 API  dashscope") {
		t.Errorf("shown:\n%s", s.text())
	}
}
