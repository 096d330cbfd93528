package session

import (
	"errors"
	"os"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/qwen-cli/qwen/sdk"
)

const (
	// partialDelay is how long a piece of an answer may wait to be written, and so
	// how much of it the end of the process can cost.
	partialDelay = 500 * time.Millisecond

	// partialSize is how much may wait.
	partialSize = 64 << 10
)

// A Writer appends to a session. What its methods have returned nil for is with the
// operating system: it survives the end of the process by whatever means, if not a
// power cut in the seconds that follow.
//
// If that cannot be done, since the disk is full or may not be written, the first
// method that can says so, by an error that wraps [ErrUnsaved]; the Writer gives up
// writing then, and nothing else happens. It may be used concurrently.
type Writer struct {
	store *Store

	mu      sync.Mutex
	meta    Meta
	items   []bool // that count: whether each is a message
	begun   bool   // somebody has said something: there is something to keep
	stored  bool   // the file exists
	queue   []*record
	answer  answer // what has arrived of the answer that arrives
	pending answer // what of it is not written
	timer   *time.Timer

	lock    *lock
	file    *os.File
	torn    bool  // the file's last line has no end
	stopped bool  // for good
	err     error // to be told
}

// Create returns a Writer for a new session. Nothing is written before the first
// message of the person: a chat in which nothing was said leaves nothing behind.
// The ID and the times of m are ignored.
func (s *Store) Create(m Meta) (*Writer, error) {
	m.Created = now()
	m.ID, m.Updated = newID(time.Now()), m.Created
	m.Messages, m.Size = 0, 0
	m.Dir, m.Title = realPath(m.Dir), cleanTitle(m.Title)
	return &Writer{store: s, meta: m}, nil
}

// resume returns a Writer that goes on with what was read. What a crash has left of
// an answer becomes a message, with the next record.
func resume(s *Store, l *lock, r *replay) *Writer {
	c := &r.conversation
	w := &Writer{store: s, lock: l, meta: c.Meta, begun: true, stored: true, torn: r.torn}
	for i := range c.Items {
		w.items = append(w.items, c.Items[i].Message != nil)
	}
	if len(r.answer.pieces) > 0 {
		w.queue = append(w.queue, encodeItem(&c.Items[len(c.Items)-1], s.redact))
	}
	return w
}

// ID returns the ID of the session.
func (w *Writer) ID() string { return w.Meta().ID }

// Stored reports whether there is a file to go on with.
func (w *Writer) Stored() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stored
}

// Meta returns what is known of the session now.
func (w *Writer) Meta() Meta {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.meta
}

// Items returns how many items count now: those of the conversation that was opened,
// and one for each call of Message, Failed and Note since. See [Writer.Truncate].
func (w *Writer) Items() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.items)
}

// Message appends a message that is complete, or as complete as it will be. One of
// the assistant takes the place of the pieces that arrived before.
func (w *Writer) Message(m sdk.Message, info TurnInfo) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if m.Role == sdk.RoleAssistant {
		w.forget()
	} else {
		w.cut()
	}
	if m.Role != sdk.RoleSystem && m.Role != sdk.RoleDeveloper {
		w.begun = true
	}
	if m.Origin != nil && m.Origin.Provider != "" {
		w.meta.Provider = m.Origin.Provider
	}
	w.add(info.item(Item{Message: &m}))
	return w.write()
}

// Failed appends that a turn failed. What had arrived of its answer stays, as a
// message that was interrupted.
func (w *Writer) Failed(e *sdk.Error, info TurnInfo) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut()
	w.add(info.item(Item{Error: e}))
	return w.write()
}

// Note appends something that the program has said and that belongs to the
// conversation, such as that another model answers from here on.
func (w *Writer) Note(text string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.add(Item{Time: now(), Note: text})
	return w.write()
}

// Title gives the session a title.
func (w *Writer) Title(title string) error {
	title = cleanTitle(title)
	if title == "" {
		return sdk.Errorf(sdk.KindInternal, "the title is empty").WithHint("Say what the conversation is about, in a few words.")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.meta.Title, w.meta.Named = title, true
	return w.write()
}

// Truncate makes only the first items count, of those that [Writer.Items] counts, as
// after /clear and /retry. The others stay in the file.
func (w *Writer) Truncate(keep int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut()
	if keep < 0 || keep >= len(w.items) {
		return w.write()
	}
	w.items = w.items[:keep]
	w.meta.Messages = 0
	for _, isMessage := range w.items {
		if isMessage {
			w.meta.Messages++
		}
	}
	w.queue = append(w.queue, &record{Type: kindTruncate, Time: now(), Keep: &keep})
	return w.write()
}

// Partial takes a piece of the answer that arrives: of its text, of a thought or of a
// refusal; others mean nothing before they are whole. It is written soon. What keeps it
// from that, the next other method tells.
func (w *Writer) Partial(kind sdk.PartKind, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped || text == "" || !readable(kind) {
		return
	}
	w.begun = true
	t := now()
	w.answer.add(kind, text, t)
	w.pending.add(kind, text, t)
	switch {
	case w.pending.size >= partialSize:
		w.writePending()
	case w.timer == nil:
		w.timer = time.AfterFunc(partialDelay, w.late)
	}
}

// late writes the pieces that have waited.
func (w *Writer) late() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writePending()
}

// Flush writes the pieces that wait.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writePending()
	return w.tell()
}

// Close writes the pieces that wait and lets others write the session. The Writer
// does nothing from then on.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writePending()
	w.stop()
	return w.tell()
}

