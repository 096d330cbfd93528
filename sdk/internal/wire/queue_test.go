package wire

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"google.golang.org/protobuf/proto"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

// While one message is on its way, what comes is joined into the next.
func TestQueueJoins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		var sent [][]*pb.Event
		gate := make(chan struct{})
		go q.drain(func(m *pb.ChatResponse) error {
			sent = append(sent, m.Events)
			<-gate
			return nil
		})
		q.put(&sdk.Delta{Text: "a"})
		synctest.Wait() // "a" is on its way, alone
		for _, s := range []string{"b", "c", "", "d"} {
			q.put(&sdk.Delta{Text: s})
		}
		q.put(&sdk.Delta{Index: 1, Text: "e"})
		q.put(&sdk.Delta{Index: 0, Text: "f"})
		q.close()
		close(gate)
		synctest.Wait()

		want := [][]*pb.Event{
			{pbDelta(0, "a")},
			{pbDelta(0, "bc"), pbDelta(0, ""), pbDelta(0, "d"), pbDelta(1, "e"), pbDelta(0, "f")},
		}
		if len(sent) != len(want) {
			t.Fatalf("%d messages, want %d: %v", len(sent), len(want), sent)
		}
		for i := range want {
			if got, want := (&pb.ChatResponse{Events: sent[i]}), (&pb.ChatResponse{Events: want[i]}); !proto.Equal(got, want) {
				t.Errorf("message %d:\ngot  %v\nwant %v", i, got, want)
			}
		}
	})
}

// A consumer that does not keep up stops the producer: memory stays bounded.
func TestQueueHoldsTheProducerBack(t *testing.T) {
	for name, e := range map[string]sdk.Event{
		"bytes":  &sdk.Delta{Text: strings.Repeat("x", 1000)},
		"events": &sdk.Heartbeat{},
		"parts":  &sdk.PartDone{Part: &sdk.Text{Text: strings.Repeat("x", 1000)}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := newQueue()
				gate := make(chan struct{})
				go q.drain(func(*pb.ChatResponse) error { <-gate; return errors.New("the host is gone") })
				put := 0
				go func() {
					for q.put(e) {
						put++
					}
				}()
				synctest.Wait() // the producer has to be stuck by now
				if put == 0 || put > 2*maxQueueEvents {
					t.Errorf("%d events were taken", put)
				}
				if name != "events" && put > 2*maxQueueBytes/1000+2 {
					t.Errorf("%d events of 1000 bytes were taken", put)
				}
				close(gate) // send fails: the producer must be let go, or the bubble deadlocks
			})
		})
	}
}

// BenchmarkQueue hands over the pieces of an answer one by one, without a
// connection.
func BenchmarkQueue(b *testing.B) {
	q := newQueue()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		q.drain(func(*pb.ChatResponse) error { return nil })
	}()
	b.ReportAllocs()
	for b.Loop() {
		q.put(&sdk.Delta{Text: "twenty bytes of text"})
	}
	q.close()
	<-sent
}
