package openaiapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/sdk"
)

// stream writes chunks as an event stream. A chunk is a JSON object, or the inside of
// a delta, or FINISH:reason.
func stream(chunks ...string) string {
	var b strings.Builder
	for _, c := range chunks {
		reason, isFinish := strings.CutPrefix(c, "FINISH:")
		switch {
		case isFinish:
			c = `{"id":"1","model":"m1","choices":[{"index":0,"delta":{},"finish_reason":"` + reason + `"}]}`
		case !strings.HasPrefix(c, "{") && c != "[DONE]":
			c = `{"id":"1","model":"m1","choices":[{"index":0,"delta":{` + c + `},"finish_reason":null}]}`
		}
		b.WriteString("data: " + c + "\n\n")
	}
	return b.String()
}

func TestAnswers(t *testing.T) {
	stop := "FINISH:stop"
	for _, tt := range []struct {
		name    string
		dialect Dialect
		stream  string
		want    string
	}{
		{"text", Dialect{}, stream(`"content":"Hel"`, `"content":"lo"`, stop, "[DONE]"), "text:Hello | stop"},
		{"without end marker", Dialect{}, stream(`"content":"Hello"`, stop), "text:Hello | stop"},
		{"without finish reason", Dialect{}, stream(`"content":"Hello"`, "[DONE]"), "text:Hello | stop"},
		{"reason together with the text", Dialect{}, stream(`{"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}`), "text:Hi | stop"},
		{"a reason in every chunk", Dialect{}, stream(`{"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}`, `{"choices":[{"delta":{"content":"b"},"finish_reason":"stop"}]}`, "[DONE]"), "text:ab | stop"},
		{"a reason after the thought", Dialect{}, stream(`{"choices":[{"delta":{"reasoning":"hm"},"finish_reason":"stop"}]}`, `"content":"a"`, "FINISH:length"), "thought:hm | text:a | length"},
		{"nothing said after the reason", Dialect{}, stream(`"content":"a"`, stop, `"content":"","reasoning_content":null`, `{"choices":[]}`, "[DONE]"), "text:a | stop"},
		{"nothing but a reason", Dialect{}, stream("FINISH:length", "[DONE]"), "length"},
		{"CRLF and no space", Dialect{}, "data:{\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\r\n\r\ndata:[DONE]\r\n\r\n", "text:Hi | stop"},
		{"last event not ended", Dialect{}, stream(`"content":"Hi"`) + `data: [DONE]`, "text:Hi | stop"},
		{"stream of JSON lines", Dialect{}, `{"choices":[{"delta":{"content":"a"}}]}` + "\n" + `{"choices":[{"delta":{"content":"b"},"finish_reason":"stop"}]}`, "text:ab | stop"},
		{"prompt filter first", Dialect{}, stream(`{"id":"","model":"","choices":[],"prompt_filter_results":[{}]}`, `"content":"Hi"`, stop), "text:Hi | stop"},
		{"escapes", Dialect{}, stream(`"role":"assistant"`, `"content":"\u4f60\u597d\n\"x\""`, stop), "text:你好\n\"x\" | stop"},
		{"refusal", Dialect{}, stream(`"refusal":"I ca"`, `"refusal":"nnot"`, stop), "refusal:I cannot | refusal"},
		{"content filter", Dialect{}, stream(`"content":"a"`, "FINISH:content_filter"), "text:a | content_filter"},
		{"unknown reason", Dialect{}, stream(`"content":"a"`, "FINISH:moonphase"), "text:a | other"},
		{"second choice", Dialect{}, stream(`"content":"a"`, `{"choices":[{"index":1,"delta":{"content":"B"}}]}`, stop), "warning:choice-ignored | text:a | stop"},

		{"reasoning_content", Dialect{}, stream(`"content":null,"reasoning_content":"hm"`, `"reasoning_content":"m"`, `"content":"a"`, stop), "thought:hmm | text:a | stop"},
		{"reasoning", Dialect{}, stream(`"reasoning":"hm"`, `"content":"a"`, stop), "thought:hm | text:a | stop"},
		{"thought in a content list", Dialect{}, stream(`"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]`, `"content":[{"type":"text","text":"a"}]`, stop), "thought:hm | text:a | stop"},
		{"think tags as text", Dialect{}, stream(`"content":"<think>hm</think>a"`, stop), "text:<think>hm</think>a | stop"},
		{"think tags", Dialect{ThinkTags: true}, stream(`"content":"<think>hm</think>\n\na"`, stop), "thought:hm | text:a | stop"},
		{"think tags in pieces", Dialect{ThinkTags: true}, stream(`"content":"\n<thi"`, `"content":"nking>h</"`, `"content":"m</thin"`, `"content":"king>"`, `"content":"\n"`, `"content":"\na"`, stop), "thought:h</m | text:a | stop"},
		{"think tags not at the start", Dialect{ThinkTags: true}, stream(`"content":"see <think>"`, `"content":"x</think>"`, stop), "text:see <think>x</think> | stop"},
		{"think tag not closed", Dialect{ThinkTags: true}, stream(`"content":"<think>h</thi"`, "FINISH:length"), "thought:h</thi | length"},
		{"almost a think tag", Dialect{ThinkTags: true}, stream(`"content":"<thin"`, stop), "text:<thin | stop"},

		{"details kept", Dialect{ReasoningDetails: true}, stream(
			`"reasoning":"a","reasoning_details":[{"type":"reasoning.text","text":"a","index":0}]`,
			`"reasoning":"b","reasoning_details":[{"type":"reasoning.text","text":"b","index":0,"signature":"S"}]`,
			`"reasoning_details":[{"type":"reasoning.encrypted","data":"E","index":1}]`, `"content":"c"`, stop),
			`thought:ab[{"index":0,"signature":"S","text":"ab","type":"reasoning.text"},{"data":"E","index":1,"type":"reasoning.encrypted"}] | text:c | stop`},
		{"details behind the text", Dialect{ReasoningDetails: true}, stream(`"content":"c"`, `"reasoning_details":[{"type":"reasoning.encrypted","data":"E"}]`, stop),
			`text:c | thought:[{"data":"E","type":"reasoning.encrypted"}] | stop`},
		{"details as the only text", Dialect{ReasoningDetails: true}, stream(`"reasoning_details":[{"type":"reasoning.text","text":"a"}]`, stop),
			`thought:a[{"text":"a","type":"reasoning.text"}] | stop`},

		{"in one piece", Dialect{}, `{"id":"1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","reasoning_content":"hm","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}`,
			"thought:hm | text:Hi | call:c1:f:{} | tool_calls"},
		{"in one piece, no reason", Dialect{}, `{"choices":[{"message":{"content":"Hi"}}]}`, "text:Hi | stop"},
		{"picture", Dialect{}, stream(`"images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,aGk="}}]`, stop), "image:image/png:hi: | stop"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			svc := service(t, sse(tt.stream))
			svc.Dialect = tt.dialect
			events, err := chat(t, svc, ask())
			if err != nil {
				t.Fatal(err)
			}
			if got := parts(events); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestToolCalls(t *testing.T) {
	for _, tt := range []struct {
		name   string
		chunks []string
		want   string
	}{
		{"as documented", []string{`"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"ls","arguments":""}}]`, `"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]`, `"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]`}, `call:c1:ls:{"a":1}`},
		{"two in parallel, interleaved", []string{`"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{"}},{"index":1,"id":"c2","function":{"name":"g","arguments":"{"}}]`, `"tool_calls":[{"index":1,"function":{"arguments":"}"}},{"index":0,"function":{"arguments":"}"}}]`}, `call:c1:f:{} | call:c2:g:{}`},
		{"late id", []string{`"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{\"a\""}}]`, `"tool_calls":[{"index":0,"id":"c1","function":{"arguments":":1}"}}]`}, `call:c1:f:{"a":1}`},
		{"late name", []string{`"tool_calls":[{"index":0,"id":"c1","function":{"arguments":"{"}}]`, `"tool_calls":[{"index":0,"function":{"name":"f","arguments":"}"}}]`}, `call:c1:f:{}`},
		{"no index, fragments without anything", []string{`"tool_calls":[{"id":"c1","function":{"name":"f","arguments":"{"}}]`, `"tool_calls":[{"function":{"arguments":"}"}}]`, `"tool_calls":[{"id":"c2","function":{"name":"g","arguments":"{"}}]`, `"tool_calls":[{"function":{"arguments":"}"}}]`}, `call:c1:f:{} | call:c2:g:{}`},
		{"one index for all", []string{`"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{}"}}]`, `"tool_calls":[{"index":0,"id":"c2","function":{"name":"f","arguments":"{\"a\":1}"}}]`}, `call:c1:f:{} | call:c2:f:{"a":1}`},
		{"one index for all, no ids", []string{`"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{}"}}]`, `"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{\"a\":1}"}}]`}, `call:made-up:f:{} | call:made-up:f:{"a":1}`},
		{"fragments of a reused index", []string{`"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{}"}}]`, `"tool_calls":[{"index":0,"id":"c2","function":{"name":"g","arguments":"{"}}]`, `"tool_calls":[{"index":0,"function":{"arguments":"}"}}]`}, `call:c1:f:{} | call:c2:g:{}`},
		{"no id, no index, in one list", []string{`"tool_calls":[{"function":{"name":"f","arguments":"{}"}},{"function":{"name":"f","arguments":""}}]`}, `call:made-up:f:{} | call:made-up:f:{}`},
		{"arguments as an object", []string{`"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":{"a":1}}}]`}, `call:c1:f:{"a":1}`},
		{"no arguments", []string{`"tool_calls":[{"index":0,"id":"c1","function":{"name":"f"}}]`}, `call:c1:f:{}`},
		{"arguments null", []string{`"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":null}}]`}, `call:c1:f:{}`},
		{"name with every fragment", []string{`"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{"}}]`, `"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"}"}}]`, `"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":""}}]`}, `call:c1:f:{}`},
		{"name with every fragment, no id", []string{`"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{"}}]`, `"tool_calls":[{"index":0,"function":{"name":"f","arguments":"}"}}]`, `"tool_calls":[{"index":0,"function":{"name":"f","arguments":" "}}]`}, `call:made-up:f:{} `},
		{"name in pieces", []string{`"tool_calls":[{"index":0,"id":"c1","function":{"name":"get_"}}]`, `"tool_calls":[{"index":0,"function":{"name":"weather","arguments":"{}"}}]`}, `call:c1:get_weather:{}`},
		{"two calls under one id", []string{`"tool_calls":[{"index":0,"id":"x","function":{"name":"f","arguments":"{}"}},{"index":1,"id":"x","function":{"name":"g","arguments":"{}"}}]`}, `call:x:f:{} | call:made-up:g:{}`},
		{"empty ids", []string{`"tool_calls":[{"index":0,"id":"","function":{"name":"f","arguments":"{"}}]`, `"tool_calls":[{"index":0,"id":"","function":{"name":"","arguments":"}"}}]`}, `call:made-up:f:{}`},
		{"index as a string", []string{`"tool_calls":[{"index":"0","id":"c1","function":{"name":"f","arguments":"{"}}]`, `"tool_calls":[{"index":"1","id":"c2","function":{"name":"g","arguments":"{}"}}]`, `"tool_calls":[{"index":"0","function":{"arguments":"}"}}]`}, `call:c1:f:{} | call:c2:g:{}`},
		{"invalid arguments are kept", []string{`"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{\"a"}}]`}, `call:c1:f:{"a`},
		{"braces in strings", []string{`"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{\"a\":\"}\\\""}}]`, `"tool_calls":[{"index":0,"function":{"name":"f","arguments":"}\"}"}}]`}, `call:c1:f:{"a":"}\"}"}`},
		{"signature", []string{`"tool_calls":[{"index":0,"id":"c1","extra_content":{"google":{"thought_signature":"S"}},"function":{"name":"f","arguments":"{}"}}]`}, `call:c1:f:{}{"google":{"thought_signature":"S"}}`},
		{"the old form", []string{`"function_call":{"name":"f","arguments":"{"}`, `"function_call":{"arguments":"}"}`}, `call:made-up:f:{}`},
		{"text before and after", []string{`"content":"a"`, `"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{"}}]`, `"content":"b"`, `"tool_calls":[{"index":0,"function":{"arguments":"}"}}]`}, `text:a | text:b | call:c1:f:{}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, reason := range []string{"tool_calls", "stop"} {
				svc := service(t, sse(stream(append(tt.chunks, "FINISH:"+reason)...)))
				events, err := chat(t, svc, ask())
				if err != nil {
					t.Fatal(err)
				}
				if got := parts(events); got != tt.want+" | tool_calls" {
					t.Errorf("got  %s\nwant %s", got, tt.want)
				}
			}
		})
	}
}

func TestToolCallWithoutName(t *testing.T) {
	svc := service(t, sse(stream(`"tool_calls":[{"index":0,"id":"c","function":{"arguments":"{}"}}]`, "FINISH:stop")))
	events, err := chat(t, svc, ask())
	if err != nil || parts(events) != "warning:tool-call-ignored | stop" {
		t.Errorf("got %s, %v", parts(events), err)
	}
}

func TestFailedAnswers(t *testing.T) {
	for _, tt := range []struct {
		name    string
		handler string // content type
		body    string
		kind    sdk.ErrorKind
		say     string // part of the message
	}{
		{"cut off", "text/event-stream", stream(`"content":"Hel"`), sdk.KindIncomplete, "without a finish reason"},
		{"cut off within an event", "text/event-stream", stream(`"content":"Hel"`) + `data: {"choices":[{"del`, sdk.KindIncomplete, "without a finish reason"},
		{"empty", "text/event-stream", "", sdk.KindProtocol, "empty (text/event-stream)"},
		{"only comments", "text/event-stream", ": hello\n\n", sdk.KindProtocol, "empty (text/event-stream)"},
		{"only the end marker", "text/event-stream", stream("[DONE]"), sdk.KindProtocol, "empty (text/event-stream)"},
		{"text after the finish reason", "text/event-stream", stream(`"content":"ok"`, "FINISH:stop", `"content":"more"`, "[DONE]"), sdk.KindProtocol, "did not finish again"},
		{"a call after the finish reason", "text/event-stream", stream(`"content":"ok"`, "FINISH:stop", `"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}}]`, "[DONE]"), sdk.KindProtocol, "did not finish again"},
		{"text after the finish reason, cut off", "text/event-stream", stream(`"content":"ok"`, "FINISH:stop", `"content":"more"`), sdk.KindIncomplete, "without a finish reason"},
		{"nothing said", "text/event-stream", stream(`"role":"assistant"`, "[DONE]"), sdk.KindProtocol, "holds nothing"},
		{"web page", "text/html", "<!DOCTYPE html><title>Sign in</title>", sdk.KindProtocol, "web page"},
		{"web page as a stream", "text/event-stream", "<html>", sdk.KindProtocol, "web page"},
		{"text", "text/plain", "Bad gateway\x1b[31m", sdk.KindProtocol, "(text/plain): Bad gateway[31m"},
		{"malformed", "text/event-stream", stream(`{"choices":[}`), sdk.KindProtocol, "malformed JSON"},
		{"malformed later", "text/event-stream", stream(`"content":"a"`, `{"choices":[}`), sdk.KindProtocol, "malformed JSON"},
		{"malformed document", "application/json", `{"choices":]`, sdk.KindProtocol, "malformed JSON"},
		{"document cut off", "application/json", `{"choices":[`, sdk.KindIncomplete, "broke off"},
		{"some other document", "application/json", `{"status":"ok"}`, sdk.KindProtocol, `{"status":"ok"}`},
		{"error within the stream", "text/event-stream", stream(`"content":"a"`, `{"error":{"message":"too many","code":"rate_limit_exceeded"}}`), sdk.KindRateLimit, "too many"},
		{"error with the status as code", "text/event-stream", stream(`{"id":"1","error":{"message":"upstream","code":502},"choices":[{"delta":{"content":""},"finish_reason":"error"}]}`), sdk.KindService, "upstream"},
		{"error event", "text/event-stream", "event: error\ndata: {\"code\":\"InvalidApiKey\",\"message\":\"no\"}\n\n", sdk.KindUnauthenticated, "no"},
		{"error event of plain text", "text/event-stream", "event: error\ndata: it broke\n\n", sdk.KindService, "it broke"},
		{"bare error", "text/event-stream", stream(`{"code":"Throttling","message":"slow down","request_id":"r"}`), sdk.KindRateLimit, "slow down"},
		{"error document with status 200", "application/json", `{"error":"no such model"}`, sdk.KindService, "no such model"},
		{"error_finish", "text/event-stream", stream(`{"choices":[{"delta":{"content":"Throttled by the server"},"finish_reason":"error_finish"}]}`), sdk.KindRateLimit, "Throttled by the server"},
		{"out of resources", "text/event-stream", stream(`"content":"a"`, "FINISH:insufficient_system_resource"), sdk.KindOverloaded, "no capacity"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			svc := service(t, respond(200, tt.handler, tt.body))
			_, err := chat(t, svc, ask())
			e := want(t, err, tt.kind)
			if !strings.Contains(e.Message, tt.say) || strings.ContainsRune(e.Message, '\x1b') {
				t.Errorf("message %q does not say %q", e.Message, tt.say)
			}
			if e.Host == "" {
				t.Error("the error names no host")
			}
		})
	}
}

// The hint depends on whether there is something to see.
func TestCutAnswerHints(t *testing.T) {
	for body, want := range map[string]string{
		stream(`"content":"Hel"`):    "What arrived is shown. Send the prompt again for the whole answer.",
		stream(`"role":"assistant"`): "Send the prompt again.",
		`{"choices":[`:               "Send the prompt again.",
	} {
		_, err := chat(t, service(t, sse(body)), ask())
		if e := sdk.AsError(err); e == nil || e.Kind != sdk.KindIncomplete || e.Hint != want {
			t.Errorf("%s: %+v", body, e)
		}
	}
}

func TestUsage(t *testing.T) {
	body := stream(`{"id":"a1","model":"m-7","choices":[{"delta":{"content":"x"}}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}`,
		"FINISH:stop",
		`{"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":7,"total_tokens":107,"prompt_tokens_details":{"cached_tokens":20,"audio_tokens":3},"completion_tokens_details":{"reasoning_tokens":5},"cost":0.1}}`, "[DONE]")
	events, err := chat(t, service(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "req-1")
		sse(body)(w, r)
	}), ask())
	if err != nil {
		t.Fatal(err)
	}
	if s := find[*sdk.Started](events); s.Model != "m-7" || s.ResponseID != "a1" || s.RequestID != "req-1" {
		t.Errorf("started: %+v", s)
	}
	u := find[*sdk.UsageReported](events).Usage
	if u.InputTokens != 100 || u.OutputTokens != 7 || u.TotalTokens != 107 || u.CacheReadTokens != 20 || u.ReasoningTokens != 5 {
		t.Errorf("usage: %+v", u)
	}
	if u.Details["prompt_tokens_details.audio_tokens"] != 3 || len(u.Details) != 1 || !strings.Contains(string(u.Raw), `"cost":0.1`) {
		t.Errorf("details %v, raw %s", u.Details, u.Raw)
	}
	if f := events[len(events)-1].(*sdk.Finished); f.RawReason != "stop" {
		t.Errorf("finished: %+v", f)
	}
	if _, ok := events[len(events)-2].(*sdk.PartDone); !ok {
		t.Errorf("before Finished comes %T", events[len(events)-2])
	}
}

// FuzzToolCalls builds streams of fragments, each described by one byte, and checks
// that no piece of any arguments is lost, whichever call it ends up in.
func FuzzToolCalls(f *testing.F) {
	f.Add([]byte{0x00, 0x11, 0x85, 0xff})
	f.Add([]byte{0x1c, 0x2c, 0x3c, 0x40, 0x80})
	ids, names, pieces := []string{"", "a", "b"}, []string{"", "f", "g", "fg"}, []string{"", "{", "}", `{"x":1}`}
	f.Fuzz(func(t *testing.T, recipe []byte) {
		var in, out, fragments []string
		for _, b := range recipe[:min(len(recipe), 200)] {
			piece := pieces[b>>6]
			in = append(in, piece)
			index := []string{`"index":0,`, `"index":1,`, ""}[b%3]
			fragments = append(fragments, fmt.Sprintf(`"tool_calls":[{%s"id":%q,"function":{"name":%q,"arguments":%q}}]`,
				index, ids[b/3%3], names[b>>4&3], piece))
		}
		var events []sdk.Event
		s := sdk.NewStream(func(ev sdk.Event, err error) bool {
			if err == nil {
				events = append(events, ev)
			}
			return true
		})
		err := readBody(s, &Service{}, stream(append(fragments, "FINISH:stop")...))
		checkOrder(t, events, err)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, ev := range events {
			if p, ok := ev.(*sdk.PartDone); ok {
				call := p.Part.(*sdk.ToolCall)
				if seen[call.ID] {
					t.Errorf("two calls have the id %s", call.ID)
				}
				seen[call.ID] = true
				out = append(out, call.Arguments)
			}
		}
		nameless := find[*sdk.Warning](events) != nil
		sent, got := len(strings.Join(in, "")), len(strings.Join(out, ""))
		if filled := 2 * strings.Count(strings.Join(out, " "), "{}"); !nameless && (got < sent || got > sent+filled) {
			t.Errorf("%d bytes of arguments came in, %d went out", sent, got)
		}
	})
}

// FuzzAnswer throws anything at the reader of answers: it has to keep the order of
// events and to end in exactly one way.
func FuzzAnswer(f *testing.F) {
	f.Add(stream(`"content":"<think>a"`, `"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{"}}]`, "FINISH:stop"), true)
	f.Add(stream(`"tool_calls":[{"function":{"name":"f","arguments":{}}},{"id":"a"}]`, `"function_call":{"name":"g"}`, "[DONE]"), false)
	f.Add(`{"choices":[{"message":{"content":[{"type":"text","text":"a"}]}}]}`, false)
	f.Add(stream(`"content":"<think>a</think>🌍b\ud83c"`, `"content":"\udf0d","annotations":[{"type":"url_citation","url_citation":{"start_index":18,"end_index":20}}]`, "FINISH:stop"), true)
	f.Add(stream(`{"error":{"message":["x"],"code":429}}`), false)
	f.Add(stream(`"reasoning_details":[{"text":"a"},null]`, "FINISH:length"), true)
	f.Fuzz(func(t *testing.T, body string, tags bool) {
		var events []sdk.Event
		s := sdk.NewStream(func(ev sdk.Event, err error) bool {
			if err == nil {
				events = append(events, ev)
			}
			return true
		})
		svc := &Service{Dialect: Dialect{ThinkTags: tags, ReasoningDetails: tags}}
		err := readBody(s, svc, body)
		checkOrder(t, events, err)
	})
}
