package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-cli/qwen/sdk"
)

var update = flag.Bool("update", false, "write the golden files anew")

// A run is what a renderer is told of one run of the program.
type run struct {
	events func(s *sdk.Stream) // nil: it failed before there was anything to ask
	err    error
	code   int
}

// runs holds the cases of the golden files, by name.
func runs() map[string]run {
	return map[string]run{
		"hello": {events: func(s *sdk.Stream) {
			s.Emit(&sdk.Started{ResponseID: "resp-1", RequestID: "req-1", Model: "large-0711"})
			s.Text("Hello")
			s.Emit(&sdk.Heartbeat{})
			s.Text(" <wörld>")
			s.Emit(&sdk.UsageReported{Usage: sdk.Usage{InputTokens: 100, OutputTokens: 7, TotalTokens: 107, CacheReadTokens: 20}})
			s.Finish(&sdk.Finished{Reason: sdk.FinishStop})
		}},
		"thinking": {events: func(s *sdk.Stream) {
			s.Reasoning("Let me ")
			s.Reasoning("see.")
			s.ReasoningOpaque([]byte("sealed"))
			s.Text("Two")
			s.Text(" lines\nand an end\n")
			s.Emit(&sdk.UsageReported{Usage: sdk.Usage{InputTokens: 1, OutputTokens: 2}})
			s.Finish(&sdk.Finished{Reason: sdk.FinishStop})
		}},
		"tools": {events: func(s *sdk.Stream) {
			s.Text("I'll look.")
			s.StartToolCall("a", "call-1", "read")
			s.StartToolCall("b", "call-2", "list")
			s.ToolArguments("b", `not JSON`)
			s.ToolArguments("a", `{"path": `)
			s.ToolArguments("a", `"a.txt"}`)
			s.StartToolCall("c", "call-3", "now")
			s.Finish(&sdk.Finished{Reason: sdk.FinishToolCalls})
		}},
		"hostile": {events: func(s *sdk.Stream) {
			s.Emit(&sdk.Started{Model: "m\x1b]0;x\x07"})
			s.Text("a\x1b[2Jb\u009bc\x7fd\u202ee\"\\\r\n\U000E0041\u2028")
			s.Emit(&sdk.Warning{Code: "c\x1b", Message: "line one\nline \x1b[31mtwo\u202e"})
			s.Fail(&sdk.Error{Kind: sdk.KindService, Provider: "p\x1b[1m", Host: "h\n", Message: "m\x1b]0;x\x07\nqwen: forged", Hint: "h\u009b"})
		}, err: &sdk.Error{Kind: sdk.KindService, Provider: "p\x1b[1m", Host: "h\n", Message: "m\x1b]0;x\x07\nqwen: forged", Hint: "h\u009b"}, code: 6},
		"cut": {events: func(s *sdk.Stream) {
			s.Reasoning("hm")
			s.Text("The answer is")
			s.StartToolCall("a", "call-1", "read")
			s.ToolArguments("a", `{"pa`)
			s.Fail(errors.New("cut"))
		}, err: &sdk.Error{
			Kind: sdk.KindIncomplete, Provider: "openai", Host: "api.example.com", RequestID: "req-1",
			Message: "the connection broke off", Hint: "Send the prompt again.", Retryable: true,
		}, code: 9},
		"length": {events: func(s *sdk.Stream) {
			s.Text("Once upon")
			s.Emit(&sdk.Warning{Code: "setting-ignored", Message: "the service does not know top_k", Setting: "top_k"})
			s.Finish(&sdk.Finished{Reason: sdk.FinishLength, RawReason: "max_tokens"})
		}, code: 9},
		"filtered": {events: func(s *sdk.Stream) {
			s.Finish(&sdk.Finished{Reason: sdk.FinishContentFilter, RawReason: "sensitive"})
		}, code: 9},
		"refusal": {events: func(s *sdk.Stream) {
			s.Refusal("I can't help with that.")
			s.Finish(&sdk.Finished{Reason: sdk.FinishRefusal})
		}},
		"image": {events: func(s *sdk.Stream) {
			s.Text("Here:")
			s.Part(&sdk.Image{Media: sdk.Media{MediaType: "image/png", Data: []byte("PNG")}})
			s.Part(&sdk.Image{Media: sdk.Media{URL: "https://example.com/a.png"}})
			s.Finish(&sdk.Finished{Reason: sdk.FinishStop})
		}},
		"side-by-side": {events: sideBySide},
		"config": {err: &sdk.Error{
			Kind: sdk.KindConfig, Message: `settings.json:3: unknown key "modle"`, Hint: `Did you mean "model"?`,
		}, code: 3},
		"limited": {err: &sdk.Error{
			Kind: sdk.KindRateLimit, Provider: "coding-plan", Host: "coding.example.com", Status: 429, Code: "Throttling",
			RequestID: "req-9", Message: "too many requests", Retryable: true, RetryAfter: 20 * time.Second,
		}, code: 7},
		"plain-error": {err: errors.New("something else"), code: 1},
	}
}

