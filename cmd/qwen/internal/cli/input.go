package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/sdk"
)

// Limits on what a prompt is made of, in bytes.
const (
	maxStdin      = 8 << 20
	maxTextFile   = 4 << 20
	maxBinaryFile = 20 << 20
)

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

// readAttachment reads a file: images, sounds and documents become a part of
// their own, everything else must be text.
func readAttachment(path string) (sdk.Part, string, error) {
	data, err := readFile(path, maxBinaryFile)
	if err != nil {
		return nil, "", attachError(path, err)
	}
	name := filepath.Base(path)
	media := sdk.Media{MediaType: http.DetectContentType(data), Name: name, Data: data}
	switch kind, _, _ := strings.Cut(media.MediaType, "/"); {
	case kind == "image":
		return &sdk.Image{Media: media}, "", nil
	case kind == "audio":
		return &sdk.Audio{Media: media}, "", nil
	case media.MediaType == "application/pdf":
		return &sdk.File{Media: media}, "", nil
	}
	if err := checkText(data); err != nil {
		return nil, "", attachError(path, err)
	}
	return nil, fmt.Sprintf("File %s:\n%s", name, fence(string(data))), nil
}

// fence puts a text between lines of backticks that do not occur in it.
func fence(text string) string {
	marks := "```"
	for strings.Contains(text, marks) {
		marks += "`"
	}
	return marks + "\n" + strings.TrimSuffix(text, "\n") + "\n" + marks
}

var (
	errNotRegular = errors.New("it is not a regular file")
	errNotText    = errors.New("it is neither text (UTF-8) nor an image, sound or PDF")
)

// tooLargeError says that something exceeds a limit.
type tooLargeError struct{ limit int64 }

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("it is larger than %d MB", e.limit>>20)
}

func checkText(data []byte) error {
	switch {
	case len(data) > maxTextFile:
		return &tooLargeError{maxTextFile}
	case !isText(data):
		return errNotText
	}
	return nil
}

// readFile reads a regular file of at most limit bytes.
func readFile(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errNotRegular
	case info.Size() > limit:
		return nil, &tooLargeError{limit}
	}
	return os.ReadFile(path)
}

func attachError(path string, err error) error {
	if path == "" {
		return &usageError{message: "--attach: the name of the file is empty"}
	}
	var pathError *os.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	return &usageError{
		message: fmt.Sprintf("cannot attach %s: %v", term.CleanLine(path), err),
		hint:    "Files can be text of up to 4 MB, or images, sounds and PDFs of up to 20 MB.",
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
	case !isText(data):
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

// isText reports whether data is something to put into a message.
func isText(data []byte) bool { return utf8.Valid(data) && bytes.IndexByte(data, 0) < 0 }
