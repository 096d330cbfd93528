package cli

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/files"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/render"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/repl"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/session"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/worktree"
	"github.com/qwen-cli/qwen/sdk"
)

// chatOptions are the flags of the interactive chat.
type chatOptions struct {
	interactive bool
	last        bool   // go on with the last session of this directory
	resume      string // go on with this session; repl.PickSession: with one to pick
	noSave      bool
}

func (o *chatOptions) addFlags(flags *pflag.FlagSet) {
	flags.BoolVarP(&o.interactive, "interactive", "i", false, "go on in the chat after the answer")
	flags.BoolVarP(&o.last, "continue", "c", false, "go on with the last conversation of this directory")
	flags.StringVarP(&o.resume, "resume", "r", "", "go on with a `SESSION`, by its ID or title; without one, pick it")
	flags.Lookup("resume").NoOptDefVal = repl.PickSession
	flags.BoolVar(&o.noSave, "no-save", false, "keep nothing of the conversation on disk")
}

// completeResume completes the sessions there are.
func (a *app) completeResume(root *cobra.Command) {
	complete := a.completeSessions(0)
	err := root.RegisterFlagCompletionFunc("resume", func(cmd *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		return complete(cmd, nil, prefix)
	})
	if err != nil {
		panic(err) // there is no such flag: a fault in this package
	}
}

// isChat reports whether the command line asks for a chat rather than for one answer.
func (a *app) isChat(o *promptOptions) bool {
	if !a.streams.In.Terminal || !a.streams.Out.Terminal || o.prompt.flag != "" {
		return false
	}
	return o.chat.interactive || o.chat.resume != "" || o.chat.last || len(o.prompt.words) == 0
}

// chatWith holds an interactive chat.
func (a *app) chatWith(cmd *cobra.Command, o *promptOptions) error {
	a.trusting.mayAsk = true
	ctx := cmd.Context()
	cfg, err := a.resolve(cmd)
	if err != nil {
		return err
	}
	if a.format != string(render.FormatText) {
		return &usageError{message: "a chat has no output format", hint: "Give a prompt: qwen -o " + a.format + " \"...\""}
	}
	if err := a.checkFallback(ctx, cfg); err != nil {
		return err
	}
	b := &chatBackend{app: a, cmd: cmd}
	b.first, b.err = a.connectionFor(ctx, cfg, a.chosen)
	switch {
	case errors.Is(b.err, errNotSignedIn):
		b.first = nil
	case b.err != nil:
		return b.err
	default:
		a.tellShadowed(ctx, b.first)
	}
	options, err := a.chatSetup(o, cfg)
	if err != nil {
		return err
	}
	options.Backend = b
	if b.err != nil && cfg.Provider.Source.Kind != config.FromInference {
		options.SignIn = sdk.AsError(b.err).Provider
	}
	return a.converse(ctx, cfg, options)
}

// chatSetup says what the chat works with.
func (a *app) chatSetup(o *promptOptions, cfg *config.Config) (repl.Options, error) {
	options := repl.Options{
		Dir: a.dir, Home: a.home, Environ: a.environ,
		First: strings.Join(o.prompt.words, " "), Attach: o.prompt.attach,
		Request: sdk.ChatRequest{Sampling: samplingOf(&cfg.Options)},
		System:  cfg.Options.SystemPrompt,
		Model:   chosenModel(cfg),
		Notify:  notifyAfter,
	}
	git, _ := worktree.Find(a.environ) // without git, files are found all the same
	options.Finder = files.NewFinder(a.dir, a.home, git)
	options.Store = a.saveIn(o, cfg.Options.Save)
	return options, a.chooseSession(o, &options)
}

// saveIn returns where a conversation is kept, nil if it is not.
func (a *app) saveIn(o *promptOptions, save bool) *session.Store {
	if !save || o.chat.noSave {
		return nil
	}
	store, err := a.sessions()
	if err != nil {
		a.noteOnce("this conversation is not saved: %v", err)
		return nil
	}
	return store
}

