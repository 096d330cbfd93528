package cli

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/session"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
	"github.com/qwen-cli/qwen/sdk"
)

func (a *app) sessionsCommand() *cobra.Command {
	list := a.sessionsListCommand()
	cmd := &cobra.Command{
		Use:   "sessions",
		Short: "Show, export and delete stored conversations",
		Long: `Show, export and delete the conversations that the chat has kept. They are in
~/.qwen/sessions, readable by you only. ID is what "qwen sessions" lists, the
beginning of it or of its letters, or the title of a conversation.`,
		Example: `  qwen sessions
  qwen sessions show k7f3q
  qwen sessions export k7f3q -o talk.md
  qwen sessions delete --older-than 90d`,
		Args: cobra.NoArgs,
		RunE: list.RunE,
	}
	cmd.Flags().AddFlagSet(list.Flags())
	cmd.AddCommand(list, a.sessionsShowCommand(), a.sessionsExportCommand(), a.sessionsDeleteCommand(), a.sessionsRenameCommand())
	return cmd
}

// sessions returns the stored sessions.
func (a *app) sessions() (*session.Store, error) {
	if a.root == "" {
		return nil, errNoStateRoot()
	}
	store := session.New(a.root)
	store.Redact = a.secrets.String
	return store, nil
}

// findSession returns the session that an argument means.
func (a *app) findSession(text string) (*session.Store, session.Meta, error) {
	store, err := a.sessions()
	if err != nil {
		return nil, session.Meta{}, err
	}
	m, err := store.Find(text)
	return store, m, argumentError(err)
}

// argumentError makes an error about a session that is not there a usage error: it
// was named on the command line.
func argumentError(err error) error {
	if !errors.Is(err, session.ErrUnknown) {
		return err
	}
	e := sdk.AsError(err)
	return &usageError{message: e.Message, hint: e.Hint}
}

// completeSessions completes IDs, with titles beside them. It leaves out those that
// the command line has already.
func (a *app) completeSessions(most int) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		store, err := a.sessions()
		if err != nil || most > 0 && len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		list, _ := store.List(cmd.Context()) // a completion never reports an error
		var words []string
		for _, m := range list {
			if !slices.Contains(args, m.ID) {
				words = append(words, cobra.CompletionWithDesc(m.ID, term.CleanLine(m.Title)))
			}
		}
		return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
}
