package cli

import (
	"testing"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/sdk"
)

func TestLimitsOnSilence(t *testing.T) {
	models := []sdk.Model{{ID: "quick"}, {ID: "thinker", Reasoning: true}}
	for _, c := range []struct {
		name            string
		about           sdk.Description
		options         config.Options
		model           string
		firstByte, idle time.Duration
	}{
		{"the usual", sdk.Description{Models: models}, config.Options{}, "quick", 5 * time.Minute, 3 * time.Minute},
		{"a model that thinks", sdk.Description{Models: models}, config.Options{}, "thinker", 10 * time.Minute, 6 * time.Minute},
		{"it is the default", sdk.Description{Models: models, DefaultModel: "thinker"}, config.Options{}, "", 10 * time.Minute, 6 * time.Minute},
		{"one that nobody knows", sdk.Description{Models: models}, config.Options{}, "new", 5 * time.Minute, 3 * time.Minute},
		{"the provider knows", sdk.Description{Models: models, FirstByteTimeout: time.Hour, IdleTimeout: time.Minute}, config.Options{}, "thinker", time.Hour, time.Minute},
		{"the user knows better", sdk.Description{FirstByteTimeout: time.Hour}, config.Options{Timeout: time.Second, IdleTimeout: 2 * time.Second}, "quick", time.Second, 2 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			connection := &connection{about: &c.about, config: &config.Config{Options: c.options}}
			request := &sdk.ChatRequest{Model: c.model}
			if first, idle := connection.firstByteTimeout(request), connection.idleTimeout(request); first != c.firstByte || idle != c.idle {
				t.Errorf("%v and %v, want %v and %v", first, idle, c.firstByte, c.idle)
			}
		})
	}
}