// sideBySide has two parts open at once, ended in the other order.
func sideBySide(s *sdk.Stream) {
	for _, e := range []sdk.Event{
		&sdk.PartStarted{Index: 0, Kind: sdk.PartText},
		&sdk.PartStarted{Index: 1, Kind: sdk.PartReasoning},
		&sdk.PartStarted{Index: 2, Kind: sdk.PartText},
		&sdk.Delta{Index: 2, Text: "third"},
		&sdk.PartDone{Index: 2, Part: &sdk.Text{Text: "third"}},
		&sdk.Delta{Index: 0, Text: "first, "},
		&sdk.Delta{Index: 1, Text: "second"},
		&sdk.PartDone{Index: 1, Part: &sdk.Reasoning{Text: "second"}},
		&sdk.Delta{Index: 0, Text: "still first, "},
		&sdk.PartDone{Index: 0, Part: &sdk.Text{Text: "first, still first, "}},
		&sdk.Finished{Reason: sdk.FinishStop},
	} {
		s.Emit(e)
	}
}

// play tells r about the run.
func play(t testing.TB, r Renderer, run run) {
	t.Helper()
	if run.events != nil {
		if err := r.Start(Session{Model: "large", Dir: "/home/me", Version: "0.1.0"}); err != nil {
			t.Fatal(err)
		}
		run.events(sdk.NewStream(func(e sdk.Event, err error) bool {
			if err == nil {
				err = r.Event(e)
			} else {
				err = nil // Finish tells it
			}
			if err != nil {
				t.Error(err)
			}
			return err == nil
		}))
	}
	err := r.Finish(Outcome{Err: run.err, ExitCode: run.code, Duration: 722 * time.Millisecond, APIDuration: 224 * time.Millisecond})
	if err != nil {
		t.Error(err)
	}
}

// output renders the run and returns what went to both streams.
func output(t testing.TB, f Format, o Options, run run) (stdout, stderr string) {
	t.Helper()
	var out, errOut bytes.Buffer
	o.Out, o.Err = &out, &errOut
	if o.NewID == nil {
		n := 0
		o.NewID = func() string { n++; return fmt.Sprintf("id-%d", n) }
	}
	r, err := New(f, o)
	if err != nil {
		t.Fatal(err)
	}
	play(t, r, run)
	return out.String(), errOut.String()
}

func TestGolden(t *testing.T) {
	for name, run := range runs() {
		for _, v := range []struct {
			name    string
			format  Format
			options Options
		}{
			{"text", FormatText, Options{}},
			{"terminal", FormatText, Options{Terminal: true}},
			{"json", FormatJSON, Options{}},
			{"stream-json", FormatStreamJSON, Options{}},
			{"partial", FormatStreamJSON, Options{Partial: true}},
		} {
			t.Run(name+"/"+v.name, func(t *testing.T) {
				stdout, stderr := output(t, v.format, v.options, run)
				golden(t, name+"."+v.name, visible("-- stdout\n"+stdout+"\n-- stderr\n"+stderr))
			})
		}
	}
}

