package term

import (
	"encoding/base64"
	"errors"
	"io"
	"strings"
)

// maxCopy is the longest text that terminals agree to take, in bytes.
const maxCopy = 64 << 10

// Copy asks the terminal behind w to put text on its clipboard (OSC 52, see
// "Manipulate Selection Data" in
// https://invisible-island.net/xterm/ctlseqs/ctlseqs.html), which also works over
// SSH. A terminal does not answer: nobody can tell whether it obeyed.
//
// Call it only when the person asks for it: a clipboard is theirs. Nil for getenv
// means an empty environment.
func Copy(w io.Writer, getenv func(name string) string, text string) error {
	if len(text) > maxCopy {
		return errors.New("too long for the clipboard")
	}
	seq := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\a"
	if getenv != nil {
		seq = passThrough(getenv, seq)
	}
	_, err := io.WriteString(w, seq)
	return err
}

// passThrough wraps a sequence so that a terminal multiplexer hands it on to the
// terminal outside. Whether tmux does, its user has decided (allow-passthrough);
// or it takes the bare sequence itself (set-clipboard on), so that it gets both.
// See https://github.com/tmux/tmux/wiki/Clipboard.
func passThrough(getenv func(name string) string, seq string) string {
	switch {
	case getenv("TMUX") != "":
		return seq + "\x1bPtmux;" + strings.ReplaceAll(seq, "\x1b", "\x1b\x1b") + "\x1b\\"
	case getenv("STY") != "": // GNU screen
		return "\x1bP" + seq + "\x1b\\"
	}
	return seq
}
