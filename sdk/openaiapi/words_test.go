package openaiapi

import (
	"strings"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// Texts of real services, by what they say of the length of a conversation.
func TestLengthInWords(t *testing.T) {
	for words, expected := range map[string]string{
		"This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.":                                              "9000 tokens, and 8192 fit", // OpenAI
		"This model's maximum context length is 4096 tokens. However, you requested 4222 tokens (1222 in the messages, 3000 in the completion).":           "4222 tokens, and 4096 fit", // DeepSeek, older vLLM
		"This model's maximum context length is 4097 tokens, however you requested 4116 tokens (3860 in your prompt; 256 for the completion).":             "4116 tokens, and 4097 fit",
		"This endpoint's maximum context length is 131072 tokens. However, you requested about 200000 tokens (190000 of text input, 10000 in the output).": "200000 tokens, and 131072 fit",   // OpenRouter
		"<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 30720]":                                                            "30720 tokens fit",                // DashScope
		"Total message token length exceed model limit (10000000 tokens).":                                                                                 "10000000 tokens fit",             // DashScope
		"request (9001 tokens) exceeds the available context size (8192 tokens), try increasing it":                                                        "9001 tokens, and 8192 fit",       // llama.cpp
		"prompt is too long: 202095 tokens > 200000 maximum":                                                                                               "202095 tokens, and 200000 fit",   // Anthropic
		"Prompt contains 40000 tokens, too large for model with 32768 maximum context length":                                                              "40000 tokens, and 32768 fit",     // Mistral
		"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).":                                                          "1200000 tokens, and 1048576 fit", // Gemini
		"Your request exceeded model token limit: 262144":                                                                                                  "262144 tokens fit",               // Kimi
		"Your input exceeds the context window of this model.":                                                                                             "the model (the service says:",    // OpenAI
		"maximum context length is a secret":                                                                                                               "the model (the service says:",
	} {
		svc := service(t, respond(400, "application/json", `{"error":{"message":"`+words+`"}}`))
		_, err := chat(t, svc, ask())
		e := want(t, err, sdk.KindContextLength)
		if !strings.HasPrefix(e.Message, "the conversation is too long for the model") || !strings.Contains(e.Message, expected) || !strings.Contains(e.Message, "(the service says: ") || e.Hint != hintShorten {
			t.Errorf("%q, %q; want %q", e.Message, e.Hint, expected)
		}
	}
}

func TestFieldInWords(t *testing.T) {
	for words, expected := range map[string]string{
		"Unsupported parameter: 'max_tokens' is not supported with this model.": "max_tokens",
		"Unknown parameter: 'messages[0].foo'.":                                 "messages[0].foo",
		"Missing required parameter: 'messages'.":                               "messages",
		"Invalid value for 'temperature': expected a number":                    "temperature",
		"Invalid 'top_p'": "top_p",
		"Invalid type for 'stop': expected one of an array of strings":                        "stop",
		"Unrecognized request argument supplied: top_k":                                       "top_k",
		"<400> InvalidParameter: Range of max_tokens should be [1, 8192]":                     "max_tokens",
		"Range of top_p should be (0.0, 1.0]":                                                 "top_p",
		"Temperature should be in [0.0, 2.0)":                                                 "temperature",
		"'temperature' must be Float":                                                         "temperature",
		"Repetition_penalty should be greater than 0.0":                                       "repetition_penalty",
		"The thinking_budget parameter must be a positive integer and not greater than 38912": "thinking_budget",
		"parameter.enable_thinking must be set to false for non-streaming calls":              "enable_thinking",
		"Field required: messages":                                                            "messages",
		"Required parameter(data_sources) missing or invalid":                                 "data_sources",
		"There is an invalid parameter. Please check":                                         "",
		"Invalid '" + strings.Repeat("x", 100) + "'":                                          "",
		"The tool call is not supported.":                                                     "",
		"the request is wrong":                                                                "",
	} {
		svc := service(t, respond(400, "application/json", `{"error":{"message":"`+words+`","type":"invalid_request_error","param":null}}`))
		_, err := chat(t, svc, ask())
		e := want(t, err, sdk.KindInvalidRequest)
		if e.Field != expected || expected != "" && !strings.Contains(e.Hint, expected) || e.Hint == "" {
			t.Errorf("%s: field %q, hint %q; want %q", words, e.Field, e.Hint, expected)
		}
	}
}

func TestComeBackInWords(t *testing.T) {
	now := time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)
	for words, want := range map[string]time.Duration{
		"Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s.": 2 * time.Second,
		"please try again in 7m12.5s. need more tokens?": 7*time.Minute + 12500*time.Millisecond,
		"please try again in 6ms.":                       6 * time.Millisecond,
		"please retry after 26 seconds.":                 26 * time.Second, // Azure
		"please retry in 30.5s.":                         30500 * time.Millisecond,
		"try again in 1 hour 30 minutes":                 90 * time.Minute,
		"please try again in a moment":                   0,
		"please try again later":                         0,
		"try again in 5 apples":                          0,
		"try again in 999999999999999 days":              maxRetryAfter,
		"[1310][weekly/monthly limit exhausted. your limit will reset at 2026-03-06 22:19:54][id]": 2*time.Hour + 19*time.Minute + 54*time.Second, // Z.AI, Beijing's time
		"week allocated quota exceeded, it will reset at 2026-03-09 00:00:00 utc+8":                52 * time.Hour,
		"will reset at 2026-03-06 12:00:30 +0000":                                                  30 * time.Second,
		"resets at 2026-03-06t12:01:00z":                                                           time.Minute,
		"resets at 2026-03-06t13:01:00.123+01:00.":                                                 time.Minute,
		"will reset at 2026-03-06 12:01:00 (utc)":                                                  time.Minute,
		"will reset at 2026-03-06 06:01:00 utc-06:00":                                              time.Minute,
		"will reset at 2026-03-06 11:00:00 gmt":                                                    0, // is over
		"will reset at midnight, wherever you may happen to be":                                    0,
		"will reset at 2026-99-99 99:99:99":                                                        0,
		"":                                                                                         0,
	} {
		if got := comeBackIn(strings.ToLower(words), now); got != want {
			t.Errorf("%s: %v, want %v", words, got, want)
		}
	}
}

