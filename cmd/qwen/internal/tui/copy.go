package tui

import (
	"context"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// copyTime bounds how long a program may take to put a text on the clipboard.
const copyTime = 2 * time.Second

// Copy implements [front.Front]: by the system's own program where there is one, and
// by the terminal, which also works over SSH but does not tell whether it does.
func (f *Front) Copy(ctx context.Context, text string) (string, error) {
	reply := make(chan error, 1)
	asked, err := await(ctx, f, reply,
		func(m *model) { m.effect(func(c Console) { reply <- c.Copy(text) }) },
		func(*model) {})
	if err != nil {
		return "", err
	}
	if argv := f.copier(); argv != nil && f.copyWith(ctx, argv, text) == nil {
		return "Copied.", nil
	}
	if asked != nil {
		return "", asked
	}
	return "The terminal was asked to copy it.", nil
}

// copier is the program that copies what it is given, nil if there is none for the
// person's own screen.
func (f *Front) copier() []string {
	has := func(name string) bool { return f.opts.Getenv != nil && f.opts.Getenv(name) != "" }
	var candidates [][]string
	switch {
	case has("SSH_CONNECTION"), has("SSH_TTY"):
		return nil // it would be the clipboard of the other machine
	case runtime.GOOS == "darwin":
		candidates = [][]string{{"/usr/bin/pbcopy"}}
	case runtime.GOOS == "windows":
		candidates = [][]string{{filepath.Join(f.opts.Getenv("SystemRoot"), "System32", "clip.exe")}}
	case has("WAYLAND_DISPLAY"):
		candidates = [][]string{{"wl-copy"}}
	case has("DISPLAY"):
		candidates = [][]string{{"xclip", "-selection", "clipboard"}, {"xsel", "--clipboard", "--input"}}
	}
	for _, argv := range candidates {
		if path, err := exec.LookPath(argv[0]); err == nil && filepath.IsAbs(path) {
			return append([]string{path}, argv[1:]...)
		}
	}
	return nil
}

func (f *Front) copyWith(ctx context.Context, argv []string, text string) error {
	ctx, cancel := context.WithTimeout(ctx, copyTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = slices.Clone(f.opts.Environ)
	cmd.Stdin = strings.NewReader(text)
	return cmd.Run()
}

var _ Console = (*term.Console)(nil)
