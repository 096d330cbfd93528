package term

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/internal/tmuxtest"
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
		case e, ok := <-c.Events():
			if !ok {
				return nil
			}
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

// A multiplexer is a terminal with the program in it.
type multiplexer struct{ *tmuxtest.Terminal }

// runProgram is a command of the shell that runs the program, between two lines.
const runProgram = "echo before; \"$self\"; echo after $?"

func startTmux(t *testing.T, program string, columns, rows int, command ...string) multiplexer {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return multiplexer{tmuxtest.Start(t, tmuxtest.Options{
		Command: command, Columns: columns, Rows: rows,
		Env: []string{"PATH=" + os.Getenv("PATH"), "GORACE=" + os.Getenv("GORACE"), programVariable + "=" + program, "self=" + self},
	})}
}

// waitFor waits until a text is, or was, on the screen: much scrolls by here.
func (m multiplexer) waitFor(text string) {
	m.WaitUntil(text, func(string) bool { return strings.Contains(m.History(), text) })
}

type terminalSize struct{ columns, rows int }

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
			m := startTmux(t, "stream", 110, 36, "sh", "-c", runProgram)
			m.waitFor(numbered(30)[:9])
			if c.idle {
				m.Press("p")
			}
			for _, s := range c.sizes {
				m.Resize(s.columns, s.rows)
				time.Sleep(c.pause)
			}
			m.Press("p")
			m.checkFrame(t)
			m.Press("q")
			m.waitFor("after")
			checkStream(t, m.History())
		})
	}
}

// checkFrame checks that the frame is at the end of what is shown, as wide as the
// terminal is now, and the cursor in its place.
func (m multiplexer) checkFrame(t *testing.T) {
	t.Helper()
	var columns, rows, x, y int
	problem := ""
	for deadline := time.Now().Add(3 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		state := m.Query("#{pane_width} #{pane_height} #{cursor_x} #{cursor_y}")
		if _, err := fmt.Sscan(state, &columns, &rows, &x, &y); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(m.Screen(), "\n")
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
	t.Errorf("%s:\n%s", problem, m.History())
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
	m := startTmux(t, "events", 100, 20, "sh", "-c", runProgram)
	m.waitFor("ready")
	for _, c := range []struct {
		want  string
		input func()
	}{
		{"key h|key i|key enter", func() { m.Press("h", "i", "Enter") }},
		{"key ctrl+j|key alt+enter|key esc", func() { m.Press("C-j", "M-Enter", "Escape") }},
		{"key ctrl+up|key shift+tab|key backspace", func() { m.Press("C-Up", "S-Tab", "BSpace") }},
		{`term.Paste {one|two|}`, func() { m.PasteRaw("one\ntwo\n") }},
		{`term.Paste {three|four}`, func() { m.Paste("three\nfour") }},
	} {
		c.input()
		for _, line := range strings.SplitAfter(c.want, "|key ") {
			m.waitFor(strings.TrimSuffix(line, "|key "))
		}
		if got := strings.ReplaceAll(m.History(), "\n", "|"); !strings.Contains(got, c.want) {
			t.Errorf("%q is not in %q", c.want, got)
		}
	}
}

// Thousands of lines that are pasted are one paste. Without marks, so are those that
// tmux writes without a pause.
func TestConsolePasteInTmux(t *testing.T) {
	t.Parallel()
	m := startTmux(t, "events", 100, 20, "sh", "-c", runProgram)
	m.waitFor("ready")
	lines := func(n int) string { return strings.Repeat(strings.Repeat("x", 99)+"\n", n) }
	m.Paste(lines(3000))
	m.waitFor("ready\n3000 lines")
	m.PasteRaw(lines(40))
	m.waitFor("\n3000 lines\n40 lines")
}

func TestConsoleStopsInTmux(t *testing.T) {
	t.Parallel()
	m := startTmux(t, "events", 100, 20, "sh", "-i")
	m.Press("\"$self\"", "Enter")
	m.waitFor("ready")
	m.Press("C-z")
	m.waitFor("Stopped")
	m.Press("echo in$((1))between", "Enter")
	m.waitFor("in1between")
	m.Press("fg", "Enter")
	m.waitFor("key ctrl+z")
	m.Press("a")
	m.waitFor("key a")
}
