//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// A session is a program on a terminal, and whoever sits there.
type session struct {
	cmd    *exec.Cmd
	report func() facts
	tty    *os.File // the side of the person

	mu      sync.Mutex
	screen  bytes.Buffer // all that was written
	changed chan struct{}
	over    bool // nothing more will be written
}

// open runs a program on a terminal of 80 by 24.
func (r *runner) open(ctx context.Context, p *program, flags ...string) (*session, error) {
	cmd, report := r.command(ctx, p, append(flags, "-tty")...)
	tty, err := pty.StartWithAttrs(cmd, &pty.Winsize{Rows: 24, Cols: 80}, nil)
	if err != nil {
		return nil, err
	}
	s := &session{cmd: cmd, report: report, tty: tty, changed: make(chan struct{}, 1)}
	go s.read()
	return s, nil
}

// read takes what the program writes and answers what it asks the terminal.
func (s *session) read() {
	buf := make([]byte, 64<<10)
	for {
		n, err := s.tty.Read(buf)
		s.mu.Lock()
		s.screen.Write(buf[:n])
		s.over = err != nil
		s.mu.Unlock()
		if n > 0 {
			_, _ = s.tty.WriteString(replies(buf[:n]))
		}
		select {
		case s.changed <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// replies returns what a terminal answers to the questions in what was written to
// it: what it is, where the cursor is, its keyboard protocol, whether it knows
// synchronised output, and its background.
func replies(written []byte) string {
	var b strings.Builder
	for _, q := range []struct{ question, answer string }{
		{"\x1b[c", "\x1b[?62;22c"},
		{"\x1b[0c", "\x1b[?62;22c"},
		{"\x1b[6n", "\x1b[1;1R"},
		{"\x1b[?u", "\x1b[?0u"},
		{"\x1b[?2026$p", "\x1b[?2026;2$y"},
		{"\x1b[?2027$p", "\x1b[?2027;0$y"},
		{"\x1b]11;?", "\x1b]11;rgb:0000/0000/0000\x1b\\"},
	} {
		if bytes.Contains(written, []byte(q.question)) {
			b.WriteString(q.answer)
		}
	}
	return b.String()
}

// errEnded says that a program is over.
var errEnded = errors.New("the program has ended")

// wait waits until a program that has written this much is as ok wants it.
func (s *session) wait(ctx context.Context, ok func(written string) bool) error {
	for {
		s.mu.Lock()
		written, over := s.screen.String(), s.over
		s.mu.Unlock()
		switch {
		case ok(written):
			return nil
		case over:
			return fmt.Errorf("%w: %s", errEnded, firstLine(written))
		}
		select {
		case <-s.changed:
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// raw reports whether the program takes keys one by one: before that the terminal
// itself echoes what is typed.
func (s *session) raw() bool {
	mode, err := unix.IoctlGetTermios(int(s.tty.Fd()), getTermios)
	return err == nil && mode.Lflag&(unix.ECHO|unix.ICANON) == 0
}

// readyKey is typed to see whether the program takes keys. No program shows it by
// itself.
const readyKey = "§"

// prompt waits until the program has painted something and shows a key that was
// typed after that, and returns when that was.
func (s *session) prompt(ctx context.Context) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := s.wait(ctx, func(written string) bool { return written != "" && s.raw() }); err != nil {
		return time.Time{}, err
	}
	if err := s.keys(readyKey); err != nil {
		return time.Time{}, err
	}
	err := s.wait(ctx, func(written string) bool { return strings.Contains(written, readyKey) })
	return time.Now(), err
}

func (s *session) keys(text string) error {
	_, err := s.tty.WriteString(text)
	return err
}

// end ends the program as a person would, Ctrl-C for the text that is in the line
// and Ctrl-D for the program, and returns what it has cost.
func (s *session) end() (facts, error) {
	leave := time.AfterFunc(0, func() {
		_ = s.keys("\x03")
		time.Sleep(100 * time.Millisecond)
		_ = s.keys("\x04")
	})
	defer leave.Stop()
	kill := time.AfterFunc(5*time.Second, func() { _ = s.cmd.Process.Signal(unix.SIGHUP); _ = s.tty.Close() })
	defer kill.Stop()
	f := s.report()
	err := s.cmd.Wait()
	_ = s.tty.Close()
	return f, err
}
