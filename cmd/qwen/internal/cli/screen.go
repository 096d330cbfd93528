package cli

import (
	"os"
	"path/filepath"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/history"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/plain"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/repl"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/tui"
)

// openScreen opens what a chat is held on: the terminal, painted on or, if that is
// wanted or it is a simple one, written to.
func (a *app) openScreen(cfg *config.Config, options repl.Options, completer front.Completer) (*screen, error) {
	past := a.history(options)
	banner := "qwen " + version() + " · /help shows what there is"
	if cfg.Options.Plain || a.getenv("TERM") == "dumb" {
		return a.openPlain(cfg, past, banner)
	}
	console, err := term.OpenConsole(term.ConsoleOptions{Getenv: a.getenv})
	if err != nil {
		return nil, err
	}
	f := tui.New(tui.Options{
		Console: console, Completer: completer, History: past,
		Background: cfg.Options.Background, Color: a.chatColor(cfg), Links: true,
		Notify: cfg.Options.Notify, Banner: banner,
		Environ: a.environ, Getenv: a.getenv,
	})
	// Ctrl-C is a key here. As a signal it comes while an editor has the terminal, and
	// is meant for that.
	ignored := make(chan os.Signal)
	a.takesInterrupt.Store(&ignored)
	return &screen{front: f, close: func() {
		a.takesInterrupt.Store(nil)
		f.Close()
		_ = console.Close()
	}}, nil
}

// openPlain opens a screen on which nothing is painted over.
func (a *app) openPlain(cfg *config.Config, past *history.File, banner string) (*screen, error) {
	prompter, err := a.openPrompter()
	if err != nil {
		return nil, err
	}
	interrupts := make(chan os.Signal, 1)
	a.takesInterrupt.Store(&interrupts)
	f := plain.New(plain.Options{Prompter: prompter, Interrupts: interrupts, History: past, Bell: cfg.Options.Notify != "off"})
	f.Say(front.Entry{Kind: front.Hint, Text: banner})
	return &screen{front: f, close: func() {
		a.takesInterrupt.Store(nil)
		_ = prompter.Close()
	}}, nil
}

// chatColor reports whether the chat may use colours.
func (a *app) chatColor(cfg *config.Config) bool {
	switch cfg.Options.Color {
	case "never":
		return false
	case "always":
		return true
	}
	return term.Color{Getenv: a.getenv}.For(a.streams.Out)
}

// history is what was typed in earlier chats; of one that is not saved, nothing is
// kept either.
func (a *app) history(options repl.Options) *history.File {
	if options.Store == nil || a.root == "" {
		return history.Memory()
	}
	return history.Open(filepath.Join(a.root, history.FileName))
}
