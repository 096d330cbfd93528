package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/chat"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/files"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/render"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/sdk"
)

// promptOptions are the options of a prompt that are no configuration.
type promptOptions struct {
	app     *app
	prompt  prompt
	schema  string
	partial bool
	chat    chatOptions
}

func (o *promptOptions) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&o.prompt.flag, "prompt", "p", "", "the prompt")
	flags.StringArrayVar(&o.prompt.attach, "attach", nil, "`FILE` to send along: text, image, sound or PDF; repeatable")
	flags.StringVar(&o.schema, "json-schema", "", "`SCHEMA` that the answer must match, as JSON, or @FILE that holds it")
	o.chat.addFlags(flags)
	flags.BoolVar(&o.partial, "include-partial-messages", false, "with -o stream-json: also the pieces of messages as they arrive")
}

// run sends the prompt and shows the answer.
func (o *promptOptions) run(cmd *cobra.Command) error {
	a := o.app
	o.takeWord()
	if err := o.check(); err != nil {
		return err
	}
	format, err := o.responseFormat(cmd.Flags().Changed("json-schema"))
	if err != nil {
		return err
	}
	if a.isChat(o) && format == nil {
		return a.chatWith(cmd, o)
	}
	stdin, err := a.readStdin(cmd.Flag(keyFlag[len("--"):]).Value.String() == "-")
	if err != nil {
		return err
	}
	message, err := o.prompt.message(stdin)
	if err != nil {
		return err
	}
	if message == nil {
		return a.withoutPrompt(cmd)
	}
	c, err := a.connectOrSignIn(cmd)
	if err != nil {
		return err
	}
	if err := a.checkFallback(cmd.Context(), c.config); err != nil {
		return err
	}
	if o.partial && a.format != string(render.FormatStreamJSON) {
		return &usageError{
			message: "--include-partial-messages goes with the format stream-json only",
			hint:    "Add -o stream-json.",
		}
	}
	past, err := a.openPast(o, c.config.Options.Save)
	if err != nil {
		return err
	}
	defer past.close()
	request := newRequest(c.config, past, message)
	request.ResponseFormat = format
	past.add(c, *message)
	return o.send(cmd.Context(), c, request, past)
}

// check finds what contradicts itself before anything is read.
func (o *promptOptions) check() error {
	if o.chat.interactive && (!o.app.streams.In.Terminal || !o.app.streams.Out.Terminal) {
		return &usageError{message: "there is no terminal to hold a chat on", hint: "Leave out --interactive for a single answer."}
	}
	if o.chat.interactive && o.prompt.flag != "" {
		return &usageError{message: "-p asks for a single answer, and --interactive for a chat", hint: "Give the prompt without -p: qwen -i \"...\""}
	}
	if o.prompt.flag != "" && len(o.prompt.words) > 0 {
		return &usageError{
			message: "there are two prompts: one after -p, one in the arguments",
			hint:    "Put quotes around the prompt if it has several words: qwen -p \"...\"",
		}
	}
	return nil
}

// responseFormat reads --json-schema, if it is given.
func (o *promptOptions) responseFormat(given bool) (*sdk.ResponseFormat, error) {
	if !given {
		return nil, nil
	}
	text := o.schema
	if path, ok := strings.CutPrefix(text, "@"); ok {
		data, err := files.ReadFile(path, files.MaxText)
		if err != nil {
			return nil, &usageError{message: fmt.Sprintf("cannot read the JSON schema %s: %v", term.CleanLine(path), err)}
		}
		text = string(data)
	}
	if err := checkSchema([]byte(text)); err != nil {
		return nil, &usageError{
			message: fmt.Sprintf("the JSON schema is not a JSON object: %v", err),
			hint:    "Give the schema itself, or the file that holds it: --json-schema @schema.json",
		}
	}
	return &sdk.ResponseFormat{Type: sdk.FormatJSONSchema, Name: "answer", Schema: []byte(text), Strict: true}, nil
}

// checkSchema reports a text that cannot be a schema. Whether it is a good one is
// the service's to say.
func checkSchema(text []byte) error {
	var object map[string]json.RawMessage
	err := json.Unmarshal(text, &object)
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrongType):
		return fmt.Errorf("it is of the type %s", wrongType.Value)
	case err == nil && object == nil:
		return errors.New("it is null")
	}
	return err
}

