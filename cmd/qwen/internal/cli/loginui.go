package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/sdk"
)

// loginUI asks the person on the terminal, unless flags have answered already.
type loginUI struct {
	app       *app
	prompter  *term.Prompter // nil: nobody to ask
	answers   map[string]string
	preset    string          // option to take where it is one
	used      map[string]bool // answers that were given already
	noBrowser bool
	waiting   *term.Waiting // nil: nothing is being waited for
	cancel    func()        // ends the sign-in
}

var _ asker = (*loginUI)(nil)

func (u *loginUI) canAsk() bool { return u.prompter != nil }

func (u *loginUI) onCancel(cancel func()) { u.cancel = cancel }

// interactive reports whether somebody sits there who can be asked.
func (a *app) interactive() bool {
	return (a.streams.In.Terminal || a.streams.Err.Terminal) && a.getenv("CI") == ""
}

// ui returns what asks the person, with what the flags say filled in. Somebody who
// gives the key by a flag wants to be asked nothing.
func (l *login) ui() (*loginUI, error) {
	ui := &loginUI{app: l.app, preset: l.preset, noBrowser: l.noBrowser, cancel: func() {}, answers: make(map[string]string), used: make(map[string]bool)}
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
		key, err := l.app.secretFlag("the key", l.key, "--with-key or --key @FILE")
		if err != nil {
			return nil, err
		}
		if key == "" {
			return nil, &usageError{message: "the key is empty", hint: "Pipe it in, or give the file that holds it: --key @FILE."}
		}
		ui.answers[sdk.QuestionKey] = key
		l.app.secrets.Add(key)
	}
	if l.key == "" && l.app.interactive() {
		if prompter, err := l.app.openPrompter(); err == nil {
			ui.prompter = prompter
		}
	}
	if ui.prompter == nil {
		ui.preset = cmp.Or(ui.preset, l.provider) // "openai" is also a service
	}
	return ui, nil
}

func (u *loginUI) close() {
	u.endWait()
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

// ShowCode implements [sdk.UI]. The address stands on a line of its own, outside
// of any box, so that it can be selected and clicked.
func (u *loginUI) ShowCode(ctx context.Context, code sdk.DeviceCode) error {
	u.endWait()
	page := u.app.clean(cmp.Or(code.CompleteURL, code.URL))
	_, err := fmt.Fprintf(u.app.stderr,
		"\nOpen this page on any device and sign in:\n\n  %s\n\nCheck or enter the code there:  %s\n"+
			"Enter it only if you started this sign-in yourself.\n", page, u.app.clean(code.Code))
	if err != nil {
		return err
	}
	if u.prompter == nil {
		u.tell("Waiting for approval until " + code.Expires.Local().Format(time.TimeOnly) + ".")
		return nil
	}
	u.drawQR(page)
	u.wait(ctx, term.Status{Text: "Waiting for approval", Expires: code.Expires, Hints: u.hints(page), Cancel: u.cancel})
	u.open(ctx, page)
	return nil
}

// drawQR draws the address for the camera of a phone, if there is room for it.
func (u *loginUI) drawQR(page string) {
	screen := u.app.streams.Err
	code, err := term.QR(page)
	if err != nil || !screen.Terminal || !u.prompter.CanPaint() || !code.Fits(u.prompter.Size()) {
		return
	}
	_, _ = io.WriteString(screen, strings.Join(code.Lines, "\n")+"\n")
}

// open shows the page in the browser, if there is one and it is wanted. That it
// could not be opened is no error: it can be opened anywhere.
func (u *loginUI) open(ctx context.Context, page string) {
	if ok, _ := u.browser().CanOpen(); !ok || u.noBrowser {
		return
	}
	if ok, why := u.browser().Open(ctx, page); !ok {
		u.status("the browser was not opened: " + why)
	}
}

func (u *loginUI) browser() term.Browser { return term.Browser{Environ: u.app.environ} }

// hints are the keys that do something while the person approves.
func (u *loginUI) hints(page string) []term.Hint {
	hints := []term.Hint{{Key: 'c', Does: "copy link", Do: func(context.Context) string {
		if err := u.prompter.Copy(page); err != nil {
			return "the link was not copied: " + err.Error()
		}
		return "the terminal was asked to copy the link"
	}}}
	if ok, _ := u.browser().CanOpen(); !ok || u.noBrowser {
		return hints
	}
	return append(hints, term.Hint{Key: 'o', Does: "open browser", Do: func(ctx context.Context) string {
		if ok, why := u.browser().Open(ctx, page); !ok {
			return "the browser was not opened: " + why
		}
		return ""
	}})
}

// wait shows what is being waited for.
func (u *loginUI) wait(ctx context.Context, s term.Status) {
	u.endWait()
	u.waiting = u.prompter.Show(ctx, s)
}

// status shows a line, above what is being waited for.
func (u *loginUI) status(text string) {
	if u.waiting == nil {
		u.tell(text)
		return
	}
	u.waiting.Tell(text)
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
	i, err := u.prompter.Pick(ctx, c.Label, options, byDefault)
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
func (u *loginUI) Wait(ctx context.Context, text string) error {
	u.endWait()
	switch {
	case text == "":
	case u.prompter != nil && u.prompter.CanPaint():
		u.wait(ctx, term.Status{Text: text, Cancel: u.cancel})
	default:
		u.tell(text)
	}
	return nil
}

// endWait ends what shows that something is being waited for.
func (u *loginUI) endWait() {
	if u.waiting != nil {
		u.waiting.Stop()
		u.waiting = nil
	}
}

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
