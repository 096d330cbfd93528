package tui

import (
	"cmp"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// external opens what is typed in the person's editor, and takes what they made of
// it.
func (m *model) external() {
	text, command, environ := m.edit.Text(), m.opts.editor(), m.opts.Environ
	var edited string
	run := func() (err error) {
		edited, err = editIn(command, environ, text)
		return err
	}
	m.menu.close()
	m.handOver(run, func(m *model, err error) {
		if err != nil {
			m.say(front.Entry{Kind: front.Fault, Text: "the editor failed: " + err.Error(),
				Hint: "Your text is unchanged. VISUAL or EDITOR names the editor; now it is " + command + "."})
			return
		}
		m.edit.Set(strings.TrimRight(edited, "\r\n"))
	})
}

// editor is the person's editor, as they have named it.
func (o *Options) editor() string {
	usual := "vi"
	if runtime.GOOS == "windows" {
		usual = "notepad"
	}
	return cmp.Or(strings.TrimSpace(o.getenv("VISUAL")), strings.TrimSpace(o.getenv("EDITOR")), usual)
}

// editIn lets an editor on the terminal change a text.
func editIn(command string, environ []string, text string) (string, error) {
	in, out, err := term.OpenTerminal()
	if err != nil {
		return "", err
	}
	defer func() { _ = errors.Join(in.Close(), out.Close()) }() // they may be one
	return editFile(command, environ, []*os.File{in, out, out}, text)
}

// editFile lets an editor change a text, in a file that only the person can read.
// Streams are those of the editor: input, output and for errors.
func editFile(command string, environ []string, streams []*os.File, text string) (string, error) {
	dir, err := os.MkdirTemp("", "qwen-edit-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "message.md")
	if text != "" {
		text += "\n" // editors end a file with one
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", err
	}
	cmd := editorProcess(command, path)
	cmd.Env = environ
	if len(streams) == 3 {
		cmd.Stdin, cmd.Stdout, cmd.Stderr = streams[0], streams[1], streams[2]
	}
	if err := cmd.Run(); err != nil {
		return "", err
	}
	edited, err := os.ReadFile(path)
	return string(edited), err
}

// editorProcess starts an editor whose command may have arguments: the shell splits
// it, as git has it done.
func editorProcess(command, path string) *exec.Cmd {
	if runtime.GOOS == "windows" {
		words := strings.Fields(command)
		return exec.Command(words[0], append(words[1:], path)...)
	}
	return exec.Command("/bin/sh", "-c", command+` "$1"`, "sh", path)
}
