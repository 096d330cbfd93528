package openaiapi

import (
	"fmt"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/sdk"
)

// cited describes the annotations of text parts with what they mark.
func cited(events []sdk.Event) string {
	var list []string
	for _, ev := range events {
		done, ok := ev.(*sdk.PartDone)
		if !ok {
			continue
		}
		if text, ok := done.Part.(*sdk.Text); ok {
			for _, a := range text.Annotations {
				list = append(list, fmt.Sprintf("%s %s %s: %s", a.Type, a.URL, a.Title+a.Quote, text.Text[a.Start:a.End]))
			}
		}
	}
	return strings.Join(list, " | ")
}

func TestCitations(t *testing.T) {
	mark := func(start, end int) string {
		return fmt.Sprintf(`"annotations":[{"type":"url_citation","url_citation":{"start_index":%d,"end_index":%d,"url":"u","title":"T"}}]`, start, end)
	}
	stop := "FINISH:stop"
	call := `"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{}"}}]`
	for _, tt := range []struct {
		name    string
		dialect Dialect
		body    string
		want    string
		warned  bool
	}{
		{"after the text", Dialect{}, stream(`"content":"a🌍 天"`, `"content":"空b"`, mark(3, 5), stop), "url u T: 天空", false},
		{"before the text", Dialect{}, stream(mark(1, 2), `"content":"a🌍b"`, stop), "url u T: 🌍", false},
		{"a split emoji is one character", Dialect{}, stream(`"content":"a\ud83c"`, `"content":"\udf0db"`, mark(2, 3), stop), "url u T: b", false},
		{"after the finish reason", Dialect{}, stream(`"content":"a🌍b"`, stop, mark(1, 2)), "url u T: 🌍", false},
		{"in one piece", Dialect{}, `{"choices":[{"message":{"content":"a🌍b",` + mark(2, 3) + `},"finish_reason":"stop"}]}`, "url u T: b", false},
		{"behind a thought in tags", Dialect{ThinkTags: true}, stream(`"content":"<think>hm🌍</think>\n\na🌍b"`, mark(21, 22), stop), "url u T: 🌍", false},
		{"two parts, each its own", Dialect{}, stream(`"content":"ab"`, mark(0, 1), call, `"content":"cd"`, mark(2, 3), stop), "url u T: a | url u T: c", false},
		{"a part that has ended", Dialect{}, stream(`"content":"ab"`, call, `"content":"cd"`, mark(0, 1), stop), "", true},
		{"the text as a whole", Dialect{}, stream(`"content":"ab"`, `"annotations":[{"type":"url_citation","url_citation":{"url":"u","content":"quoted"}}]`, stop), "url u quoted: ", false},
		{"behind the end", Dialect{}, stream(`"content":"ab"`, mark(1, 9), stop), "", true},
		{"from behind", Dialect{}, stream(`"content":"ab"`, mark(2, 1), stop), "", true},
		{"of no text", Dialect{}, stream(`"refusal":"ab"`, mark(0, 1), stop), "", true},
		{"another kind", Dialect{}, stream(`"content":"ab"`, `"annotations":[{"type":"file_citation","file_citation":{}}]`, stop), "", true},
		{"no list", Dialect{}, stream(`"content":"ab"`, `"annotations":{}`, stop), "", true},
		{"an empty list", Dialect{}, stream(`"content":"ab"`, `"annotations":[]`, stop), "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			svc := service(t, sse(tt.body))
			svc.Dialect = tt.dialect
			events, err := chat(t, svc, ask())
			if err != nil {
				t.Fatal(err)
			}
			if got := cited(events); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if w := find[*sdk.Warning](events); (w != nil) != tt.warned {
				t.Errorf("warning: %+v", w)
			}
		})
	}
}
