package usage

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"time"
)

const (
	// blockRecords is how many records are added up together, and how many are read
	// one by one where a period begins in the middle of them.
	blockRecords = 4096

	// slot is the time within which the records of a fine row are. Days begin on a
	// multiple of it in every time zone.
	slot = int64(15 * time.Minute / time.Millisecond)

	summaryHeader = "qwen usage sums 1\n"
	maxSummary    = 256 << 20
)

// A summary is what the records of a segment add up to, from its beginning on. It
// is made when somebody reads, and can be made again at any time.
type summary struct {
	keys    []Key
	index   map[string]uint32 // of keys, by their bytes in a file
	blocks  []block
	decoded int   // records read one by one, to make it
	damaged int64 // bytes after the last block that are no record, or not yet
}

// A block is a run of records.
type block struct {
	start, end int64 // offsets in the segment
	damaged    int64 // bytes in it that are no record
	min, max   int64 // times, in ms
	records    int
	rows       []row  // by key
	fine       []row  // by key and slot
	fineBytes  []byte // fine as it is in a file, while nobody needs it
}

// A row is some records of one key.
type row struct {
	key      uint32
	time     int64 // of the earliest, in ms
	requests int64
	duration int64 // ms
	tokens   Tokens
}

type rowID struct {
	key  uint32
	slot int64
}

// covered returns the offset up to which the segment is added up.
func (s *summary) covered() int64 {
	if len(s.blocks) == 0 {
		return 0
	}
	return s.blocks[len(s.blocks)-1].end
}

