package openaiapi

import (
	"io"
	"testing"
	"testing/synctest"
	"time"
)

// arriving is a connection on which a byte arrives every now and then, whether it
// is read or not.
type arriving struct {
	began       time.Time
	every       time.Duration
	total, read int
	reads       int
	late        time.Duration // the longest that a byte has lain there
}

func (a *arriving) Read(p []byte) (int, error) {
	if a.read == a.total {
		return 0, io.EOF
	}
	a.reads++
	due := a.began.Add(time.Duration(a.read+1) * a.every)
	time.Sleep(time.Until(due))
	a.late = max(a.late, time.Since(due))
	n := a.total
	if a.every > 0 {
		n = min(n, int(time.Since(a.began)/a.every))
	}
	n = min(n-a.read, len(p))
	a.read += n
	return n, nil
}

func TestBrake(t *testing.T) {
	for _, tt := range []struct {
		name  string
		every time.Duration
		total int
		late  time.Duration // at most
		reads int           // at most
	}{
		{"slow", 20 * time.Millisecond, 100, 0, 100},
		{"two hundred a second", 5 * time.Millisecond, 1000, 0, 1000},
		{"a short answer", time.Millisecond, brakeBurst, 0, brakeBurst},
		{"a thousand a second", time.Millisecond, 3000, brakeEvery, 1000 + 2*brakeBurst},
		{"four thousand a second", 250 * time.Microsecond, 12_000, brakeEvery, 1000 + 2*brakeBurst},
		{"all at once", 0, 1_000_000, 0, 1_000_000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := &arriving{began: time.Now(), every: tt.every, total: tt.total}
				n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, &brake{src: src}, make([]byte, 100))
				if err != nil || n != int64(tt.total) {
					t.Fatalf("%d bytes, %v", n, err)
				}
				if src.late > tt.late || src.reads > tt.reads {
					t.Errorf("%d reads, a byte waited %s", src.reads, src.late)
				}
			})
		})
	}
}
