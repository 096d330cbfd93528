package openaiapi_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/openaiapi"
)

func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, `data: {"choices":[{"delta":{"content":"Good "}}]}

data: {"choices":[{"delta":{"content":"morning"},"finish_reason":"stop"}]}

data: [DONE]

`)
	}))
	defer server.Close()

	var client openaiapi.Client
	service := &openaiapi.Service{BaseURL: server.URL + "/v1", Key: "sk-example"}
	request := &sdk.ChatRequest{
		Model:    "example-1",
		Messages: []sdk.Message{sdk.TextMessage(sdk.RoleUser, "Say good morning.")},
	}
	for event, err := range client.Chat(context.Background(), service, request) {
		if err != nil {
			log.Fatal(err)
		}
		switch e := event.(type) {
		case *sdk.Delta:
			fmt.Print(e.Text)
		case *sdk.Finished:
			fmt.Printf(" (%s)\n", e.Reason)
		}
	}
	// Output: Good morning (stop)
}
