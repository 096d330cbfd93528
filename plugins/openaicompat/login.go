package openaicompat

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/openaiapi"
)

const (
	methodKey = "api-key"

	choiceService = "service"
	otherService  = "other"

	maxTries = 3 // at pasting a key or typing an address
)

// Login implements [sdk.Provider]: which service, which key, which model, and, if
// wanted, one cheap request to see whether the key is good.
func (p *provider) Login(ctx context.Context, req *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
	if req.Method != "" && req.Method != methodKey {
		return nil, sdk.Errorf(sdk.KindUnsupported, "there is no sign-in method of that name").
			WithHint("This provider knows one: %s.", methodKey)
	}
	preset, err := chooseService(ctx, &req.Connection, ui)
	if err != nil {
		return nil, err
	}
	cred := &sdk.Credential{Kind: sdk.CredentialAPIKey, Endpoint: preset.Endpoint}
	conn := sdk.Connection{Credential: cred, Endpoint: preset.Endpoint, Settings: req.Connection.Settings, Network: req.Connection.Network}
	if !preset.NoKey {
		if cred.Secret, err = askKey(ctx, preset, &conn, ui); err != nil {
			return nil, err
		}
	}
	if err := askModel(ctx, preset, cred, ui); err != nil {
		return nil, err
	}
	if req.Verify {
		if err := p.verify(ctx, &conn, ui); err != nil {
			return nil, err
		}
	}
	return cred, nil
}

// chooseService returns a preset whose Endpoint is filled in: the endpoint given
// already, one of the presets, or an address that the person enters.
func chooseService(ctx context.Context, conn *sdk.Connection, ui sdk.UI) (sdk.Preset, error) {
	if conn.Endpoint != "" {
		return presetAt(conn.Endpoint)
	}
	choice := sdk.Choice{ID: choiceService, Label: "Which service?", Default: presets()[0].ID}
	for _, p := range presets() {
		choice.Options = append(choice.Options, sdk.Option{ID: p.ID, Label: p.Label, Note: hostOf(p.Endpoint)})
	}
	choice.Options = append(choice.Options, sdk.Option{ID: otherService, Label: "Another service", Note: "enter its address"})
	id, err := ui.Choose(ctx, choice)
	if err != nil {
		return sdk.Preset{}, err
	}
	preset, ok := presetByID(id)
	if ok && preset.Endpoint != "" {
		return preset, nil
	}
	return askEndpoint(ctx, id, ui)
}

// askEndpoint asks for an address until it is one.
func askEndpoint(ctx context.Context, id string, ui sdk.UI) (sdk.Preset, error) {
	q := sdk.Question{ID: sdk.QuestionEndpoint, Label: "Endpoint", Placeholder: "https://api.example.com/v1",
		Help: "the base URL from the service's documentation; most end in /v1"}
	if id == "azure" {
		q.Placeholder = "https://NAME.openai.azure.com/openai/v1"
		q.Help = "the endpoint of your resource or deployment, from the Azure portal"
	}
	return retry(ctx, ui, func() (sdk.Preset, error) {
		answer, err := ui.Ask(ctx, q)
		if err != nil {
			return sdk.Preset{}, final(err)
		}
		return presetAt(unquote(answer))
	})
}

// presetAt returns the preset at an endpoint, or one that consists of the endpoint.
// A server on this machine may do without a key, but is asked for one.
func presetAt(endpoint string) (sdk.Preset, error) {
	if _, err := parseEndpoint(endpoint); err != nil {
		return sdk.Preset{}, err
	}
	preset, ok := presetFor(endpoint)
	if !ok {
		preset = sdk.Preset{Label: hostOf(endpoint)}
	}
	preset.Endpoint = endpoint
	return preset, nil
}

// askKey asks for the key until it could be one.
func askKey(ctx context.Context, preset sdk.Preset, conn *sdk.Connection, ui sdk.UI) (sdk.Secret, error) {
	u, err := parseEndpoint(conn.Endpoint)
	if err != nil {
		return "", err
	}
	q := sdk.Question{ID: sdk.QuestionKey, Label: preset.Label + " API key", Secret: true, Optional: isLoopback(u.Hostname())}
	if preset.KeyURL != "" {
		q.Help = "get one at " + preset.KeyURL
	}
	if preset.KeyPrefix != "" {
		q.Placeholder = preset.KeyPrefix + "…"
	}
	return retry(ctx, ui, func() (sdk.Secret, error) {
		answer, err := ui.Ask(ctx, q)
		if err != nil {
			return "", final(err)
		}
		key, err := cleanKey(answer)
		if err == nil && key == "" && !q.Optional {
			err = sdk.Errorf(sdk.KindConfig, "the key is empty")
		}
		if err == nil {
			err = checkKey(lookup(u), u, key)
		}
		return key, err
	})
}