// stop ends all writing.
func (w *Writer) stop() {
	w.stopped = true
	w.stopTimer()
	if w.file != nil {
		if err := w.file.Close(); err != nil && w.err == nil {
			w.err = w.unsaved(err)
		}
		w.file = nil
	}
	_ = w.lock.release()
	w.lock = nil
	w.queue = nil
	w.answer.reset()
	w.pending.reset()
}

func (w *Writer) stopTimer() {
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
}

// item completes an item by what is known of it.
func (t TurnInfo) item(i Item) Item {
	i.Time = t.Time
	if i.Time.IsZero() {
		i.Time = now()
	}
	i.Model, i.Connection, i.Usage = t.Model, t.Connection, t.Usage
	i.Duration, i.Interrupted = t.Duration, t.Interrupted
	return i
}

// add puts an item into the queue.
func (w *Writer) add(i Item) {
	w.items = append(w.items, i.Message != nil)
	w.meta.count(&i)
	if i.Note == "" {
		w.meta.Updated = stamp(i.Time)
	}
	if i.Model != "" {
		w.meta.Model = i.Model
	}
	if i.Connection != "" {
		w.meta.Connection = i.Connection
	}
	w.queue = append(w.queue, encodeItem(&i, w.store.redact))
}

// cut makes a message of what has arrived of an answer that will not be whole.
func (w *Writer) cut() {
	item, ok := w.answer.item(w.meta.Model, w.meta.Connection)
	w.forget()
	if ok {
		w.add(item)
	}
}

// forget forgets what has arrived of an answer.
func (w *Writer) forget() {
	w.stopTimer()
	w.answer.reset()
	w.pending.reset()
}

// write writes the queue, and what is known of the session then.
func (w *Writer) write() error {
	if w.begun && !w.stopped {
		queue := append(w.queue, w.meta.stateRecord())
		w.queue = nil
		w.append(queue)
	}
	return w.tell()
}

// writePending writes the pieces that wait.
func (w *Writer) writePending() {
	w.stopTimer()
	if len(w.pending.pieces) == 0 || w.stopped || !w.begun {
		return
	}
	queue := append(w.queue, w.pending.records(now())...)
	w.queue = nil
	w.pending.reset()
	w.append(queue)
}

// tell returns what went wrong, once.
func (w *Writer) tell() error {
	err := w.err
	w.err = nil
	return err
}

// append appends records to the file: all in one write, so that a crash tears one
// line at most.
func (w *Writer) append(records []*record) {
	err := w.open()
	if err == nil {
		err = w.appendTo(w.file, records)
	}
	if err != nil {
		w.err = w.unsaved(err)
		w.stop()
	}
}

func (w *Writer) appendTo(file *os.File, records []*record) error {
	if !w.stored {
		records = append([]*record{w.header()}, records...)
	}
	var lines []byte
	if w.torn {
		lines = append(lines, '\n')
	}
	for _, r := range records {
		line, err := r.encode()
		if err != nil {
			return err
		}
		lines = append(lines, line...)
	}
	_, err := file.Write(lines)
	w.stored, w.torn = true, false
	return err
}

func (w *Writer) header() *record {
	m := &w.meta
	return &record{
		Type: kindHeader, Version: version, Time: m.Created, ID: text(m.ID), Dir: text(m.Dir),
		Model: text(m.Model), Connection: text(m.Connection), Provider: text(m.Provider),
	}
}

// open opens the file, or makes it.
func (w *Writer) open() (err error) {
	switch {
	case w.file != nil:
	case w.stored:
		w.file, err = os.OpenFile(w.store.path(w.meta.ID), os.O_WRONLY|os.O_APPEND|openFlags, 0)
	default:
		err = w.create()
	}
	return err
}

// create makes the file. An ID that somebody has taken meanwhile is replaced.
func (w *Writer) create() error {
	if err := os.MkdirAll(w.store.dir, dirMode); err != nil {
		return err
	}
	for {
		l, err := w.store.acquire(w.meta.ID)
		if err == nil {
			w.file, err = os.OpenFile(w.store.path(w.meta.ID), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND|openFlags, fileMode)
		}
		if err == nil {
			w.lock = l
			return nil
		}
		_ = l.release()
		if !errors.Is(err, os.ErrExist) && !errors.Is(err, ErrInUse) {
			return err
		}
		w.meta.ID = newID(time.Now())
	}
}

// unsaved is the error for a session that cannot be written.
func (w *Writer) unsaved(err error) error {
	return &sdk.Error{
		Kind:    sdk.KindInternal,
		Message: "cannot write " + w.store.path(w.meta.ID) + ": " + reason(err),
		Hint:    "The chat goes on, but what is said from here on is not saved.",
		Err:     errors.Join(ErrUnsaved, err),
	}
}

// maxTitle bounds a title, in characters.
const maxTitle = 80

// titleOf makes a title of what the person said: of its last text, since what is sent
// along comes before.
func titleOf(m *sdk.Message) string {
	title := ""
	for _, p := range m.Parts {
		if t, ok := p.(*sdk.Text); ok && strings.TrimSpace(t.Text) != "" {
			title = t.Text
		}
	}
	line, _, _ := strings.Cut(strings.TrimSpace(title), "\n")
	return cleanTitle(line)
}

// cleanTitle makes a title one line of a bounded length.
func cleanTitle(title string) string {
	title = strings.ToValidUTF8(title, "\uFFFD")
	words := strings.FieldsFunc(title, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	runes := []rune(strings.Join(words, " "))
	if len(runes) > maxTitle {
		return strings.TrimSpace(string(runes[:maxTitle-1])) + "…"
	}
	return string(runes)
}
