package term

import (
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A desk is a terminal with somebody at it, who sees all that is written and answers
// what is asked.
type desk struct {
	person, tty *os.File
	mute        bool // does not answer

	mu   sync.Mutex
	seen strings.Builder
	past int // of it, what the test has waited for already
}

const someVersion = "\x1bP>|Desk 1.0\x1b\\"

func newDesk(t *testing.T) *desk {
	d := &desk{}
	d.person, d.tty = pty(t)
	d.resize(t, 80, 24)
	go d.look()
	return d
}

func (d *desk) look() {
	buf := make([]byte, 4096)
	for {
		n, err := d.person.Read(buf)
		if err != nil {
			return
		}
		d.mu.Lock()
		d.seen.Write(buf[:n])
		mute := d.mute
		d.mu.Unlock()
		for _, answer := range []struct{ question, answer string }{
			{"\x1b[>q", someVersion},
			{"\x1b]11;?", "\x1b]11;rgb:ffff/ffff/ffff\x1b\\"},
			{"\x1b[?6n", "\x1b[?3;1R"},
			{"\x1b[c", "\x1b[?62c"},
		} {
			if !mute && strings.Contains(string(buf[:n]), answer.question) {
				_, _ = io.WriteString(d.person, answer.answer)
			}
		}
	}
}

func (d *desk) resize(t *testing.T, columns, rows uint16) {
	t.Helper()
	err := control(d.person, func(fd int) {
		_ = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: rows, Col: columns})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (d *desk) silence(mute bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mute = mute
}

// sees waits until the person has seen text, behind what was waited for before.
func (d *desk) sees(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if d.find(text) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%q is not in %q", text, d.all())
		}
	}
}

func (d *desk) find(text string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := strings.Index(d.seen.String()[d.past:], text)
	if i < 0 {
		return false
	}
	d.past += i + len(text)
	return true
}

// all returns all that the person has seen.
func (d *desk) all() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.seen.String()
}

func (d *desk) types(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(d.person, text); err != nil {
		t.Fatal(err)
	}
}