// visible writes control characters as \u{1b}, so that golden files are plain text.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < ' ' && r != '\n' || isControl(r) || r == '\u2028' {
			fmt.Fprintf(&b, `\u{%x}`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// TestJSONIsValid checks of every run what all output has in common, whatever
// the golden files say.
func TestJSONIsValid(t *testing.T) {
	for name, run := range runs() {
		array, _ := output(t, FormatJSON, Options{}, run)
		var objects []json.RawMessage
		if err := json.Unmarshal([]byte(array), &objects); err != nil || strings.Count(array, "\n") != 1 {
			t.Errorf("%s: no line of JSON: %v\n%s", name, err, array)
		}
		var lines strings.Builder
		for _, o := range objects {
			lines.Write(append(o, '\n'))
		}
		stream, stderr := output(t, FormatStreamJSON, Options{}, run)
		if stream != lines.String() || stderr != "" {
			t.Errorf("%s: the formats differ:\n%s\nand\n%s", name, lines.String(), stream)
		}
		partial, _ := output(t, FormatStreamJSON, Options{Partial: true}, run)
		for line := range strings.Lines(partial) {
			if !json.Valid([]byte(line)) || strings.ContainsFunc(strings.TrimSuffix(line, "\n"), driving) {
				t.Errorf("%s: bad line %q", name, line)
			}
		}
		checkResult(t, name, objects[len(objects)-1], run)
	}
}

// driving reports whether r could drive a terminal.
func driving(r rune) bool {
	return r < 0x20 || r >= 0x7F && r <= 0x9F || r >= 0x202A && r <= 0x202E || r >= 0xE0000
}

func checkResult(t *testing.T, name string, object json.RawMessage, run run) {
	t.Helper()
	var r struct {
		Type    string
		IsError bool `json:"is_error"`
		Result  *string
		Error   *struct {
			Message  string
			ExitCode int `json:"exit_code"`
		}
	}
	if err := json.Unmarshal(object, &r); err != nil {
		t.Error(err)
	}
	failed := run.code != 0
	if r.Type != "result" || r.IsError != failed || (r.Error != nil) != failed || (r.Result == nil) != failed {
		t.Errorf("%s: %s", name, object)
	}
	if failed && (r.Error.ExitCode != run.code || r.Error.Message == "") {
		t.Errorf("%s: error %+v", name, r.Error)
	}
}

// TestPartialAddsUp rebuilds the messages from their pieces.
func TestPartialAddsUp(t *testing.T) {
	stdout, _ := output(t, FormatStreamJSON, Options{Partial: true}, runs()["thinking"])
	var pieces, whole strings.Builder
	for line := range strings.Lines(stdout) {
		var o struct {
			Event struct {
				Delta struct{ Text, Thinking string }
			}
			Message struct {
				Content []struct{ Text, Thinking string }
			}
		}
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatal(err)
		}
		pieces.WriteString(o.Event.Delta.Text + o.Event.Delta.Thinking)
		for _, c := range o.Message.Content {
			whole.WriteString(c.Text + c.Thinking)
		}
	}
	if pieces.String() != whole.String() || whole.String() != "Let me see.Two lines\nand an end\n" {
		t.Errorf("pieces %q, whole %q", pieces.String(), whole.String())
	}
}

func TestTextAsItArrives(t *testing.T) {
	var out bytes.Buffer
	r, err := New(FormatText, Options{Out: &out})
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Event(&sdk.PartStarted{Kind: sdk.PartText})
	for _, piece := range []string{"a", "\x1b[31m", "世", "\r\n"} {
		out.Reset()
		if err := r.Event(&sdk.Delta{Text: piece}); err != nil || out.String() != piece {
			t.Errorf("%v, %q was written for %q", err, &out, piece)
		}
	}
}

