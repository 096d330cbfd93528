package session

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// Read returns a session, also while another process writes it.
func (s *Store) Read(id string) (*Conversation, error) {
	r, err := s.replay(id)
	if err != nil {
		return nil, err
	}
	return &r.conversation, nil
}

// Open returns a session to go on with. If another process has it open, the error
// wraps [ErrInUse].
func (s *Store) Open(id string) (*Conversation, *Writer, error) {
	if err := s.check(id); err != nil {
		return nil, nil, err
	}
	l, err := s.acquire(id)
	if err != nil {
		return nil, nil, err
	}
	r, err := s.replay(id)
	if err != nil {
		_ = l.release()
		return nil, nil, err
	}
	return &r.conversation, resume(s, l, r), nil
}

// A replay makes a conversation of the records of a file.
type replay struct {
	conversation Conversation
	stated       bool   // a state has come
	answer       answer // pieces of an answer that has not come whole
	torn         bool   // the last line has no end
}

// replay reads a file.
func (s *Store) replay(id string) (*replay, error) {
	if err := s.check(id); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(s.path(id), os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, fileError("cannot read", s.path(id), err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, fileError("cannot read", s.path(id), err)
	}
	r := &replay{}
	r.conversation.Meta = Meta{ID: id, Updated: info.ModTime(), Size: info.Size()}
	if err := r.read(file); err != nil {
		return nil, err
	}
	r.close()
	return r, nil
}

// read takes all lines.
func (r *replay) read(file io.Reader) error {
	lines := bufio.NewReaderSize(file, 64<<10)
	for {
		line, err := lines.ReadBytes('\n')
		switch {
		case err == nil:
			err = r.line(line)
		case errors.Is(err, io.EOF):
			r.torn = len(line) > 0 // or somebody is still writing it
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// line takes a line.
func (r *replay) line(line []byte) error {
	if isBlank(line) {
		return nil
	}
	record, err := parseRecord(line)
	if err != nil {
		r.conversation.Damaged++
		return nil
	}
	return r.add(record)
}

// add takes a record.
func (r *replay) add(record *record) error {
	c := &r.conversation
	switch record.Type {
	case kindHeader:
		return c.head(record)
	case kindState:
		r.stated = true
		c.state(record)
	case kindPartial:
		r.answer.add(record.Kind, string(record.Text), record.Time)
	case kindTruncate:
		c.Items = c.Items[:min(*record.Keep, len(c.Items))]
	}
	if item, ok := record.item(); ok {
		c.Items = append(c.Items, item)
		if item.Message != nil && item.Message.Role == sdk.RoleAssistant {
			r.answer.reset() // it is whole now
		}
	}
	return nil
}

// close makes a message of what is left of an answer, and completes what is known of
// the session.
func (r *replay) close() {
	c := &r.conversation
	if item, ok := r.answer.item(c.Model, c.Connection); ok {
		c.Items = append(c.Items, item)
	} else {
		r.answer.reset()
	}
	c.Messages = 0
	for i := range c.Items {
		c.count(&c.Items[i])
	}
	if last := len(c.Items) - 1; !r.stated && last >= 0 && !c.Items[last].Time.IsZero() {
		c.Updated = c.Items[last].Time
	}
}

// count takes an item into account.
func (m *Meta) count(i *Item) {
	if i.Message == nil {
		return
	}
	m.Messages++
	if m.Title == "" && i.Message.Role == sdk.RoleUser {
		m.Title = titleOf(i.Message)
	}
}

// head takes the header.
func (m *Meta) head(r *record) error {
	if r.Version > version {
		return hinted(ErrNewer, "Upgrade qwen to read it.", "the session %s was written by a newer qwen", m.ID)
	}
	m.Dir, m.Created = string(r.Dir), r.Time
	m.Model, m.Connection, m.Provider = string(r.Model), string(r.Connection), string(r.Provider)
	return nil
}

// state takes a state.
func (m *Meta) state(r *record) {
	m.Title, m.Named, m.Messages = string(r.Title), r.Named, r.Messages
	m.Model, m.Connection, m.Provider = string(r.Model), string(r.Connection), string(r.Provider)
	if !r.Time.IsZero() {
		m.Updated = r.Time
	}
}

// stateRecord is the record of what m says.
func (m *Meta) stateRecord() *record {
	return &record{
		Type: kindState, Time: stamp(m.Updated), Title: text(m.Title), Named: m.Named, Messages: m.Messages,
		Model: text(m.Model), Connection: text(m.Connection), Provider: text(m.Provider),
	}
}

// Sizes of the pieces at both ends of a file that tell what [Meta] says. They grow
// until they have a whole line, up to a bound.
const (
	firstLook = 4 << 10
	maxHead   = 64 << 10
	maxTail   = 4 << 20
)

// meta returns what is known of a session by its first line and its last state.
func (s *Store) meta(id string) (Meta, error) {
	file, err := os.OpenFile(s.path(id), os.O_RDONLY|openFlags, 0)
	if err != nil {
		return Meta{}, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return Meta{}, err
	}
	m := Meta{ID: id, Updated: info.ModTime(), Size: info.Size()}
	if r := firstRecord(file); r != nil && r.Type == kindHeader {
		_ = m.head(r) // a newer one is listed as far as it is understood
	}
	if r := lastState(file, info.Size()); r != nil {
		m.state(r)
	}
	return m, nil
}

// firstRecord returns the record in the first line, nil if there is none.
func firstRecord(file io.ReaderAt) *record {
	for size := firstLook; size <= maxHead; size *= 4 {
		head := make([]byte, size)
		n, err := file.ReadAt(head, 0)
		if line, _, ok := bytes.Cut(head[:n], []byte("\n")); ok {
			r, _ := parseRecord(line)
			return r
		}
		if err != nil {
			break
		}
	}
	return nil
}

// stateMark is how the line of a state begins, with the end of the line before. No
// other line has it: within a record's strings both newline and quotes are escaped.
const stateMark = "\n{\"type\":\"" + kindState + "\""

// lastState returns the last state in a file, nil if there is none near its end.
func lastState(file io.ReaderAt, size int64) *record {
	for look := int64(firstLook); ; look *= 4 {
		look = min(look, size, maxTail)
		tail := make([]byte, look)
		n, err := file.ReadAt(tail, size-look)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil
		}
		if r := lastStateIn(tail[:n]); r != nil || look == min(size, maxTail) {
			return r
		}
	}
}

func lastStateIn(tail []byte) *record {
	for {
		begin := bytes.LastIndex(tail, []byte(stateMark))
		if begin < 0 {
			return nil
		}
		line, _, ok := bytes.Cut(tail[begin+1:], []byte("\n"))
		if r, err := parseRecord(line); ok && err == nil {
			return r
		}
		tail = tail[:begin]
	}
}

// now is the time as it is kept.
func now() time.Time { return stamp(time.Now()) }
