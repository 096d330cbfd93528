package history

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// FileName is the name of the file in the state root.
const FileName = "prompts.jsonl"

const (
	dirMode  = 0o700
	fileMode = 0o600

	lockSuffix = ".lock"
	tempMark   = ".tmp."

	// lockWait bounds the wait for other writers, each of which takes microseconds.
	lockWait = 250 * time.Millisecond
	lockPoll = time.Millisecond
)

// Bounds of what is kept. The file may become twice as large before it is made
// smaller.
const (
	maxEntries = 2000
	maxBytes   = 1 << 20
	maxEntry   = 128 << 10 // bytes of one entry in the file
)

// A File is what was typed. It may be used concurrently.
type File struct {
	path string // "" for one that is in memory only

	mu      sync.Mutex
	loaded  bool
	entries []string // oldest first
	lines   int      // in the file
	stopped bool     // the file cannot be written
	err     error    // why, until that is told
}

// Open returns the history in a file. The file is not read before somebody asks what
// is in it, and not made before there is something to put into it.
func Open(path string) *File { return &File{path: path} }

// Memory returns a history that keeps nothing on disk.
func Memory() *File { return &File{} }

// Entries returns what was typed, the oldest first; neighbours differ.
func (f *File) Entries() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.load()
	return slices.Clone(f.entries)
}

// Add appends what was typed, unless it is what was typed last or begins with a
// space, by which people say that something is not to be kept.
func (f *File) Add(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if strings.TrimSpace(text) == "" || text[0] == ' ' {
		return
	}
	f.load()
	if !f.remember(text) {
		return
	}
	f.entries = bounded(f.entries)
	if f.path != "" && !f.stopped && len(text) <= maxEntry {
		if err := f.write(text); err != nil {
			f.stopped, f.err = true, err
		}
	}
}

// Err returns, once, why the file could not be written. Nothing more is written then.
func (f *File) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.err
	f.err = nil
	return err
}

// remember appends an entry, and reports whether it is another one than the last.
func (f *File) remember(text string) bool {
	if last := len(f.entries) - 1; last >= 0 && f.entries[last] == text {
		return false
	}
	f.entries = append(f.entries, text)
	return true
}

// load reads the file, once. What cannot be read is as if it were not there.
func (f *File) load() {
	if f.loaded || f.path == "" {
		return
	}
	f.loaded = true
	for _, e := range readEntries(f.path) {
		f.remember(e.Text)
		f.lines++
	}
	f.entries = bounded(f.entries)
}

// bounded returns the newest entries, as many as are kept.
func bounded(entries []string) []string {
	from := firstKept(len(entries), func(i int) int { return len(entries[i]) })
	if from == 0 {
		return entries
	}
	return slices.Clone(entries[from:])
}

// firstKept returns the index of the oldest of n entries that is kept.
func firstKept(n int, size func(i int) int) int {
	total := 0
	for i := n - 1; i >= 0; i-- {
		total += size(i)
		if total > maxBytes || n-i > maxEntries {
			return i + 1
		}
	}
	return 0
}

// entry is a line of the file.
type entry struct {
	Time string `json:"time,omitempty"` // RFC 3339; nobody reads it but people
	Text string `json:"text"`
}

func (e entry) line() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(e)
	return b.Bytes(), err
}

// readEntries reads the newest entries of a file; it passes over lines that are none.
func readEntries(path string) []entry {
	file, err := os.OpenFile(path, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	from := max(0, info.Size()-2*maxBytes)
	data, err := io.ReadAll(io.NewSectionReader(file, from, info.Size()-from))
	if err != nil {
		return nil
	}
	return parse(data)
}

func parse(data []byte) []entry {
	var list []entry
	for line := range bytes.Lines(data) {
		var e entry
		if json.Unmarshal(line, &e) == nil && e.Text != "" {
			list = append(list, e)
		}
	}
	return list
}

// write appends an entry to the file, and makes the file smaller if it has become too
// large.
func (f *File) write(text string) error {
	if err := os.MkdirAll(filepath.Dir(f.path), dirMode); err != nil {
		return err
	}
	unlock, locked := f.lock()
	defer unlock()
	line, err := entry{time.Now().UTC().Format(time.RFC3339), text}.line()
	if err != nil {
		return err
	}
	size, err := f.append(line)
	f.lines++
	if err == nil && locked && (size > 2*maxBytes || f.lines > 2*maxEntries) {
		_ = f.compact() // the next one will try again
	}
	return err
}

// lock keeps other writers away, and returns what lets them in again. If the lock does
// not come, the entry is appended all the same: on local file systems that is one step.
func (f *File) lock() (unlock func(), locked bool) {
	lock := flock.New(f.path+lockSuffix, flock.SetFlag(os.O_CREATE|os.O_RDWR|openFlags), flock.SetPermissions(fileMode))
	locked, err := lock.TryLock()
	if err == nil && !locked {
		ctx, cancel := context.WithTimeout(context.Background(), lockWait)
		defer cancel()
		locked, _ = lock.TryLockContext(ctx, lockPoll)
	}
	return func() { _ = lock.Close() }, locked
}

// append appends a line, on a new one if the last was torn by a crash. It returns the
// size of the file.
func (f *File) append(line []byte) (size int64, err error) {
	file, err := os.OpenFile(f.path, os.O_CREATE|os.O_RDWR|os.O_APPEND|openFlags, fileMode)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a file", f.path)
	}
	if err != nil {
		return 0, err
	}
	size = info.Size()
	last := []byte{'\n'}
	if size > 0 {
		_, err = file.ReadAt(last, size-1)
	}
	if err == nil && last[0] != '\n' {
		line = append([]byte{'\n'}, line...)
	}
	if err == nil {
		_, err = file.Write(line)
	}
	return size + int64(len(line)), err
}

// compact puts a file with the newest entries in the place of the file.
func (f *File) compact() error {
	temp, err := os.CreateTemp(filepath.Dir(f.path), filepath.Base(f.path)+tempMark+"*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }() // fails once it has been renamed, as it should
	lines := newest(readEntries(f.path))
	_, err = temp.Write(bytes.Join(lines, nil))
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	f.lines = len(lines)
	return os.Rename(temp.Name(), f.path)
}

// newest returns the lines of the newest entries, as many as are kept.
func newest(list []entry) [][]byte {
	list = slices.CompactFunc(list, func(a, b entry) bool { return a.Text == b.Text })
	lines := make([][]byte, 0, len(list))
	for _, e := range list {
		if line, err := e.line(); err == nil {
			lines = append(lines, line)
		}
	}
	return lines[firstKept(len(lines), func(i int) int { return len(lines[i]) }):]
}
