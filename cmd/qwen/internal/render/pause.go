package render

import (
	"fmt"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// Pause writes one line.
func (t *text) Pause(p Pause) error {
	return t.wait(p.Until, func(left time.Duration) string { return "qwen: " + t.Clean(pauseText(p, left)) })
}

// Pause emits an object of its own.
func (m *messages) Pause(p Pause) error {
	return m.emit(&pauseMessage{
		Type: "system", Subtype: "pacing", UUID: m.newID(), SessionID: m.session,
		Provider: m.clean(p.Provider), Host: m.clean(p.Host), DelayMS: time.Until(p.Until).Milliseconds(), Reason: m.clean(p.Why),
	})
}

// pauseText says how long a request waits, and what for:
//
//	qwen-oauth (portal.qwen.ai): waiting 42s to stay under 60 requests a minute
func pauseText(p Pause, wait time.Duration) string {
	unit := time.Second
	if wait < time.Second {
		unit = 100 * time.Millisecond
	}
	from := who(&sdk.Error{Provider: p.Provider, Host: p.Host}, func(s string) string { return s })
	return fmt.Sprintf("%swaiting %v %s", from, max(wait.Round(unit), unit), p.Why)
}
