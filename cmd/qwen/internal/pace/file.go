package pace

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"
)

// header begins the file of an account. After it, in little-endian order and in
// milliseconds since 1970: when it was written, until when the service wants to be
// left alone, how long it has asked for that, how many slots there are, and these, 24
// bytes each.
const header = "qwen pace 1\n"

const (
	fixedSize = len(header) + 4*8
	slotSize  = 3 * 8

	// maxSlots bounds what is believed of a file.
	maxSlots = 40_000
)

// A slot is a request that was let go, or that waits for its time.
type slot struct {
	id int64
	at int64 // when it is let go

	// lease is until when somebody waits for this slot: a process that is gone does
	// not say so. 0: the request was let go.
	lease int64
}

// A book holds the slots of one account, the earliest first.
type book struct {
	written int64
	blocked int64 // until when the service wants no request
	pause   int64 // how long it has asked for that
	slots   []slot
}

// parse reads a file. Of one that is damaged there is what can be made of it: at
// worst a few requests too many are sent, which the service then refuses.
func parse(data []byte) book {
	if len(data) < fixedSize || string(data[:len(header)]) != header {
		return book{}
	}
	number := func(offset int) int64 { return int64(binary.LittleEndian.Uint64(data[offset:])) }
	b := book{written: number(len(header)), blocked: number(len(header) + 8), pause: number(len(header) + 16)}
	count := min(uint64(number(len(header)+24)), uint64((len(data)-fixedSize)/slotSize), maxSlots)
	for i := range int(count) {
		o := fixedSize + i*slotSize
		b.slots = append(b.slots, slot{number(o), number(o + 8), number(o + 16)})
	}
	return b
}

// bytes returns the book as a file.
func (b *book) bytes() []byte {
	data := make([]byte, 0, fixedSize+len(b.slots)*slotSize)
	data = append(data, header...)
	for _, n := range []int64{b.written, b.blocked, b.pause, int64(len(b.slots))} {
		data = binary.LittleEndian.AppendUint64(data, uint64(n))
	}
	for _, s := range b.slots {
		for _, n := range []int64{s.id, s.at, s.lease} {
			data = binary.LittleEndian.AppendUint64(data, uint64(n))
		}
	}
	return data
}

// turn brings a book to the present: it forgets what counts no more after keep, and
// what cannot be true.
func (b *book) turn(now int64, keep time.Duration) {
	b.setBack(now)
	b.written = now
	if b.blocked > now+MaxWait.Milliseconds() || b.pause < 0 || b.pause > MaxWait.Milliseconds() {
		b.blocked, b.pause = 0, 0
	}
	b.slots = slices.DeleteFunc(b.slots, func(s slot) bool {
		waits := s.lease != 0
		switch {
		case s.at+keep.Milliseconds() <= now:
			return true
		case waits:
			return s.lease <= now || s.lease > now+leaseTime.Milliseconds() || s.at > now+MaxWait.Milliseconds()
		}
		return s.at > now
	})
	b.sort()
}

// setBack notices a clock that was set back since the book was written, and does the
// same to all times in it: what was a minute ago then is a minute ago now.
func (b *book) setBack(now int64) {
	back := b.written - now
	if back <= 0 {
		return
	}
	b.blocked -= back
	for i := range b.slots {
		b.slots[i].at -= back
		if b.slots[i].lease != 0 {
			b.slots[i].lease = max(b.slots[i].lease-back, 1)
		}
	}
}

func (b *book) sort() {
	slices.SortFunc(b.slots, func(x, y slot) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.id, y.id)) })
}

// put adds a slot, or changes the one of that number.
func (b *book) put(s slot) {
	if i := b.find(s.id); i >= 0 {
		b.slots[i] = s
	} else {
		b.slots = append(b.slots, s)
	}
	b.sort()
}

func (b *book) find(id int64) int {
	return slices.IndexFunc(b.slots, func(s slot) bool { return s.id == id })
}

func (b *book) remove(id int64) {
	b.slots = slices.DeleteFunc(b.slots, func(s slot) bool { return s.id == id })
}
