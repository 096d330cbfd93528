package plain

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// terminal returns a front on a pseudo-terminal, where a person types into it, and
// what is sent when more of a message is asked for.
func terminal(t *testing.T) (f *Front, person *os.File, more <-chan bool) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	fd := int(person.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err := errors.Join(err, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)); err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan bool, 10)
	prompter := term.NewPrompter(tty, writerFunc(func(p []byte) {
		if string(p) == moreLabel {
			asked <- true
		}
	}))
	t.Cleanup(func() {
		_ = prompter.Close()
		_ = tty.Close()
		_ = person.Close()
	})
	go func() { _, _ = io.Copy(io.Discard, person) }() // the echo
	return New(Options{Prompter: prompter}), person, asked
}

type writerFunc func(p []byte)

func (f writerFunc) Write(p []byte) (int, error) {
	f(p)
	return len(p), nil
}

// Lines that arrive at once are one message, with what stands behind the last line
// end. It is not sent before Enter is pressed.
func TestPasteOnATerminal(t *testing.T) {
	paste := "indented:\n" + strings.Repeat("\tline \\\n", 500)
	for _, c := range []struct{ typed, then, want string }{
		{paste, "\n", strings.TrimSuffix(paste, "\n")},
		{paste + "end", "\n", paste + "end"},
		{paste, "typed\n", paste + "typed"},
		{paste + "\n", "\n", paste},
	} {
		f, person, more := terminal(t)
		go func() {
			_, _ = io.WriteString(person, c.typed)
			<-more
			_, _ = io.WriteString(person, c.then)
		}()
		if got, err := f.Read(t.Context()); got != c.want || err != nil {
			t.Errorf("%.20q, then %q: Read = %d bytes, %v, want %d", c.typed, c.then, len(got), err, len(c.want))
		}
	}
}

func TestLeavingATerminal(t *testing.T) {
	f, person, _ := terminal(t)
	_, _ = io.WriteString(person, "hi\n\x04")
	if got, err := f.Read(t.Context()); got != "hi" || err != nil {
		t.Errorf("Read = %q, %v", got, err)
	}
	_, _ = io.WriteString(person, "\x04")
	if _, err := f.Read(t.Context()); !errors.Is(err, front.ErrLeft) {
		t.Errorf("Read after Ctrl-D = %v, want %v", err, front.ErrLeft)
	}
}
