package openaiapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// describeEvents reads a stream to its end and writes each event as name|data.
func describeEvents(src io.Reader) ([]string, error) {
	r := newEventReader(src)
	var got []string
	for {
		ev, err := r.next()
		switch {
		case err != nil:
			return got, err
		case ev.comment:
			got = append(got, "#")
		case ev.cut:
			got = append(got, fmt.Sprintf("%s|%s|cut", ev.name, ev.data))
		default:
			got = append(got, fmt.Sprintf("%s|%s", ev.name, ev.data))
		}
	}
}

func TestEventReader(t *testing.T) {
	for _, tt := range []struct {
		name, stream string
		want         []string
	}{
		{"LF", "data: a\n\ndata: b\n\n", []string{"|a", "|b"}},
		{"CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", []string{"|a", "|b"}},
		{"CR", "data: a\r\rdata: b\r\r", []string{"|a", "|b"}},
		{"mixed line ends", "data: a\r\n\ndata: b\r\rdata: c\n\r\n", []string{"|a", "|b", "|c"}},
		{"byte order mark", "\uFEFFdata: a\n\n", []string{"|a"}},
		{"byte order mark only at the start", "data: a\n\n\uFEFFdata: b\n\n", []string{"|a"}},
		{"no space after the colon", "data:a\n\n", []string{"|a"}},
		{"only one space is dropped", "data:  a\n\n", []string{"| a"}},
		{"several data lines", "data: a\ndata: b\n\n", []string{"|a\nb"}},
		{"empty data line", "data: a\ndata\ndata:\ndata: b\n\n", []string{"|a\n\n\nb"}},
		{"field without a colon", "data\n\n", []string{"|"}},
		{"named event", "event: error\ndata: a\n\ndata: b\n\n", []string{"error|a", "|b"}},
		{"name without data is no event", "event: ping\n\ndata: b\n\n", []string{"|b"}},
		{"comment", ": keep-alive\n\n:\ndata: a\n\n", []string{"#", "#", "|a"}},
		{"comment within an event", "data: a\n: hm\ndata: b\n\n", []string{"|a\nb"}},
		{"other fields", "id: 1\nretry: 3\nnonsense: x\ndata: a\n\n", []string{"|a"}},
		{"cut off", "data: a\n\ndata: b", []string{"|a", "|b|cut"}},
		{"cut off after the line", "data: b\n", []string{"|b|cut"}},
		{"empty", "", nil},
		{"only line ends", "\n\r\n\r", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for name, src := range map[string]io.Reader{
				"at once":      strings.NewReader(tt.stream),
				"byte by byte": iotest.OneByteReader(strings.NewReader(tt.stream)),
				"EOF early":    iotest.DataErrReader(strings.NewReader(tt.stream)),
			} {
				got, err := describeEvents(src)
				if !errors.Is(err, io.EOF) || !slices.Equal(got, tt.want) {
					t.Errorf("%s: got %q, %v; want %q", name, got, err, tt.want)
				}
			}
		})
	}
}

func TestEventReaderLongEvents(t *testing.T) {
	long := strings.Repeat("x", maxEvent)
	got, err := describeEvents(strings.NewReader("data: " + long + "\n\n"))
	if err != io.EOF || len(got) != 1 || len(got[0]) != maxEvent+1 {
		t.Errorf("an event of exactly the limit: %d events, %v", len(got), err)
	}
	for name, src := range map[string]io.Reader{
		"one line":     strings.NewReader("data: x" + long + "\n\n"),
		"without end":  endless{},
		"many lines":   io.MultiReader(strings.NewReader("data: "+long+"\n"), strings.NewReader("data: x\n\n")),
		"long comment": strings.NewReader(":" + long + strings.Repeat("x", 100)),
	} {
		if _, err := describeEvents(src); !errors.Is(err, errEventTooLong) {
			t.Errorf("%s: got %v, want errEventTooLong", name, err)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, strings.Repeat("x", 1<<16)), nil }

// FuzzEventReader checks that how a stream is cut into reads makes no difference,
// and that joining the lines again loses nothing.
func FuzzEventReader(f *testing.F) {
	for _, seed := range []string{"data: a\n\n", "\uFEFFdata:a\r\rdata\r\n\r\n", ": c\nevent: e\ndata: {}\n\n", "data: x"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		want, err := describeEvents(bytes.NewReader(stream))
		if err != io.EOF {
			t.Fatal(err)
		}
		for _, src := range []io.Reader{iotest.OneByteReader(bytes.NewReader(stream)), iotest.HalfReader(bytes.NewReader(stream))} {
			got, err := describeEvents(src)
			if err != io.EOF || !slices.Equal(got, want) {
				t.Fatalf("read in pieces: %q, %v; at once: %q", got, err, want)
			}
		}
	})
}

func BenchmarkEventReader(b *testing.B) {
	const n = 1000
	stream := []byte(strings.Repeat("data: "+contentChunk+"\n\n", n))
	b.SetBytes(int64(len(stream) / n))
	b.ReportAllocs()
	for b.Loop() {
		r := newEventReader(bytes.NewReader(stream))
		for range n {
			if _, err := r.next(); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// contentChunk is what most of a stream consists of.
const contentChunk = `{"id":"chatcmpl-BxYz0123456789abcdefghijkl","object":"chat.completion.chunk","created":1764000000,"model":"qwen3-coder-plus-2025-09-23","service_tier":"default","system_fingerprint":"fp_1a2b3c4d5e","choices":[{"index":0,"delta":{"content":" token"},"logprobs":null,"finish_reason":null}]}`
