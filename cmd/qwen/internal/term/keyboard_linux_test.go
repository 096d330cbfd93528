package term

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// modeOf returns the mode of a terminal.
func modeOf(t *testing.T, tty *os.File) unix.Termios {
	t.Helper()
	var mode *unix.Termios
	var err error
	if cerr := control(tty, func(fd int) { mode, err = unix.IoctlGetTermios(fd, unix.TCGETS) }); cerr != nil || err != nil {
		t.Fatal(cerr, err)
	}
	return *mode
}

// sees reads what the person sees until it holds text.
func sees(t *testing.T, person io.Reader, text string) {
	t.Helper()
	var seen strings.Builder
	for r := bufio.NewReaderSize(person, 16); !strings.Contains(seen.String(), text); {
		b, err := r.ReadByte()
		if err != nil {
			t.Fatalf("%v after %q, want %q", err, seen.String(), text)
		}
		seen.WriteByte(b)
	}
}

// terminal is a pseudo-terminal with a prompter.
func terminal(t *testing.T) (p *Prompter, person, tty *os.File) {
	person, tty = pty(t)
	err := control(person, func(fd int) {
		_ = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80})
	})
	if err != nil {
		t.Fatal(err)
	}
	p = NewPrompter(tty, tty)
	t.Cleanup(func() { _ = p.Close() })
	return p, person, tty
}

type picked struct {
	index int
	err   error
}

func pick(ctx context.Context, p *Prompter) <-chan picked {
	done := make(chan picked, 1)
	go func() {
		i, err := p.Pick(ctx, "Sign in to", providers, -1)
		done <- picked{i, err}
	}()
	return done
}

func TestPick(t *testing.T) {
	p, person, tty := terminal(t)
	before := modeOf(t, tty)
	done := pick(t.Context(), p)
	sees(t, person, listHelp)
	if modeOf(t, tty) == before {
		t.Error("the terminal still reads lines")
	}
	// What is typed or pasted behind the Enter is for the next question.
	_, _ = io.WriteString(person, "\x1b[B\rwork\r")
	if got := <-done; got != (picked{1, nil}) {
		t.Fatalf("Pick = %v", got)
	}
	if modeOf(t, tty) != before {
		t.Error("the terminal is not as it was before")
	}
	sees(t, person, "Sign in to: Coding Plan\r\n")
	if got, err := p.Ask(t.Context(), Question{Label: "Name"}); got != "work" || err != nil {
		t.Errorf("Ask = %q, %v", got, err)
	}
}

func TestPickEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(cancel func(), person *os.File)
	}{
		{"Esc", func(_ func(), person *os.File) { _, _ = io.WriteString(person, "\x1b") }},
		{"Ctrl-C", func(_ func(), person *os.File) { _, _ = person.Write([]byte{3}) }},
		{"context", func(cancel func(), _ *os.File) { cancel() }},
		{"SIGTERM", func(func(), *os.File) { _ = syscall.Kill(os.Getpid(), syscall.SIGTERM) }},
		{"SIGHUP", func(func(), *os.File) { _ = syscall.Kill(os.Getpid(), syscall.SIGHUP) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, person, tty := terminal(t)
			before := modeOf(t, tty)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := pick(ctx, p)
			sees(t, person, listHelp)
			c.end(cancel, person)
			if got := <-done; !errors.Is(got.err, context.Canceled) {
				t.Errorf("Pick = %v, want %v", got, context.Canceled)
			}
			if modeOf(t, tty) != before {
				t.Error("the terminal is not as it was before")
			}
		})
	}
}

// After a question, what is typed belongs to whoever reads the terminal next.
func TestCancelledReadTakesNothing(t *testing.T) {
	p, person, tty := terminal(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := pick(ctx, p)
	sees(t, person, listHelp)
	cancel()
	<-done
	_, _ = io.WriteString(person, "for another\n")
	if got, err := bufio.NewReader(tty).ReadString('\n'); got != "for another\n" || err != nil {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestPickFollowsSize(t *testing.T) {
	p, person, _ := terminal(t)
	done := pick(t.Context(), p)
	sees(t, person, listHelp)
	err := control(person, func(fd int) {
		_ = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 40})
	})
	if err != nil {
		t.Fatal(err)
	}
	// The terminal controls no process here, which would get the signal.
	_ = syscall.Kill(os.Getpid(), syscall.SIGWINCH)
	sees(t, person, Cut("  "+listHelp, 39))
	_, _ = person.Write([]byte("\r"))
	if got := <-done; got != (picked{0, nil}) {
		t.Errorf("Pick = %v", got)
	}
}

func TestPickPlain(t *testing.T) {
	for name, c := range map[string]struct {
		plain     bool
		variables map[string]string
	}{
		"--plain":    {plain: true},
		"dumb":       {variables: map[string]string{"TERM": "dumb"}},
		"accessible": {variables: map[string]string{"ACCESSIBLE": "1"}},
	} {
		t.Run(name, func(t *testing.T) {
			p, person, _ := terminal(t)
			p.Plain, p.Getenv = c.plain, func(name string) string { return c.variables[name] }
			if p.CanPaint() {
				t.Error("CanPaint = true")
			}
			done := pick(t.Context(), p)
			sees(t, person, "Number: ")
			_, _ = io.WriteString(person, "2\n")
			if got := <-done; got != (picked{1, nil}) {
				t.Errorf("Pick = %v", got)
			}
		})
	}
}

func TestShowOnTerminal(t *testing.T) {
	p, person, tty := terminal(t)
	before := modeOf(t, tty)
	pressed := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	w := p.Show(t.Context(), Status{Text: "Waiting", Cancel: cancel, Hints: []Hint{
		{Key: 'c', Does: "copy link", Do: func(context.Context) string { close(pressed); return "" }},
	}})
	sees(t, person, "Waiting · c copy link · Esc cancel")
	_, _ = io.WriteString(person, "c")
	<-pressed
	_, _ = io.WriteString(person, "\x1b")
	<-ctx.Done()
	w.Stop()
	if modeOf(t, tty) != before {
		t.Error("the terminal is not as it was before")
	}
}

// A panic while something is shown leaves a terminal that one can work on.
func TestShowAndPanic(t *testing.T) {
	p, person, tty := terminal(t)
	before := modeOf(t, tty)
	func() {
		defer func() { _ = recover() }()
		w := p.Show(t.Context(), Status{Text: "Waiting", Cancel: func() {}})
		defer w.Stop()
		sees(t, person, "Waiting")
		panic("bug")
	}()
	if modeOf(t, tty) != before {
		t.Error("the terminal is not as it was before")
	}
}
