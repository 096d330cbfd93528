package usage

import (
	"errors"
	"io"
	"runtime"
	"slices"
	"sync"
	"time"
)

// A Sum is what some requests of one key add up to.
type Sum struct {
	*Key
	Time     time.Time // of the earliest
	Requests int64
	Duration time.Duration
	Tokens
}

// Work says what it took to add up.
type Work struct {
	Decoded int   // records that were read one by one
	Sums    int   // sums of several records that were read
	Damaged int64 // bytes that were no record
}

// Sums calls visit with sums of all requests since the earliest of the cuts. No sum
// is of requests before and after one of the cuts; nor, if daily is set, of two
// days, in whatever zone. The cuts are whole milliseconds, as times are kept.
func (l *Ledger) Sums(cuts []time.Time, daily bool, visit func(Sum)) (Work, error) {
	var work Work
	since := slices.MinFunc(cuts, time.Time.Compare)
	months, err := l.months(since)
	if err != nil {
		return work, err
	}
	segments := make([]*segment, len(months))
	defer func() {
		for _, s := range segments {
			s.close()
		}
	}()
	l.readAll(months, segments)
	for _, s := range segments {
		if err := s.sums(cuts, daily, visit, &work); err != nil {
			return work, err
		}
	}
	return work, nil
}

// readAll reads the segments of some months, several at a time.
func (l *Ledger) readAll(months []string, segments []*segment) {
	var all sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, month := range months {
		all.Go(func() {
			slots <- struct{}{}
			segments[i] = l.readSegment(month)
			<-slots
		})
	}
	all.Wait()
}

// A segment is the file of a month and what it adds up to.
type segment struct {
	file interface {
		io.ReaderAt
		io.Closer
	}
	summary *summary
	err     error
}

func (l *Ledger) readSegment(month string) *segment {
	file, err := l.open(month + segmentSuffix)
	if err != nil {
		return &segment{err: err}
	}
	s := &segment{file: file}
	info, err := file.Stat()
	if err == nil {
		s.summary, err = l.summarize(month, file, info.Size())
	}
	s.err = err
	return s
}

func (s *segment) close() {
	if s.file != nil {
		_ = s.file.Close()
	}
}

func (s *segment) sums(cuts []time.Time, daily bool, visit func(Sum), work *Work) error {
	if s.err != nil {
		return s.err
	}
	since := slices.MinFunc(cuts, time.Time.Compare).UnixMilli()
	work.Decoded += s.summary.decoded
	work.Damaged += s.summary.damaged
	for i := range s.summary.blocks {
		b := &s.summary.blocks[i]
		work.Damaged += b.damaged
		if b.max < since {
			continue
		}
		rows, err := s.rows(b, cuts, daily, work)
		if err != nil {
			return err
		}
		for i := range rows {
			if rows[i].time >= since {
				work.Sums++
				visit(s.sum(&rows[i]))
			}
		}
	}
	return nil
}

// rows returns the sums of a block, as fine as they have to be.
func (s *segment) rows(b *block, cuts []time.Time, daily bool, work *Work) ([]row, error) {
	if !b.cut(cuts) {
		if !daily {
			return b.rows, nil
		}
		if rows := s.summary.fineRows(b); rows != nil {
			return rows, nil
		}
	}
	rows, err := s.single(b)
	work.Decoded += len(rows)
	return rows, err
}

// cut reports whether one of the times lies within the block.
func (b *block) cut(cuts []time.Time) bool {
	return slices.ContainsFunc(cuts, func(at time.Time) bool {
		return b.min < at.UnixMilli() && at.UnixMilli() <= b.max
	})
}

// single returns the records of a block one by one.
func (s *segment) single(b *block) ([]row, error) {
	in := newScanner(io.NewSectionReader(s.file, b.start, b.end-b.start), b.start)
	var rows []row
	for {
		r, err := in.next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		if key, ok := s.summary.key(r.key); ok {
			rows = append(rows, row{key: key, time: r.time, requests: 1, duration: r.duration, tokens: r.tokens})
		}
	}
}

func (s *segment) sum(r *row) Sum {
	return Sum{
		Key: &s.summary.keys[r.key], Time: time.UnixMilli(r.time), Requests: r.requests,
		Duration: time.Duration(r.duration) * time.Millisecond, Tokens: r.tokens,
	}
}
