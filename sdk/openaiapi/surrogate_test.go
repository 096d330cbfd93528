package openaiapi

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// A server may cut a surrogate pair in two; what is never completed is U+FFFD.
func TestSplitSurrogates(t *testing.T) {
	stop := "FINISH:stop"
	args := func(s string) string {
		return `"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"` + s + `"}}]`
	}
	for _, tt := range []struct {
		name   string
		chunks []string
		want   string
	}{
		{"text", []string{`"content":"a\ud83d"`, `"content":"\ude00b"`, stop}, "text:a😀b | stop"},
		{"text, decoded the slow way", []string{`"content":"a\ud83d","x":1`, `"content":"\ude00b","x":1`, stop}, "text:a😀b | stop"},
		{"upper case", []string{`"content":"\uD83D"`, `"content":"\uDE00"`, stop}, "text:😀 | stop"},
		{"with the finish reason", []string{`"content":"a\ud83d"`, `{"choices":[{"delta":{"content":"\ude00"},"finish_reason":"stop"}]}`}, "text:a😀 | stop"},
		{"empty pieces between", []string{`"content":"\ud83d"`, `"content":""`, `"role":"assistant"`, `"content":"\ude00"`, stop}, "text:😀 | stop"},
		{"two in a row", []string{`"content":"\ud83d"`, `"content":"\ude00\ud83d"`, `"content":"\ude00"`, stop}, "text:😀😀 | stop"},
		{"thought", []string{`"reasoning_content":"\ud83d"`, `"reasoning_content":"\ude00"`, `"content":"a"`, stop}, "thought:😀 | text:a | stop"},
		{"content list", []string{`"content":[{"type":"text","text":"\ud83d"}]`, `"content":[{"type":"text","text":"\ude00"}]`, stop}, "text:😀 | stop"},
		{"refusal", []string{`"refusal":"\ud83d"`, `"refusal":"\ude00"`, stop}, "refusal:😀 | refusal"},
		{"arguments", []string{args(`{\"a\":\"\ud83d`), args(`\ude00\"}`), stop}, `call:c1:f:{"a":"😀"} | tool_calls`},
		{"arguments, twice escaped", []string{args(`{\"a\":\"\\ud83d`), args(`\\ude00\"}`), stop}, `call:c1:f:{"a":"\ud83d\ude00"} | tool_calls`},

		{"never completed", []string{`"content":"a\ud83d"`, stop}, "text:a\uFFFD | stop"},
		{"nothing else", []string{`"content":"\ud83d"`, "[DONE]"}, "text:\uFFFD | stop"},
		{"another character follows", []string{`"content":"a\ud83d"`, `"content":"b"`, stop}, "text:a\uFFFDb | stop"},
		{"another first half follows", []string{`"content":"\ud83d"`, `"content":"\ud83d\ude00"`, stop}, "text:\uFFFD😀 | stop"},
		{"second half alone", []string{`"content":"\ude00a"`, stop}, "text:\uFFFDa | stop"},
		{"in the middle", []string{`"content":"a\ud83db"`, stop}, "text:a\uFFFDb | stop"},
		{"the other field follows", []string{`"reasoning_content":"\ud83d"`, `"content":"\ude00"`, stop}, "thought:\uFFFD | text:\uFFFD | stop"},
		{"a call follows", []string{`"content":"\ud83d"`, args(`{}`), stop}, "text:\uFFFD | call:c1:f:{} | tool_calls"},
		{"arguments never completed", []string{args(`\ud83d`), stop}, "call:c1:f:\uFFFD | tool_calls"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			events, err := chat(t, service(t, sse(stream(tt.chunks...))), ask())
			if err != nil {
				t.Fatal(err)
			}
			if got := parts(events); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// What is signed has to go back as it came, halves of characters included.
func TestSplitSurrogateInDetails(t *testing.T) {
	svc := service(t, sse(stream(
		`"reasoning_details":[{"type":"reasoning.text","text":"a\ud83d","index":0}]`,
		`"reasoning_details":[{"type":"reasoning.text","text":"\ude00","index":0}]`, "FINISH:stop")))
	svc.Dialect.ReasoningDetails = true
	events, err := chat(t, svc, ask())
	if got, want := parts(events), `thought:a😀[{"index":0,"text":"a\ud83d\ude00","type":"reasoning.text"}] | stop`; got != want || err != nil {
		t.Errorf("got %s, %v", got, err)
	}
}

// FuzzSurrogates checks that a text that is cut anywhere comes out as encoding/json
// decodes it whole.
func FuzzSurrogates(f *testing.F) {
	for _, seed := range []string{`a\ud83d\ude00b`, `\ude00\ud83d`, `\ud83d\ud83d\ude00\\ud83d`, `\uD83Dx\uDE00é`, "\xff", "\xed\xa0\xbd"} {
		f.Add(seed, uint(7))
	}
	f.Fuzz(func(t *testing.T, text string, at uint) {
		var want, half string
		if json.Unmarshal([]byte(`"`+text+`"`), &want) != nil {
			return
		}
		at %= uint(len(text)) + 1
		first, second := text[:at], text[at:]
		if !utf8.ValidString(first) || !utf8.ValidString(second) ||
			json.Unmarshal([]byte(`"`+first+`"`), &half) != nil || json.Unmarshal([]byte(`"`+second+`"`), &half) != nil {
			return // cut within a character or an escape
		}
		var j surrogateJoiner
		var got strings.Builder
		for _, s := range []string{first, second} {
			next, err := unquote([]byte(`"` + s + `"`))
			if err != nil {
				t.Fatal(err)
			}
			got.WriteString(j.join(piece(next)))
			if !utf8.ValidString(got.String()) {
				t.Errorf("%q is not valid", got.String())
			}
		}
		got.WriteString(j.flush())
		if got.String() != want {
			t.Errorf("cut at %d: got %q, want %q", at, got.String(), want)
		}
	})
}
