package term

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// pty returns the two sides of a pseudo-terminal: the person's and the process's.
func pty(t *testing.T) (person, tty *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { _ = person.Close() })
	var number int
	err = errors.Join(control(person, func(fd int) {
		if err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err == nil {
			number, err = unix.IoctlGetInt(fd, unix.TIOCGPTN)
		}
	}), err)
	if err != nil {
		t.Fatal(err)
	}
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tty.Close() })
	return person, tty
}

func echoes(t *testing.T, tty *os.File) bool {
	t.Helper()
	var state *unix.Termios
	var err error
	if cerr := control(tty, func(fd int) { state, err = unix.IoctlGetTermios(fd, unix.TCGETS) }); cerr != nil || err != nil {
		t.Fatal(cerr, err)
	}
	return state.Lflag&unix.ECHO != 0
}

func TestTerminal(t *testing.T) {
	person, tty := pty(t)
	err := control(person, func(fd int) {
		_ = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 97})
	})
	if err != nil {
		t.Fatal(err)
	}
	std := Open(tty, tty, tty)
	if !std.In.Terminal || !std.Out.Terminal || !std.Err.Terminal || std.Out.Width() != 97 {
		t.Errorf("terminal not recognised: %+v, width %d", std, std.Out.Width())
	}
}

func TestAskSecret(t *testing.T) {
	person, tty := pty(t)
	p := NewPrompter(tty, tty)
	go func() {
		// The prompt comes when the echo is off.
		prompt := make([]byte, len("Key: "))
		_, _ = io.ReadFull(person, prompt)
		_, _ = io.WriteString(person, "sk-secret\n")
	}()
	got, err := p.Ask(t.Context(), Question{Label: "Key", Secret: true})
	if got != "sk-secret" || err != nil {
		t.Fatalf("Ask = %q, %v", got, err)
	}
	if !echoes(t, tty) {
		t.Error("the echo stayed off")
	}
	_, _ = io.WriteString(tty, "end\n")
	for r := bufio.NewReader(person); ; {
		line, err := r.ReadString('\n')
		if strings.Contains(line, "secret") {
			t.Errorf("the secret was shown: %q", line)
		}
		if err != nil || strings.HasPrefix(line, "end") {
			break
		}
	}
}

// A secret that is pasted in two lines is one answer, and nothing of it is left for
// the next question, which is shown.
func TestPasteOfSeveralLines(t *testing.T) {
	for _, tt := range []struct{ typed, want string }{
		{pasteBegin + "sk-one\ntwo" + pasteEnd + "\n", "sk-one\ntwo"},
		{pasteBegin + "sk-one\n" + pasteEnd + "\n", "sk-one"},
		{pasteBegin + "sk-one" + pasteEnd + "\n", "sk-one"},
		{pasteBegin + "sk-one" + pasteEnd + "\x7f\x7f\n", "sk-one" + pasteEnd[:len(pasteEnd)-2]},
		{pasteBegin + "sk-one" + pasteEnd + strings.Repeat("\x7f", 7) + "\n\n", "sk-on"},
		{"sk-one\n", "sk-one"},
	} {
		person, tty := pty(t)
		p := NewPrompter(tty, tty)
		p.Getenv = func(name string) string { return map[string]string{"TERM": "xterm"}[name] }
		go func() {
			_, _ = io.ReadFull(person, make([]byte, len("Key: "+pasteModeOn)))
			_, _ = io.WriteString(person, tt.typed+"model\n")
		}()
		got, err := p.Ask(t.Context(), Question{Label: "Key", Secret: true})
		if got != tt.want || err != nil {
			t.Errorf("%q: %q, %v; want %q", tt.typed, got, err, tt.want)
		}
		if got, err := p.Ask(t.Context(), Question{Label: "Model"}); got != "model" || err != nil {
			t.Errorf("%q: then %q, %v", tt.typed, got, err)
		}
	}
}

func TestAskSecretRestoresEcho(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(cancel func(), person *os.File)
	}{
		{"cancelled", func(cancel func(), _ *os.File) { cancel() }},
		{"SIGTERM", func(func(), *os.File) { _ = syscall.Kill(os.Getpid(), syscall.SIGTERM) }},
		{"SIGINT", func(func(), *os.File) { _ = syscall.Kill(os.Getpid(), syscall.SIGINT) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			person, tty := pty(t)
			p := NewPrompter(tty, tty)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := make(chan error)
			go func() {
				_, err := p.Ask(ctx, Question{Label: "Key", Secret: true})
				done <- err
			}()
			prompt := make([]byte, len("Key: "))
			if _, err := io.ReadFull(person, prompt); err != nil {
				t.Fatal(err)
			}
			if echoes(t, tty) {
				t.Error("the echo is on while a secret is typed")
			}
			c.end(cancel, person)
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("Ask = %v, want %v", err, context.Canceled)
			}
			if !echoes(t, tty) {
				t.Error("the echo stayed off")
			}
		})
	}
}

func TestAskSecretEnd(t *testing.T) {
	person, tty := pty(t)
	go func() {
		_, _ = io.ReadFull(person, make([]byte, len("Key: ")))
		_, _ = person.Write([]byte{4}) // Ctrl-D
	}()
	p := NewPrompter(tty, tty)
	if _, err := p.Ask(t.Context(), Question{Label: "Key", Secret: true}); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("Ask = %v, want %v", err, ErrNoAnswer)
	}
	if !echoes(t, tty) {
		t.Error("the echo stayed off")
	}
}
