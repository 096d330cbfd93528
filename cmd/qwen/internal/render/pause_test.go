package render

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := Pause{Provider: "acme", Host: "api.acme\x1b[2J.example", Until: time.Now().Add(41_600 * time.Millisecond), Why: "to stay under 60 requests a minute"}
		short := Pause{Provider: "acme", Until: time.Now().Add(640 * time.Millisecond), Why: "as the service asks"}
		for format, want := range map[Format]string{
			FormatText: "qwen: acme (api.acme[2J.example): waiting 42s to stay under 60 requests a minute\n" +
				"qwen: acme: waiting 600ms as the service asks\n",
			FormatStreamJSON: `{"type":"system","subtype":"pacing","uuid":"id","session_id":"id","provider":"acme","host":"api.acme[2J.example","delay_ms":41600,"reason":"to stay under 60 requests a minute"}` + "\n" +
				`{"type":"system","subtype":"pacing","uuid":"id","session_id":"id","provider":"acme","delay_ms":640,"reason":"as the service asks"}` + "\n",
		} {
			var out bytes.Buffer
			r, err := New(format, Options{Out: &out, Err: &out, NewID: func() string { return "id" }})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range []Pause{p, short} {
				if err := r.Pause(p); err != nil {
					t.Fatal(err)
				}
			}
			if got := out.String(); got != want {
				t.Errorf("%s\ngot  %s\nwant %s", format, got, strings.TrimSpace(want))
			}
		}
	})
}
