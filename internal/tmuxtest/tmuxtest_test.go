package tmuxtest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/internal/tmuxtest"
)

func start(t *testing.T, script string) *tmuxtest.Terminal {
	t.Helper()
	return tmuxtest.Start(t, tmuxtest.Options{
		Command: []string{"sh", "-c", script}, Env: []string{"PATH=" + os.Getenv("PATH"), "GREETING=good day"}, Columns: 40, Rows: 6,
	})
}

func TestTerminal(t *testing.T) {
	t.Parallel()
	term := start(t, `echo "$GREETING $HOME."; while read -r line; do echo "got: $line"; [ "$line" != end ] || exit 3; done`)
	term.WaitFor("good day .") // and nothing of the test's own environment
	term.Enter("你好 one")
	term.WaitFor("got: 你好 one")
	term.PasteRaw("two\nthree\n")
	term.WaitFor("got: two", "got: three")
	term.Resize(20, 6)
	if got := term.Query("#{pane_width}"); got != "20" {
		t.Errorf("%s columns wide", got)
	}
	term.Enter("end")
	if got := term.Exit(); got != 3 {
		t.Errorf("exit code %d", got)
	}
	if got := term.History(); !strings.HasPrefix(got, "good day .\n") || !strings.HasSuffix(got, "end\ngot: end") {
		t.Errorf("history:\n%s", got)
	}
}

// Ctrl-C ends the program and leaves the terminal.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	term := start(t, `printf '\033[1;31mwaiting\033[0m\n'; exec sleep 60`)
	term.WaitFor("waiting")
	if got := term.Styled(); !strings.HasPrefix(got, "\x1b[1m\x1b[31mwaiting") {
		t.Errorf("styled: %q", got)
	}
	term.Press("C-c")
	if got := term.Exit(); got != 130 {
		t.Errorf("exit code %d", got)
	}
	term.WaitFor("waiting")
}

func TestPID(t *testing.T) {
	t.Parallel()
	term := start(t, `echo "process $$"; exec sleep 60`)
	term.WaitFor("process")
	process, err := os.FindProcess(term.PID())
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	if got := term.Exit(); got != 137 {
		t.Errorf("exit code %d", got)
	}
}

// Close waits for what the program does when its terminal is gone.
func TestClose(t *testing.T) {
	t.Parallel()
	last := filepath.Join(t.TempDir(), "last")
	term := start(t, `trap "sleep 0.2; echo words >`+last+`; exit" HUP; echo ready; while :; do sleep 0.05; done`)
	term.WaitFor("ready")
	term.Close()
	if data, err := os.ReadFile(last); string(data) != "words\n" {
		t.Errorf("%q, %v", data, err)
	}
}

// A test that waits for what cannot happen any more fails, and says what was to be
// seen.
func TestWaitFails(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed")
	}
	failure := make(chan string, 1)
	go func() {
		r := &recorder{t: t, failed: failure}
		term := tmuxtest.Start(r, tmuxtest.Options{Command: []string{"sh", "-c", "echo so much; exit 5"}, Env: os.Environ()})
		term.WaitFor("more")
	}()
	if got := <-failure; !strings.Contains(got, "exit code 5") || !strings.Contains(got, `"more"`) || !strings.Contains(got, "│so much") {
		t.Errorf("failed with %q", got)
	}
}
