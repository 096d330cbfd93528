package sdk_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/sdk"
)

// However a secret is printed, alone or deep in something, it shows nothing.
func TestSecretDoesNotPrint(t *testing.T) {
	const text = "sk-very-secret"
	credential := &sdk.Credential{Kind: sdk.CredentialAPIKey, Secret: text, RefreshToken: text}
	request := sdk.ChatRequest{Connection: sdk.Connection{Credential: credential}}
	var log bytes.Buffer
	var shown []string
	for _, value := range []any{sdk.Secret(text), *credential, credential, request, []sdk.Secret{text}, map[string]sdk.Secret{"k": text}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			shown = append(shown, fmt.Sprintf(verb, value))
		}
		if data, err := json.Marshal(value); err == nil {
			shown = append(shown, string(data))
		}
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "value", value)
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "value", value)
	}
	shown = append(shown, log.String(), fmt.Sprint(fmt.Errorf("failed with %v", sdk.Secret(text))))
	for _, s := range shown {
		if strings.Contains(s, text) || strings.Contains(s, fmt.Sprintf("%x", text)) {
			t.Errorf("it shows: %s", s)
		}
	}
	if got := sdk.Secret(text).Reveal(); got != text {
		t.Errorf("Reveal gives %q", got)
	}
}
