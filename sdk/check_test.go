package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/sdk"
)

// sequence yields events and then err, if any. It counts what was taken.
func sequence(taken *int, err error, events ...sdk.Event) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		for _, e := range events {
			*taken++
			if !yield(e, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

func TestCheckStream(t *testing.T) {
	text := func(i int) sdk.Event { return &sdk.PartStarted{Index: i, Kind: sdk.PartText} }
	delta := func(i int, s string) sdk.Event { return &sdk.Delta{Index: i, Text: s} }
	done := func(i int, s string) sdk.Event { return &sdk.PartDone{Index: i, Part: &sdk.Text{Text: s}} }
	used := func(n int64) sdk.Event { return &sdk.UsageReported{Usage: sdk.Usage{OutputTokens: n}} }
	call := func(id, name string) sdk.Event {
		return &sdk.PartStarted{Kind: sdk.PartToolCall, ToolCallID: id, ToolName: name}
	}
	annotated := func(s string, start, end int) sdk.Event {
		return &sdk.PartDone{Part: &sdk.Text{Text: s, Annotations: []sdk.Annotation{{Start: start, End: end}}}}
	}
	finish := &sdk.Finished{Reason: sdk.FinishStop}

	tests := []struct {
		name   string
		events []sdk.Event
		says   string // "" for a good answer
	}{
		{"shortest", []sdk.Event{finish}, ""},
		{"everything", []sdk.Event{&sdk.Heartbeat{}, &sdk.Warning{}, &sdk.Started{}, text(0), delta(0, "a"), text(1), used(1),
			delta(1, "你"), delta(0, "b"), delta(1, ""), done(0, "ab"), used(1), done(1, "你"), used(2), finish}, ""},
		{"tool call", []sdk.Event{call("1", "f"), delta(0, "{"), delta(0, "}"),
			&sdk.PartDone{Part: &sdk.ToolCall{ID: "1", Name: "f", Arguments: "{}"}}, finish}, ""},
		{"whole image", []sdk.Event{&sdk.PartStarted{Kind: sdk.PartImage}, &sdk.PartDone{Part: &sdk.Image{}}, finish}, ""},
		{"unknown kind", []sdk.Event{&sdk.PartStarted{Kind: "hologram"}, delta(0, "x"), &sdk.PartDone{Part: &sdk.Unknown{}}, finish}, ""},

		{"annotated", []sdk.Event{text(0), delta(0, "a你"), annotated("a你", 1, 4), finish}, ""},
		{"annotated as a whole", []sdk.Event{text(0), delta(0, "a你"), annotated("a你", 0, 0), finish}, ""},
		{"annotated behind the end", []sdk.Event{text(0), delta(0, "a你"), annotated("a你", 1, 5), finish}, "an annotation of part 0"},
		{"annotated from behind", []sdk.Event{text(0), delta(0, "a你"), annotated("a你", 4, 1), finish}, "an annotation of part 0"},
		{"annotated before the start", []sdk.Event{text(0), delta(0, "a你"), annotated("a你", -1, 1), finish}, "an annotation of part 0"},
		{"annotated within a character", []sdk.Event{text(0), delta(0, "a你"), annotated("a你", 1, 2), finish}, "the bytes 1 to 2"},

		{"nothing", nil, "without a finish event"},
		{"no finish", []sdk.Event{text(0), delta(0, "a"), done(0, "a")}, "without a finish event"},
		{"nil event", []sdk.Event{nil}, "an event of type"},
		{"after finish", []sdk.Event{finish, &sdk.Heartbeat{}}, "after the finish event"},
		{"two starts", []sdk.Event{&sdk.Started{}, &sdk.Started{}}, "second start"},
		{"late start", []sdk.Event{text(0), &sdk.Started{}}, "after content"},
		{"index skipped", []sdk.Event{text(0), text(2)}, "part 2 began where part 1 had to"},
		{"index again", []sdk.Event{text(0), done(0, ""), text(0)}, "part 0 began where part 1 had to"},
		{"no kind", []sdk.Event{&sdk.PartStarted{}}, "no kind"},
		{"delta before part", []sdk.Event{delta(0, "a")}, "part 0, which is not open"},
		{"delta after part", []sdk.Event{text(0), done(0, ""), delta(0, "a")}, "part 0, which is not open"},
		{"done twice", []sdk.Event{text(0), done(0, ""), done(0, "")}, "part 0, which is not open"},
		{"done without part", []sdk.Event{text(0), &sdk.PartDone{}}, "without its content"},
		{"other text", []sdk.Event{text(0), delta(0, "ab"), done(0, "ac")}, "do not add up"},
		{"longer text", []sdk.Event{text(0), delta(0, "ab"), done(0, "abc")}, "do not add up"},
		{"text without deltas", []sdk.Event{text(0), done(0, "abc")}, "do not add up"},
		{"split character", []sdk.Event{text(0), delta(0, "\xe4"), delta(0, "\xbd\xa0")}, "not valid UTF-8"},
		{"other kind", []sdk.Event{text(0), &sdk.PartDone{Part: &sdk.Refusal{}}}, "began as text and ended as refusal"},
		{"call without ID", []sdk.Event{call("", "f")}, "without an ID or a name"},
		{"call without name", []sdk.Event{call("1", "")}, "without an ID or a name"},
		{"other call", []sdk.Event{call("1", "f"), &sdk.PartDone{Part: &sdk.ToolCall{ID: "2", Name: "f"}}}, "another tool call"},
		{"usage falls", []sdk.Event{used(2), used(1)}, "output tokens fell from 2 to 1"},
		{"negative usage", []sdk.Event{used(-1)}, "output tokens fell from 0 to -1"},
		{"finish too early", []sdk.Event{text(0), finish}, "before the end of 1 of its parts"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var taken int
			var got []sdk.Event
			var failed error
			for e, err := range sdk.CheckStream(sequence(&taken, nil, test.events...)) {
				if err != nil {
					failed = err
					continue
				}
				got = append(got, e)
			}
			if test.says == "" {
				if failed != nil || !slices.Equal(got, test.events) {
					t.Fatalf("%v, %d of %d events", failed, len(got), len(test.events))
				}
				return
			}
			if sdk.KindOf(failed) != sdk.KindProtocol || !strings.Contains(fmt.Sprint(failed), test.says) {
				t.Errorf("error %v; want one of KindProtocol that says %q", failed, test.says)
			}
			if want := test.events[:len(got)]; !slices.Equal(got, want) {
				t.Errorf("events before the error: %v, want %v", got, want)
			}
		})
	}
}

func TestCheckStreamPassesErrorsOn(t *testing.T) {
	var taken int
	var got error
	for _, err := range sdk.CheckStream(sequence(&taken, context.Canceled, &sdk.Started{})) {
		got = err
	}
	if !errors.Is(got, context.Canceled) {
		t.Errorf("got %v", got)
	}
}

func TestCheckStreamStopsWithItsConsumer(t *testing.T) {
	var taken int
	for range sdk.CheckStream(sequence(&taken, nil, &sdk.Started{}, &sdk.Heartbeat{}, &sdk.Finished{})) {
		break
	}
	if taken != 1 {
		t.Errorf("%d events were taken, want 1", taken)
	}
}

// A stream built by sdk.Stream keeps the rules whatever comes in what order.
func TestStreamKeepsTheRules(t *testing.T) {
	answer := func(yield func(sdk.Event, error) bool) {
		s := sdk.NewStream(yield)
		s.Reasoning("hm")
		s.Text("a")
		s.StartToolCall("x", "1", "f")
		s.StartToolCall("y", "2", "g")
		s.ToolArguments("x", "{")
		s.ToolArguments("y", "{}")
		s.ToolArguments("x", "}")
		s.Text("b")
		s.ReasoningOpaque([]byte("signature"))
		s.Part(&sdk.Image{})
		s.Finish(&sdk.Finished{Reason: sdk.FinishToolCalls})
		s.Text("too late")
	}
	for _, err := range sdk.CheckStream(answer) {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func BenchmarkCheckStream(b *testing.B) {
	const n = 20_000
	answer := func(yield func(sdk.Event, error) bool) {
		yield(&sdk.PartStarted{Kind: sdk.PartText}, nil)
		d := &sdk.Delta{Text: "twenty bytes of text"}
		for range n {
			yield(d, nil)
		}
		yield(&sdk.PartDone{Part: &sdk.Text{Text: strings.Repeat(d.Text, n)}}, nil)
		yield(&sdk.Finished{}, nil)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range sdk.CheckStream(answer) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
