package cli

import (
	"errors"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/repl"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/session"
)

func (a *app) openScreen(cfg *config.Config, options repl.Options, completer front.Completer) (*screen, error) {
	return nil, errors.New("stub")
}
func (a *app) sessions() *session.Store { return session.New(a.root) }
