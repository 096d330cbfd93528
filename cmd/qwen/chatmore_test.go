package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// A file is found by a few letters and sent along; one that holds secrets only after
// the person has said yes.
func TestChatFiles(t *testing.T) {
	d := newDesk(t).connect()
	d.write("docs/plan.md", "# The plan\nTo win.\n")
	d.write("two words.txt", "both of them\n")
	d.write(".env", "PASSWORD=very-secret\n")
	d.cloud.Script(fakecloud.Answer{Text: "I have read it."})
	term := d.chat()
	term.Type("what is @pla")
	term.WaitFor("docs/plan.md")
	term.Press("Tab")
	term.WaitFor("> what is @docs/plan.md")
	term.Enter("and @two")
	term.WaitFor(`@"two words.txt"`)
	term.Press("Enter")
	term.WaitFor("With docs/plan.md (text", "With two words.txt (text", "I have read it.")
	last := chatRequests(t, d.cloud)[0]
	for _, want := range []string{"File docs/plan.md:\n```\n# The plan\nTo win.\n```", "both of them", "what is @docs/plan.md and @\"two words.txt\""} {
		if !strings.Contains(last.prompt(), want) {
			t.Errorf("%q is not in %q", want, last.prompt())
		}
	}

	term.Enter("what is in @docs/?")
	term.WaitFor("With docs/ (list of files")
	d.eventually("it is sent", func() bool { return len(chatRequests(t, d.cloud)) == 2 })
	if got := chatRequests(t, d.cloud)[1].prompt(); !strings.Contains(got, "Files below docs/:\n```\nplan.md\n```") {
		t.Errorf("sent was %q", got)
	}

	term.Enter("look at @.env please")
	term.WaitFor(".env may hold secrets", d.host(), "[y/N]")
	term.Press("n")
	term.WaitFor(".env is not sent", "> look at @.env please")
	if n := len(chatRequests(t, d.cloud)); n != 2 {
		t.Errorf("%d requests", n)
	}
	term.Press("Enter")
	term.WaitFor("[y/N]")
	term.Press("y")
	term.WaitFor("With .env")
	d.eventually("it is sent", func() bool { return len(chatRequests(t, d.cloud)) == 3 })
	leave(t, term)
}

// A command is run in the person's shell; its output is sent along if they want that.
func TestChatShell(t *testing.T) {
	d := newDesk(t).connect()
	d.set("WORD=some-word")
	d.cloud.Script(fakecloud.Answer{Text: "I have read it."})
	term := d.chat()
	term.Enter("!echo $WORD; pwd; exit 3")
	term.WaitFor("some-word", "exit code 3", "Send this output (", "[y/N]")
	term.Press("y")
	term.WaitFor("goes along with the next message")
	term.Enter("what was that?")
	term.WaitFor("I have read it.")
	if got := chatRequests(t, d.cloud)[0].prompt(); !strings.Contains(got, "some-word\n"+d.work) || !strings.Contains(got, "exit code 3") {
		t.Errorf("sent was %q", got)
	}

	term.Enter("!echo intruder >/dev/tty; echo done")
	term.WaitFor("  done", "[y/N]")
	if screen := term.Screen(); strings.Contains(screen, "\nintruder") {
		t.Errorf("a command writes to the terminal:\n%s", screen)
	}
	term.Press("n")

	term.Enter("!echo begun; sleep 1000")
	term.WaitFor("Running", "Esc to stop")
	term.Press("Escape")
	term.WaitGone("Running")
	term.Enter("!printf '\\033]0;owned\\007\\033[2Jdone'")
	term.WaitFor("done", "[y/N]")
	term.Press("n")
	term.Enter("!head -c 100000 /dev/zero | tr '\\0' x; echo; echo last")
	term.WaitFor("  last", "more lines", "100 KB", "[y/N]")
	term.Press("n")
	term.WaitFor("? keys")
	if got := term.Query("#{pane_title}"); got == "owned" || !strings.Contains(term.History(), "> what was that?") {
		t.Errorf("the title is %q\n%s", got, term.Screen())
	}
	leave(t, term)
}

