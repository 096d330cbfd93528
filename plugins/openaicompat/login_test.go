package openaicompat

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/sdk"
)

// A script answers questions by their ID, each with the next of its answers, and
// refuses what it has no answer for.
type script struct {
	answers map[string][]string
	asked   []string
	told    []string
	waits   []string
}

func (s *script) answer(id string) (string, error) {
	s.asked = append(s.asked, id)
	left := s.answers[id]
	if len(left) == 0 {
		return "", sdk.Errorf(sdk.KindCannotAsk, "nobody to ask for %s", id)
	}
	s.answers[id] = left[1:]
	return left[0], nil
}

func (s *script) Tell(_ context.Context, text string) error {
	s.told = append(s.told, text)
	return nil
}
func (s *script) Wait(_ context.Context, text string) error {
	s.waits = append(s.waits, text)
	return nil
}
func (s *script) ShowCode(context.Context, sdk.DeviceCode) error {
	return fmt.Errorf("no code expected")
}
func (s *script) Ask(_ context.Context, q sdk.Question) (string, error) {
	if q.Secret != (q.ID == sdk.QuestionKey) {
		return "", fmt.Errorf("question %s: secret is %v", q.ID, q.Secret)
	}
	return s.answer(q.ID)
}
func (s *script) Choose(_ context.Context, c sdk.Choice) (string, error) {
	id, err := s.answer(c.ID)
	if err == nil && !slices.ContainsFunc(c.Options, func(o sdk.Option) bool { return o.ID == id }) {
		return "", fmt.Errorf("%s is not among the options", id)
	}
	return id, err
}
func (s *script) Confirm(context.Context, sdk.Question) (bool, error) {
	return false, fmt.Errorf("no confirmation expected")
}

func TestLogin(t *testing.T) {
	c := newCloud(t, "key-0123456789")
	at := c.URL + "/v1"
	for _, tt := range []struct {
		name    string
		req     sdk.LoginRequest
		answers map[string][]string
		asked   string // the questions, in order
		secret  sdk.Secret
		point   string
		extra   string
	}{
		{"preset", sdk.LoginRequest{}, map[string][]string{"service": {"deepseek"}, "api-key": {"sk-1"}, "model": {"deepseek-v4-flash"}},
			"service api-key model", "sk-1", "https://api.deepseek.com", `"deepseek-v4-flash"`},
		{"preset without a key", sdk.LoginRequest{}, map[string][]string{"service": {"ollama"}, "model": {""}},
			"service model", "", "http://localhost:11434/v1", ""},
		{"own endpoint", sdk.LoginRequest{Verify: true}, map[string][]string{"service": {"other"}, "endpoint": {"nonsense", " '" + at + "' "}, "api-key": {" \"Bearer key-0123456789\"\n"}, "model": {"m1"}},
			"service endpoint endpoint api-key model", "key-0123456789", at, `"m1"`},
		{"azure asks for the endpoint", sdk.LoginRequest{}, map[string][]string{"service": {"azure"}, "endpoint": {"https://r.openai.azure.com"}, "api-key": {"k1"}, "model": {"gpt"}},
			"service endpoint api-key model", "k1", "https://r.openai.azure.com", `"gpt"`},
		{"endpoint known, nobody to ask for a model", sdk.LoginRequest{Method: "api-key", Verify: true, Connection: sdk.Connection{Endpoint: at}}, map[string][]string{"api-key": {"key-0123456789"}},
			"api-key model", "key-0123456789", at, ""},
		{"bad pastes first", sdk.LoginRequest{Connection: sdk.Connection{Endpoint: defaultEndpoint}}, map[string][]string{"api-key": {"two words", "", "sk-3"}, "model": {""}},
			"api-key api-key api-key model", "sk-3", defaultEndpoint, ""},
		{"plan key first", sdk.LoginRequest{Connection: sdk.Connection{Endpoint: defaultEndpoint}}, map[string][]string{"api-key": {"sk-sp-12345", "sk-3"}, "model": {""}},
			"api-key api-key model", "sk-3", defaultEndpoint, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ui := &script{answers: tt.answers}
			cred, err := New().Login(t.Context(), &tt.req, ui)
			if err != nil {
				t.Fatalf("%v (told %q)", err, ui.told)
			}
			if cred.Kind != sdk.CredentialAPIKey || cred.Secret != tt.secret || cred.Endpoint != tt.point || string(cred.Extra[sdk.ExtraModel]) != tt.extra {
				t.Errorf("got %s at %s, extra %s", cred.Secret.Reveal(), cred.Endpoint, cred.Extra)
			}
			if got := strings.Join(ui.asked, " "); got != tt.asked {
				t.Errorf("asked %s, want %s", got, tt.asked)
			}
			if n := len(ui.waits); n > 0 && ui.waits[n-1] != "" {
				t.Errorf("still waiting: %q", ui.waits)
			}
		})
	}
	if len(c.requests) != 2 {
		t.Errorf("%d requests for two sign-ins with verification", len(c.requests))
	}
}

