package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/sdk"
)

// loginUI asks the person on the terminal, unless flags have answered already.
type loginUI struct {
	app      *app
	prompter *term.Prompter // nil: nobody to ask
	answers  map[string]string
	preset   string          // option to take where it is one
	used     map[string]bool // answers that were given already
}

var _ sdk.UI = (*loginUI)(nil)

// interactive reports whether somebody sits there who can be asked.
func (a *app) interactive() bool {
	return (a.streams.In.Terminal || a.streams.Err.Terminal) && a.getenv("CI") == ""
}

// ui returns what asks the person, with what the flags say filled in. Somebody who
// gives the key by a flag wants to be asked nothing.
func (l *login) ui() (*loginUI, error) {
	ui := &loginUI{app: l.app, preset: l.preset, answers: make(map[string]string), used: make(map[string]bool)}
	for id, value := range map[string]string{
		sdk.QuestionEndpoint: l.endpoint,
		sdk.QuestionRegion:   l.region,
		sdk.QuestionModel:    l.model,
	} {
		if value != "" {
			ui.answers[id] = value
		}
	}
	if l.key != "" {
		key, err := l.app.secretFlag(l.key)
		if err != nil {
			return nil, &usageError{message: "the key: " + err.Error()}
		}
		if key == "" {
			return nil, &usageError{message: "the key is empty", hint: "Pipe it in, or give the file that holds it: --key @FILE."}
		}
		ui.answers[sdk.QuestionKey] = key
		l.app.secrets.Add(key)
	}
	if l.key == "" && l.app.interactive() {
		if prompter, err := term.OpenTTY(); err == nil {
			ui.prompter = prompter
		}
	}
	if ui.prompter == nil {
		ui.preset = cmp.Or(ui.preset, l.provider) // "openai" is also a service
	}
	return ui, nil
}

func (u *loginUI) close() {
	if u.prompter != nil {
		_ = u.prompter.Close()
	}
}

// answer returns what a flag answers to a question. An answer that is asked for
// again was not good, and the plugin has said why.
func (u *loginUI) answer(id, label string) (string, bool, error) {
	answer, ok := u.answers[id]
	if !ok {
		return "", false, nil
	}
	if u.used[id] {
		return "", true, sdk.Errorf(sdk.KindConfig, "the %s that was given cannot be used", strings.ToLower(label))
	}
	u.used[id] = true
	return answer, true, nil
}

// tell shows a line.
func (u *loginUI) tell(text string) { u.app.say("%s", text) }

// Tell implements [sdk.UI].
func (u *loginUI) Tell(_ context.Context, text string) error {
	u.endWait()
	u.tell(text)
	return nil
}

// ShowCode implements [sdk.UI].
func (u *loginUI) ShowCode(_ context.Context, code sdk.DeviceCode) error {
	url := cmp.Or(code.CompleteURL, code.URL)
	_, err := fmt.Fprintf(u.app.stderr,
		"Open this page on any device and sign in:\n\n  %s\n\nThe page shows or asks for the code:\n\n  %s\n\nEnter it only if you started this sign-in yourself.\n",
		u.app.clean(url), u.app.clean(code.Code))
	return err
}

// Ask implements [sdk.UI].
func (u *loginUI) Ask(ctx context.Context, q sdk.Question) (string, error) {
	u.endWait()
	if answer, ok, err := u.answer(q.ID, q.Label); ok {
		return answer, err
	}
	if u.prompter == nil {
		if q.Optional || q.Default != "" {
			return q.Default, nil
		}
		return "", u.refusal(q.ID, q.Label)
	}
	help := q.Help
	if q.Placeholder != "" {
		help = strings.TrimSpace(help + " (such as " + q.Placeholder + ")")
	}
	answer, err := u.prompter.Ask(ctx, term.Question{
		Label: q.Label, Help: help, Default: q.Default, Secret: q.Secret, Optional: q.Optional,
	})
	if q.Secret {
		u.app.secrets.Add(answer)
	}
	return answer, u.explain(err)
}

// Choose implements [sdk.UI].
func (u *loginUI) Choose(ctx context.Context, c sdk.Choice) (string, error) {
	u.endWait()
	if answer, ok, err := u.answer(c.ID, c.Label); ok {
		return answer, err
	}
	preset := slices.IndexFunc(c.Options, func(o sdk.Option) bool { return o.ID == u.preset })
	if preset >= 0 && u.preset != "" {
		return u.preset, nil
	}
	if u.prompter == nil {
		return "", u.refusal(c.ID, c.Label)
	}
	options := make([]term.Option, len(c.Options))
	byDefault := -1
	for i, o := range c.Options {
		options[i] = term.Option{Label: o.Label, Note: o.Note}
		if o.ID == c.Default {
			byDefault = i
		}
	}
	i, err := u.prompter.Choose(ctx, c.Label, options, byDefault)
	if err != nil {
		return "", u.explain(err)
	}
	return c.Options[i].ID, nil
}

// Confirm implements [sdk.UI].
func (u *loginUI) Confirm(ctx context.Context, q sdk.Question) (bool, error) {
	u.endWait()
	if u.prompter == nil {
		return false, u.refusal(q.ID, q.Label)
	}
	yes, err := u.prompter.Confirm(ctx, q.Label, q.Default == "yes")
	return yes, u.explain(err)
}

// Wait implements [sdk.UI].
func (u *loginUI) Wait(_ context.Context, text string) error {
	u.endWait()
	if text != "" {
		u.tell(text)
	}
	return nil
}

// endWait ends what shows that something is being waited for.
func (u *loginUI) endWait() {}

// explain turns the end of input into an end of the sign-in.
func (u *loginUI) explain(err error) error {
	if errors.Is(err, term.ErrNoAnswer) {
		return context.Canceled
	}
	return err
}

// askFlags says what answers a question without a terminal.
var askFlags = map[string]string{
	sdk.QuestionKey:      "it on standard input, with --with-key; or the file that holds it, with --key @FILE",
	sdk.QuestionEndpoint: "--openai-base-url URL",
	sdk.QuestionRegion:   "--region REGION",
	sdk.QuestionModel:    "--model MODEL",
	"service":            "the service's name, as in \"qwen auth login openrouter\", or --openai-base-url URL",
	"provider":           "the provider's name: qwen auth login PROVIDER",
}

// refusal answers a question that nobody can be asked.
func (u *loginUI) refusal(id, label string) error {
	e := sdk.Errorf(sdk.KindCannotAsk, "there is nobody to ask: %s", strings.TrimSuffix(label, "?"))
	if flag, ok := askFlags[id]; ok {
		return e.WithHint("Give %s.", flag)
	}
	return e
}
