package session

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

const (
	dirName  = "sessions" // below the state root
	dirMode  = 0o700
	fileMode = 0o600

	fileSuffix = ".jsonl"
	lockSuffix = ".lock"
)

// A Store is a directory of sessions. Any number of processes may use it at the
// same time.
type Store struct {
	dir string

	// Redact takes secrets out of errors and notes before they are written, which
	// may hold what a service has said; nil: they are written as they are.
	// What the person and the model say is always written as it is.
	Redact func(string) string
}

// New returns the store below a state root. Nothing is read or made before it is
// used.
func New(root string) *Store { return &Store{dir: filepath.Join(root, dirName)} }

// Dir returns the directory of the sessions.
func (s *Store) Dir() string { return s.dir }

func (s *Store) path(id string) string     { return filepath.Join(s.dir, id+fileSuffix) }
func (s *Store) lockPath(id string) string { return filepath.Join(s.dir, id+lockSuffix) }

func (s *Store) redact(text string) string {
	if s.Redact == nil {
		return text
	}
	return s.Redact(text)
}

// An ID is the day and some letters: 20261125-k7f3q. The letters are those of
// Crockford's base 32 (https://www.crockford.com/base32.html), which nobody takes
// for one another.
const (
	idDay     = "20060102"
	idLetters = "0123456789abcdefghjkmnpqrstvwxyz"
	idRandom  = 5
)

// newID makes the ID of a session that begins now.
func newID(now time.Time) string {
	letters := make([]byte, idRandom)
	_, _ = rand.Read(letters) // never fails
	for i, b := range letters {
		letters[i] = idLetters[int(b)%len(idLetters)]
	}
	return now.Format(idDay) + "-" + string(letters)
}

// isID reports whether a text has the form of an ID. Nothing else becomes part of a
// path.
func isID(id string) bool {
	day, letters, ok := strings.Cut(id, "-")
	return ok && len(day) == len(idDay) && strings.Trim(day, "0123456789") == "" &&
		letters != "" && len(letters) <= 16 && strings.Trim(letters, idLetters) == ""
}

// List returns all sessions, the one that was used last first. It reads the
// beginning and the end of each file only.
func (s *Store) List(ctx context.Context) ([]Meta, error) {
	files, err := s.files()
	if err != nil {
		return nil, err
	}
	list := make([]Meta, 0, len(files))
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if m, err := s.meta(f.id); err == nil {
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b Meta) int {
		return cmp.Or(b.Updated.Compare(a.Updated), cmp.Compare(b.ID, a.ID))
	})
	return list, nil
}

// file is a session's file, as the directory knows it.
type file struct {
	id       string
	modified time.Time
}

// files lists the files of sessions, the one that was written last first.
func (s *Store) files() ([]file, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fileError("cannot read", s.dir, err)
	}
	var files []file
	for _, entry := range entries {
		id, ok := strings.CutSuffix(entry.Name(), fileSuffix)
		if !ok || !isID(id) {
			continue
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() && info.Size() > 0 {
			files = append(files, file{id, info.ModTime()})
		}
	}
	slices.SortFunc(files, func(a, b file) int { return b.modified.Compare(a.modified) })
	return files, nil
}

// Latest returns the session of a working directory that was used last and in which
// something was said. Without one it returns an error that wraps [ErrNone].
func (s *Store) Latest(dir string) (Meta, error) {
	dir = realPath(dir)
	files, err := s.files()
	if err != nil {
		return Meta{}, err
	}
	var latest Meta
	for _, f := range files {
		if f.modified.Before(latest.Updated) {
			break // so were all that follow
		}
		m, err := s.meta(f.id)
		if err == nil && m.Dir == dir && m.Messages > 0 && m.Updated.After(latest.Updated) {
			latest = m
		}
	}
	if latest.ID == "" {
		return Meta{}, hinted(ErrNone, "There are others: \"qwen sessions\" lists them.", "there is no conversation in %s to go on with", dir)
	}
	return latest, nil
}

// realPath returns the name of a directory without symbolic links, so that it is the
// same whatever way somebody came there.
func realPath(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		return real
	}
	return filepath.Clean(dir)
}

