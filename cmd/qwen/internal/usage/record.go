// Package usage is the ledger of requests: which model was asked, over which
// connection, how many tokens that took and how it ended. It never holds what was
// asked or answered, and no secret.
//
// A record is appended with a single write to the segment of its month, a file
// below the state root. That needs no database: segments are never changed but at
// their end, and a process that is killed in the middle of a write leaves at most
// a piece that is no record (see [Record.append]), which readers pass over.
// What readers have added up they keep beside the segment (see [summary]), so that
// years of requests are not read again each time. Such a file can be removed at any
// time; it is made again.
package usage

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"time"
	"unicode/utf8"
)

// A Record tells of one request.
type Record struct {
	Time     time.Time     // when it was sent; kept in milliseconds
	Duration time.Duration // until its answer or its error was complete; likewise
	Key
	Tokens
}

// Key is what requests have in common that are added up.
type Key struct {
	Connection string // as whom was asked: a login's name, a variable
	Provider   string
	Host       string // host[:port] of the service
	Model      string // that answered, else the one asked for
	Outcome    string // OK, or the kind of the error
	Counted    Counted
}

// OK is the outcome of a request that was answered.
const OK = "ok"

// Counted says where the numbers of tokens come from.
type Counted byte

// The origins of numbers.
const (
	NotCounted Counted = iota // nobody counted: the numbers are 0
	Reported                  // by the service
	Estimated                 // by the length of the texts
)

// String returns the word for it in JSON and CSV.
func (c Counted) String() string {
	switch c {
	case Reported:
		return "reported"
	case Estimated:
		return "estimated"
	}
	return "none"
}

// Tokens are numbers of tokens. Cached is a part of Input, Reasoning of Output.
type Tokens struct{ Input, Output, Cached, Reasoning int64 }

func (t *Tokens) add(o *Tokens) {
	t.Input += o.Input
	t.Output += o.Output
	t.Cached += o.Cached
	t.Reasoning += o.Reasoning
}

// A record in a file is a frame:
//
//	mark(2) length(2) checksum(4) payload(length)
//
// in little-endian order; the checksum is CRC-32C (RFC 3720, appendix B.4) of
// length and payload. The payload is the length of the key as a varint, the key, and
// six varints: time and duration in milliseconds, and the tokens. What follows is of
// later versions and is ignored.
const (
	mark       = "\xf5q"
	frameSize  = len(mark) + 2 + 4
	maxText    = 255 // bytes of each text in a key
	maxPayload = 4096
)

// checksum returns the checksum of a frame, which begins with its mark.
func checksum(frame []byte, payload []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli) // made once, by that package
	return crc32.Update(crc32.Checksum(frame[len(mark):len(mark)+2], table), table, payload)
}

// append appends the record as a frame.
func (r *Record) append(b []byte) []byte {
	start := len(b)
	b = append(b, mark+"\x00\x00\x00\x00\x00\x00"...)
	key := r.Key.append(nil)
	b = binary.AppendUvarint(b, uint64(len(key)))
	b = append(b, key...)
	for _, n := range []int64{r.Time.UnixMilli(), r.Duration.Milliseconds(), r.Input, r.Output, r.Cached, r.Reasoning} {
		b = binary.AppendUvarint(b, uint64(max(n, 0)))
	}
	frame, payload := b[start:], b[start+frameSize:]
	binary.LittleEndian.PutUint16(frame[len(mark):], uint16(len(payload)))
	binary.LittleEndian.PutUint32(frame[len(mark)+2:], checksum(frame, payload))
	return b
}

func (k *Key) append(b []byte) []byte {
	b = append(b, byte(k.Counted))
	for _, text := range []string{k.Outcome, k.Connection, k.Provider, k.Host, k.Model} {
		text = shorten(text)
		b = append(append(b, byte(len(text))), text...)
	}
	return b
}

// shorten cuts a text that is too long to be a name, and no character in two.
func shorten(text string) string {
	if len(text) <= maxText {
		return text
	}
	end := maxText
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

// parseKey reads a key; ok is false if it is none.
func parseKey(b []byte) (k Key, ok bool) {
	if len(b) == 0 || b[0] > byte(Estimated) {
		return k, false
	}
	k.Counted, b = Counted(b[0]), b[1:]
	for _, text := range []*string{&k.Outcome, &k.Connection, &k.Provider, &k.Host, &k.Model} {
		if len(b) == 0 || len(b) < 1+int(b[0]) {
			return k, false
		}
		*text, b = string(b[1:1+b[0]]), b[1+b[0]:]
	}
	return k, len(b) == 0
}

// A raw record is one whose key is not looked into.
type raw struct {
	key      []byte
	time     int64 // ms since 1970
	duration int64 // ms
	tokens   Tokens
}

// parseFrame reads the frame that b begins with. It returns how long it is, 0 if b
// does not begin with a whole and proper one.
func parseFrame(b []byte) (r raw, size int) {
	if len(b) < frameSize || string(b[:len(mark)]) != mark {
		return r, 0
	}
	size = frameSize + int(binary.LittleEndian.Uint16(b[len(mark):]))
	if size > frameSize+maxPayload || size > len(b) {
		return r, 0
	}
	payload := b[frameSize:size]
	if checksum(b, payload) != binary.LittleEndian.Uint32(b[len(mark)+2:]) || !r.parse(payload) {
		return r, 0
	}
	return r, size
}

func (r *raw) parse(b []byte) bool {
	length, n := binary.Uvarint(b)
	if n <= 0 || length > uint64(len(b)-n) {
		return false
	}
	r.key, b = b[n:n+int(length)], b[n+int(length):]
	for _, field := range []*int64{&r.time, &r.duration, &r.tokens.Input, &r.tokens.Output, &r.tokens.Cached, &r.tokens.Reasoning} {
		value, n := binary.Uvarint(b)
		if n <= 0 || value > 1<<62 {
			return false
		}
		*field, b = int64(value), b[n:]
	}
	return true
}

// record returns r with its key looked into.
func (r *raw) record() (Record, bool) {
	key, ok := parseKey(r.key)
	return Record{
		Time: time.UnixMilli(r.time), Duration: time.Duration(r.duration) * time.Millisecond,
		Key: key, Tokens: r.tokens,
	}, ok
}

// nextMark returns where in b, after its first byte, the next frame may begin.
func nextMark(b []byte) int {
	if len(b) < 2 {
		return len(b)
	}
	if i := bytes.Index(b[1:], []byte(mark)); i >= 0 {
		return i + 1
	}
	if b[len(b)-1] == mark[0] {
		return len(b) - 1
	}
	return len(b)
}
