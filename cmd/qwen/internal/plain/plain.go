package plain

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/sdk"
)

// Options are the surroundings of a [Front].
type Options struct {
	// Prompter is the terminal. New makes it plain.
	Prompter *term.Prompter

	// Interrupts delivers what Ctrl-C sends; a buffer of one is good. Without it,
	// nobody can interrupt.
	Interrupts <-chan os.Signal

	// History is told what was said; it may be nil.
	History front.History

	// Bell rings the terminal's bell when there is something to notify of.
	Bell bool
}

// A Front shows a chat as lines.
type Front struct {
	prompter   *term.Prompter
	history    front.History
	bell       bool
	interrupts interrupts

	kept          string       // given back by Put, not yet sent
	typed         string       // read last: it stands on the terminal
	footer, shown front.Footer // as it is, and as it was last shown

	mu     sync.Mutex // of what follows: a timer speaks too
	begun  bool       // something stands on the current line
	answer *answer    // the one that arrives; nil: none does
	status status
}

var _ front.Front = (*Front)(nil)

// New returns a front for a terminal.
func New(o Options) *Front {
	o.Prompter.Plain = true
	return &Front{
		prompter:   o.Prompter,
		history:    o.History,
		bell:       o.Bell,
		interrupts: interrupts{signals: o.Interrupts},
	}
}

// line writes lines that stand on their own.
func (f *Front) line(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.writeLine(text)
}

func (f *Front) writeLine(text string) {
	f.endLine()
	f.write(text + "\n")
}

// endLine leaves the line that was begun.
func (f *Front) endLine() {
	if f.begun {
		f.write("\n")
	}
}

// leaveLine leaves the line on which the person has stopped.
func (f *Front) leaveLine() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.begun = true
	f.endLine()
}

// write writes text that was made harmless. A terminal that is gone is noticed when
// it is read from.
func (f *Front) write(text string) {
	_, _ = f.prompter.Out().Write([]byte(text))
	f.begun = !strings.HasSuffix(text, "\n")
}

// Say implements [front.Front].
func (f *Front) Say(e front.Entry) {
	switch text := strings.TrimRight(term.Clean(e.Text), "\n"); e.Kind {
	case front.Note:
		f.line("* " + term.CleanLine(text))
	case front.Prompt:
		if e.Text != f.typed {
			f.line(promptLabel + text)
		}
		f.typed = ""
	case front.Reply:
		f.line(answerLabel + text)
	case front.Fault:
		f.line("Error: " + term.CleanLine(text))
		if hint := term.CleanLine(e.Hint); hint != "" {
			f.line("Hint: " + hint)
		}
	default:
		f.line(text)
	}
}

// Footer implements [front.Front]. It is shown before the next prompt, if it says
// anything new.
func (f *Front) Footer(footer front.Footer) { f.footer = footer }

// showFooter says what has changed since the footer was last shown.
func (f *Front) showFooter() {
	was, is := f.shown, f.footer
	var news []string
	for _, part := range []struct{ label, was, is string }{
		{"", was.Connection, is.Connection},
		{"model ", was.Model, is.Model},
		{"", was.Context, is.Context},
		{"", was.Limit, is.Limit},
		{"", was.Attached, is.Attached},
	} {
		if part.is != part.was && part.is != "" {
			news = append(news, part.label+term.CleanLine(part.is))
		}
	}
	f.shown = is
	if len(news) > 0 {
		f.line("Now: " + strings.Join(news, ", "))
	}
}

// Busy implements [front.Front].
func (f *Front) Busy(ctx context.Context) (context.Context, func()) {
	return f.interruptible(ctx, f.afterInterrupt)
}

// Ask implements [front.Front].
func (f *Front) Ask(ctx context.Context, q sdk.Question) (string, error) {
	help := q.Help
	if q.Placeholder != "" {
		help = strings.TrimSpace(help + " (such as " + q.Placeholder + ")")
	}
	return f.ask(ctx, term.Question{Label: q.Label, Help: help, Default: q.Default, Secret: q.Secret, Optional: q.Optional})
}

func (f *Front) ask(ctx context.Context, q term.Question) (string, error) {
	ctx, done := f.question(ctx)
	defer done()
	answer, err := f.prompter.Ask(ctx, q)
	return answer, givenUp(err)
}

// Confirm implements [front.Front].
func (f *Front) Confirm(ctx context.Context, question string, byDefault bool) (bool, error) {
	ctx, done := f.question(ctx)
	defer done()
	yes, err := f.prompter.Confirm(ctx, question, byDefault)
	return yes, givenUp(err)
}

// question makes the terminal ready for a question, which Ctrl-C ends. What went on
// before waits for the person: nothing is to be said of it while they type.
func (f *Front) question(ctx context.Context) (context.Context, func()) {
	f.State(front.State{})
	f.mu.Lock()
	f.endLine()
	f.mu.Unlock()
	return f.interruptible(ctx, func() {}) // the prompter leaves the line by itself
}

// givenUp makes the end of the input mean what Esc means elsewhere.
func givenUp(err error) error {
	if errors.Is(err, term.ErrNoAnswer) {
		return context.Canceled
	}
	return err
}

// ShowCode implements [front.Front]. The address stands on a line of its own, to be
// selected and copied.
func (f *Front) ShowCode(code sdk.DeviceCode, cancel func()) (closeCode func()) {
	page := code.CompleteURL
	if page == "" {
		page = code.URL
	}
	f.line("Open this page on any device and sign in:")
	f.line(term.CleanLine(page))
	f.line("Check or enter the code there: " + term.CleanLine(code.Code))
	f.line("Enter it only if you started this sign-in yourself.")
	f.line("It expires at " + code.Expires.Local().Format(time.TimeOnly) + ", in " + front.Span(time.Until(code.Expires)) + ". Ctrl-C cancels.")
	return f.interrupts.handle(func() {
		f.afterInterrupt()
		cancel()
	})
}

// Copy implements [front.Front].
func (f *Front) Copy(_ context.Context, text string) (string, error) {
	if f.prompter.Dumb() {
		return "", errors.New("this terminal has no clipboard")
	}
	return "the terminal was asked to copy it", f.prompter.Copy(text)
}

// Notify implements [front.Front]. The text itself is in the transcript.
func (f *Front) Notify(string) {
	if f.bell && !f.prompter.Dumb() {
		f.mu.Lock()
		defer f.mu.Unlock()
		_, _ = f.prompter.Out().Write([]byte("\a"))
	}
}

// Title implements [front.Front]. Naming a window is no text: it is left out.
func (f *Front) Title(string) {}
