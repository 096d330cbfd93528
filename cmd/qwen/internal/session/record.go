package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// version is the version of the format. A file of a later one is not touched. What
// only adds kinds of records, or fields, needs no new version.
const version = 1

// Kinds of records.
const (
	kindHeader   = "session"  // the first line: what does not change
	kindMessage  = "message"  // a message, whole or interrupted
	kindPartial  = "partial"  // a piece of the answer that arrives
	kindError    = "error"    // a turn that failed
	kindNote     = "note"     // something that the program said
	kindTruncate = "truncate" // only so many items before this still count
	kindState    = "state"    // what [Meta] says now, for who lists sessions
)

// A record is a line of a session's file. Which fields it has depends on its type.
type record struct {
	Type string    `json:"type"` // first, see [lastState]
	Time time.Time `json:"time,omitzero"`

	Version  int  `json:"version,omitzero"` // header
	ID       text `json:"id,omitzero"`
	Dir      text `json:"dir,omitzero"`
	Title    text `json:"title,omitzero"` // state
	Named    bool `json:"named,omitzero"`
	Messages int  `json:"messages,omitzero"`

	Model      text `json:"model,omitzero"` // header, message, error, state
	Connection text `json:"connection,omitzero"`
	Provider   text `json:"provider,omitzero"`

	Message     *message `json:"message,omitzero"`
	Interrupted bool     `json:"interrupted,omitzero"`
	Usage       *usage   `json:"usage,omitzero"`
	DurationMS  int64    `json:"duration_ms,omitzero"`

	Error *failure `json:"error,omitzero"`

	Kind sdk.PartKind `json:"kind,omitzero"` // partial
	Text text         `json:"text,omitzero"` // partial, note

	Keep *int `json:"keep,omitzero"` // truncate: number of items
}

// usage is [sdk.Usage] in a file.
type usage struct {
	InputTokens      int64            `json:"input_tokens,omitzero"`
	OutputTokens     int64            `json:"output_tokens,omitzero"`
	TotalTokens      int64            `json:"total_tokens,omitzero"`
	CacheReadTokens  int64            `json:"cache_read_tokens,omitzero"`
	CacheWriteTokens int64            `json:"cache_write_tokens,omitzero"`
	ReasoningTokens  int64            `json:"reasoning_tokens,omitzero"`
	Details          map[string]int64 `json:"details,omitzero"`
	Estimated        bool             `json:"estimated,omitzero"`
	Raw              *text            `json:"raw,omitzero"`
}

func encodeUsage(u *sdk.Usage) *usage {
	if u == nil {
		return nil
	}
	x := &usage{
		InputTokens: u.InputTokens, OutputTokens: u.OutputTokens, TotalTokens: u.TotalTokens,
		CacheReadTokens: u.CacheReadTokens, CacheWriteTokens: u.CacheWriteTokens, ReasoningTokens: u.ReasoningTokens,
		Details: u.Details, Estimated: u.Estimated,
	}
	if u.Raw != nil {
		raw := text(u.Raw)
		x.Raw = &raw
	}
	return x
}

func (x *usage) decode() *sdk.Usage {
	if x == nil {
		return nil
	}
	u := &sdk.Usage{
		InputTokens: x.InputTokens, OutputTokens: x.OutputTokens, TotalTokens: x.TotalTokens,
		CacheReadTokens: x.CacheReadTokens, CacheWriteTokens: x.CacheWriteTokens, ReasoningTokens: x.ReasoningTokens,
		Details: x.Details, Estimated: x.Estimated,
	}
	if x.Raw != nil {
		u.Raw = []byte(*x.Raw)
	}
	return u
}

// failure is an [sdk.Error] in a file, without its cause.
type failure struct {
	Kind         sdk.ErrorKind `json:"kind"`
	Message      text          `json:"message,omitzero"`
	Hint         text          `json:"hint,omitzero"`
	Provider     text          `json:"provider,omitzero"`
	Host         text          `json:"host,omitzero"`
	Status       int           `json:"status,omitzero"`
	Code         text          `json:"code,omitzero"`
	RequestID    text          `json:"request_id,omitzero"`
	Field        text          `json:"field,omitzero"`
	Retryable    bool          `json:"retryable,omitzero"`
	RetryAfterMS int64         `json:"retry_after_ms,omitzero"`
}

// encodeError encodes e with secrets taken out: a service may have put the key that
// it refuses into its message.
func encodeError(e *sdk.Error, redact func(string) string) *failure {
	clean := func(s string) text { return text(redact(s)) }
	return &failure{
		Kind: e.Kind, Message: clean(e.Message), Hint: clean(e.Hint), Provider: text(e.Provider), Host: clean(e.Host),
		Status: e.Status, Code: clean(e.Code), RequestID: clean(e.RequestID), Field: clean(e.Field),
		Retryable: e.Retryable, RetryAfterMS: e.RetryAfter.Milliseconds(),
	}
}

func (x *failure) decode() *sdk.Error {
	return &sdk.Error{
		Kind: x.Kind, Message: string(x.Message), Hint: string(x.Hint), Provider: string(x.Provider), Host: string(x.Host),
		Status: x.Status, Code: string(x.Code), RequestID: string(x.RequestID), Field: string(x.Field),
		Retryable: x.Retryable, RetryAfter: time.Duration(x.RetryAfterMS) * time.Millisecond,
	}
}

// encode returns the record as a line, in which nothing drives a terminal.
func (r *record) encode() ([]byte, error) {
	line, err := marshal(r)
	if err != nil {
		return nil, err
	}
	return append(escapeControls(line), '\n'), nil
}

// errNoRecord says that a line is no record.
var errNoRecord = errors.New("no record")

// parseRecord reads a line.
func parseRecord(line []byte) (*record, error) {
	var r record
	if err := json.Unmarshal(line, &r); err != nil {
		return nil, err
	}
	if !r.whole() {
		return nil, errNoRecord
	}
	return &r, nil
}

// whole reports whether a record has what its type demands.
func (r *record) whole() bool {
	switch r.Type {
	case "":
		return false
	case kindMessage:
		return r.Message != nil
	case kindError:
		return r.Error != nil
	case kindTruncate:
		return r.Keep != nil && *r.Keep >= 0
	}
	return true
}

// item returns what the record adds to the conversation; ok is false for nothing.
func (r *record) item() (item Item, ok bool) {
	item = Item{
		Time: r.Time, Model: string(r.Model), Connection: string(r.Connection), Interrupted: r.Interrupted,
		Usage: r.Usage.decode(), Duration: time.Duration(r.DurationMS) * time.Millisecond,
	}
	switch r.Type {
	case kindMessage:
		item.Message = r.Message.decode()
	case kindError:
		item.Error = r.Error.decode()
	case kindNote:
		item.Note = string(r.Text)
	default:
		return item, false
	}
	return item, true
}

// encodeItem returns the record of an item.
func encodeItem(i *Item, redact func(string) string) *record {
	r := &record{
		Time: stamp(i.Time), Model: text(i.Model), Connection: text(i.Connection), Interrupted: i.Interrupted,
		Usage: encodeUsage(i.Usage), DurationMS: i.Duration.Milliseconds(),
	}
	switch {
	case i.Message != nil:
		r.Type, r.Message = kindMessage, encodeMessage(i.Message)
	case i.Error != nil:
		r.Type, r.Error = kindError, encodeError(i.Error, redact)
	default:
		r.Type, r.Text = kindNote, text(redact(i.Note))
	}
	return r
}

// stamp returns t as it is kept: in UTC and milliseconds.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// isBlank reports whether a line has nothing on it.
func isBlank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }
