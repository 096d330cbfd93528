package openaiapi

import (
	"io"
	"time"
)

// What a brake lets pass, and how it tells that it is needed.
const (
	brakeEvery = 4 * time.Millisecond
	brakeBurst = 8 // reads as they come before that counts

	smallRead = 2 << 10                // bytes: a few pieces of an answer
	longRead  = 100 * time.Microsecond // it has waited for them
)

// A brake reads an answer that never ceases to come in small pieces two hundred and
// fifty times a second and not more often. For each piece two processes are woken up
// and put to sleep again, which costs far more than what is in it: without a brake,
// an answer of a thousand pieces a second takes a quarter of a processor. What comes
// more slowly is read as it comes, and so is what comes faster than it is read.
type brake struct {
	src  io.Reader
	rest time.Duration // before the next read

	// next is when the next read is due if one is due each brakeEvery: the
	// generic cell rate algorithm (ITU-T I.371).
	next time.Time
}

// Read implements [io.Reader].
func (b *brake) Read(p []byte) (int, error) {
	rested := b.rest > 0
	if rested {
		time.Sleep(b.rest)
	}
	began := time.Now()
	n, err := b.src.Read(p)
	now := time.Now()
	b.rest = 0
	if n < smallRead && (rested || now.Sub(began) > longRead) {
		b.rest = b.count(now)
	}
	return n, err
}

// count counts a read and returns how long to wait for the next one.
func (b *brake) count(now time.Time) time.Duration {
	if b.next.Before(now) {
		b.next = now
	}
	b.next = b.next.Add(brakeEvery)
	return b.next.Sub(now) - brakeBurst*brakeEvery
}
