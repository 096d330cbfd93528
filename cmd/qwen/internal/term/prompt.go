package term

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
)

// ErrNoTerminal says that the process has no terminal to ask on.
var ErrNoTerminal = errors.New("no terminal to ask on")

// ErrNoAnswer says that the terminal's input ended before an answer, as after
// Ctrl-D.
var ErrNoAnswer = errors.New("the input ended before an answer")

// A Prompter asks a person. It talks to the terminal itself and not to standard
// input and output, which may be a pipe and a file.
//
// Every text shown is cleaned first. All questions return the context's error
// when it is cancelled, [context.Canceled] when the process is told to stop by a
// signal, and [ErrNoAnswer] when there is no more input; the terminal then is as
// it was before. One question is asked at a time.
type Prompter struct {
	// Plain forbids what is painted over: lists are numbered, and a status is a
	// line that stays. It is what --plain says.
	Plain bool

	// Getenv looks up an environment variable; nil for an empty environment.
	// TERM=dumb and ACCESSIBLE make the prompter plain too.
	Getenv func(name string) string

	input  *input
	out    io.Writer
	tty    *os.File // for switching the echo; nil if the input is no terminal
	screen *os.File // for what it can and how large it is; nil if out is no terminal
	close  []io.Closer
}

// OpenTTY opens the terminal that controls the process. It returns
// [ErrNoTerminal] if there is none.
func OpenTTY() (*Prompter, error) {
	in, out, err := openTTY()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoTerminal, err)
	}
	p := NewPrompter(in, out)
	p.close = append(p.close, in)
	if out != in {
		p.close = append(p.close, out)
	}
	return p, nil
}

// NewPrompter returns a prompter that reads answers from in and writes questions
// to out. If in is a file that is a terminal, secrets are not echoed.
func NewPrompter(in io.Reader, out io.Writer) *Prompter {
	p := &Prompter{out: out}
	var wake waker
	if f, ok := in.(*os.File); ok && isTerminal(f) {
		p.tty, wake = f, newWaker(f)
	}
	if f, ok := out.(*os.File); ok && isTerminal(f) {
		p.screen = f
	}
	p.input = newInput(in, wake)
	return p
}

// Close closes what [OpenTTY] opened.
func (p *Prompter) Close() error {
	errs := []error{p.input.close()}
	for _, c := range p.close {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// A Question asks for one line.
type Question struct {
	Label    string // "API key"
	Help     string // shown above the question; may be empty
	Default  string // taken when the person just presses Enter
	Secret   bool   // do not show what is typed, nor the default
	Optional bool   // an empty answer is an answer
}

// Ask asks for one line and returns it without outer spaces. It asks again until
// there is an answer, unless the question is optional or has a default.
func (p *Prompter) Ask(ctx context.Context, q Question) (string, error) {
	if help := CleanLine(q.Help); help != "" {
		p.println(help)
	}
	for {
		answer, err := p.ask(ctx, q.prompt(), q.Secret)
		switch {
		case err != nil:
			return "", err
		case answer != "":
			return answer, nil
		case q.Default != "" || q.Optional:
			return q.Default, nil
		}
	}
}

func (q Question) prompt() string {
	label := CleanLine(q.Label)
	if q.Default != "" && !q.Secret {
		label += " [" + CleanLine(q.Default) + "]"
	}
	return label + ": "
}

// Confirm asks a question that is answered by yes or no; byDefault is what Enter
// alone means.
func (p *Prompter) Confirm(ctx context.Context, question string, byDefault bool) (bool, error) {
	choice := " [y/N] "
	if byDefault {
		choice = " [Y/n] "
	}
	for {
		answer, err := p.ask(ctx, CleanLine(question)+choice, false)
		if err != nil {
			return false, err
		}
		switch strings.ToLower(answer) {
		case "":
			return byDefault, nil
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
		p.println("Please answer y or n.")
	}
}

// An Option is one of the answers to [Prompter.Choose].
type Option struct {
	Label string
	Note  string // shown behind the label; may be empty
}

// Choose asks to pick one of the options by its number and returns its index;
// byDefault is the index that Enter alone means, or -1 for none.
func (p *Prompter) Choose(ctx context.Context, label string, options []Option, byDefault int) (int, error) {
	if len(options) == 0 {
		return -1, errNoOptions
	}
	p.list(label, options)
	q := Question{Label: "Number"}
	if byDefault >= 0 && byDefault < len(options) {
		q.Default = strconv.Itoa(byDefault + 1)
	}
	for {
		answer, err := p.Ask(ctx, q)
		if err != nil {
			return -1, err
		}
		if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(options) {
			return n - 1, nil
		}
		p.println(fmt.Sprintf("Please type a number from 1 to %d.", len(options)))
	}
}

func (p *Prompter) list(label string, options []Option) {
	p.println(CleanLine(label))
	for i, o := range options {
		s := fmt.Sprintf("  %d  %s", i+1, CleanLine(o.Label))
		if note := CleanLine(o.Note); note != "" {
			s += "  (" + note + ")"
		}
		p.println(s)
	}
}

// Tell shows a line.
func (p *Prompter) Tell(text string) error {
	_, err := io.WriteString(p.out, CleanLine(text)+"\n")
	return err
}

func (p *Prompter) println(s string) { _, _ = io.WriteString(p.out, s+"\n") }

// ask prints the prompt and reads a line, while it listens for the signals that
// would end the process with the echo still off.
func (p *Prompter) ask(ctx context.Context, prompt string, secret bool) (string, error) {
	if err := context.Cause(ctx); err != nil {
		return "", err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if secret && p.tty != nil {
		restore, err := echoOff(p.tty)
		if err != nil {
			return "", fmt.Errorf("hide what is typed: %w", err)
		}
		defer restore()
	}
	if _, err := io.WriteString(p.out, prompt); err != nil {
		return "", err
	}
	answer, err := p.answer(ctx, secret)
	if secret && p.tty != nil || err != nil {
		p.println("") // the cursor is still behind the prompt
	}
	return answer, err
}
