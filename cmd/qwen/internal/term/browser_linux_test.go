package term

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fakeOpener puts a script called xdg-open into a folder of its own.
func fakeOpener(t *testing.T, script string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestBrowserOpen(t *testing.T) {
	dir := fakeOpener(t, `exec > "$REPORT"
printf '%s\n' "$#" "$1" "$SECRET_API_KEY" "$KEPT"
/usr/bin/test "$(/usr/bin/cut -d' ' -f6 /proc/$$/stat)" = $$ && echo own session
/usr/bin/readlink /proc/$$/fd/0 /proc/$$/fd/2
`)
	report := filepath.Join(dir, "report")
	b := Browser{
		Environ:  []string{"PATH=:.:relative:/nonexistent:" + dir, "DISPLAY=:0", "REPORT=" + report, "SECRET_API_KEY=sk-1", "KEPT=kept"},
		patience: time.Minute,
	}
	const page = "https://example.com/?a=b&touch%20x;$(touch)"
	if ok, why := b.Open(t.Context(), page); !ok {
		t.Fatal(why)
	}
	got, err := os.ReadFile(report)
	want := "1\n" + page + "\n\nkept\nown session\n/dev/null\n/dev/null\n"
	if err != nil || string(got) != want {
		t.Errorf("the opener saw %q, %v, want %q", got, err, want)
	}
}

func TestBrowserOpenFails(t *testing.T) {
	failing, missing := fakeOpener(t, "exit 4\n"), t.TempDir()
	t.Chdir(failing) // an opener here is not one
	for _, c := range []struct{ name, path, url, why string }{
		{"opener fails", failing, "https://example.com", "exit status 4"},
		{"no opener", missing, "https://example.com", "not installed"},
		{"only in the working directory", ":.:" + missing, "https://example.com", "not installed"},
		{"bad address", failing, "file:///etc/passwd", "address"},
	} {
		b := Browser{Environ: []string{"PATH=" + c.path, "DISPLAY=:0"}, patience: time.Minute}
		if ok, why := b.Open(t.Context(), c.url); ok || !strings.Contains(why, c.why) {
			t.Errorf("%s: Open = %v, %q, want %q", c.name, ok, why, c.why)
		}
	}
}

func TestBrowserOpenDoesNotWaitForTheBrowser(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := fakeOpener(t, "exec /bin/cat \"$FIFO\"\n")
	b := Browser{Environ: []string{"PATH=" + dir, "DISPLAY=:0", "FIFO=" + fifo}, patience: time.Millisecond}
	if ok, why := b.Open(t.Context(), "https://example.com"); !ok {
		t.Error(why)
	}
	end, err := os.OpenFile(fifo, os.O_WRONLY, 0) // lets the opener end
	if err != nil {
		t.Fatal(err)
	}
	_ = end.Close()
}
