// Package tmuxtest runs a program in a terminal and is the person in front of it:
// it types, pastes, changes the window's size and looks at the screen.
//
// The terminal is tmux, in a server of its own that ends with the test. Nothing here
// waits for a time to pass: a test waits for what it wants to see, so that a slow
// machine makes it slow and not wrong.
//
//	term := tmuxtest.Start(t, tmuxtest.Options{Command: []string{"qwen"}, Env: env})
//	term.WaitFor("Connect a provider")
//	term.Press("Down", "Enter")
//	term.Enter("hello")
//	term.WaitFor("You said: hello")
package tmuxtest

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// TB is what this package needs of a test. A *testing.T is one.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any) // does not return
	Skipf(format string, args ...any)  // does not return
}

// Options say what runs in the terminal.
type Options struct {
	Command []string // program and arguments
	Dir     string   // working directory; empty: that of the test

	// Env is the environment, the search path included; tmux adds its own variables.
	Env []string

	Columns, Rows int    // 100 and 30 if they are 0
	Term          string // what TERM says; empty: "tmux-256color"
}

// patience is how long something may take that happens at once on an idle machine.
const patience = 30 * time.Second

// A Terminal is a terminal with a program in it.
type Terminal struct {
	tb  TB
	dir string // of the socket and of what the wrapper writes
}

// Start starts a program in a terminal. Without tmux the test is skipped.
func Start(tb TB, o Options) *Terminal {
	tb.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		tb.Skipf("tmux is not installed: nothing is seen as a person sees it")
	}
	dir, err := os.MkdirTemp("", "tmux-") // the path of a socket is short
	if err != nil {
		tb.Fatalf("%v", err)
	}
	t := &Terminal{tb: tb, dir: dir}
	tb.Cleanup(t.Close)
	if err := os.WriteFile(t.path("conf"), []byte(configuration(o)), 0o600); err != nil {
		tb.Fatalf("%v", err)
	}
	t.tmux(append([]string{"LANG=C.UTF-8"}, o.Env...), "", t.newSession(o)...)
	return t
}

// configuration is that of the server. Its history holds the longest of answers, and
// programs may name its window and set its clipboard: what one of them must not do has
// to be possible.
func configuration(o Options) string {
	return "set -g exit-empty off\n" +
		"set -g set-clipboard on\n" +
		"set -g allow-rename on\n" +
		"set -g automatic-rename off\n" +
		"set -g status off\n" +
		"set -g history-limit 200000\n" +
		"set -g default-terminal " + cmp.Or(o.Term, "tmux-256color") + "\n"
}

// wrapper writes down the program's process ID and, when it has ended, its exit code,
// and keeps the terminal open for whoever looks at it. Keys that end the program do
// not end the wrapper, and when the terminal is closed, it waits for the program.
const wrapper = `trap : INT QUIT
trap closed=yes HUP
sh -c 'echo $$ >"$0/pid"; exec "$@"' "$0" "$@"
echo $? >"$0/exit"
trap - HUP
[ "$closed" ] || exec sleep 3600`

func (t *Terminal) newSession(o Options) []string {
	args := []string{"-f", t.path("conf"), "new-session", "-d",
		"-x", strconv.Itoa(cmp.Or(o.Columns, 100)), "-y", strconv.Itoa(cmp.Or(o.Rows, 30))}
	if o.Dir != "" {
		args = append(args, "-c", o.Dir)
	}
	return append(append(args, "--", "sh", "-c", wrapper, t.dir), o.Command...)
}

func (t *Terminal) path(name string) string { return filepath.Join(t.dir, name) }

// Close closes the terminal and waits until the program, which is told so by SIGHUP as
// by a shell that ends, has ended: what it writes at last is written then.
func (t *Terminal) Close() {
	_ = t.command(nil, "kill-server").Run()
	var pid int
	if t.number("pid", &pid) && !t.ends(0) {
		signal(pid, syscall.SIGHUP)
		if !t.ends(patience / 3) {
			signal(pid, syscall.SIGKILL)
			t.ends(patience / 3)
		}
	}
	_ = os.RemoveAll(t.dir)
}

func signal(pid int, s syscall.Signal) {
	if process, err := os.FindProcess(pid); err == nil {
		_ = process.Signal(s)
	}
}

// ends reports whether the program ends within a time.
func (t *Terminal) ends(within time.Duration) bool {
	for deadline := time.Now().Add(within); ; time.Sleep(5 * time.Millisecond) {
		if _, ended := t.exit(); ended || time.Now().After(deadline) {
			return ended
		}
	}
}

func (t *Terminal) command(env []string, args ...string) *exec.Cmd {
	cmd := exec.Command("tmux", append([]string{"-u", "-S", t.path("socket")}, args...)...)
	cmd.Env = env // of the server, if this starts it
	return cmd
}

// tmux runs a command of tmux and returns what it prints.
func (t *Terminal) tmux(env []string, input string, args ...string) string {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := t.command(env, args...)
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer stop()
	var said strings.Builder
	cmd.Stdin, cmd.Stderr = strings.NewReader(input), &said
	out, err := cmd.Output()
	if err != nil {
		t.tb.Fatalf("tmux %s: %v\n%s", strings.Join(args, " "), err, said.String())
	}
	return string(out)
}

// Type types text, character by character.
func (t *Terminal) Type(text string) {
	t.tb.Helper()
	t.tmux(nil, "", "send-keys", "-l", "--", text)
}

