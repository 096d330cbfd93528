package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/qwen-cli/qwen/sdk"
)

// Limits on what is sent along, in bytes.
const (
	MaxText   = 4 << 20
	MaxBinary = 20 << 20
)

// Limits says in one sentence what can be sent along.
const Limits = "Files can be text of up to 4 MB, or images, sounds and PDFs of up to 20 MB."

// A Content is a file that is sent along.
type Content struct {
	Kind string   // "text", "image", "sound", "PDF" or "list of files"
	Part sdk.Part // of an image, a sound or a PDF; nil for the others
	Text string   // with the file's name above it, between fences
	Size int64    // of the file, in bytes
}

var (
	errNotRegular = errors.New("it is not a regular file")
	errDirectory  = errors.New("it is a directory")
	errNotText    = errors.New("it is neither text (UTF-8) nor an image, sound or PDF")
)

// tooLargeError says that something exceeds a limit.
type tooLargeError struct{ limit int64 }

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("it is larger than %d MB", e.limit>>20)
}

// Read reads a file to send along: images, sounds and PDFs become a part of their
// own, everything else must be text. Name is what the file is called in it: how the
// person has written its path, by which several of one name are told apart. The error
// says why the file cannot be sent and does not name it.
func Read(path, name string) (Content, error) {
	data, err := ReadFile(path, MaxBinary)
	if err != nil {
		return Content{}, err
	}
	c := Content{Size: int64(len(data))}
	media := sdk.Media{MediaType: http.DetectContentType(data), Name: filepath.Base(path), Data: data}
	switch kind, _, _ := strings.Cut(media.MediaType, "/"); {
	case kind == "image":
		c.Kind, c.Part = "image", &sdk.Image{Media: media}
		return c, nil
	case kind == "audio":
		c.Kind, c.Part = "sound", &sdk.Audio{Media: media}
		return c, nil
	case media.MediaType == "application/pdf":
		c.Kind, c.Part = "PDF", &sdk.File{Media: media}
		return c, nil
	}
	if err := checkText(data); err != nil {
		return Content{}, err
	}
	c.Kind, c.Text = "text", fmt.Sprintf("File %s:\n%s", name, Fence(string(data)))
	return c, nil
}

// directoryContent is what is sent along of a directory: names of the files below it.
func directoryContent(name, names string, number int) Content {
	text := fmt.Sprintf("Files below %s:\n%s", name, Fence(names))
	if left := number - maxNamed; left > 0 {
		text += fmt.Sprintf("\nand %d more", left)
	}
	return Content{Kind: "list of files", Text: text, Size: int64(len(names))}
}

// Fence puts a text between lines of backticks that do not occur in it.
func Fence(text string) string {
	marks := "```"
	for strings.Contains(text, marks) {
		marks += "`"
	}
	return marks + "\n" + strings.TrimSuffix(text, "\n") + "\n" + marks
}

func checkText(data []byte) error {
	switch {
	case len(data) > MaxText:
		return &tooLargeError{MaxText}
	case !IsText(data):
		return errNotText
	}
	return nil
}

// IsText reports whether data is something to put into a message.
func IsText(data []byte) bool { return utf8.Valid(data) && bytes.IndexByte(data, 0) < 0 }

// ReadFile reads a regular file of at most limit bytes.
func ReadFile(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, reason(err)
	case info.IsDir():
		return nil, errDirectory
	case !info.Mode().IsRegular():
		return nil, errNotRegular
	case info.Size() > limit:
		return nil, &tooLargeError{limit}
	}
	return readAtMost(path, limit)
}

// readAtMost reads a file that may be larger than it has told: it is being written to,
// or made up by the system.
func readAtMost(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, reason(err)
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if int64(len(data)) > limit {
		return nil, &tooLargeError{limit}
	}
	return data, reason(err)
}

// reason takes the path out of an error of the system.
func reason(err error) error {
	var pathError *os.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// Exists reports whether a path leads to something that can be read as a file.
func Exists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// IsDir reports whether a path leads to a directory.
func IsDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
