package session

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-cli/qwen/sdk"
)

func sample() *Conversation {
	at := time.Date(2026, 11, 25, 7, 1, 0, 0, time.UTC)
	answer := func(parts ...sdk.Part) *sdk.Message {
		return &sdk.Message{Role: sdk.RoleAssistant, Origin: &sdk.Origin{Provider: "acme", Model: "m_1"}, Parts: parts}
	}
	return &Conversation{
		Meta: Meta{ID: "20261125-k7f3q", Title: "What's *this*?\x1b[2J", Dir: "/work/a`b", Created: at, Updated: at, Model: "m_1"},
		Items: []Item{
			{Time: at, Message: &sdk.Message{Role: sdk.RoleSystem, Parts: []sdk.Part{&sdk.Text{Text: "Be brief."}}}},
			{Time: at, Message: &sdk.Message{Role: sdk.RoleUser, Parts: []sdk.Part{
				&sdk.Image{Media: sdk.Media{Name: "p_1.png", MediaType: "image/png", Data: make([]byte, 20_000)}},
				&sdk.File{Media: sdk.Media{URL: "https://x.example/f"}},
				&sdk.Text{Text: "What's *this*?\n"},
			}}},
			{Time: at.Add(time.Minute), Duration: 1540 * time.Millisecond, Usage: &sdk.Usage{OutputTokens: 12}, Interrupted: true,
				Message: answer(&sdk.Reasoning{Text: "Hm."}, &sdk.Reasoning{Opaque: []byte("secret")}, &sdk.Text{Text: "Code:\n\n```go\nx := 1\n"})},
			{Error: &sdk.Error{Kind: sdk.KindNetwork, Host: "x.example", Message: "no <route>"}},
			{Note: "Now using home"},
			{Message: answer(&sdk.Refusal{Text: "No."}, &sdk.ToolCall{Name: "ls", Arguments: "{\"a\":\"```\"}"}, &sdk.Unknown{})},
			{Message: &sdk.Message{Role: sdk.RoleTool, Parts: []sdk.Part{&sdk.ToolResult{CallID: "c1", Content: []sdk.Part{&sdk.Text{Text: "a.txt"}}}}}},
		},
	}
}

const sampleMarkdown = `# What's \*this\*?` + "\x1b" + `\[2J

Session 20261125-k7f3q, begun 25 November 2026, 07:01\
in /work/a\` + "`" + `b

## Instructions

Be brief.

## You

*Image: p\_1.png (image/png, 20 KB)*

*File: https://x.example/f*

What's *this*?

## m\_1

<details><summary>Thinking</summary>

Hm.

</details>

Code:

~~~go
x := 1
~~~

*Interrupted.*

> **Failed:** x.example: no \<route\>

> Now using home

## m\_1

*Refused:* No.

*Calls ls:*

~~~~
{"a":"~~~"}
~~~~

*Something that this version of qwen does not know*

## Tool

*Result of c1:*

a.txt
`

const sampleText = "What's *this*?\x1b[2J\n" + `20261125-k7f3q · 25 November 2026, 07:01 · /work/a` + "`" + `b

— Instructions · 07:01

Be brief.

— You · 07:01

[Image: p_1.png (image/png, 20 KB)]

[File: https://x.example/f]

What's *this*?

— m_1 · 07:02 · 1.5 s · 12 tokens

Code:

~~~go
x := 1

(interrupted)

— Failed: x.example: no <route>

— Now using home

— m_1

No.

[calls ls: {"a":"~~~"}]

[Something that this version of qwen does not know]

— Tool

[result of c1]
a.txt
`

func TestExports(t *testing.T) {
	local := time.Local
	time.Local = time.UTC
	defer func() { time.Local = local }()
	var markdown, plain strings.Builder
	check(t, Markdown(&markdown, sample()))
	if diff := cmp.Diff(strings.ReplaceAll(sampleMarkdown, "~", "`"), markdown.String()); diff != "" {
		t.Error(diff)
	}
	check(t, Text(&plain, sample()))
	if diff := cmp.Diff(strings.ReplaceAll(sampleText, "~", "`"), plain.String()); diff != "" {
		t.Error(diff)
	}
}

// The items of the JSON document are the records of the file.
func TestJSON(t *testing.T) {
	var b strings.Builder
	c := sample()
	check(t, JSON(&b, c))
	if strings.ContainsRune(b.String(), 0x1b) {
		t.Error("a control character")
	}
	var e struct {
		ID    string            `json:"id"`
		Items []json.RawMessage `json:"items"`
	}
	check(t, json.Unmarshal([]byte(b.String()), &e))
	if e.ID != c.ID || len(e.Items) != len(c.Items) {
		t.Fatalf("%s, %d items", e.ID, len(e.Items))
	}
	for i, line := range e.Items {
		r, err := parseRecord(line)
		check(t, err)
		if got, ok := r.item(); !ok || !reflect.DeepEqual(got, c.Items[i]) {
			t.Error(cmp.Diff(c.Items[i], got))
		}
	}
}

func TestCloseFence(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                     "plain",
		"```\ncode\n```\nafter":     "```\ncode\n```\nafter",
		"```go\ncode":               "```go\ncode\n```",
		"````\n```\ncode\n":         "````\n```\ncode\n````",
		"~~~\n```\ncode":            "~~~\n```\ncode\n~~~",
		"```\na\n``` no end\n":      "```\na\n``` no end\n```",
		"    ```\nindented":         "    ```\nindented",
		"```inline``` is no block":  "```inline``` is no block",
		"   ```\r\nx\r\n   ```\r\n": "   ```\r\nx\r\n   ```\r\n",
	} {
		if got := closeFence(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
