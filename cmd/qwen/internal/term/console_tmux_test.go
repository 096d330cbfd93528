package term

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The test binary is also the program that these tests run in a terminal.
const programVariable = "QWEN_TEST_CONSOLE"

func TestMain(m *testing.M) {
	switch os.Getenv(programVariable) {
	case "":
		os.Exit(m.Run())
	case "stream":
		os.Exit(exitCode(stream()))
	case "events":
		os.Exit(exitCode(showEvents()))
	}
	os.Exit(2)
}

func exitCode(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// stream adds numbered lines while frames change, until q is typed. With p it pauses.
func stream() error {
	c, err := OpenConsole(ConsoleOptions{Getenv: os.Getenv})
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	n, ticks, running := 0, 0, true
	for {
		select {
		case e := <-c.Events():
			k, _ := e.(Key)
			switch k.String() {
			case "p":
				running = false
			case "q":
				return c.Draw([]string{fmt.Sprintf("end %d", n)}, Frame{})
			}
		case <-tick.C:
			if !running {
				continue
			}
			ticks++
		}
		var finished []string
		for more := growth(ticks); running && more > 0; more-- {
			finished = append(finished, numbered(n))
			n++
		}
		columns, _ := c.Size()
		if err := c.Draw(finished, streamFrame(columns, ticks)); err != nil {
			return err
		}
	}
}

// growth is how many lines are finished at a tick: two now and then, and in place of
// the tail, when that is gone, as many as it had.
func growth(ticks int) int {
	switch {
	case ticks%(tailTicks*tailLines) == 0:
		return tailLines
	case ticks%4 == 0:
		return 2
	}
	return 0
}

// How the tail of the frame grows.
const tailTicks, tailLines = 7, 9

// numbered is a line that may be wider than the terminal.
func numbered(n int) string {
	return fmt.Sprintf("line %04d %s.", n, strings.Repeat("x", n*37%230))
}

// streamFrame is a frame like that of a chat: a tail that grows and shrinks, rules
// over the whole width, an input of two lines with the cursor in it, and a footer.
func streamFrame(columns, ticks int) Frame {
	var f Frame
	for i := range ticks / tailTicks % tailLines {
		f.Lines = append(f.Lines, Cut(fmt.Sprintf("LIVE tail %d %d %s", i, ticks, strings.Repeat("世界 ", 60)), columns-1))
	}
	f.Spare = len(f.Lines)
	rule := "LIVE " + strings.Repeat("─", columns-6)
	f.Lines = append(f.Lines, fmt.Sprintf("LIVE Answering %d", ticks), rule, "> LIVE one", "  LIVE two", rule, Cut("LIVE footer "+strings.Repeat("f", 40), columns-1))
	f.Row, f.Column = len(f.Lines)-3, 10
	return f
}

func showEvents() error {
	c, err := OpenConsole(ConsoleOptions{Getenv: os.Getenv})
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if err := c.Draw([]string{"ready"}, Frame{}); err != nil {
		return err
	}
	for e := range c.Events() {
		line := fmt.Sprintf("%T %v", e, e)
		if k, ok := e.(Key); ok {
			line = "key " + k.String()
		}
		if line == "key ctrl+z" {
			if err := c.Suspend(Stop); err != nil {
				return err
			}
		}
		if p, ok := e.(Paste); ok && len(p.Text) > 1000 {
			line = fmt.Sprintf("%d lines", strings.Count(p.Text, "\n"))
		}
		if err := c.Draw([]string{strings.ReplaceAll(line, "\n", "|")}, Frame{}); err != nil {
			return err
		}
	}
	return nil
}

// A multiplexer is a tmux server of its own, with one program in it.
type multiplexer struct {
	t      *testing.T
	socket string
}

// runProgram is a command that runs the program and leaves the terminal to be looked
// at.
const runProgram = "echo before; \"$self\"; echo after $?; exec sleep 60"

func startTmux(t *testing.T, command, program string, columns, rows int) *multiplexer {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed: what it makes of the console is not tested")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	m := &multiplexer{t: t, socket: filepath.Join(t.TempDir(), "tmux")}
	m.tmux("-f", os.DevNull, "new-session", "-d", "-x", fmt.Sprint(columns), "-y", fmt.Sprint(rows),
		"-e", programVariable+"="+program, "-e", "self="+self, command)
	t.Cleanup(func() { m.tmux("kill-server") })
	return m
}

func (m *multiplexer) tmux(args ...string) string {
	m.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-S", m.socket}, args...)...)
	cmd.Env = append(os.Environ(), "TMUX=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		m.t.Fatalf("tmux %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// screen returns all that the terminal shows and has shown. Lines that it has broken
// are whole.
func (m *multiplexer) screen() string { return m.tmux("capture-pane", "-p", "-J", "-S", "-") }

func (m *multiplexer) waitFor(text string) {
	m.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(m.screen(), text); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			m.t.Fatalf("no %q in:\n%s", text, m.screen())
		}
	}
}

type terminalSize struct{ columns, rows int }

func (m *multiplexer) resize(s terminalSize) {
	m.t.Helper()
	m.tmux("resize-window", "-x", fmt.Sprint(s.columns), "-y", fmt.Sprint(s.rows))
}

func TestConsoleInTmux(t *testing.T) {
	var drag []terminalSize
	for columns := 110; columns >= 50; columns -= 3 {
		drag = append(drag, terminalSize{columns, 30 - columns%7})
	}
	for _, c := range []struct {
		name  string
		idle  bool // nothing is added meanwhile
		pause time.Duration
		sizes []terminalSize
	}{
		{"widths", false, 200 * time.Millisecond, []terminalSize{{70, 36}, {120, 36}, {38, 36}, {110, 36}}},
		{"heights", false, 100 * time.Millisecond, []terminalSize{{110, 14}, {110, 40}, {70, 20}, {110, 60}, {100, 24}}},
		{"drag", false, 15 * time.Millisecond, drag},
		{"there and back", false, 5 * time.Millisecond, []terminalSize{{70, 36}, {110, 36}, {70, 36}, {110, 36}, {60, 36}, {110, 36}}},
		{"idle", true, 200 * time.Millisecond, []terminalSize{{70, 36}, {120, 30}, {38, 36}, {110, 36}}},
		{"idle drag", true, 15 * time.Millisecond, drag},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := startTmux(t, runProgram, "stream", 110, 36)
			m.waitFor(numbered(30)[:9])
			if c.idle {
				m.tmux("send-keys", "p")
			}
			for _, s := range c.sizes {
				m.resize(s)
				time.Sleep(c.pause)
			}
			m.tmux("send-keys", "p")
			m.checkFrame()
			m.tmux("send-keys", "q")
			m.waitFor("after")
			checkStream(t, m.screen())
		})
	}
}

