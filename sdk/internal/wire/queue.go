package wire

import (
	"sync"

	"google.golang.org/protobuf/proto"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

// What a queue holds before the producer has to wait for the consumer.
const (
	maxQueueBytes  = 64 << 10
	maxQueueEvents = 1024
)

// A queue joins the events of one answer into messages, as databases join
// commits: one message is on its way at any time, and everything that comes
// meanwhile makes up the next one. Nothing waits for company, so a slow answer
// travels event by event without delay and a fast one in few large messages.
//
// One goroutine puts, another drains.
type queue struct {
	mu      sync.Mutex
	changed sync.Cond
	next    batch
	closed  bool // nothing more will be put
	broken  bool // nothing more can be sent
}

func newQueue() *queue {
	q := new(queue)
	q.changed.L = &q.mu
	return q
}

// put adds e, waiting for room if there is none. It returns false when the
// consumer is gone.
func (q *queue) put(e sdk.Event) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.next.full() && !q.broken {
		q.changed.Wait()
	}
	if q.broken {
		return false
	}
	q.next.add(e)
	q.changed.Signal()
	return true
}

// close says that nothing more will be put.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.changed.Signal()
}

// drain sends what is put until the queue is closed and empty, or until send
// fails.
func (q *queue) drain(send func(*pb.ChatResponse) error) {
	for {
		events := q.take()
		if events == nil {
			return
		}
		if send(&pb.ChatResponse{Events: events}) != nil {
			q.fail()
			return
		}
	}
}

// take waits for events and takes them all; nil when there will be no more.
func (q *queue) take() []*pb.Event {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.next.empty() && !q.closed {
		q.changed.Wait()
	}
	events := q.next.take()
	q.changed.Signal() // there is room again
	return events
}

func (q *queue) fail() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.broken = true
	q.changed.Signal()
}

// A batch collects events. Deltas of one part that follow each other become one.
type batch struct {
	events []*pb.Event
	size   int // bytes in events, about

	// run is the text of the deltas that are not in events yet. Its buffer
	// serves all batches of an answer.
	run   []byte
	index int // part that run belongs to
}

func (b *batch) empty() bool { return len(b.events) == 0 && len(b.run) == 0 }

func (b *batch) full() bool {
	return b.size+len(b.run) >= maxQueueBytes || len(b.events) >= maxQueueEvents
}

func (b *batch) add(e sdk.Event) {
	if d, ok := e.(*sdk.Delta); ok && d.Text != "" {
		b.addDelta(d)
		return
	}
	b.endRun()
	m := pbEvent(e)
	b.size += proto.Size(m)
	b.events = append(b.events, m)
}

func (b *batch) addDelta(d *sdk.Delta) {
	if b.index != d.Index {
		b.endRun()
		b.index = d.Index
	}
	// Each delta is made valid by itself, so that what arrives does not depend
	// on how deltas met in a batch.
	b.run = append(b.run, text(d.Text)...)
}

// endRun makes one event of the open run.
func (b *batch) endRun() {
	if len(b.run) == 0 {
		return
	}
	b.events = append(b.events, pbDelta(b.index, string(b.run)))
	b.size += len(b.run)
	b.run = b.run[:0]
}

// take returns the events and empties the batch; nil if it is empty.
func (b *batch) take() []*pb.Event {
	b.endRun()
	events := b.events
	b.events, b.size = nil, 0
	return events
}