// notifyAfter is how long an answer takes at least of which somebody is told.
const notifyAfter = 10 * time.Second

// chooseSession finds out which session the flags mean.
func (a *app) chooseSession(o *promptOptions, options *repl.Options) error {
	switch {
	case o.chat.last && o.chat.resume != "":
		return &usageError{message: "--continue and --resume say which conversation to go on with; give one of them"}
	case !o.chat.last && o.chat.resume == "":
		return nil
	case options.Store == nil:
		return &usageError{message: "conversations are not saved, so that there is none to go on with", hint: "Leave out --no-save, or set \"chat\": {\"save\": true}."}
	case o.chat.last:
		meta, err := options.Store.Latest(a.dir)
		options.Resume = meta.ID
		return err
	case o.chat.resume == repl.PickSession:
		options.Resume = repl.PickSession
		return nil
	}
	meta, err := options.Store.Find(o.chat.resume)
	options.Resume = meta.ID
	return argumentError(err)
}

// takeWord takes the first of the words for the value of --resume, which a flag that
// can stand alone leaves to them: qwen -r ID.
func (o *promptOptions) takeWord() {
	if o.chat.resume == repl.PickSession && len(o.prompt.words) > 0 {
		o.chat.resume, o.prompt.words = o.prompt.words[0], o.prompt.words[1:]
	}
}

// converse holds the conversation on whatever there is to hold it on.
func (a *app) converse(ctx context.Context, cfg *config.Config, options repl.Options) error {
	completer := new(lateCompleter)
	screen, err := a.openScreen(cfg, options, completer)
	if err != nil {
		return err
	}
	defer screen.close()
	options.Front = screen.front
	conversation := repl.New(options)
	completer.set(conversation)
	defer a.divert(ctx, screen.front)()
	return conversation.Run(ctx)
}

// A lateCompleter is a completer that is known a moment later: the chat completes,
// and the chat needs its screen first.
type lateCompleter struct{ to atomic.Pointer[repl.Chat] }

func (l *lateCompleter) set(c *repl.Chat) { l.to.Store(c) }

// Complete implements [front.Completer].
func (l *lateCompleter) Complete(ctx context.Context, text string) front.Completion {
	if c := l.to.Load(); c != nil {
		return c.Complete(ctx, text)
	}
	return front.Completion{}
}

// A screen is what a chat is held on.
type screen struct {
	front front.Front
	close func()
}

// divert shows in the chat what else goes to standard error, and asks there; until
// the function that it returns is called.
func (a *app) divert(ctx context.Context, f front.Front) (restore func()) {
	show := func(line string) {
		if text := sentence(strings.TrimPrefix(line, "qwen: ")); text != "" {
			f.Say(front.Entry{Kind: front.Note, Text: text})
		}
	}
	a.errors.instead.Store(&show)
	a.trusting.asker = frontAsker{f}
	return func() {
		a.errors.instead.Store(nil)
		a.trusting.asker = nil
	}
}

// sentence makes one of a line that was to stand behind the program's name.
func sentence(line string) string {
	line = strings.TrimSpace(line)
	if line == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(line)
	line = string(unicode.ToUpper(first)) + line[size:]
	if !strings.ContainsAny(line[len(line)-1:], ".:!?)") {
		line += "."
	}
	return line
}

// A frontAsker asks in the chat for consent.
type frontAsker struct{ front front.Front }

func (f frontAsker) Tell(text string) error {
	f.front.Say(front.Entry{Kind: front.Note, Text: text})
	return nil
}

func (f frontAsker) Pick(ctx context.Context, label string, options []term.Option, current int) (int, error) {
	picker := front.Picker{Label: label, Current: current}
	for _, o := range options {
		picker.Options = append(picker.Options, front.Option(o))
	}
	i, err := f.front.Pick(ctx, picker)
	if errors.Is(err, context.Canceled) && ctx.Err() == nil {
		err = term.ErrNoAnswer // Esc, which is a no
	}
	return i, err
}