// checkFrame checks that the frame is at the end of what is shown, as wide as the
// terminal is now, and the cursor in its place.
func (m *multiplexer) checkFrame() {
	m.t.Helper()
	var columns, rows, x, y int
	problem := ""
	for deadline := time.Now().Add(3 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		state := m.tmux("display-message", "-p", "#{pane_width} #{pane_height} #{cursor_x} #{cursor_y}")
		if _, err := fmt.Sscan(state, &columns, &rows, &x, &y); err != nil {
			m.t.Fatal(err)
		}
		lines := strings.Split(strings.TrimRight(m.tmux("capture-pane", "-p"), "\n"), "\n")
		f := streamFrame(columns, 0)
		first := len(lines) - len(f.Lines)
		switch {
		case first < 0 || !slices.Equal(lines[first+1:], f.Lines[1:]): // the first line counts
			problem = "the frame is not there"
		case y != first+f.Row || x != f.Column:
			problem = fmt.Sprintf("the cursor is in column %d of row %d", x, y)
		default:
			return
		}
	}
	m.t.Errorf("%s:\n%s", problem, m.screen())
}

// checkStream checks that there is nothing but the numbered lines, each once and in
// order.
func checkStream(t *testing.T, screen string) {
	t.Helper()
	lines := strings.Split(strings.TrimRight(screen, "\n"), "\n")
	want := []string{"before"}
	for n := 0; n < len(lines)-3; n++ {
		want = append(want, numbered(n))
	}
	want = append(want, fmt.Sprintf("end %d", len(lines)-3), "after 0")
	for i, line := range lines {
		if strings.TrimRight(line, " ") != want[i] {
			t.Fatalf("line %d is %q, want %q, in:\n%s", i, line, want[i], screen)
		}
	}
}

func TestConsoleKeysInTmux(t *testing.T) {
	t.Parallel()
	m := startTmux(t, runProgram, "events", 100, 20)
	m.waitFor("ready")
	for _, c := range []struct {
		want string
		args []string
	}{
		{"key h|key i|key enter", []string{"send-keys", "hi", "Enter"}},
		{"key ctrl+j|key alt+enter|key esc", []string{"send-keys", "C-j", "M-Enter", "Escape"}},
		{"key ctrl+up|key shift+tab|key backspace", []string{"send-keys", "C-Up", "S-Tab", "BSpace"}},
		{`term.Paste {one|two|}`, []string{"set-buffer", "one\ntwo\n", ";", "paste-buffer"}},
		{`term.Paste {three|four}`, []string{"set-buffer", "three\nfour", ";", "paste-buffer", "-p"}},
	} {
		m.tmux(c.args...)
		for _, line := range strings.SplitAfter(c.want, "|key ") {
			m.waitFor(strings.TrimSuffix(line, "|key "))
		}
		if got := strings.ReplaceAll(m.screen(), "\n", "|"); !strings.Contains(got, c.want) {
			t.Errorf("%q: %q is not in %q", c.args, c.want, got)
		}
	}
}

// Thousands of lines that are pasted are one paste. Without marks, so are those that
// tmux writes without a pause.
func TestConsolePasteInTmux(t *testing.T) {
	t.Parallel()
	m := startTmux(t, runProgram, "events", 100, 20)
	m.waitFor("ready")
	for _, c := range []struct {
		lines int
		paste []string
		seen  string
	}{
		{3000, []string{"paste-buffer", "-p"}, "ready\n3000 lines\n"},
		{40, []string{"paste-buffer"}, "\n3000 lines\n40 lines\n"},
	} {
		file := filepath.Join(t.TempDir(), "lines")
		text := strings.Repeat(strings.Repeat("x", 99)+"\n", c.lines)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		m.tmux(append([]string{"load-buffer", file, ";"}, c.paste...)...)
		m.waitFor(c.seen)
	}
}

func TestConsoleStopsInTmux(t *testing.T) {
	t.Parallel()
	m := startTmux(t, "exec sh -i", "events", 100, 20)
	m.tmux("send-keys", "\"$self\"", "Enter")
	m.waitFor("ready")
	m.tmux("send-keys", "C-z")
	m.waitFor("Stopped")
	m.tmux("send-keys", "echo in$((1))between", "Enter")
	m.waitFor("in1between")
	m.tmux("send-keys", "fg", "Enter")
	m.waitFor("key ctrl+z")
	m.tmux("send-keys", "a")
	m.waitFor("key a")
}