// cleanKey removes what comes along when a key is copied: white space around it,
// quotes, "Bearer " and the name of a variable. What no key has within is an error.
func cleanKey(pasted string) (sdk.Secret, error) {
	key := unquote(pasted)
	for _, prefix := range []string{"export ", "Authorization:", "Bearer "} {
		if len(key) >= len(prefix) && strings.EqualFold(key[:len(prefix)], prefix) {
			key = unquote(key[len(prefix):])
		}
	}
	if name, value, ok := strings.Cut(key, "="); ok && strings.HasSuffix(name, "_KEY") {
		key = unquote(value)
	}
	for _, r := range key {
		switch {
		case r == '\n' || r == '\r':
			return "", sdk.Errorf(sdk.KindConfig, "what was pasted has more than one line").WithHint("Paste the key alone.")
		case r == ' ' || r == '\t':
			return "", sdk.Errorf(sdk.KindConfig, "there is a space within the key").WithHint("Copy it again, in one piece.")
		case r < ' ' || r > '~':
			return "", sdk.Errorf(sdk.KindConfig, "the key holds a character that no key has").WithHint("Copy it again from the service's website.")
		}
	}
	return sdk.Secret(key), nil
}

// unquote removes white space and a pair of quotes around s.
func unquote(s string) string {
	s = strings.TrimSpace(s)
	for _, q := range []string{`"`, `'`, "`"} {
		if len(s) >= 2 && strings.HasPrefix(s, q) && strings.HasSuffix(s, q) {
			s = strings.TrimSpace(s[1 : len(s)-1])
		}
	}
	return s
}

// askModel asks which model to use by default. A host that cannot ask takes the
// service's usual one.
func askModel(ctx context.Context, preset sdk.Preset, cred *sdk.Credential, ui sdk.UI) error {
	model, err := ui.Ask(ctx, sdk.Question{ID: sdk.QuestionModel, Label: "Model", Default: preset.DefaultModel, Optional: true,
		Help: "the model to use unless another is named; can be left empty"})
	if sdk.KindOf(err) == sdk.KindCannotAsk {
		model, err = preset.DefaultModel, nil
	}
	if model = strings.TrimSpace(model); err != nil || model == "" {
		return err
	}
	raw, err := json.Marshal(model)
	cred.Extra = map[string]json.RawMessage{sdk.ExtraModel: raw}
	return err
}

// verify checks the new credential. A service that has no such check is told of, and
// is not an error.
func (p *provider) verify(ctx context.Context, conn *sdk.Connection, ui sdk.UI) error {
	svc, err := newService(conn, modelFor(conn))
	if err != nil {
		return err
	}
	host := hostOf(svc.BaseURL)
	question := " whether it accepts the key"
	if svc.Key == "" {
		question = " whether it answers"
	}
	if err := ui.Wait(ctx, "asking "+host+question); err != nil {
		return err
	}
	err = p.client.Verify(ctx, svc)
	if waitErr := ui.Wait(ctx, ""); err == nil {
		err = waitErr
	}
	return explainVerify(ctx, err, host, svc, ui)
}

func explainVerify(ctx context.Context, err error, host string, svc *openaiapi.Service, ui sdk.UI) error {
	switch sdk.KindOf(err) {
	case "":
		if svc.Key == "" {
			return ui.Tell(ctx, host+" answers.")
		}
		return ui.Tell(ctx, host+" accepts the key.")
	case sdk.KindNotFound, sdk.KindUnsupported:
		return ui.Tell(ctx, host+" was reached but cannot be asked about keys; the first prompt will tell.")
	}
	return err
}

// hostOf returns the host of an address, for display.
func hostOf(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	return u.Host
}

// finalError marks an error after which asking again is no use.
type finalError struct{ error }

func (e finalError) Unwrap() error { return e.error }

func final(err error) error { return finalError{err} }

// retry repeats a question whose answer was not usable, saying why.
func retry[T any](ctx context.Context, ui sdk.UI, ask func() (T, error)) (T, error) {
	for try := 1; ; try++ {
		answer, err := ask()
		var stop finalError
		switch {
		case err == nil:
			return answer, nil
		case errors.As(err, &stop):
			return answer, stop.error
		case try == maxTries:
			return answer, err
		}
		e := sdk.AsError(err)
		if err := ui.Tell(ctx, strings.TrimSpace(e.Message+". "+e.Hint)); err != nil {
			return answer, err
		}
	}
}