// Without painting: labels, numbered choices, lines. All of it can be used.
func TestChatPlain(t *testing.T) {
	t.Parallel()
	for _, variable := range []string{"QWEN_PLAIN=true", "ACCESSIBLE=1", "TERM=dumb"} {
		t.Run(variable, func(t *testing.T) {
			d := newDesk(t)
			d.cloud.SetKeys(goodKey)
			d.set(variable)
			d.term = strings.TrimPrefix(variable, "TERM=")
			term := d.open()
			term.WaitFor("No provider is connected yet", "1. OpenAI-compatible API", "Number")
			term.Enter("1")
			term.WaitFor("14. Another service")
			term.Enter("14")
			term.WaitFor("Endpoint")
			term.Enter(d.cloud.OpenAI())
			term.WaitFor("API key:")
			term.Type(goodKey)
			term.Press("Enter")
			term.WaitFor("Model:")
			term.Press("Enter")
			term.WaitFor("* Now using", "You:")
			term.Enter("hello")
			term.WaitFor("You said: hello")
			term.Enter("/model length")
			term.WaitFor("* The next message goes to length")
			term.Enter("again")
			term.WaitFor("You said: again", "cut off at the token limit")
			d.cloud.Fault(fakecloud.Fault{Status: 500, Times: 1})
			term.Enter("fail")
			term.WaitFor("Error: ", "Hint: ")
			term.Enter("/retry")
			term.WaitFor("You said: fail")
			leave(t, term)
			for _, mark := range []string{"›", "●", "█", "•", "⠋", "✗", goodKey[:12]} {
				if all := term.History(); strings.Contains(all, mark) {
					t.Errorf("%q is not plain:\n%s", mark, all)
				}
			}
		})
	}
}

// Ctrl-C in plain mode is for the answer first.
func TestChatPlainStop(t *testing.T) {
	d := newDesk(t).connect()
	d.cloud.Script(fakecloud.Answer{Text: strings.Repeat("more ", 5000), Delay: tick}, fakecloud.Answer{})
	term := d.open("--plain")
	term.WaitFor("You:")
	term.Enter("begin")
	term.WaitFor("more more")
	term.Press("C-c")
	term.WaitFor("Stopped; what came is kept")
	d.eventually("the service sees the request cancelled", func() bool { return d.cloud.Requests()[0].Canceled })
	term.Enter("go on")
	term.WaitFor("You said: go on")
	leave(t, term)
}

// From a phone's width to a wall's, everything is where it belongs.
func TestChatWidths(t *testing.T) {
	t.Parallel()
	for _, columns := range []int{30, 40, 250} {
		t.Run(fmt.Sprint(columns), func(t *testing.T) {
			d := newDesk(t).connect()
			d.columns, d.rows = columns, 24
			d.cloud.Script(fakecloud.Answer{Text: "# Über 字符\n\n" + strings.Repeat("字符 and words 👍 ", 20) +
				"\n\n| a | b |\n|---|---|\n| " + strings.Repeat("cell ", 20) + "| 2 |\n\nover"})
			term := d.open()
			term.WaitFor("OPENAI_API_KEY")
			term.Enter("/help")
			term.WaitFor("/quit")
			term.Enter("write 字符 please")
			term.WaitFor("over", "some-model")
			for _, line := range strings.Split(term.History(), "\n") {
				if strings.Contains(line, "OPENAI_API_KEY") && !strings.HasPrefix(line, "  OPENAI_API_KEY") {
					t.Errorf("a line of its own was: %q", line)
				}
			}
			if got := term.Query("#{cursor_x}"); got != "2" {
				t.Errorf("the cursor is in column %s", got)
			}
			leave(t, term)
		})
	}
}

// Colours only where they are wanted.
func TestChatColors(t *testing.T) {
	t.Parallel()
	for variable, want := range map[string]bool{"NO_COLOR=1": false, "COLORTERM=": true} {
		t.Run(variable, func(t *testing.T) {
			d := newDesk(t).connect()
			d.set(variable)
			d.cloud.Script(fakecloud.Answer{Text: "```go\nfunc main() { return \"text\" }\n```\n\nover"})
			term := d.chat()
			term.Enter("code")
			term.WaitFor("over", " s · some-model")
			if got := strings.Contains(term.Styled(), "\x1b[3"); got != want {
				t.Errorf("colours: %v\n%q", got, term.Styled())
			}
			leave(t, term)
		})
	}
}

// What is in the input goes to an editor and comes back.
func TestChatEditor(t *testing.T) {
	d := newDesk(t).connect()
	editor := filepath.Join(d.home, "editor")
	if err := os.WriteFile(editor, []byte("#!/bin/sh\nprintf 'from the editor\\n' >>\"$1\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	d.set("VISUAL=" + editor)
	term := d.chat()
	term.Type("typed here")
	term.WaitFor("> typed here")
	term.Press("C-g")
	term.WaitFor("  from the editor")
	term.Press("Enter")
	term.WaitFor("You said: typed here")
	asked(t, d.cloud, "typed here\nfrom the editor")
	leave(t, term)
}

// Nothing is kept if nothing is to be.
func TestChatNoSave(t *testing.T) {
	d := newDesk(t).connect()
	term := d.chat("--no-save")
	term.Enter("a secret matter")
	term.WaitFor("You said: a secret matter")
	leave(t, term)
	err := filepath.WalkDir(d.home, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), "secret matter") {
			t.Errorf("it is in %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