// TestNotesDoNotBreakIntoTheAnswer writes both streams to one screen.
func TestNotesDoNotBreakIntoTheAnswer(t *testing.T) {
	var screen bytes.Buffer
	r, err := New(FormatText, Options{Out: &screen, Err: &screen, Terminal: true})
	if err != nil {
		t.Fatal(err)
	}
	play(t, r, runs()["length"])
	const want = "Once upon\nqwen: warning: the service does not know top_k\nqwen: note: the answer was cut off at the token limit\n"
	if screen.String() != want {
		t.Errorf("the screen shows %q", screen.String())
	}
}

func TestNew(t *testing.T) {
	if _, err := New("yaml", Options{}); sdk.KindOf(err) != sdk.KindConfig {
		t.Errorf("unknown format: %v", err)
	}
	for _, f := range []Format{FormatText, FormatJSON} {
		if _, err := New(f, Options{Partial: true}); sdk.KindOf(err) != sdk.KindConfig {
			t.Errorf("partial with %s: %v", f, err)
		}
	}
	for _, f := range Formats() {
		if _, err := New(f, Options{}); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func TestUUID(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	a, b := newUUID(), newUUID()
	if !form.MatchString(a) || !form.MatchString(b) || a == b {
		t.Errorf("got %s and %s", a, b)
	}
}

func TestErrorTextUsesClean(t *testing.T) {
	e := &sdk.Error{Provider: "SECRET", Host: "SECRET", Message: "SECRET", Hint: "SECRET", RequestID: "SECRET"}
	got := ErrorText(e, func(s string) string { return strings.ReplaceAll(s, "SECRET", "x") })
	if want := "qwen: x (x): x (request ID x)\nhint: x\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// broken is a writer whose reader has gone.
type broken struct{ writes int }

var errPipe = errors.New("broken pipe")

func (b *broken) Write([]byte) (int, error) { b.writes++; return 0, errPipe }

func TestBrokenPipe(t *testing.T) {
	for _, f := range Formats() {
		var out broken
		var errOut bytes.Buffer
		r, err := New(f, Options{Out: &out, Err: &errOut})
		if err != nil {
			t.Fatal(err)
		}
		var errs []error
		errs = append(errs, r.Start(Session{}))
		errs = append(errs, r.Event(&sdk.PartStarted{Kind: sdk.PartText}), r.Event(&sdk.Delta{Text: "x"}))
		errs = append(errs, r.Finish(Outcome{}))
		if err := errors.Join(errs...); !errors.Is(err, errPipe) {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func FuzzJSON(f *testing.F) {
	f.Add("text", "thought", `{"a":1}`)
	f.Add("\x00\x1b\x7f\u0085\u202e\u2028", "\xff\xfe", "{\"a\": \"\xff\"}")
	f.Add(`"\`, "\r\n", "not JSON")
	f.Fuzz(func(t *testing.T, text, thought, arguments string) {
		r := run{events: func(s *sdk.Stream) {
			s.Reasoning(thought)
			s.Text(text)
			s.StartToolCall("a", text, thought)
			s.ToolArguments("a", arguments)
			s.Finish(&sdk.Finished{Reason: sdk.FinishStop})
		}}
		stdout, _ := output(t, FormatStreamJSON, Options{Partial: true}, r)
		for line := range strings.Lines(stdout) {
			if !json.Valid([]byte(line)) || strings.ContainsFunc(strings.TrimSuffix(line, "\n"), driving) {
				t.Errorf("bad line %q", line)
			}
		}
		plain, _ := output(t, FormatText, Options{}, r)
		if plain != text {
			t.Errorf("text became %q", plain)
		}
	})
}

func BenchmarkText(b *testing.B)       { benchmark(b, FormatText, Options{}) }
func BenchmarkStreamJSON(b *testing.B) { benchmark(b, FormatStreamJSON, Options{Partial: true}) }

func benchmark(b *testing.B, f Format, o Options) {
	r := run{events: func(s *sdk.Stream) {
		for range 1000 {
			s.Text("about a token")
		}
		s.Finish(&sdk.Finished{Reason: sdk.FinishStop})
	}}
	b.ReportAllocs()
	for b.Loop() {
		output(b, f, o, r)
	}
}
