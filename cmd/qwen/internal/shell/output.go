package shell

import (
	"strings"
	"sync"
)

// maxPart is how much of the beginning and of the end of an output is kept, in bytes.
const maxPart = 128 << 10

// output keeps the beginning and the end of what is written to it. Its memory is
// bounded.
type output struct {
	mu      sync.Mutex
	head    []byte
	tail    []byte // a ring, once it is full
	next    int    // where in the ring the next byte goes
	dropped int64
}

// Write takes all of p.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := len(p)
	room := min(maxPart-len(o.head), len(p))
	o.head = append(o.head, p[:room]...)
	for p = p[room:]; len(p) > 0; {
		p = o.turn(p)
	}
	return n, nil
}

// turn puts the first bytes of p into the ring and returns the others.
func (o *output) turn(p []byte) []byte {
	if len(o.tail) < maxPart {
		room := min(maxPart-len(o.tail), len(p))
		o.tail = append(o.tail, p[:room]...)
		return p[room:]
	}
	room := min(maxPart-o.next, len(p))
	copy(o.tail[o.next:], p[:room])
	o.next = (o.next + room) % maxPart
	o.dropped += int64(room)
	return p[room:]
}

// text returns what was kept, as valid text, and how many bytes were not.
func (o *output) text() (string, int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	head := strings.ToValidUTF8(string(o.head), "\uFFFD")
	tail := strings.ToValidUTF8(string(o.tail[o.next:])+string(o.tail[:o.next]), "\uFFFD")
	if o.dropped == 0 {
		return strings.ToValidUTF8(string(o.head)+string(o.tail), "\uFFFD"), 0
	}
	return head + "\n…\n" + tail, o.dropped
}
