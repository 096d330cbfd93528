package tui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func environment(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

func TestEditor(t *testing.T) {
	for _, test := range []struct {
		vars map[string]string
		want string
	}{
		{map[string]string{"VISUAL": "code -w", "EDITOR": "ed"}, "code -w"},
		{map[string]string{"VISUAL": " ", "EDITOR": "ed"}, "ed"},
		{nil, map[bool]string{true: "notepad", false: "vi"}[runtime.GOOS == "windows"]},
	} {
		if got := (&Options{Getenv: environment(test.vars)}).editor(); got != test.want {
			t.Errorf("%v: %q, want %q", test.vars, got, test.want)
		}
	}
}

// script writes a program for the shell.
func script(t *testing.T, dir, name, text string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a script for the shell")
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// An editor may have arguments and a name with spaces; its file is the person's alone
// and does not stay.
func TestEditorProcess(t *testing.T) {
	dir := t.TempDir()
	editor := script(t, dir, "my editor", `test "$1" = -w && test "$(stat -c %a "$2" 2>/dev/null || stat -f %Lp "$2")" = 600 && echo "$2" >`+"'"+dir+"/seen'"+` && echo more >>"$2"`)
	environ := []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + dir}
	got, err := editFile("'"+editor+"' -w", environ, nil, "some text")
	if err != nil || got != "some text\nmore\n" {
		t.Errorf("edited: %q, %v", got, err)
	}
	seen, err := os.ReadFile(filepath.Join(dir, "seen"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Dir(strings.TrimSpace(string(seen)))); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", seen, err)
	}
	if _, err := editFile("false", environ, nil, "text"); err == nil {
		t.Error("an editor that fails is no failure")
	}
}

func TestCopiers(t *testing.T) {
	for _, test := range []struct {
		system string
		vars   map[string]string
		want   string
	}{
		{"linux", nil, ""},
		{"linux", map[string]string{"DISPLAY": ":0"}, "xclip xsel"},
		{"linux", map[string]string{"DISPLAY": ":0", "WAYLAND_DISPLAY": "w"}, "wl-copy xclip xsel"},
		{"linux", map[string]string{"DISPLAY": ":0", "SSH_TTY": "/dev/pts/1"}, ""},
		{"darwin", map[string]string{"SSH_CONNECTION": "x"}, ""},
		{"darwin", nil, "pbcopy"},
		{"windows", map[string]string{"SystemRoot": `C:\Windows`}, "clip.exe"},
	} {
		var names []string
		for _, argv := range (&Options{Getenv: environment(test.vars)}).copiers(test.system) {
			names = append(names, filepath.Base(argv[0]))
		}
		if got := strings.Join(names, " "); got != test.want {
			t.Errorf("%s %v: %q, want %q", test.system, test.vars, got, test.want)
		}
	}
}

// The terminal is asked in any case; a program that copies makes it certain.
func TestCopy(t *testing.T) {
	dir := t.TempDir()
	script(t, dir, "xclip", "cat >'"+dir+"/copied'")
	script(t, dir, "xsel", "exit 1")
	p := newPaper()
	o := Options{Console: p}
	for _, test := range []struct{ program, want string }{
		{"xclip", "Copied."},
		{"xsel", "The terminal was asked to copy it."},
	} {
		argv := []string{filepath.Join(dir, test.program)}
		note, err := o.copyBy(context.Background(), argv, "text "+test.program)
		if note != test.want || err != nil || p.copied != "text "+test.program {
			t.Errorf("%s: %q, %v; the terminal copied %q", test.program, note, err, p.copied)
		}
	}
	copied, err := os.ReadFile(filepath.Join(dir, "copied"))
	if string(copied) != "text xclip" {
		t.Errorf("the program copied %q, %v", copied, err)
	}
	if !slices.Equal(o.copier(), nil) {
		t.Error("a program for a display that is not there")
	}
}
