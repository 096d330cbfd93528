package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-cli/qwen/sdk"
)

// An inventor makes up values of any type of the SDK: empty ones, nil ones, and texts
// that are hard on an encoder.
type inventor struct {
	*rand.Rand
	depth int
}

func newInventor(seed uint64) *inventor { return &inventor{Rand: rand.New(rand.NewPCG(seed, seed))} }

// texts are the pieces that texts are made of.
var texts = []string{
	"", "hello", "a line\nand another\r\n", "\x00\x01\x1b[2J", "\u009b31m\u202e\u2028\U000e0041", "<&>\"\\`", "日本語 🙂",
	"\xff\xfe", "\xc3", "\xed\xa0\x80", "{\"base64\":\"eA==\"}", "\n{\"type\":\"state\"", "\uFFFD", "null",
}

func (i *inventor) text() string {
	s := ""
	for range i.IntN(4) {
		s += texts[i.IntN(len(texts))]
	}
	return s
}

func (i *inventor) fill(v reflect.Value) {
	switch v.Type() {
	case reflect.TypeFor[[]sdk.Part]():
		v.Set(reflect.ValueOf(i.parts()))
		return
	case reflect.TypeFor[sdk.Extras]():
		v.Set(reflect.ValueOf(i.extras()))
		return
	case reflect.TypeFor[time.Duration]():
		v.SetInt(int64(i.IntN(1000)) * int64(time.Millisecond))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(i.text())
	case reflect.Bool:
		v.SetBool(i.IntN(2) == 1)
	case reflect.Int, reflect.Int64:
		v.SetInt(i.Int64() >> i.IntN(64))
	case reflect.Uint8:
		v.SetUint(uint64(i.IntN(256)))
	case reflect.Pointer:
		if i.IntN(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			i.fill(v.Elem())
		}
	case reflect.Slice:
		i.fillSlice(v)
	case reflect.Map: // of counters
		if i.IntN(3) > 0 {
			v.Set(reflect.ValueOf(map[string]int64{"a": i.Int64(), "b c": 0}))
		}
	case reflect.Struct:
		for n := range v.NumField() {
			i.fill(v.Field(n))
		}
	default:
		panic(fmt.Sprintf("cannot invent %v: teach the test", v.Type()))
	}
}

func (i *inventor) fillSlice(v reflect.Value) {
	n := i.IntN(4)
	if n == 3 {
		return // nil
	}
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	for k := range n {
		i.fill(v.Index(k))
	}
}

func (i *inventor) extras() sdk.Extras {
	switch i.IntN(4) {
	case 0:
		return sdk.Extras{}
	case 1:
		return sdk.Extras{"a": json.RawMessage("{ \"b\" : [1,  2.50] }"), "<b>": json.RawMessage(i.text())}
	}
	return nil
}

func (i *inventor) parts() []sdk.Part {
	i.depth++
	defer func() { i.depth-- }()
	if i.depth > 2 || i.IntN(8) == 0 {
		return nil
	}
	parts := []sdk.Part{}
	for _, p := range []sdk.Part{
		&sdk.Text{}, &sdk.Image{}, &sdk.Audio{}, &sdk.File{}, &sdk.Reasoning{}, &sdk.Refusal{},
		&sdk.ToolCall{}, &sdk.ToolResult{}, &sdk.Unknown{},
	} {
		if i.IntN(4) > 0 {
			i.fill(reflect.ValueOf(p).Elem())
			parts = append(parts, p)
		}
	}
	return parts
}

func (i *inventor) message() *sdk.Message {
	m := &sdk.Message{}
	i.fill(reflect.ValueOf(m).Elem())
	return m
}

// item makes up an item as the file keeps it.
func (i *inventor) item() Item {
	item := Item{
		Time: time.UnixMilli(i.Int64N(4_000_000_000_000)).UTC(), Model: i.text(), Connection: i.text(),
		Interrupted: i.IntN(2) == 1, Duration: time.Duration(i.IntN(100_000)) * time.Millisecond,
	}
	i.fill(reflect.ValueOf(&item.Usage).Elem())
	switch i.IntN(3) {
	case 0:
		item.Message = i.message()
	case 1:
		item.Error = &sdk.Error{}
		v := reflect.ValueOf(item.Error).Elem()
		for n := range v.NumField() {
			if v.Type().Field(n).Name != "Err" {
				i.fill(v.Field(n))
			}
		}
		item.Error.Kind = sdk.KindQuota
	default:
		item.Note = "note " + i.text()
	}
	return item
}

// Whatever a message holds comes back as it was, in a line that drives no terminal.
func FuzzItems(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		want := newInventor(seed).item()
		line, err := encodeItem(&want, unchanged).encode()
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.IndexByte(line, '\n'); n != len(line)-1 {
			t.Fatalf("a newline at %d of %d", n, len(line))
		}
		if i := bytes.IndexFunc(line[:len(line)-1], func(r rune) bool { return r < ' ' || isControl(r) }); i >= 0 {
			t.Errorf("a control character at %d: %q", i, line)
		}
		record, err := parseRecord(line)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := record.item()
		if !ok || !reflect.DeepEqual(got, want) {
			t.Error(cmp.Diff(want, got))
		}
	})
}

// A text that anybody chose comes back, whatever bytes it is made of.
func FuzzText(f *testing.F) {
	for _, s := range texts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line, err := (&record{Type: kindNote, Text: text(s)}).encode()
		if err != nil {
			t.Fatal(err)
		}
		r, err := parseRecord(line)
		if err != nil || string(r.Text) != s {
			t.Errorf("%q became %q: %v", s, r.Text, err)
		}
	})
}

// Whatever is in a file, what is appended to it can be read.
func FuzzReplay(f *testing.F) {
	f.Add([]byte("{\"type\":\"session\",\"version\":1}\n{\"type\":\"message\",\"message\":{\"role\":\"user\"}}\n{\"type\":\"partial\",\"kind\":\"text\",\"text\":\"x\"}\n"))
	f.Add([]byte("{\"type\":\"truncate\",\"keep\":-1}\n{\"type\":\"message\"}\n{\"type\":\"error\"}\n{\"type\":7}\n\n\nnot JSON"))
	f.Add([]byte("{\"type\":\"truncate\",\"keep\":99}\n{\"type\":\"message\",\"message\":{\"parts\":[{\"kind\":\"hologram\"},{\"kind\":\"text\",\"text\":{\"base64\":\"!\"}}]}}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		const id, title = "the one appended", "a title"
		message := encodeItem(&Item{Message: &sdk.Message{Role: sdk.RoleUser, ID: id}}, unchanged)
		for _, r := range []*record{message, {Type: kindState, Title: title, Messages: 7}} {
			line, err := r.encode()
			if err != nil {
				t.Fatal(err)
			}
			data = append(append(data, '\n'), line...)
		}
		r := &replay{}
		if err := r.read(bytes.NewReader(data)); err != nil {
			if errors.Is(err, ErrNewer) {
				return
			}
			t.Fatal(err)
		}
		r.close()
		c := &r.conversation
		if !slices.ContainsFunc(c.Items, func(i Item) bool { return i.Message != nil && i.Message.ID == id }) {
			t.Error("what was appended is not there")
		}
		state := lastState(bytes.NewReader(data), int64(len(data)))
		if c.Title != title || state == nil || state.Title != title {
			t.Errorf("titles %q and %v", c.Title, state)
		}
		if err := errors.Join(Markdown(io.Discard, c), JSON(io.Discard, c), Text(io.Discard, c)); err != nil {
			t.Error(err)
		}
	})
}
