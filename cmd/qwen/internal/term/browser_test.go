package term

import (
	"strings"
	"testing"
)

func TestBrowserCanOpen(t *testing.T) {
	for _, c := range []struct {
		name, goos string
		environ    []string
		why        string
	}{
		{"X", "linux", []string{"DISPLAY=:0"}, ""},
		{"Wayland", "linux", []string{"WAYLAND_DISPLAY=wayland-0"}, ""},
		{"no display", "linux", nil, "no graphical display"},
		{"empty display", "linux", []string{"DISPLAY=:0", "DISPLAY="}, "no graphical display"},
		{"BSD", "freebsd", nil, "no graphical display"},
		{"macOS", "darwin", nil, ""},
		{"Windows", "windows", nil, ""},
		{"SSH with X", "linux", []string{"DISPLAY=:10", "SSH_CONNECTION=1 2 3 4"}, "remote"},
		{"SSH terminal", "darwin", []string{"SSH_TTY=/dev/pts/1"}, "remote"},
		{"CI", "darwin", []string{"CI=true"}, "CI is set"},
		{"CI off", "darwin", []string{"CI=false"}, ""},
		{"NO_BROWSER", "darwin", []string{"NO_BROWSER=1"}, "NO_BROWSER"},
		{"text browser", "linux", []string{"DISPLAY=:0", "BROWSER=www-browser"}, "text browser"},
		{"text browser by path", "linux", []string{"DISPLAY=:0", "BROWSER=/usr/bin/lynx"}, "text browser"},
		{"other browser", "linux", []string{"DISPLAY=:0", "BROWSER=firefox"}, ""},
		{"Windows has no case", "windows", []string{"No_Browser=1"}, "NO_BROWSER"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ok, why := Browser{Environ: c.environ, goos: c.goos}.CanOpen()
			if ok != (c.why == "") || !strings.Contains(why, c.why) {
				t.Errorf("CanOpen = %v, %q, want %q", ok, why, c.why)
			}
		})
	}
}

func TestWebPage(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"https://chat.example.com/a?b=c&d=e#f", "https://chat.example.com/a?b=c&d=e#f"},
		{"HTTPS://chat.example.com", "https://chat.example.com"},
		{"https://example.com/ä b", "https://example.com/%C3%A4%20b"},
		{"http://localhost:8080/x", "http://localhost:8080/x"},
		{"http://127.0.0.1/x", "http://127.0.0.1/x"},
		{"http://[::1]:80/x", "http://[::1]:80/x"},
		{"http://example.com/", ""},
		{"http://localhost.example.com/", ""},
		{"http://127.0.0.1.example.com/", ""},
		{"https://user@example.com/", ""},
		{"https://user:pw@example.com/", ""},
		{"https:///path", ""},
		{"https://:443/", ""},
		{"https:example.com", ""},
		{"file:///etc/passwd", ""},
		{"javascript:alert(1)", ""},
		{"ms-settings:x", ""},
		{"-version", ""},
		{"", ""},
		{"//example.com", ""},
		{"https://example.com/\x1b[2J", ""},
		{"https://example.com/\r\nx", ""},
		{"https://example.com/?a=\"&calc", ""},
		{"https://example.com/?a=`id`", ""},
		{"https://ex\u0430mple.com/", ""}, // a Cyrillic letter
		{"https://example.com\u202e/", ""},
		{"https://example.com/" + strings.Repeat("a", 10_000), ""},
	} {
		got, err := webPage(c.in)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("webPage(%.60q) = %q, %v, want %q", c.in, got, err, c.want)
		}
	}
}

func FuzzWebPage(f *testing.F) {
	for _, s := range []string{"https://example.com/a?b", "http://[::1%25x]/", "https://a@b/", "https://a\\b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		page, err := webPage(in)
		if err != nil {
			return
		}
		if !strings.HasPrefix(page, "https://") && !strings.HasPrefix(page, "http://") {
			t.Errorf("webPage(%q) = %q", in, page)
		}
		if strings.ContainsAny(page, " \"'`<>\\^{|}") || CleanLine(page) != page {
			t.Errorf("webPage(%q) lets %q pass", in, page)
		}
		if again, err := webPage(page); err != nil || again != page {
			t.Errorf("webPage(%q) = %q, %v the second time", page, again, err)
		}
	})
}

func TestOpenerOnWindowsAndMacOS(t *testing.T) {
	b := Browser{goos: "darwin"}
	if got, err := b.opener(); err != nil || strings.Join(got, " ") != "/usr/bin/open" {
		t.Errorf("macOS: %q, %v", got, err)
	}
	b = Browser{goos: "windows"}
	if got, err := b.opener(); err == nil {
		t.Errorf("Windows without SystemRoot: %q", got)
	}
}