// Find returns the session that a text means: an ID, the beginning of one or of its
// letters if there is only one such, or a title. It returns an error that wraps
// [ErrUnknown] if that is none, or not only one.
func (s *Store) Find(text string) (Meta, error) {
	text = strings.TrimSpace(text)
	list, err := s.List(context.Background())
	if err != nil {
		return Meta{}, err
	}
	for _, matches := range []func(*Meta) bool{
		func(m *Meta) bool { return m.ID == strings.ToLower(text) },
		func(m *Meta) bool { return strings.EqualFold(m.Title, text) },
		func(m *Meta) bool { return beginsID(m.ID, strings.ToLower(text)) },
	} {
		found := filter(list, matches)
		if len(found) == 1 {
			return found[0], nil
		}
		if len(found) > 1 && text != "" {
			return Meta{}, hinted(ErrUnknown, "Say which: "+names(found)+".", "%q may be one of several sessions", text)
		}
	}
	return Meta{}, unknown(text, list)
}

// beginsID reports whether an ID or its letters begin with a text.
func beginsID(id, text string) bool {
	_, letters, _ := strings.Cut(id, "-")
	return text != "" && (strings.HasPrefix(id, text) || strings.HasPrefix(letters, text))
}

func filter(list []Meta, keep func(*Meta) bool) []Meta {
	var kept []Meta
	for i := range list {
		if keep(&list[i]) {
			kept = append(kept, list[i])
		}
	}
	return kept
}

// unknown is the error for a text that means no session. It suggests those that have
// the text in their title.
func unknown(text string, list []Meta) error {
	lower := strings.ToLower(text)
	similar := filter(list, func(m *Meta) bool { return lower != "" && strings.Contains(strings.ToLower(m.Title), lower) })
	hint := "\"qwen sessions\" lists them."
	switch {
	case len(list) == 0:
		hint = "None is stored."
	case len(similar) > 0:
		hint = "Perhaps you mean " + names(similar) + "."
	}
	return hinted(ErrUnknown, hint, "there is no session %q", text)
}

// maxNames bounds how many sessions an error lists.
const maxNames = 5

// names lists sessions for a sentence.
func names(list []Meta) string {
	var words []string
	for i, m := range list {
		if i == maxNames {
			words = append(words, "...")
			break
		}
		word := m.ID
		if m.Title != "" {
			word += " (" + m.Title + ")"
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

// Delete removes a session for good.
func (s *Store) Delete(id string) error {
	if err := s.check(id); err != nil {
		return err
	}
	l, err := s.acquire(id)
	if err != nil {
		return err
	}
	if err := os.Remove(s.path(id)); err != nil {
		_ = l.release()
		return fileError("cannot remove", s.path(id), err)
	}
	return l.release()
}

// Rename gives a session a title.
func (s *Store) Rename(id, title string) error {
	_, w, err := s.Open(id)
	if err != nil {
		return err
	}
	err = errors.Join(w.Title(title), w.Close())
	if errors.Is(err, ErrUnsaved) {
		e := *sdk.AsError(err)
		e.Hint = "" // is about a chat
		return &e
	}
	return err
}

// check returns an error if there is no session of that ID.
func (s *Store) check(id string) error {
	if isID(id) {
		if info, err := os.Lstat(s.path(id)); err == nil && info.Mode().IsRegular() {
			return nil
		}
	}
	return hinted(ErrUnknown, "\"qwen sessions\" lists them.", "there is no session %q", id)
}

// hinted returns an error that wraps cause and says what to do.
func hinted(cause error, hint, format string, args ...any) error {
	e := sdk.Errorf(sdk.KindInternal, format, args...)
	e.Hint, e.Err = hint, cause
	return e
}

// fileError says what could not be done with a file, and why.
func fileError(what, path string, err error) error {
	return &sdk.Error{Kind: sdk.KindInternal, Message: what + " " + path + ": " + reason(err), Err: err}
}

// reason returns what was wrong with a file, without the file's name.
func reason(err error) string {
	var file *fs.PathError
	if errors.As(err, &file) {
		err = file.Err
	}
	return err.Error()
}