// Press presses keys, by tmux's names: "Enter", "Escape", "Up", "C-c", "M-Enter".
// All of them arrive at once; what the program does after one of them, the test
// waits for before it presses the next.
func (t *Terminal) Press(keys ...string) {
	t.tb.Helper()
	t.tmux(nil, "", append([]string{"send-keys", "--"}, keys...)...)
}

// Enter types a line, waits until the program shows it, and presses Enter: as two
// events, like a person.
func (t *Terminal) Enter(line string) {
	t.tb.Helper()
	before := t.looks(t.Screen())
	t.Type(line)
	words := strings.Fields(line)
	t.WaitUntil("the input shows "+line, func(screen string) bool {
		return t.looks(screen) != before && strings.Contains(screen, words[len(words)-1])
	})
	t.Press("Enter")
}

// looks is a screen with the place of its cursor.
func (t *Terminal) looks(screen string) string {
	t.tb.Helper()
	return screen + t.Query("\n#{cursor_x},#{cursor_y}")
}

// Paste pastes text as a terminal does: bracketed if the program has asked for that.
func (t *Terminal) Paste(text string) {
	t.tb.Helper()
	t.paste(text, "-p")
}

// PasteRaw pastes text as a terminal does that cannot mark what is pasted.
func (t *Terminal) PasteRaw(text string) {
	t.tb.Helper()
	t.paste(text)
}

func (t *Terminal) paste(text string, flags ...string) {
	t.tb.Helper()
	t.tmux(nil, text, "load-buffer", "-b", "clipboard", "-")
	t.tmux(nil, "", append([]string{"paste-buffer", "-d", "-b", "clipboard"}, flags...)...)
}

// Resize changes the size of the window.
func (t *Terminal) Resize(columns, rows int) {
	t.tb.Helper()
	t.tmux(nil, "", "resize-window", "-x", strconv.Itoa(columns), "-y", strconv.Itoa(rows))
}

// Screen returns what is on the screen, without blanks at the ends of lines and
// without empty lines at its end.
func (t *Terminal) Screen() string {
	t.tb.Helper()
	return tidy(t.tmux(nil, "", "capture-pane", "-p"))
}

// History returns all that can be scrolled back to, and the screen. Lines that the
// terminal has broken because they are too long for it are whole.
func (t *Terminal) History() string {
	t.tb.Helper()
	return tidy(t.tmux(nil, "", "capture-pane", "-p", "-J", "-S", "-"))
}

// Styled returns the rows of the screen with their colours and other attributes, as
// SGR sequences, and with the blanks at the ends of lines, which may have a colour.
func (t *Terminal) Styled() string {
	t.tb.Helper()
	return t.tmux(nil, "", "capture-pane", "-p", "-e", "-N")
}

func tidy(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// Clipboard returns what a program has put on the clipboard last.
func (t *Terminal) Clipboard() string {
	t.tb.Helper()
	return t.tmux(nil, "", "show-buffer")
}

// Query returns what tmux knows about the terminal; see FORMATS in tmux(1).
func (t *Terminal) Query(format string) string {
	t.tb.Helper()
	return strings.TrimSuffix(t.tmux(nil, "", "display-message", "-p", format), "\n")
}

// WaitFor waits until all of the texts are on the screen.
func (t *Terminal) WaitFor(texts ...string) {
	t.tb.Helper()
	t.WaitUntil(fmt.Sprintf("%q on the screen", texts), func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

// WaitGone waits until a text is not on the screen any more.
func (t *Terminal) WaitGone(text string) {
	t.tb.Helper()
	t.WaitUntil(fmt.Sprintf("%q is off the screen", text), func(screen string) bool { return !strings.Contains(screen, text) })
}

// WaitUntil waits until a condition holds for the screen. It fails when that cannot
// happen any more, because the program has ended, or takes too long.
func (t *Terminal) WaitUntil(what string, holds func(screen string) bool) {
	t.tb.Helper()
	pause := 10 * time.Millisecond
	for deadline := time.Now().Add(patience); ; time.Sleep(pause) {
		code, ended := t.exit()
		screen := t.Screen()
		switch {
		case holds(screen):
			return
		case ended:
			t.tb.Fatalf("the program has ended with exit code %d, and not: %s\n%s", code, what, framed(screen))
		case time.Now().After(deadline):
			t.tb.Fatalf("not within %v: %s\n%s", patience, what, framed(screen))
		}
		pause = min(pause*5/4, 100*time.Millisecond)
	}
}

// framed draws a screen for a message.
func framed(screen string) string {
	rule := strings.Repeat("─", 40)
	return "┌" + rule + "\n│" + strings.ReplaceAll(screen, "\n", "\n│") + "\n└" + rule
}

// PID returns the process ID of the program.
func (t *Terminal) PID() int {
	t.tb.Helper()
	var pid int
	t.WaitUntil("the program has started", func(string) bool { return t.number("pid", &pid) })
	return pid
}

// Exit waits until the program has ended and returns its exit code: 128 and the
// signal's number if a signal has ended it.
func (t *Terminal) Exit() int {
	t.tb.Helper()
	if !t.ends(patience) {
		t.tb.Fatalf("the program has not ended within %v\n%s", patience, framed(t.Screen()))
	}
	code, _ := t.exit()
	return code
}

func (t *Terminal) exit() (code int, ended bool) {
	ended = t.number("exit", &code)
	return code, ended
}

// number reads a number that the wrapper has written, line end and all.
func (t *Terminal) number(name string, n *int) bool {
	data, err := os.ReadFile(t.path(name))
	if err != nil || !strings.HasSuffix(string(data), "\n") {
		return false
	}
	*n, err = strconv.Atoi(strings.TrimSpace(string(data)))
	return err == nil
}
