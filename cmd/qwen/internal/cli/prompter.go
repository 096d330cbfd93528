package cli

import (
	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// openPrompter returns what asks the person on the terminal, in the way that they
// want to be asked.
func (a *app) openPrompter() (*term.Prompter, error) {
	prompter, err := term.OpenTTY()
	if err != nil {
		return nil, err
	}
	prompter.Getenv, prompter.Plain = a.getenv, a.wantsPlain()
	return prompter, nil
}

// wantsPlain reports whether nothing is to be painted over. What is wrong elsewhere in
// the configuration does not matter here.
func (a *app) wantsPlain() bool {
	if a.plain.Load() {
		return true
	}
	cfg, err := config.Resolve(config.Input{Environ: a.environ, Home: a.home, Providers: a.knownProviders()})
	return err == nil && cfg.Options.Plain
}