// The time to come back is the later one of header and words.
func TestComeBackOfWordsAndHeader(t *testing.T) {
	svc := service(t, respond(429, "application/json", `{"error":{"message":"Rate limit reached. Please try again in 20s.","code":"rate_limit_exceeded"}}`))
	_, err := chat(t, svc, ask())
	if e := want(t, err, sdk.KindRateLimit); e.RetryAfter != 20*time.Second || !e.Retryable {
		t.Errorf("%+v", e)
	}
}

// Every rule, and every status, ends in an error with a sentence and a next step.
func TestEveryRefusalHasANextStep(t *testing.T) {
	c := &call{svc: &Service{}}
	for _, r := range commonRules {
		status := r.Status
		if status == 0 {
			status = 400
		}
		e := c.serviceError(status, report{code: r.Code, message: r.Contains})
		if e.Kind != r.Kind || e.Retryable != r.Retryable || e.Message == "" || e.Hint == "" || !strings.HasSuffix(e.Hint, ".") {
			t.Errorf("%+v: %+v", r, e)
		}
		if r.Retryable && r.Kind == sdk.KindQuota {
			t.Errorf("%+v: a quota is not retryable", r)
		}
	}
	for status := 400; status < 600; status++ {
		if e := c.serviceError(status, report{}); e.Message == "" || e.Hint == "" && e.Kind != sdk.KindUnsupported {
			t.Errorf("%d: %+v", status, e)
		}
	}
}

// FuzzWords checks that no words do harm, whatever they seem to say.
func FuzzWords(f *testing.F) {
	f.Add("maximum context length is 8192 tokens, resulted in 9,000 tokens")
	f.Add("unsupported parameter: 'messages[0].x' must be")
	f.Add("try again in 1m2.5s; will reset at 2026-03-06 22:19:54 (utc+08:00)")
	f.Add("reset at 2026-03-06t22:19:54.1-")
	f.Fuzz(func(t *testing.T, words string) {
		for _, kind := range []sdk.ErrorKind{sdk.KindContextLength, sdk.KindInvalidRequest, sdk.KindQuota} {
			e := &sdk.Error{Kind: kind}
			refine(e, words)
			if e.Hint == "" || e.RetryAfter < 0 || e.RetryAfter > maxRetryAfter || len(e.Field) > 60 {
				t.Errorf("%q: %+v", words, e)
			}
		}
	})
}
