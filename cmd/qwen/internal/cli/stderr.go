package cli

import (
	"io"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// stderrWriter writes whole lines to standard error. It removes whatever would
// drive a terminal, for standard error is read on one sooner or later, also when
// it is a file; then it adds colours of its own, if there are to be any.
type stderrWriter struct {
	w     io.Writer
	color atomic.Bool

	// instead takes the lines while something else is on the screen that they would
	// break into; nil: nothing is.
	instead atomic.Pointer[func(line string)]
}

func (s *stderrWriter) Write(p []byte) (int, error) {
	line := term.Clean(string(p))
	if show := s.instead.Load(); show != nil {
		(*show)(line)
		return len(p), nil
	}
	if _, err := io.WriteString(s.w, s.styled(line)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// styled returns a line that is clean, with its colours if there are to be any.
func (s *stderrWriter) styled(line string) string {
	if s.color.Load() {
		return paint(line)
	}
	return line
}

// Select Graphic Rendition, ECMA-48 section 8.3.117.
const (
	bold  = "\x1b[1m"
	faint = "\x1b[2m"
	unset = "\x1b[0m"
)

// paint sets off the program's name before a message, and makes a hint faint.
func paint(line string) string {
	text, end := strings.CutSuffix(line, "\n")
	switch {
	case strings.HasPrefix(text, "qwen: "):
		text = bold + "qwen:" + unset + strings.TrimPrefix(text, "qwen:")
	case strings.HasPrefix(text, "hint: "):
		text = faint + text + unset
	}
	if end {
		text += "\n"
	}
	return text
}

// colorLikely reports whether standard error is coloured, as far as arguments and
// environment tell: for what is said before the configuration is known.
func (a *app) colorLikely() bool {
	off := slices.Contains(a.args, "--no-color")
	return term.Color{Off: off, Getenv: a.getenv}.For(a.streams.Err)
}

// setColor does as the configuration says.
func (a *app) setColor(cfg *config.Config) {
	switch cfg.Options.Color {
	case "never":
		a.errors.color.Store(false)
	case "always":
		a.errors.color.Store(true)
	}
}
