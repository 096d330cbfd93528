package wire

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

// A filler sets every field that it can reach to a value of its own, so that a
// converter that drops or mixes up a field shows.
type filler struct {
	n       int
	text    string // put into every string
	content bool   // inside a tool result
}

func (f *filler) fill(v reflect.Value) {
	f.n++
	switch v.Type() {
	case reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(int64(1_700_000_000+f.n), int64(f.n)).UTC()))
	case reflect.TypeFor[[]sdk.Part]():
		v.Set(reflect.ValueOf(f.parts()))
	case reflect.TypeFor[sdk.Part]():
		v.Set(reflect.ValueOf(f.parts()[0]))
	default:
		f.fillKind(v)
	}
}

func (f *filler) fillKind(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("text ", f.n, f.text))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Float64:
		v.SetFloat(float64(f.n) / 8)
	case reflect.Uint8:
		v.SetUint(uint64(f.n%255 + 1))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0))
		f.fill(v.Index(1))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key)
		f.fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i))
		}
	default:
		panic(fmt.Sprintf("cannot fill %v: teach the test", v.Type()))
	}
}

// parts returns one part of each kind; only text inside a tool result, for an end.
func (f *filler) parts() []sdk.Part {
	if f.content {
		return []sdk.Part{&sdk.Text{Text: "result"}}
	}
	f.content = true
	defer func() { f.content = false }()
	var parts []sdk.Part
	for _, p := range allParts() {
		f.fill(reflect.ValueOf(p).Elem())
		parts = append(parts, p)
	}
	return append(parts, &sdk.Unknown{Raw: newerPart()})
}

// allParts returns an empty part of every kind but Unknown.
func allParts() []sdk.Part {
	return []sdk.Part{
		&sdk.Text{}, &sdk.Image{}, &sdk.Audio{}, &sdk.File{}, &sdk.Reasoning{}, &sdk.Refusal{},
		&sdk.ToolCall{}, &sdk.ToolResult{},
	}
}

// allEvents returns an empty event of every kind.
func allEvents() []sdk.Event {
	return []sdk.Event{
		&sdk.Started{}, &sdk.PartStarted{}, &sdk.Delta{}, &sdk.PartDone{}, &sdk.UsageReported{},
		&sdk.Warning{}, &sdk.Heartbeat{}, &sdk.Finished{},
	}
}

// newerPart is the encoding of a part of a kind that a later version may add:
// field 99, a message.
func newerPart() []byte { return []byte{0x9a, 0x06, 0x03, 0x0a, 0x01, 'x'} }

// trip returns a function that takes an SDK value over the wire and back.
func trip[S any, P proto.Message](to func(S) P, from func(P) S) func(any) (any, error) {
	return func(v any) (any, error) {
		m := to(v.(S))
		b, err := proto.Marshal(m)
		if err != nil {
			return nil, err
		}
		back := m.ProtoReflect().New().Interface()
		err = proto.Unmarshal(b, back)
		return from(back.(P)), err
	}
}

// byValue adapts the converters of types that are passed by value.
func byValue[S any, P proto.Message](to func(S) P, from func(P) S) func(any) (any, error) {
	return trip(func(s *S) P { return to(*s) }, func(p P) *S { v := from(p); return &v })
}

type tripCase struct {
	value any // pointer to an empty SDK value
	trip  func(any) (any, error)
}

func tripCases() []tripCase {
	cases := []tripCase{
		{&sdk.Description{}, trip(pbDescription, sdkDescription)},
		{&sdk.Credential{}, trip(pbCredential, sdkCredential)},
		{&sdk.LoginRequest{}, trip(pbLoginRequest, sdkLoginRequest)},
		{&sdk.TokenRequest{}, trip(pbTokenRequest, sdkTokenRequest)},
		{&sdk.RevokeRequest{}, trip(pbRevokeRequest, sdkRevokeRequest)},
		{&sdk.ModelsRequest{}, trip(pbModelsRequest, sdkModelsRequest)},
		{&sdk.ChatRequest{}, trip(pbChatRequest, sdkChatRequest)},
		{&sdk.DeviceCode{}, byValue(pbDeviceCode, sdkDeviceCode)},
		{&sdk.Question{}, byValue(pbQuestion, sdkQuestion)},
		{&sdk.Choice{}, byValue(pbChoice, sdkChoice)},
		{&sdk.Error{}, trip(pbError, sdkError)},
	}
	event := trip(pbEvent, sdkEvent)
	for _, e := range allEvents() {
		cases = append(cases, tripCase{e, event})
	}
	return cases
}

