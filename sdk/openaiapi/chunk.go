package openaiapi

import (
	"bytes"
	"encoding/json"
	"errors"
)

// A chunk is one element of an answer: an event of a stream, or the whole of an
// answer that came in one piece. Fields of no interest are left out.
type chunk struct {
	ID      looseString     `json:"id"`
	Model   looseString     `json:"model"`
	Choices []choice        `json:"choices"`
	Usage   json.RawMessage `json:"usage"`
	Error   json.RawMessage `json:"error"`

	// DashScope reports an error within a stream without an envelope.
	Code    looseString `json:"code"`
	Message looseString `json:"message"`
}

type choice struct {
	Index        looseInt        `json:"index"`
	Delta        *delta          `json:"delta"`
	Message      *delta          `json:"message"` // of an answer in one piece
	FinishReason looseString     `json:"finish_reason"`
	LogProbs     json.RawMessage `json:"logprobs"`
	Usage        json.RawMessage `json:"usage"` // Moonshot
}

type delta struct {
	Content          json.RawMessage `json:"content"` // string, or a list of parts (Mistral)
	ReasoningContent piece           `json:"reasoning_content"`
	Reasoning        piece           `json:"reasoning"`
	ReasoningDetails json.RawMessage `json:"reasoning_details"`
	Refusal          piece           `json:"refusal"`
	ToolCalls        []toolDelta     `json:"tool_calls"`
	FunctionCall     *functionDelta  `json:"function_call"` // what tool calls were before 2023
	Images           []imageDelta    `json:"images"`        // OpenRouter
	Audio            json.RawMessage `json:"audio"`
	Annotations      json.RawMessage `json:"annotations"`
}

type toolDelta struct {
	ID           looseString     `json:"id"`
	Index        *looseInt       `json:"index"`
	Function     functionDelta   `json:"function"`
	ExtraContent json.RawMessage `json:"extra_content"` // Gemini
}

type functionDelta struct {
	Name      looseString     `json:"name"`
	Arguments json.RawMessage `json:"arguments"` // string, or (wrongly) an object
}

type imageDelta struct {
	ImageURL struct {
		URL looseString `json:"url"`
	} `json:"image_url"`
}

// decodeChunk decodes a chunk. Anything that is not a JSON object is an error.
func decodeChunk(data []byte) (*chunk, error) {
	var c chunk
	if err := decodeLoosely(data, &c); err != nil {
		return nil, err
	}
	return &c, nil
}

// decodeLoosely is json.Unmarshal, but a field of an unexpected type is left out, as
// if it had not been sent.
func decodeLoosely(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) && wrongType.Field != "" {
		return nil
	}
	return err
}

// delta returns what the choice adds, nil for nothing.
func (c *choice) delta() *delta {
	if c.Delta != nil {
		return c.Delta
	}
	return c.Message
}

// text returns the delta's text and, where the content is a list of parts, the
// thoughts among them.
func (d *delta) text() (text, thought piece) {
	if len(d.Content) == 0 {
		return "", ""
	}
	if d.Content[0] != '[' {
		_ = json.Unmarshal(d.Content, &text)
		return text, ""
	}
	var parts []contentPart
	if json.Unmarshal(d.Content, &parts) != nil {
		return "", ""
	}
	for _, p := range parts {
		switch p.Type {
		case "thinking":
			for _, t := range p.Thinking {
				thought += t.Text
			}
		default:
			text += p.Text
		}
	}
	return text, thought
}

// contentPart is an element of a content list.
type contentPart struct {
	Type     looseString   `json:"type"`
	Text     piece         `json:"text"`
	Thinking []contentPart `json:"thinking"`
}

// thought returns the delta's thinking, under either of its names.
func (d *delta) thought() piece { return or(d.ReasoningContent, d.Reasoning) }

// isNull reports whether a field was absent or null.
func isNull(raw json.RawMessage) bool {
	return len(raw) == 0 || bytes.Equal(raw, []byte("null"))
}

// text returns the arguments as text: a string's content, or an object as written.
func (f *functionDelta) text() piece {
	if isNull(f.Arguments) {
		return ""
	}
	if f.Arguments[0] == '"' {
		var s piece
		_ = json.Unmarshal(f.Arguments, &s)
		return s
	}
	return piece(f.Arguments)
}
