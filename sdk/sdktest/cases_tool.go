package sdktest

import (
	"encoding/json"
	"slices"

	"github.com/qwen-cli/qwen/sdk"
)

// toolCases are about tool calls, as services stream them and as they should.
func toolCases() []Case {
	calls := func(id string, b Behaviour, n int, doc, why string) Case {
		return Case{ID: id, Needs: b, Doc: doc, Why: why, run: func(t TB, s *subject) { wantCalls(t, s, n) }}
	}
	const wild = "Servers in use stream calls like this, and clients that join pieces by one rule only mix them up."
	return []Case{
		calls("tool-single", OneCall, 1,
			"A tool call arrives with an ID, its name and its arguments, and the finish reason is tool_calls.",
			"Agents live on this."),
		calls("tool-parallel", TwoCalls, 2,
			"Two tool calls of one answer arrive as two, in order, with different IDs.",
			"Arguments of one call in the other are run without anybody noticing."),
		calls("tool-interleaved", MixedCalls, 2, "Two calls whose pieces come in turn arrive as two.", wild),
		calls("tool-whole", WholeCalls, 2, "Two calls that come in one piece each arrive as two.", wild),
		calls("tool-index-missing", CallsNoIndex, 2, "Two calls without indexes arrive as two.", wild),
		calls("tool-id-missing", CallsNoID, 2, "Two calls without IDs arrive as two, with IDs that the provider made up.", wild),
		calls("tool-same-index", CallsOneIndex, 2, "Two calls with one index but different IDs arrive as two.", wild),
		calls("tool-name-late", CallsLateName, 2, "Two calls whose names come after their first piece arrive with their names.", wild),
		calls("tool-repeated-id", CallsRepeatID, 2, "Two calls whose pieces all repeat ID and name arrive as two.", wild),
		calls("tool-arguments-object", CallsObject, 2, "Arguments that come as a JSON object arrive as its text.", wild),
	}
}

// wantCalls checks that the first n of AnswerCalls arrive.
func wantCalls(t TB, s *subject, n int) {
	a := s.complete(t, func(r *sdk.ChatRequest) {
		for _, c := range AnswerCalls() {
			r.Tools = append(r.Tools, sdk.Tool{Name: c.Name, Parameters: json.RawMessage(`{"type":"object"}`)})
		}
	})
	want := AnswerCalls()[:n]
	if len(a.calls) != n {
		t.Fatalf("%d tool calls arrived, want %d", len(a.calls), n)
	}
	var ids []string
	for i, got := range a.calls {
		if got.Name != want[i].Name || !sameJSON(got.Arguments, want[i].Arguments) {
			t.Errorf("call %d is %s(%s), want %s(%s)", i, got.Name, got.Arguments, want[i].Name, want[i].Arguments)
		}
		if got.ID == "" || slices.Contains(ids, got.ID) {
			t.Errorf("call %d has the ID %q, want one of its own", i, got.ID)
		}
		ids = append(ids, got.ID)
	}
	if a.finished.Reason != sdk.FinishToolCalls {
		t.Errorf("the finish reason is %q, want tool_calls", a.finished.Reason)
	}
}

// sameJSON reports whether a and b are the same JSON but for spaces.
func sameJSON(a, b string) bool {
	if a == b {
		return true
	}
	compactA, errA := compact(a)
	compactB, errB := compact(b)
	return errA == nil && errB == nil && compactA == compactB
}

// compact decodes and encodes again, which sorts the keys.
func compact(s string) (string, error) {
	var v any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		return "", err
	}
	b, err := json.Marshal(v)
	return string(b), err
}
