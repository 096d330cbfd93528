package plain

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// maxPending is how much of a sentence is kept back until its end, in bytes.
const maxPending = 400

// An answer is shown by whole sentences: a screen reader stumbles over pieces of
// words. Its thoughts are one line.
type answer struct {
	front   *Front
	clean   *term.Sanitizer
	pending bytes.Buffer // what clean passes on, not yet shown
	label   string       // not yet shown
	thought time.Time    // when the thought began that goes on; zero: none does
}

// Answer implements [front.Front].
func (f *Front) Answer() front.Answer {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := &answer{front: f, label: answerLabel}
	a.clean = term.NewSanitizer(&a.pending)
	f.answer = a
	return a
}

// Think implements [front.Answer].
func (a *answer) Think(text string) {
	a.front.mu.Lock()
	defer a.front.mu.Unlock()
	if text != "" && a.thought.IsZero() {
		a.show(a.pending.Len())
		a.thought = time.Now()
	}
}

// Write implements [front.Answer].
func (a *answer) Write(text string) {
	a.front.mu.Lock()
	defer a.front.mu.Unlock()
	_, _ = a.clean.Write([]byte(text))
	if a.pending.Len() > 0 {
		a.endThought()
		a.show(speakable(a.pending.Bytes()))
	}
}

// Close implements [front.Answer].
func (a *answer) Close() {
	a.front.mu.Lock()
	defer a.front.mu.Unlock()
	a.endThought()
	a.show(a.pending.Len())
	a.front.endLine()
	a.front.answer = nil
}

func (a *answer) endThought() {
	if a.thought.IsZero() {
		return
	}
	took := max(time.Since(a.thought), time.Second)
	a.front.writeLine("Thought for " + front.Span(took) + ".")
	a.thought = time.Time{}
}

// show shows the first n bytes of what is pending. An answer begins with text, not
// with empty lines.
func (a *answer) show(n int) {
	text := string(a.pending.Next(n))
	if a.label != "" {
		text = strings.TrimLeft(text, " \n")
	}
	if text == "" {
		return
	}
	if a.label != "" {
		a.front.endLine()
	}
	a.front.write(a.label + text)
	a.label = ""
}

// speakable returns how much of text can be shown, because a sentence or a line
// ends there.
func speakable(text []byte) int {
	if i := bytes.LastIndexByte(text, '\n'); i >= 0 {
		return max(i+1, sentences(text[i+1:])+i+1)
	}
	if n := sentences(text); n > 0 || len(text) < maxPending {
		return n
	}
	if i := bytes.LastIndexByte(text, ' '); i >= 0 {
		return i + 1
	}
	return len(text)
}

// sentences returns how long the whole sentences are that text begins with.
func sentences(text []byte) int {
	for i := len(text); i > 0; {
		r, size := utf8.DecodeLastRune(text[:i])
		switch {
		case strings.ContainsRune("。！？", r):
			return i
		case strings.ContainsRune(".!?:;", r) && i < len(text) && text[i] == ' ':
			return i + 1
		}
		i -= size
	}
	return 0
}
