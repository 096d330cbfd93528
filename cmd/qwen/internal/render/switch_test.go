package render

import (
	"bytes"
	"testing"

	"github.com/qwen-cli/qwen/sdk"
)

func TestSwitch(t *testing.T) {
	s := Switch{
		Err:        &sdk.Error{Kind: sdk.KindQuota, Message: "the week's\x1b[2J quota is used up", Provider: "coding-plan", Host: "coding.example", Status: 429},
		Connection: "work", Provider: "openai", Host: "llm.example", Model: "large",
	}
	for format, want := range map[Format]string{
		FormatText: "qwen: coding-plan (coding.example): the week's[2J quota is used up (HTTP 429); asking work instead: openai (llm.example), model large\n",
		FormatStreamJSON: `{"type":"system","subtype":"fallback","uuid":"id","session_id":"id","connection":"work","provider":"openai","host":"llm.example","model":"large",` +
			`"error":{"message":"the week's[2J quota is used up","kind":"quota","provider":"coding-plan","host":"coding.example","status":429,"retryable":false}}` + "\n",
	} {
		var out bytes.Buffer
		r, err := New(format, Options{Out: &out, Err: &out, NewID: func() string { return "id" }})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Switch(s); err != nil || out.String() != want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", format, err, out.String(), want)
		}
	}
}
