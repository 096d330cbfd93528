package plain

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// What stands before the text of either side, and before the lines of a message
// after its first one.
const (
	promptLabel = "You: "
	answerLabel = "Qwen: "
	moreLabel   = "More: "
)

// Read implements [front.Front]. A message goes on in the next line behind a
// backslash. Lines that arrive at once were pasted, and are one message.
//
// The first Ctrl-C drops what was begun, the second one leaves.
func (f *Front) Read(ctx context.Context) (string, error) {
	for warned := false; ; {
		text, err := f.message(ctx)
		switch {
		case err == nil && text != "":
			return text, nil
		case err == nil:
			warned = false
		case ctx.Err() != nil:
			return "", ctx.Err()
		case errors.Is(err, context.Canceled) && !warned:
			f.line("Ctrl-C again leaves the chat.")
			warned = true
		case errors.Is(err, context.Canceled), errors.Is(err, term.ErrNoAnswer):
			return "", front.ErrLeft
		default:
			return "", err
		}
	}
}

// message asks for a message. It returns "" if there is none after all.
func (f *Front) message(ctx context.Context) (string, error) {
	f.showFooter()
	f.showKept()
	ctx, done := f.question(ctx)
	defer done()
	lines, err := f.lines(ctx)
	if err != nil {
		f.leaveLine()
		return "", err
	}
	text := typed(lines)
	f.typed = strings.TrimRightFunc(text, unicode.IsSpace)
	if f.typed == "" {
		text, f.kept = f.kept, ""
		return text, nil
	}
	if !isCommand(text) {
		f.kept = ""
	}
	if f.history != nil {
		f.history.Add(text)
	}
	return text, nil
}

// typed returns lines as one text. Where the terminal edits them, an arrow key types
// a control sequence, which nobody meant to send.
func typed(lines []string) string {
	text := strings.ToValidUTF8(strings.Join(lines, "\n"), "\uFFFD")
	if strings.Contains(text, "\x1b") {
		return term.Clean(text)
	}
	return text
}

// isCommand reports whether a text does something other than to be sent, after
// which the one that is kept can still be. A path at the beginning is none.
func isCommand(text string) bool {
	word, _, _ := strings.Cut(text, " ")
	name, ok := strings.CutPrefix(word, "/")
	return ok && name != "" && !strings.Contains(name, "/") || strings.HasPrefix(text, "!")
}

// lines reads the lines of a message. Several that arrive at once wait for Enter:
// the last one of a paste may not be with them, and what was typed ahead may not
// have been meant to be one message.
func (f *Front) lines(ctx context.Context) ([]string, error) {
	var lines []string
	for label, held := promptLabel, false; ; label = moreLabel {
		next, cut, err := f.next(ctx, label)
		if err != nil && !(errors.Is(err, term.ErrNoAnswer) && len(lines) > 0) {
			return nil, err
		}
		if err != nil || held && len(next) == 1 && next[0] == "" {
			return lines, nil
		}
		lines = append(lines, next...)
		last := &lines[len(lines)-1]
		before, goesOn := strings.CutSuffix(*last, `\`)
		switch {
		case cut:
			f.line("The terminal takes no longer lines: the end of this one is lost. Enter sends the rest, Ctrl-C drops it.")
			held = true
		case len(next) > 1:
			f.leaveLine() // the end of a paste may stand there
			f.line(front.Count(int64(len(lines))) + " lines so far. Enter sends them, Ctrl-C drops them.")
			held = true
		case goesOn:
			*last = before
		default:
			return lines, nil
		}
	}
}

// How long the next line of a paste may take to arrive, and how long is looked for
// what was typed ahead. Nobody types a line in that time, and nobody notices it.
const (
	pasteGap = 100 * time.Millisecond
	aheadGap = 10 * time.Millisecond
)

// next reads a line, and those that arrive with it. What was typed ahead is shown
// again, behind its label: the terminal has shown it amid something else.
func (f *Front) next(ctx context.Context, label string) (lines []string, cut bool, err error) {
	lines, err = f.prompter.Arrived(ctx, aheadGap)
	if len(lines) > 0 {
		f.line(label + term.Clean(strings.Join(lines, "\n")))
	}
	if err != nil || len(lines) > 0 {
		return lines, false, err
	}
	line, cut, err := f.prompter.ReadLine(ctx, label)
	if err != nil {
		return nil, false, err
	}
	lines, err = f.prompter.Arrived(ctx, pasteGap)
	if errors.Is(err, term.ErrNoAnswer) {
		err = nil
	}
	return append([]string{line}, lines...), cut, err
}

// Put implements [front.Front]. A line that the terminal edits cannot be filled in:
// the text is kept, and Enter alone sends it. A command that was wrong would be so
// again.
func (f *Front) Put(text string) {
	if isCommand(text) {
		return
	}
	f.kept = strings.Join(slices.DeleteFunc([]string{text, f.kept}, func(s string) bool { return s == "" }), "\n")
}

// maxKept is how much is shown of a text that is kept, in bytes.
const maxKept = 60

func (f *Front) showKept() {
	if f.kept == "" {
		return
	}
	text := term.CleanLine(f.kept)
	if len(text) > maxKept {
		n := maxKept
		for !utf8.RuneStart(text[n]) {
			n--
		}
		text = text[:n] + "…"
	}
	f.line("Not sent: " + text)
	f.line("Enter alone sends it.")
}
