package openaiapi

import "testing"

// plainDelta is what scanDelta should say, found the slow way.
func plainDelta(data []byte) (text, thought piece, ok bool) {
	c, err := decodeChunk(data)
	if err != nil || isError(c) || !isNull(c.Usage) || len(c.Choices) != 1 {
		return "", "", false
	}
	choice := c.Choices[0]
	d := choice.Delta
	if choice.Index != 0 || d == nil || choice.Message != nil || choice.FinishReason != "" || !isNull(choice.LogProbs) || !isNull(choice.Usage) {
		return "", "", false
	}
	if len(d.ToolCalls) > 0 || d.FunctionCall != nil || d.Refusal != "" || len(d.Images) > 0 || !isNull(d.Audio) || !isNull(d.ReasoningDetails) {
		return "", "", false
	}
	text, listed := d.text()
	return text, d.thought() + listed, true
}

func TestScanDelta(t *testing.T) {
	for _, tt := range []struct {
		chunk         string
		text, thought piece
		ok            bool
	}{
		{contentChunk, " token", "", true},
		{`{"choices":[{"delta":{"content":"a"}}]}`, "a", "", true},
		{` { "choices" : [ { "index" : 0 , "delta" : { "content" : "a" } , "finish_reason" : null } ] } `, "a", "", true},
		{`{"choices":[{"delta":{"content":"\u4f60\n\ud83d\ude00é"}}]}`, "你\n😀é", "", true},
		{`{"choices":[{"delta":{"content":null,"reasoning_content":"hm"}}],"usage":null}`, "", "hm", true},
		{`{"choices":[{"delta":{"content":"a","reasoning":"hm","tool_calls":null}}]}`, "a", "hm", true},
		{`{"choices":[{"delta":{}}]}`, "", "", true},
		{`{"choices":[{"delta":{"content":"a\ud83d"}}]}`, "a\xed\xa0\xbd", "", true}, // half a pair stays half a pair
		{`{"choices":[{"delta":{"content":"\uDE00\\ud83d","reasoning":"\ud83d\ud83d\ude00"}}]}`, "\xed\xb8\x80\\ud83d", "\xed\xa0\xbd😀", true},
		// Everything else is for decodeChunk.
		{`{"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}`, "", "", false},
		{`{"choices":[{"delta":{"content":"a","Content":"b"}}]}`, "", "", false},
		{`{"choices":[{"delta":{"content":"a","content":"b"}}]}`, "", "", false},
		{`{"choices":[{"delta":{"content":"a"}},{"delta":{"content":"b"}}]}`, "", "", false},
		{`{"choices":[{"index":1,"delta":{"content":"a"}}]}`, "", "", false},
		{`{"choices":[{"delta":{"content":["a"]}}]}`, "", "", false},
		{`{"choices":[{"delta":{"content":"a"}}],"usage":{"total_tokens":1}}`, "", "", false},
		{`{"choices":[{"delta":{"tool_calls":[{"index":0}]}}]}`, "", "", false},
		{`{"choices":[{"delta":{"content":"a"}}],"error":{"message":"x"}}`, "", "", false},
		{`{"choices":[],"usage":null}`, "", "", false},
		{`{"choices":[{"delta":{"content":"a"}}]} x`, "", "", false},
		{`{"choices":[{"delta":{"content":"a"}}]`, "", "", false},
		{`{"choices":[{"delta":{"content":"\x"}}]}`, "", "", false},
		{`{"id":"1"}`, "", "", false},
		{`{"choices":[{}]}`, "", "", false},
		{``, "", "", false},
	} {
		text, thought, ok := scanDelta([]byte(tt.chunk))
		if text != tt.text || thought != tt.thought || ok != tt.ok {
			t.Errorf("%s: got %q, %q, %v", tt.chunk, text, thought, ok)
		}
		if wantText, wantThought, plain := plainDelta([]byte(tt.chunk)); ok && (!plain || text != wantText || thought != wantThought) {
			t.Errorf("%s: decoded to %q, %q, %v", tt.chunk, wantText, wantThought, plain)
		}
	}
}

// FuzzScanDelta checks that the quick way never finds anything that the slow way
// does not find as well.
func FuzzScanDelta(f *testing.F) {
	for _, seed := range []string{
		contentChunk,
		`{"choices":[{"delta":{"content":"\u4f60\n","reasoning":"x","role":"assistant"},"finish_reason":null}],"usage":null,"error":null}`,
		`{"choices":[{"index":0,"delta":{"reasoning_content":"a","content":null,"tool_calls":null}}],"created":12}`,
		`{"choices":[{"delta":{"content":"a"},"delta":{"CONTENT":"b"}}]}`,
		`{"choices":[{"delta":{"content":"a\ud83d\\","reasoning":"\ude00\ud83db\uD83D\uDe00"}}]}`,
		`{"choices":[{"delta":{"content":"a\ud8","reasoning":"\ud83d\u00"}}]}`,
		"{\"choices\":[{\"delta\":{\"content\":\"\xed\xa0\xbd\"}}]}",
		"{\"choices\":[{\"delta\":{\"content\":\"\xff\"}}],\"id\":\"\xfe\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		text, thought, ok := scanDelta(data)
		if !ok {
			return
		}
		if wantText, wantThought, plain := plainDelta(data); !plain || text != wantText || thought != wantThought {
			t.Errorf("scanned %q, %q; decoded %q, %q, %v", text, thought, wantText, wantThought, plain)
		}
	})
}

func BenchmarkScanDelta(b *testing.B) {
	data := []byte(contentChunk)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, ok := scanDelta(data); !ok {
			b.Fatal("not scanned")
		}
	}
}

func BenchmarkDecodeChunk(b *testing.B) {
	data := []byte(contentChunk)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, ok := plainDelta(data); !ok {
			b.Fatal("not decoded")
		}
	}
}