// extend adds the rest of a segment. Its last block may not be full.
func (s *summary) extend(segment io.ReaderAt, size int64) error {
	in := newScanner(io.NewSectionReader(segment, s.covered(), size-s.covered()), s.covered())
	for {
		b, err := s.block(in)
		if b.records > 0 {
			s.blocks = append(s.blocks, b)
		}
		if errors.Is(err, io.EOF) {
			s.damaged = in.pending
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// block adds up the next records. It ends with the last of them: what follows may
// be a record that is being written.
func (s *summary) block(in *scanner) (b block, err error) {
	b = block{start: s.covered(), min: 1 << 62}
	rows := map[rowID]int{}
	before := in.damaged
	for b.records < blockRecords {
		var r raw
		if r, err = in.next(); err != nil {
			break
		}
		s.decoded++
		if key, ok := s.key(r.key); ok {
			b.add(rows, key, &r)
		}
		b.end = in.offset
	}
	b.damaged = in.damaged - before
	b.total()
	return b, err
}

// key returns the number of a key.
func (s *summary) key(b []byte) (uint32, bool) {
	if n, ok := s.index[string(b)]; ok {
		return n, true
	}
	key, ok := parseKey(b)
	if !ok {
		return 0, false
	}
	if s.index == nil {
		s.index = make(map[string]uint32)
	}
	n := uint32(len(s.keys))
	s.keys = append(s.keys, key)
	s.index[string(b)] = n
	return n, true
}

func (b *block) add(rows map[rowID]int, key uint32, r *raw) {
	b.records++
	b.min, b.max = min(b.min, r.time), max(b.max, r.time)
	id := rowID{key, r.time / slot}
	i, ok := rows[id]
	if !ok {
		i = len(b.fine)
		rows[id] = i
		b.fine = append(b.fine, row{key: key, time: r.time})
	}
	b.fine[i].add(&row{time: r.time, requests: 1, duration: r.duration, tokens: r.tokens})
}

func (r *row) add(o *row) {
	r.time = min(r.time, o.time)
	r.requests += o.requests
	r.duration += o.duration
	r.tokens.add(&o.tokens)
}

// total adds up the fine rows.
func (b *block) total() {
	rows := map[uint32]int{}
	for i := range b.fine {
		key := b.fine[i].key
		n, ok := rows[key]
		if !ok {
			n = len(b.rows)
			rows[key] = n
			b.rows = append(b.rows, row{key: key, time: b.fine[i].time})
		}
		b.rows[n].add(&b.fine[i])
	}
}

// worthKeeping returns the summary without a last block to which more will be added.
func (s *summary) worthKeeping(month string) *summary {
	kept := *s
	begin, err := time.Parse(monthLayout, month)
	over := err == nil && time.Since(begin.AddDate(0, 1, 0)) > time.Hour
	if n := len(s.blocks); n > 0 && s.blocks[n-1].records < blockRecords && !over {
		kept.blocks = s.blocks[:n-1]
	}
	return &kept
}

// encode returns the summary as a file; print is the segment's [fingerprint].
func (s *summary) encode(print uint32) []byte {
	b := putNumbers([]byte(summaryHeader), int64(print), int64(len(s.keys)))
	for i := range s.keys {
		key := s.keys[i].append(nil)
		b = append(putNumbers(b, int64(len(key))), key...)
	}
	b = putNumbers(b, int64(len(s.blocks)))
	for i := range s.blocks {
		k := &s.blocks[i]
		b = putNumbers(b, k.end, k.damaged, k.min, k.max, int64(k.records))
		b = putRows(b, k.rows)
		fine := k.fineBytes
		if fine == nil {
			fine = putRows(nil, k.fine)
		}
		b = append(putNumbers(b, int64(len(fine))), fine...)
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
}

func putNumbers(b []byte, numbers ...int64) []byte {
	for _, n := range numbers {
		b = binary.AppendUvarint(b, uint64(n))
	}
	return b
}

func putRows(b []byte, rows []row) []byte {
	b = putNumbers(b, int64(len(rows)))
	for i := range rows {
		r := &rows[i]
		b = putNumbers(b, int64(r.key), r.time, r.requests, r.duration, r.tokens.Input, r.tokens.Output, r.tokens.Cached, r.tokens.Reasoning)
	}
	return b
}

// errSummary says that a file is no summary, or none of this version.
var errSummary = errors.New("not a summary")

// decodeSummary reads what encode has written.
func decodeSummary(b []byte) (s *summary, print uint32, err error) {
	n := len(b) - crc32.Size
	if n < len(summaryHeader) || string(b[:len(summaryHeader)]) != summaryHeader ||
		binary.LittleEndian.Uint32(b[n:]) != crc32.Checksum(b[:n], crc32.MakeTable(crc32.Castagnoli)) {
		return nil, 0, errSummary
	}
	d := decoder{b: b[len(summaryHeader):n]}
	print = uint32(d.number())
	s = &summary{}
	for range d.count() {
		key := d.bytes(d.count())
		if n, ok := s.key(key); !ok || int(n) != len(s.keys)-1 {
			return nil, 0, errSummary
		}
	}
	for range d.count() {
		s.blocks = append(s.blocks, d.block(s))
	}
	if d.failed || len(d.b) > 0 {
		return nil, 0, errSummary
	}
	return s, print, nil
}

// A decoder reads numbers. After a failure all are 0.
type decoder struct {
	b      []byte
	failed bool
}

func (d *decoder) number() int64 {
	value, n := binary.Uvarint(d.b)
	if n <= 0 || value > 1<<62 {
		d.b, d.failed = nil, true
		return 0
	}
	d.b = d.b[n:]
	return int64(value)
}

// count reads how many things follow, each of at least a byte.
func (d *decoder) count() int {
	n := d.number()
	if n > int64(len(d.b)) {
		d.b, d.failed = nil, true
		return 0
	}
	return int(n)
}

func (d *decoder) bytes(n int) []byte {
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) block(s *summary) block {
	b := block{start: s.covered(), end: d.number(), damaged: d.number(), min: d.number(), max: d.number(), records: int(d.number())}
	b.rows = d.rows(len(s.keys))
	b.fineBytes = d.bytes(d.count())
	d.failed = d.failed || b.end <= b.start
	return b
}

// rows reads rows of so many keys.
func (d *decoder) rows(keys int) []row {
	rows := make([]row, d.count())
	for i := range rows {
		r := &rows[i]
		r.key, r.time, r.requests, r.duration = uint32(d.number()), d.number(), d.number(), d.number()
		for _, n := range []*int64{&r.tokens.Input, &r.tokens.Output, &r.tokens.Cached, &r.tokens.Reasoning} {
			*n = d.number()
		}
		d.failed = d.failed || int(r.key) >= keys
	}
	return rows
}

// fineRows returns the rows by slot of a block; nil if they cannot be read.
func (s *summary) fineRows(b *block) []row {
	if b.fine == nil {
		d := decoder{b: b.fineBytes}
		if rows := d.rows(len(s.keys)); !d.failed {
			b.fine = rows
		}
	}
	return b.fine
}

// fingerprint tells a segment from another one of the same name: it is the checksum
// of what lies before an offset.
func fingerprint(segment io.ReaderAt, end int64) uint32 {
	b := make([]byte, min(end, 64))
	if _, err := segment.ReadAt(b, end-int64(len(b))); err != nil {
		return 0
	}
	return crc32.ChecksumIEEE(b)
}

// summarize returns the summary of a whole segment, of which there may be a part
// in a file already. If there is much more to it now, the file is replaced; if that
// is not possible, it is next time that takes longer.
func (l *Ledger) summarize(month string, segment io.ReaderAt, size int64) (*summary, error) {
	s := l.loadSummary(month, segment, size)
	before := len(s.blocks)
	if err := s.extend(segment, size); err != nil {
		return nil, err
	}
	if keep := s.worthKeeping(month); len(keep.blocks) > before {
		_ = l.replace(month+summarySuffix, keep.encode(fingerprint(segment, keep.covered())))
	}
	return s, nil
}

// loadSummary reads the file beside a segment; if it is missing or belongs to
// another one, the summary is empty.
func (l *Ledger) loadSummary(month string, segment io.ReaderAt, size int64) *summary {
	file, err := l.open(month + summarySuffix)
	if err != nil {
		return &summary{}
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxSummary))
	if err != nil {
		return &summary{}
	}
	s, print, err := decodeSummary(data)
	if err != nil || s.covered() > size || print != fingerprint(segment, s.covered()) {
		return &summary{}
	}
	return s
}

// replace puts data in the place of a file.
func (l *Ledger) replace(name string, data []byte) error {
	temp, err := os.CreateTemp(l.dir, name+".tmp.*")
	if err != nil {
		return err
	}
	_, err = temp.Write(data)
	err = errors.Join(err, temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), filepath.Join(l.dir, name))
	}
	if err != nil {
		_ = os.Remove(temp.Name())
	}
	return err
}
