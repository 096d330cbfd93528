package openaiapi

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// slowly returns what hands out pieces, each after a pause.
type slowly struct {
	pieces []string
	pause  time.Duration
}

func (s *slowly) Read(b []byte) (int, error) {
	time.Sleep(s.pause)
	if len(s.pieces) == 0 {
		return 0, io.EOF
	}
	n := copy(b, s.pieces[0])
	s.pieces = s.pieces[1:]
	return n, nil
}

// Whatever arrives is a sign of life, but not one each time where much does.
func TestPulse(t *testing.T) {
	for name, c := range map[string]struct {
		pieces int
		pause  time.Duration
		beats  int
	}{
		"few": {5, time.Minute, 5}, "many": {1000, time.Millisecond, 10}, "at once": {100, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				beats := 0
				src := &slowly{pieces: strings.Split(strings.Repeat("x", c.pieces), ""), pause: c.pause}
				got, err := io.ReadAll(&pulse{src: src, beat: func() error { beats++; return nil }, last: time.Now()})
				if err != nil || len(got) != c.pieces || beats != c.beats {
					t.Errorf("%d bytes, %d beats, %v", len(got), beats, err)
				}
			})
		})
	}
}

// An answer of a single long event, and one of chunks that say nothing, show signs of
// life long before there is anything to show.
func TestLongEventShowsLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := fakecloud.Unstarted()
		cloud.Fault(fakecloud.Fault{Kind: fakecloud.FaultTrickle, Delay: time.Second})
		client := Client{HTTP: cloud.Client()}
		req := &sdk.ChatRequest{Model: "m", Messages: []sdk.Message{sdk.TextMessage(sdk.RoleUser, "hi")}}
		last := time.Now()
		for _, err := range client.Chat(context.Background(), &Service{BaseURL: cloud.OpenAI(), Key: "k"}, req) {
			if err != nil {
				t.Fatal(err)
			}
			if gap := time.Since(last); gap > 2*time.Second {
				t.Fatalf("nothing for %v", gap)
			}
			last = time.Now()
		}
	})
}