func TestRoundTrip(t *testing.T) {
	for _, c := range tripCases() {
		t.Run(fmt.Sprintf("%T", c.value), func(t *testing.T) {
			fillAll(c.value, "")
			got, err := c.trip(c.value)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.value, got); diff != "" {
				t.Errorf("a field was lost on the way (-sent +received):\n%s", diff)
			}
		})
	}
}

// The zero value arrives as the zero value: nothing turns from "not set" to "set".
func TestRoundTripZero(t *testing.T) {
	for _, c := range tripCases() {
		switch v := c.value.(type) {
		case *sdk.PartDone:
			v.Part = &sdk.Text{}
		case *sdk.Error:
			v.Kind = sdk.KindInternal
		}
		got, err := c.trip(c.value)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.value, got); diff != "" {
			t.Errorf("%T (-sent +received):\n%s", c.value, diff)
		}
	}
}

// Protobuf refuses a whole message for one byte that is not UTF-8.
func TestInvalidUTF8IsReplaced(t *testing.T) {
	for _, c := range tripCases() {
		fillAll(c.value, "\xff\xfe")
		if _, err := c.trip(c.value); err != nil {
			t.Errorf("%T: %v", c.value, err)
		}
	}
	if got := text("a\xffb"); got != "a\uFFFDb" {
		t.Errorf("text = %q", got)
	}
}

// fillAll fills v, except what is documented not to cross.
func fillAll(v any, text string) {
	f := &filler{text: text}
	if e, ok := v.(*sdk.Error); ok {
		err := e.Err
		*e = sdk.Error{Err: err}
		rv := reflect.ValueOf(e).Elem()
		for i := range rv.NumField() {
			if name := rv.Type().Field(i).Name; name != "Err" && name != "Provider" {
				f.fill(rv.Field(i))
			}
		}
		return
	}
	f.fill(reflect.ValueOf(v).Elem())
}

// The lists of kinds in this test are complete: it reads the SDK's source.
func TestKindsAreComplete(t *testing.T) {
	want := map[string][]string{"isPart": {"Unknown"}, "isEvent": nil}
	for _, p := range allParts() {
		want["isPart"] = append(want["isPart"], reflect.TypeOf(p).Elem().Name())
	}
	for _, e := range allEvents() {
		want["isEvent"] = append(want["isEvent"], reflect.TypeOf(e).Elem().Name())
	}
	got := receivers(t, "../..")
	for method := range want {
		for _, name := range got[method] {
			if !strings.Contains(" "+strings.Join(want[method], " ")+" ", " "+name+" ") {
				t.Errorf("sdk.%s has the method %s, but this test does not know it", name, method)
			}
		}
		if len(got[method]) != len(want[method]) {
			t.Errorf("%s: found %v, want %v", method, got[method], want[method])
		}
	}
}

// receivers returns, by method name, the types in dir that have the method.
func receivers(t *testing.T, dir string) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
				if star, ok := f.Recv.List[0].Type.(*ast.StarExpr); ok {
					found[f.Name.Name] = append(found[f.Name.Name], star.X.(*ast.Ident).Name)
				}
			}
		}
	}
	return found
}

// A part, an event and a member that this version does not know pass through it.
func TestUnknownPartSurvives(t *testing.T) {
	m := &pb.Message{Role: "narrator", Parts: []*pb.Part{{Part: &pb.Part_Text{Text: &pb.TextPart{Text: "a"}}}, new(pb.Part)}}
	if err := proto.Unmarshal(newerPart(), m.Parts[1]); err != nil {
		t.Fatal(err)
	}
	got := sdkMessage(m)
	if got.Role != "narrator" {
		t.Errorf("role = %q", got.Role)
	}
	u, ok := got.Parts[1].(*sdk.Unknown)
	if !ok || string(u.Raw) != string(newerPart()) {
		t.Fatalf("part = %#v, want the unknown one", got.Parts[1])
	}
	if back := pbMessage(&got); !proto.Equal(back, m) {
		t.Errorf("got  %v\nwant %v", back, m)
	}
}

