package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/files"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/sdk"
)

// maxStdin bounds what is piped in, in bytes.
const maxStdin = 8 << 20

// stdinPatience is how long standard input may say nothing before the person is
// told that it is being waited for.
const stdinPatience = 3 * time.Second

// A prompt is what the command line and standard input say.
type prompt struct {
	words  []string // positional arguments
	flag   string   // -p
	attach []string // files
}

// message makes a user message of the prompt: files first, then piped text, then
// the question, so that the question is what the model read last. It returns nil
// if there is nothing at all.
func (p prompt) message(stdin string) (*sdk.Message, error) {
	question := p.flag
	if question == "" {
		question = strings.Join(p.words, " ")
	}
	if !utf8.ValidString(question) {
		return nil, &usageError{message: "the prompt is not text (UTF-8)"}
	}
	var media []sdk.Part
	var texts []string
	for _, path := range p.attach {
		part, text, err := readAttachment(path)
		if err != nil {
			return nil, err
		}
		if part != nil {
			media = append(media, part)
			continue
		}
		texts = append(texts, text)
	}
	for _, text := range []string{stdin, question} {
		if strings.TrimSpace(text) != "" {
			texts = append(texts, text)
		}
	}
	if len(media) == 0 && len(texts) == 0 {
		return nil, nil
	}
	m := &sdk.Message{Role: sdk.RoleUser, Parts: media}
	if len(texts) > 0 {
		m.Parts = append(m.Parts, &sdk.Text{Text: strings.Join(texts, "\n\n")})
	}
	return m, nil
}

// readAttachment reads a file that goes along.
func readAttachment(path string) (sdk.Part, string, error) {
	content, err := files.Read(path, filepath.Base(path))
	if err != nil {
		return nil, "", attachError(path, err)
	}
	return content.Part, content.Text, nil
}

func attachError(path string, err error) error {
	if path == "" {
		return &usageError{message: "--attach: the name of the file is empty"}
	}
	return &usageError{
		message: fmt.Sprintf("cannot attach %s: %v", term.CleanLine(path), err),
		hint:    files.Limits,
	}
}

// readStdin returns what was piped in; "" if standard input is a terminal, or
// holds the key.
func (a *app) readStdin(holdsKey bool) (string, error) {
	if a.streams.In.Terminal || holdsKey {
		return "", nil
	}
	patience := time.AfterFunc(stdinPatience, func() {
		a.note("waiting for standard input; use </dev/null if there is none")
	})
	defer patience.Stop()
	data, err := a.stdin(maxStdin + 1)
	switch {
	case err != nil:
		return "", fmt.Errorf("reading standard input: %w", err)
	case len(data) > maxStdin:
		return "", &usageError{
			message: fmt.Sprintf("standard input is larger than %d MB", maxStdin>>20),
			hint:    "Send the part of it that matters: no model reads that much.",
		}
	case !files.IsText(data):
		return "", &usageError{
			message: "standard input is not text (UTF-8)",
			hint:    "Images, sounds and PDFs can be attached: --attach FILE",
		}
	}
	return string(data), nil
}

// stdin reads standard input to its end, but at most limit bytes of it, or until
// the run is interrupted: whoever holds the other end of a pipe may never close
// it. The read is left behind then, for nothing ends it.
func (a *app) stdin(limit int64) ([]byte, error) {
	a.stdinUsed = true
	return a.interruptible(func() ([]byte, error) {
		return io.ReadAll(io.LimitReader(a.streams.In, limit))
	})
}

// readPipe reads at most limit bytes of a file that may be a pipe, such as a
// shell's <(pass show key).
func (a *app) readPipe(path string, limit int64) ([]byte, error) {
	return a.interruptible(func() ([]byte, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		return io.ReadAll(io.LimitReader(f, limit))
	})
}

// interruptible runs a read that may never end, until Ctrl-C.
func (a *app) interruptible(read func() ([]byte, error)) ([]byte, error) {
	var data []byte
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		data, err = read()
	}()
	select {
	case <-done:
		return data, err
	case <-a.interrupted:
		return nil, context.Canceled
	}
}
