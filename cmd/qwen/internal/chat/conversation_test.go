package chat

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-cli/qwen/sdk"
)

func TestConversation(t *testing.T) {
	var c Conversation
	c.Add(sdk.TextMessage(sdk.RoleSystem, "be brief"), sdk.TextMessage(sdk.RoleUser, "hi"))
	req := c.Request(sdk.ChatRequest{Model: "large"})
	if !c.Record(&Result{Message: sdk.TextMessage(sdk.RoleAssistant, "hello")}) {
		t.Error("the answer was not recorded")
	}
	if c.Record(&Result{Message: sdk.Message{Role: sdk.RoleAssistant}}) {
		t.Error("an empty answer was recorded")
	}
	if len(req.Messages) != 2 || req.Model != "large" {
		t.Errorf("the request is %+v", req)
	}
	if m := c.Messages(); len(m) != 3 || m[2].Text() != "hello" {
		t.Errorf("the conversation is %+v", m)
	}
}

// conversationOf returns a request with an assistant message from the given
// issuer that holds all that is opaque.
func conversationOf(issuer *sdk.Origin) *sdk.ChatRequest {
	extra := sdk.Extras{"signature": json.RawMessage(`"s"`)}
	return &sdk.ChatRequest{Messages: []sdk.Message{
		sdk.TextMessage(sdk.RoleUser, "hi"),
		{Role: sdk.RoleAssistant, Origin: issuer, Parts: []sdk.Part{
			&sdk.Reasoning{Text: "hm", Summary: true, Opaque: []byte{1}},
			&sdk.Reasoning{Opaque: []byte{2}},
			&sdk.Reasoning{Text: "so", Extra: extra},
			&sdk.Reasoning{Text: "plain"},
			&sdk.Text{Text: "hello", Extra: extra},
			&sdk.ToolCall{ID: "1", Name: "ls", Arguments: "{}", Opaque: []byte{3}},
			&sdk.ToolCall{ID: "2", Name: "ls", Arguments: "{}"},
			&sdk.Unknown{Raw: []byte{4}},
		}},
		{Role: sdk.RoleAssistant, Origin: issuer, Parts: []sdk.Part{&sdk.Reasoning{Opaque: []byte{5}}}},
		{Role: sdk.RoleTool, Parts: []sdk.Part{&sdk.ToolResult{CallID: "1"}, &sdk.Unknown{Raw: []byte{6}}}},
	}}
}

func TestOpaqueStaysWithItsIssuer(t *testing.T) {
	to := sdk.Origin{Provider: "acme", Endpoint: "https://a.example/v1", Model: "large"}
	for name, issuer := range map[string]*sdk.Origin{
		"same":           {Provider: "acme", Endpoint: "https://a.example/v1", Model: "large"},
		"other model":    {Provider: "acme", Endpoint: "https://a.example/v1", Model: "small"},
		"trailing slash": {Provider: "acme", Endpoint: "https://a.example/v1/"},
	} {
		req := conversationOf(issuer)
		if got, n := withholdOpaque(req, to); got != req || n != 0 {
			t.Errorf("%s: %d parts withheld", name, n)
		}
	}
	for name, issuer := range map[string]*sdk.Origin{
		"other provider": {Provider: "other", Endpoint: "https://a.example/v1"},
		"other endpoint": {Provider: "acme", Endpoint: "https://b.example/v1"},
		"nobody":         nil,
	} {
		t.Run(name, func(t *testing.T) { checkWithheld(t, issuer, to) })
	}
}

func checkWithheld(t *testing.T, issuer *sdk.Origin, to sdk.Origin) {
	req := conversationOf(issuer)
	got, n := withholdOpaque(req, to)

	text := req.Messages[1].Parts[4]
	parts := []sdk.Part{
		&sdk.Reasoning{Text: "hm", Summary: true},
		&sdk.Reasoning{Text: "so"},
		&sdk.Reasoning{Text: "plain"},
		text,
		&sdk.ToolCall{ID: "1", Name: "ls", Arguments: "{}"},
		&sdk.ToolCall{ID: "2", Name: "ls", Arguments: "{}"},
	}
	count := 5
	if issuer != nil { // what no model wrote may hold unknown parts
		count++
	} else {
		parts = append(parts, req.Messages[1].Parts[7])
	}
	want := []sdk.Message{
		req.Messages[0],
		{Role: sdk.RoleAssistant, Origin: issuer, Parts: parts},
		req.Messages[3],
	}
	if diff := cmp.Diff(want, got.Messages); diff != "" || n != count {
		t.Errorf("%d parts withheld, want %d; messages (-want +got):\n%s", n, count, diff)
	}
	if diff := cmp.Diff(conversationOf(issuer), req); diff != "" {
		t.Errorf("the caller's request was changed:\n%s", diff)
	}
}

func TestTurnWithholds(t *testing.T) {
	turn, f := answers(Options{Request: conversationOf(&sdk.Origin{Provider: "other"})}, hello)
	if _, err := run(t.Context(), turn); err != nil {
		t.Fatal(err)
	}
	if turn.Result().Withheld != 6 || len(f.requests[0].Messages) != 3 {
		t.Errorf("withheld %d, sent %d messages", turn.Result().Withheld, len(f.requests[0].Messages))
	}
}
