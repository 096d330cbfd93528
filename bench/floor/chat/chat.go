// Package chat is the least that a client of a chat-completions service can be:
// net/http, a line scanner and encoding/json. It is what the floors are made of,
// the programs that the real one is measured against.
package chat

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// A Request says what to ask where.
type Request struct {
	URL    string `json:"url"` // base URL of the service
	Model  string `json:"model"`
	Prompt string `json:"prompt"`
}

// Body returns the request as the service wants it.
func (r *Request) Body() ([]byte, error) {
	type message struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}
	return json.Marshal(struct {
		Model    string    `json:"model"`
		Stream   bool      `json:"stream"`
		Messages []message `json:"messages"`
	}{r.Model, true, []message{{"user", r.Prompt}}})
}

// chunk is what is read of an event.
type chunk struct {
	Choices []struct {
		Delta struct {
			Content string `json:"content"`
		} `json:"delta"`
	} `json:"choices"`
}

// Stream asks and hands over each piece of the answer as it arrives.
func Stream(ctx context.Context, r *Request, piece func(string) error) error {
	body, err := r.Body()
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer k")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the service answered %s", resp.Status)
	}
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok || data == "[DONE]" {
			continue
		}
		var c chunk
		if err := json.Unmarshal([]byte(data), &c); err != nil {
			return err
		}
		if len(c.Choices) == 0 || c.Choices[0].Delta.Content == "" {
			continue
		}
		if err := piece(c.Choices[0].Delta.Content); err != nil {
			return err
		}
	}
	return lines.Err()
}