// console opens a console at the desk.
func (d *desk) console(t *testing.T, variables string) *Console {
	t.Helper()
	c, err := newConsole(d.tty, d.tty, ConsoleOptions{Getenv: environment(variables)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func wantEvent(t *testing.T, c *Console, want Event) {
	t.Helper()
	select {
	case got := <-c.Events():
		if got != want {
			t.Fatalf("%#v, want %#v", got, want)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("no event, want %#v", want)
	}
}

const xterm = "TERM=xterm-256color"

func TestConsoleGivesTerminalBack(t *testing.T) {
	d := newDesk(t)
	before := modeOf(t, d.tty)
	c := d.console(t, xterm)
	d.sees(t, modesOn)
	if modeOf(t, d.tty) == before {
		t.Error("the terminal still reads lines")
	}
	d.types(t, "a\r")
	wantEvent(t, c, Key{Text: "a"})
	wantEvent(t, c, Key{Name: "enter"})
	d.types(t, "\n")
	wantEvent(t, c, Key{Text: "j", Ctrl: true})
	if err := c.Draw([]string{"done"}, Frame{Lines: []string{"live"}, HideCursor: true}); err != nil {
		t.Fatal(err)
	}
	d.sees(t, "done\r\r\n") // the terminal makes two of the line feed
	for range 2 {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	d.sees(t, eraseBelow)
	d.sees(t, cursorShow)
	d.sees(t, modesOff)
	if modeOf(t, d.tty) != before {
		t.Error("the terminal is not as it was before")
	}
	if _, more := <-c.Events(); more {
		t.Error("events after Close")
	}
	if err := c.Draw(nil, Frame{}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Draw = %v", err)
	}
}

// What was typed before the console was there, Enter included, means what it means
// afterwards.
func TestConsoleTypedAhead(t *testing.T) {
	d := newDesk(t)
	d.types(t, "a\r")
	d.sees(t, "a\r\n") // the terminal has it, as a line
	c := d.console(t, xterm)
	wantEvent(t, c, Key{Text: "a"})
	wantEvent(t, c, Key{Name: "enter"})
	d.types(t, "\n\r")
	wantEvent(t, c, Key{Text: "j", Ctrl: true})
	wantEvent(t, c, Key{Name: "enter"})
}

func TestConsoleSuspends(t *testing.T) {
	d := newDesk(t)
	before := modeOf(t, d.tty)
	c := d.console(t, xterm)
	f := Frame{Lines: []string{"live"}}
	if err := c.Draw(nil, f); err != nil {
		t.Fatal(err)
	}
	d.sees(t, "live")
	failed := errors.New("failed")
	err := c.Suspend(func() error {
		d.sees(t, modesOff)
		if modeOf(t, d.tty) != before {
			t.Error("the terminal is not as it was before")
		}
		d.types(t, "for the editor\n")
		line := make([]byte, 80)
		if n, err := d.tty.Read(line); string(line[:n]) != "for the editor\n" || err != nil {
			t.Errorf("read %q, %v", line[:n], err)
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Errorf("Suspend = %v", err)
	}
	d.sees(t, modesOn)
	if err := c.Draw(nil, f); err != nil {
		t.Fatal(err)
	}
	d.sees(t, "live")
	d.types(t, "x")
	wantEvent(t, c, Key{Text: "x"})
}

func TestConsoleAsksBackground(t *testing.T) {
	d := newDesk(t)
	c := d.console(t, xterm)
	if err := c.AskBackground(); err != nil {
		t.Fatal(err)
	}
	wantEvent(t, c, Background{Dark: false})
	if got := c.terminal(); got != "Desk 1.0" {
		t.Errorf("the terminal is %q", got)
	}
}

// An answer that comes late is not left for whoever reads the terminal next.
func TestConsoleAwaitsAnswers(t *testing.T) {
	d := newDesk(t)
	d.silence(true)
	c := d.console(t, xterm)
	closed := make(chan error)
	go func() { closed <- c.Close() }()
	d.sees(t, modesOff)
	d.types(t, someVersion+"\x1b[?62c")
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	d.types(t, "for another\n")
	line := make([]byte, 80)
	if n, err := d.tty.Read(line); string(line[:n]) != "for another\n" || err != nil {
		t.Errorf("read %q, %v", line[:n], err)
	}
}

func TestConsoleWithTerminalThatNeverAnswers(t *testing.T) {
	d := newDesk(t)
	d.silence(true)
	c := d.console(t, xterm)
	f := Frame{Lines: []string{"live"}}
	for _, columns := range []uint16{60, 70} {
		if err := c.Draw(nil, f); err != nil {
			t.Fatal(err)
		}
		d.sees(t, "live")
		d.resize(t, columns, 24)
	}
}

func TestConsoleFollowsSize(t *testing.T) {
	d := newDesk(t)
	c := d.console(t, xterm)
	if columns, rows := c.Size(); columns != 80 || rows != 24 {
		t.Errorf("size %d × %d", columns, rows)
	}
	if err := c.Draw(nil, Frame{Lines: []string{strings.Repeat("x", 60)}}); err != nil {
		t.Fatal(err)
	}
	d.sees(t, "xxx")
	d.resize(t, 50, 24)
	_ = syscall.Kill(os.Getpid(), syscall.SIGWINCH) // the terminal controls no process here
	wantEvent(t, c, Resize{})
	if err := c.Draw(nil, Frame{Lines: []string{strings.Repeat("x", 60)}}); err != nil {
		t.Fatal(err)
	}
	d.sees(t, "\x1b[?6n")
	d.sees(t, strings.Repeat("x", 48)+"…")
	d.resize(t, 0, 0)
	if columns, rows := c.Size(); columns != 80 || rows != 24 {
		t.Errorf("size %d × %d", columns, rows)
	}
}

func TestConsoleEndsWithInput(t *testing.T) {
	d := newDesk(t)
	c := d.console(t, "TERM=linux")
	d.types(t, "a\x1b")
	wantEvent(t, c, Key{Text: "a"})
	wantEvent(t, c, Key{Name: "esc"})
	_ = d.person.Close()
	select {
	case e, more := <-c.Events():
		if more {
			t.Errorf("%v", e)
		}
	case <-time.After(10 * time.Second):
		t.Error("the events do not end")
	}
}

func TestConsoleTitle(t *testing.T) {
	d := newDesk(t)
	c := d.console(t, xterm)
	for _, text := range []string{"one\a\x1b]0;x\a", "two"} {
		if err := c.Title(text); err != nil {
			t.Fatal(err)
		}
	}
	_ = c.Close()
	d.sees(t, "\x1b[22;0t\x1b]2;one\a\x1b]2;two\a")
	d.sees(t, "\x1b[23;0t")
}

// The console of Linux is not sent what it would print.
func TestConsoleOnSimpleTerminal(t *testing.T) {
	d := newDesk(t)
	c := d.console(t, "TERM=linux")
	if err := errors.Join(c.Title("x"), c.AskBackground(), c.Bell()); err != nil {
		t.Fatal(err)
	}
	d.sees(t, "\a")
	_ = c.Close()
	d.sees(t, pasteModeOff)
	if seen := d.all(); strings.Contains(seen, "]") || strings.Contains(seen, "[>") {
		t.Errorf("seen %q", seen)
	}
}
