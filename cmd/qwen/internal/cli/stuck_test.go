package cli

import (
	"context"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// slowly passes on a write after some time.
type slowly struct{ delay time.Duration }

func (s slowly) Write(p []byte) (int, error) {
	time.Sleep(s.delay)
	return len(p), nil
}

func TestStuck(t *testing.T) {
	tests := []struct {
		name  string
		w     io.Writer
		stuck bool
	}{
		{"nobody reads", slowly{time.Hour}, true},
		{"somebody reads slowly", slowly{150 * time.Millisecond}, false},
		{"no delay", io.Discard, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				w := &watchedWriter{w: tt.w}
				var writing sync.WaitGroup
				writing.Go(func() {
					for range 10 {
						_, _ = w.Write([]byte("x"))
					}
				})
				is := stuck(ctx, w)
				time.Sleep(time.Second)
				select {
				case <-is:
					t.Fatal("stuck before the interrupt")
				default:
				}
				cancel()
				time.Sleep(2 * writePatience)
				select {
				case <-is:
					if !tt.stuck {
						t.Error("stuck")
					}
				default:
					if tt.stuck {
						t.Error("not stuck")
					}
				}
				writing.Wait()
				w.begun.Add(1) // ends the watch: this write never does
				<-is
			})
		})
	}
}