// What docs/protocol.md says of a message with a field that only a newer peer knows:
// the field is lost, everything else is not.
func TestUnknownFieldOfAKnownMessageIsDropped(t *testing.T) {
	newer := &pb.Message{
		Role:  "oracle",
		Extra: map[string][]byte{"x": []byte("1")},
		Parts: []*pb.Part{{Part: &pb.Part_Text{Text: &pb.TextPart{Text: "a", Extra: map[string][]byte{"y": []byte("2")}}}}},
	}
	want := proto.Clone(newer)
	field := protowire.AppendString(protowire.AppendTag(nil, 1999, protowire.BytesType), "from the future")
	newer.ProtoReflect().SetUnknown(field)
	newer.Parts[0].GetText().ProtoReflect().SetUnknown(field)
	m := sdkMessage(newer)
	if got := pbMessage(&m); !proto.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestUnknownEventIsASignOfLife(t *testing.T) {
	e := new(pb.Event)
	if err := proto.Unmarshal(newerPart(), e); err != nil {
		t.Fatal(err)
	}
	if _, ok := sdkEvent(e).(*sdk.Heartbeat); !ok {
		t.Errorf("got %#v, want a heartbeat", sdkEvent(e))
	}
}

func TestUnknownWithBrokenBytes(t *testing.T) {
	if got := pbPart(&sdk.Unknown{Raw: []byte{0xff}}); proto.Size(got) != 0 {
		t.Errorf("got %v, want an empty part", got)
	}
}

// FuzzConvert feeds arbitrary messages through the converters: nothing panics, and
// what comes out can be encoded.
func FuzzConvert(f *testing.F) {
	request := &sdk.ChatRequest{}
	fillAll(request, "")
	seed, err := proto.Marshal(pbChatRequest(request))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add(newerPart())
	f.Add([]byte{0x0a, 0x00})
	f.Fuzz(func(t *testing.T, b []byte) {
		refit(t, b, pbChatRequest, sdkChatRequest)
		refit(t, b, pbDescription, sdkDescription)
		refit(t, b, pbCredential, sdkCredential)
		refit(t, b, pbEvent, sdkEvent)
		refit(t, b, pbError, sdkError)
		refit(t, b, pbLoginRequest, sdkLoginRequest)
		refit(t, b, pbChoice, sdkChoice)
		put(t.Context(), mutePerson{}, unmarshal[*pb.LoginResponse](b))
	})
}

func unmarshal[P proto.Message](b []byte) P {
	var zero P
	m := zero.ProtoReflect().New().Interface()
	if proto.Unmarshal(b, m) != nil {
		return zero.ProtoReflect().New().Interface().(P)
	}
	return m.(P)
}

func refit[S any, P proto.Message](t *testing.T, b []byte, to func(S) P, from func(P) S) {
	if _, err := proto.Marshal(to(from(unmarshal[P](b)))); err != nil {
		t.Errorf("%T: %v", *new(P), err)
	}
}

func TestRawJSONIsNotCopied(t *testing.T) {
	raw := json.RawMessage(`{"a":1}`)
	if got := pbRaw(sdk.Extras{"x": raw}); &got["x"][0] != &raw[0] {
		t.Error("a copy was made")
	}
}

// BenchmarkRequest converts a conversation of two hundred messages there and back.
func BenchmarkRequest(b *testing.B) {
	r := &sdk.ChatRequest{Model: "m"}
	for range 100 {
		r.Messages = append(r.Messages,
			sdk.TextMessage(sdk.RoleUser, "What does EADDRINUSE mean?"),
			sdk.TextMessage(sdk.RoleAssistant, strings.Repeat("The address is in use. ", 50)))
	}
	b.ReportAllocs()
	for b.Loop() {
		sdkChatRequest(pbChatRequest(r))
	}
}