func TestLoginFailures(t *testing.T) {
	c := newCloud(t, "right-key-1234")
	at := sdk.Connection{Endpoint: c.URL + "/v1"}
	for _, tt := range []struct {
		name    string
		req     sdk.LoginRequest
		answers map[string][]string
		kind    sdk.ErrorKind
	}{
		{"nobody to ask", sdk.LoginRequest{}, nil, sdk.KindCannotAsk},
		{"nobody to ask for the key", sdk.LoginRequest{Connection: at}, nil, sdk.KindCannotAsk},
		{"wrong key", sdk.LoginRequest{Connection: at, Verify: true}, map[string][]string{"api-key": {"wrong-key-1234"}, "model": {""}}, sdk.KindUnauthenticated},
		{"three bad pastes", sdk.LoginRequest{Connection: at}, map[string][]string{"api-key": {"a b", "a\nb", "a\x01b", "good"}}, sdk.KindConfig},
		{"bad endpoint", sdk.LoginRequest{Connection: sdk.Connection{Endpoint: "api.example"}}, nil, sdk.KindConfig},
		{"unknown method", sdk.LoginRequest{Method: "device"}, nil, sdk.KindUnsupported},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ui := &script{answers: tt.answers}
			_, err := New().Login(t.Context(), &tt.req, ui)
			if sdk.KindOf(err) != tt.kind {
				t.Errorf("got %v of kind %s, want %s", err, sdk.KindOf(err), tt.kind)
			}
			for _, said := range append(ui.told, fmt.Sprint(err)) {
				if strings.Contains(said, "wrong-key-1234") {
					t.Errorf("the key is shown: %s", said)
				}
			}
		})
	}
}

func TestLoginWhereKeysCannotBeChecked(t *testing.T) {
	c := newCloud(t, "")
	ui := &script{answers: map[string][]string{"api-key": {"k-1234"}, "model": {""}}}
	req := &sdk.LoginRequest{Verify: true, Connection: connection(c.URL+"/v1", "", settingDialect, "openrouter")} // GET /key is unknown there
	if _, err := New().Login(t.Context(), req, ui); err != nil || !strings.Contains(strings.Join(ui.told, " "), "cannot be asked") {
		t.Errorf("%v, told %q", err, ui.told)
	}
}

func TestCleanKey(t *testing.T) {
	for pasted, want := range map[string]string{
		"sk-1":                         "sk-1",
		"  sk-1\r\n":                   "sk-1",
		`"sk-1"`:                       "sk-1",
		"Bearer sk-1":                  "sk-1",
		"bearer  sk-1":                 "sk-1",
		"Authorization: Bearer sk-1":   "sk-1",
		"export OPENAI_API_KEY='sk-1'": "sk-1",
		"DASHSCOPE_API_KEY=sk-1":       "sk-1",
		"c2VjcmV0=":                    "c2VjcmV0=",
		"":                             "",
	} {
		if got, err := cleanKey(pasted); err != nil || got.Reveal() != want {
			t.Errorf("%q: got %q, %v", pasted, got.Reveal(), err)
		}
	}
	for _, pasted := range []string{"sk 1", "sk\t1", "sk\n1", "sk\x1b1", "sk–1", "sk\u200b1"} {
		if got, err := cleanKey(pasted); sdk.KindOf(err) != sdk.KindConfig || got != "" || strings.Contains(err.Error(), "sk") {
			t.Errorf("%q: got %q, %v", pasted, got.Reveal(), err)
		}
	}
}
