package tui

import (
	"context"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

var _ Console = (*term.Console)(nil)

// copyTime bounds how long a program may take to put a text on the clipboard.
const copyTime = 2 * time.Second

// Copy implements [front.Front].
func (f *Front) Copy(ctx context.Context, text string) (string, error) {
	return f.opts.copy(ctx, text)
}

func (o *Options) copy(ctx context.Context, text string) (note string, err error) {
	return o.copyBy(ctx, o.copier(), text)
}

// copyBy copies a text both by the terminal, which also works over SSH but does not
// tell whether it does, and by the system's own program, if there is one.
func (o *Options) copyBy(ctx context.Context, argv []string, text string) (note string, err error) {
	err = o.Console.Copy(text)
	if argv != nil && o.run(ctx, argv, text) == nil {
		return "Copied.", nil
	}
	if err != nil {
		return "", err
	}
	return "The terminal was asked to copy it.", ctx.Err()
}

// copier is the program that copies what it is given, nil if there is none for the
// person's own screen.
func (o *Options) copier() []string {
	for _, argv := range o.copiers(runtime.GOOS) {
		if path, err := exec.LookPath(argv[0]); err == nil && filepath.IsAbs(path) {
			return append([]string{path}, argv[1:]...)
		}
	}
	return nil
}

// copiers are the programs that systems have. Over SSH, theirs would be the clipboard
// of the other machine.
func (o *Options) copiers(system string) [][]string {
	has := func(name string) bool { return o.getenv(name) != "" }
	var list [][]string
	switch {
	case has("SSH_CONNECTION"), has("SSH_TTY"), has("SSH_CLIENT"):
	case system == "darwin":
		list = append(list, []string{"/usr/bin/pbcopy"})
	case system == "windows":
		list = append(list, []string{filepath.Join(o.getenv("SystemRoot"), "System32", "clip.exe")})
	default:
		if has("WAYLAND_DISPLAY") {
			list = append(list, []string{"wl-copy"})
		}
		if has("DISPLAY") {
			list = append(list, []string{"xclip", "-selection", "clipboard"}, []string{"xsel", "--clipboard", "--input"})
		}
	}
	return list
}

// run runs a program that gets a text.
func (o *Options) run(ctx context.Context, argv []string, text string) error {
	ctx, cancel := context.WithTimeout(ctx, copyTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = o.Environ
	cmd.Stdin = strings.NewReader(text)
	cmd.WaitDelay = copyTime
	return cmd.Run()
}

// getenv looks a variable up; without an environment there is none.
func (o *Options) getenv(name string) string {
	if o.Getenv == nil {
		return ""
	}
	return o.Getenv(name)
}
