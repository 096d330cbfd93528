package usage

import (
	"bufio"
	"errors"
	"io"
	"time"
)

// A scanner reads the records of a segment, from an offset on. It passes over what
// is no record: a piece that a killed process, a full disk or a fault has left. A
// record after that is found by its mark and known by its checksum.
type scanner struct {
	in      *bufio.Reader
	offset  int64 // of the next byte
	damaged int64 // bytes passed over before a record
	pending int64 // bytes passed over since the last record; it may be being written
}

const scanBuffer = 256 << 10 // holds any frame

func newScanner(r io.Reader, offset int64) *scanner {
	s := &scanner{in: bufio.NewReaderSize(r, scanBuffer), offset: offset}
	if offset == 0 {
		if b, _ := s.in.Peek(len(header)); string(b) == header {
			s.skip(len(header))
		}
	}
	return s
}

// next returns the next record, which is valid until the next call. The error is
// io.EOF at the end.
func (s *scanner) next() (raw, error) {
	for {
		b, err := s.peek()
		if err != nil {
			return raw{}, err
		}
		if r, size := parseFrame(b); size > 0 {
			s.skip(size)
			s.damaged, s.pending = s.damaged+s.pending, 0
			return r, nil
		}
		n := nextMark(b)
		s.skip(n)
		s.pending += int64(n)
	}
}

// peek returns what comes next: at least a whole frame, if there is one.
func (s *scanner) peek() ([]byte, error) {
	b, err := s.in.Peek(frameSize)
	if len(b) == frameSize {
		size := frameSize + int(b[2]) + int(b[3])<<8
		b, err = s.in.Peek(size)
	}
	if len(b) > 0 && (err == nil || errors.Is(err, io.EOF)) {
		return b, nil
	}
	return nil, err
}

func (s *scanner) skip(n int) {
	n, _ = s.in.Discard(n)
	s.offset += int64(n)
}

// Records calls visit with each record from since on, in the order in which they
// were written, until it returns an error.
func (l *Ledger) Records(since time.Time, visit func(*Record) error) error {
	months, err := l.months(since)
	for _, month := range months {
		if err == nil {
			err = l.segmentRecords(month, since, visit)
		}
	}
	return err
}

func (l *Ledger) segmentRecords(month string, since time.Time, visit func(*Record) error) error {
	file, err := l.open(month + segmentSuffix)
	if err != nil {
		return err
	}
	defer file.Close()
	for s := newScanner(file, 0); ; {
		r, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if record, ok := r.record(); ok && !record.Time.Before(since) {
			if err := visit(&record); err != nil {
				return err
			}
		}
	}
}
