package openaiapi

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/sdk"
)

const testKey = "sk-test-0123456789abcdef"

// sse answers every request with an event stream.
func sse(stream string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, stream)
	}
}

// respond answers every request with status, content type and body.
func respond(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// service returns a service that is answered by handler.
func service(t testing.TB, handler http.HandlerFunc) *Service {
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	return &Service{BaseURL: srv.URL + "/v1", Key: testKey}
}

// ask is a short request.
func ask() *sdk.ChatRequest {
	return &sdk.ChatRequest{Model: "m", Messages: []sdk.Message{sdk.TextMessage(sdk.RoleUser, "hi")}}
}

// chat collects the events of one answer and checks that they keep the order that
// sdk.Event demands.
func chat(t testing.TB, svc *Service, req *sdk.ChatRequest) ([]sdk.Event, error) {
	t.Helper()
	var events []sdk.Event
	var failed error
	for ev, err := range new(Client).Chat(t.Context(), svc, req) {
		if failed != nil {
			t.Fatal("an element follows the error")
		}
		if failed = err; err == nil {
			events = append(events, ev)
		}
	}
	checkOrder(t, events, failed)
	return events, failed
}

// checkOrder fails the test for a sequence that package sdk does not allow.
func checkOrder(t testing.TB, events []sdk.Event, failed error) {
	t.Helper()
	for _, err := range sdk.CheckStream(func(yield func(sdk.Event, error) bool) {
		for _, ev := range events {
			if !yield(ev, nil) {
				return
			}
		}
		if failed != nil {
			yield(nil, failed)
		}
	}) {
		if err != nil && err != failed {
			t.Error(err)
		}
	}
}

// parts describes the finished parts and the end of an answer, on one line.
func parts(events []sdk.Event) string {
	var s []string
	for _, ev := range events {
		switch ev := ev.(type) {
		case *sdk.PartDone:
			s = append(s, describePart(ev.Part))
		case *sdk.Warning:
			s = append(s, "warning:"+ev.Code)
		case *sdk.Finished:
			s = append(s, string(ev.Reason))
		}
	}
	return strings.Join(s, " | ")
}

func describePart(p sdk.Part) string {
	switch p := p.(type) {
	case *sdk.Text:
		return "text:" + p.Text
	case *sdk.Reasoning:
		return "thought:" + p.Text + string(p.Opaque)
	case *sdk.Refusal:
		return "refusal:" + p.Text
	case *sdk.ToolCall:
		id := p.ID
		if strings.HasPrefix(id, "call_") && len(id) > 20 {
			id = "made-up"
		}
		return fmt.Sprintf("call:%s:%s:%s%s", id, p.Name, p.Arguments, p.Opaque)
	case *sdk.Image:
		return fmt.Sprintf("image:%s:%s:%s", p.MediaType, p.Data, p.URL)
	}
	return fmt.Sprintf("%T", p)
}

// find returns the first event of a type.
func find[E sdk.Event](events []sdk.Event) (found E) {
	for _, ev := range events {
		if e, ok := ev.(E); ok {
			return e
		}
	}
	return found
}

// sent returns the body of the request that req makes, decoded, and its warnings.
func sent(t testing.TB, d Dialect, req *sdk.ChatRequest) (map[string]any, []*sdk.Warning) {
	t.Helper()
	body, warnings, err := encodeChat(&Service{BaseURL: "https://api.example/v1", Dialect: d}, req)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return m, warnings
}

// want returns err as an *sdk.Error of the kind, or fails the test.
func want(t testing.TB, err error, kind sdk.ErrorKind) *sdk.Error {
	t.Helper()
	if sdk.KindOf(err) != kind {
		t.Fatalf("got error %v of kind %q, want %q", err, sdk.KindOf(err), kind)
	}
	return sdk.AsError(err)
}

// collect drains an answer.
func collect(ctx context.Context, c *Client, svc *Service, req *sdk.ChatRequest) (events []sdk.Event, err error) {
	for ev, e := range c.Chat(ctx, svc, req) {
		if e != nil {
			return events, e
		}
		events = append(events, ev)
	}
	return events, nil
}

// readBody reads body as the answer to a request, without a server.
func readBody(s *sdk.Stream, svc *Service, body string) error {
	req, _ := http.NewRequest(http.MethodPost, "http://localhost/", nil)
	c := &call{svc: svc, req: req, host: "localhost"}
	resp := &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	return newAnswer(s, c, resp, nil).read(resp.Body)
}