// newRequest makes the request for one prompt from what is configured; past is the
// conversation that it goes on with, nil for none.
func newRequest(cfg *config.Config, past *past, message *sdk.Message) *sdk.ChatRequest {
	o := cfg.Options
	request := &sdk.ChatRequest{
		Model:    chosenModel(cfg),
		Sampling: samplingOf(&o),
	}
	system := o.SystemPrompt
	if system == "" && past != nil {
		system = past.system
	}
	if system != "" {
		request.Messages = append(request.Messages, sdk.TextMessage(sdk.RoleSystem, system))
	}
	if past != nil {
		request.Messages = append(request.Messages, past.messages...)
	}
	request.Messages = append(request.Messages, *message)
	return request
}

// samplingOf says how tokens are drawn.
func samplingOf(o *config.Options) sdk.Sampling {
	return sdk.Sampling{
		Temperature:     o.Temperature,
		TopP:            o.TopP,
		MaxOutputTokens: o.MaxTokens,
		Seed:            o.Seed,
		Stop:            o.Stop,
	}
}

// chosenModel returns the model that somebody chose, "" for the provider's own:
// then a model that was chosen at sign-in knows better.
func chosenModel(cfg *config.Config) string {
	if cfg.Model.Source.Kind == config.FromDefault {
		return ""
	}
	return cfg.Model.Text
}

// send runs the turn and renders it.
func (o *promptOptions) send(ctx context.Context, c *connection, request *sdk.ChatRequest, past *past) error {
	a := o.app
	renderer, err := a.renderer(o.partial)
	if err != nil {
		return err
	}
	x := &exchange{app: a, watch: watcher{retrying: showRetry(renderer), pausing: showPause(renderer), switching: showSwitch(renderer)}}
	defer x.end()
	options, err := x.first(ctx, c, request)
	if err != nil {
		return err
	}
	turn := chat.NewTurn(options)
	began := time.Now()
	err = renderer.Start(render.Session{Model: c.origin(request).Model, Dir: a.dir, Version: version()})
	if err != nil {
		return err
	}
	for event, turnErr := range turn.Events(ctx) {
		if turnErr != nil {
			break // the result has it
		}
		if err := renderer.Event(event); err != nil {
			return err
		}
	}
	past.record(c, turn.Result())
	err = answerError(turn.Result())
	code := exitCode(err)
	outcome := render.Outcome{Err: err, ExitCode: code, Duration: time.Since(began), APIDuration: turn.Result().Timing.Total}
	if a.knows(err) {
		outcome.Err = nil
	}
	if err := renderer.Finish(outcome); err != nil {
		return err
	}
	if code != exitOK {
		return &reportedError{code: code}
	}
	return nil
}

// incompleteError is the error of an answer that ended in good order but short
// of its end. The renderer tells it as a note.
type incompleteError struct{ reason sdk.FinishReason }

func (e *incompleteError) Error() string { return "the answer is incomplete: " + string(e.reason) }

// knows reports whether the person needs no error message: the renderer has told
// it as a note, or they have pressed Ctrl-C themselves.
func (a *app) knows(err error) bool {
	_, told := err.(*incompleteError)
	return told || exitCode(err) == exitInterrupted && a.format == string(render.FormatText)
}

// answerError returns what was wrong with an answer, nil for a complete one.
func answerError(r *chat.Result) error {
	if r.Err != nil {
		return r.Err
	}
	switch r.Finish.Reason {
	case sdk.FinishLength, sdk.FinishContentFilter, sdk.FinishPause, sdk.FinishToolCalls:
		return &incompleteError{r.Finish.Reason}
	}
	if !r.Says() {
		e := sdk.Errorf(sdk.KindIncomplete, "the model gave an empty answer").
			WithHint("Ask again, or another model: --model MODEL.")
		e.Provider = r.Message.Origin.Provider
		return e
	}
	return nil
}

// renderer returns the renderer for the output format.
func (a *app) renderer(partial bool) (render.Renderer, error) {
	var out io.Writer = a.streams.Out
	if a.streams.Out.Terminal && a.format == string(render.FormatText) {
		out = term.NewSanitizer(a.streams.Out)
	}
	options := render.Options{
		Out:      out,
		Err:      a.stderr,
		Terminal: a.streams.Out.Terminal,
		Clean:    a.clean,
		Partial:  partial,
	}
	if a.streams.Err.Terminal && a.getenv("TERM") != "dumb" && !a.wantsPlain() {
		options.Countdown = a.countdown
	}
	return render.New(render.Format(a.format), options)
}

// clean makes somebody else's text fit for a message.
func (a *app) clean(s string) string { return term.CleanLine(a.secrets.String(s)) }
