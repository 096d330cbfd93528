package term

import (
	"context"
	"io"
	"runtime"
	"strings"
)

// What a terminal does in its bracketed paste mode: it puts marks around what is
// pasted, so that a line end within is not taken for the Enter key.
// See https://invisible-island.net/xterm/ctlseqs/ctlseqs.html#h2-Bracketed-Paste-Mode
const (
	pasteModeOn  = "\x1b[?2004h"
	pasteModeOff = "\x1b[?2004l"
	pasteBegin   = "\x1b[200~"
	pasteEnd     = "\x1b[201~"
)

// answer reads the answer to a question. The console of Windows is not asked for
// marks: it takes the Esc in them for the key that empties the line.
func (p *Prompter) answer(ctx context.Context, secret bool) (string, error) {
	if secret && p.CanPaint() && runtime.GOOS != "windows" {
		_, _ = io.WriteString(p.out, pasteModeOn)
		defer func() { _, _ = io.WriteString(p.out, pasteModeOff) }()
	}
	return p.input.pasted(ctx)
}

// pasted returns the next answer, which has several lines if they were pasted at
// once: the rest of a secret must not become the answer to the next question, which
// is shown.
func (in *input) pasted(ctx context.Context) (string, error) {
	answer, err := in.line(ctx)
	for err == nil && pasteOpen(answer) {
		var more string
		if more, err = in.line(ctx); more == "" {
			break // Enter again: the end mark was edited away
		}
		answer += "\n" + more
	}
	answer = strings.NewReplacer(pasteBegin, "", pasteEnd, "").Replace(answer)
	return strings.TrimSpace(answer), err
}

// pasteOpen reports whether a paste has begun and not ended. The Backspace key may
// have taken a part of the end mark away.
func pasteOpen(text string) bool {
	i := strings.LastIndex(text, pasteBegin)
	return i >= 0 && !strings.ContainsRune(text[i+len(pasteBegin):], esc)
}
