package term

import (
	"context"
	"io"
	"runtime"
	"time"
)

// maxTTYLine is the longest line, in bytes, that a terminal of Linux hands over
// while it edits lines itself: it drops the rest. See N_TTY_BUF_SIZE in termios(3).
const maxTTYLine = 4095

// ReadLine shows a prompt and returns the next line as it was typed, with its outer
// spaces. Cut says that it was longer than the terminal can take, and that the end
// of it is lost. Signals are the caller's affair: ctx ends the reading.
func (p *Prompter) ReadLine(ctx context.Context, prompt string) (line string, cut bool, err error) {
	if err := context.Cause(ctx); err != nil {
		return "", false, err
	}
	if _, err := io.WriteString(p.out, prompt); err != nil {
		return "", false, err
	}
	line, err = p.input.wholeLine(ctx)
	return line, p.isCut(line), err
}

func (p *Prompter) isCut(line string) bool {
	return p.tty != nil && runtime.GOOS == "linux" && len(line) >= maxTTYLine
}

// Arrived returns the lines that are there, and those that follow within so short a
// time each that nobody can have typed them: the rest of a paste, or what was typed
// ahead. What was pasted behind the last line end is not among them: the terminal
// hands it over when Enter is pressed. Without a terminal nothing is typed, and
// nothing returned.
func (p *Prompter) Arrived(ctx context.Context, within time.Duration) ([]string, error) {
	var lines []string
	for p.tty != nil {
		soon, cancel := context.WithTimeout(ctx, within)
		line, err := p.input.wholeLine(soon)
		late := soon.Err() != nil && ctx.Err() == nil
		cancel()
		switch {
		case err == nil:
			lines = append(lines, line)
		case err == ErrNoAnswer:
			p.input.ended = true // whoever reads on is to know as well
			if len(lines) == 0 {
				return nil, err
			}
			return lines, nil
		case late:
			return lines, nil
		default:
			return lines, err
		}
	}
	return lines, nil
}

// Out is where questions are written, for text that was made harmless before. It
// must not be used while a question is open.
func (p *Prompter) Out() io.Writer { return p.out }

// Dumb reports whether control sequences may mean nothing to whoever reads what is
// written.
func (p *Prompter) Dumb() bool { return p.screen == nil || p.env("TERM") == "dumb" }
