package cli

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/session"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

func (a *app) sessionsShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "show ID",
		Short:             "Print a conversation",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.completeSessions(1),
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := a.readSession(args[0])
			if err != nil {
				return err
			}
			return session.Text(a.cleanOutput(), c)
		},
	}
}

// cleanOutput returns standard output: nothing drives it if it is a terminal.
func (a *app) cleanOutput() io.Writer {
	if a.streams.Out.Terminal {
		return term.NewSanitizer(a.streams.Out)
	}
	return a.streams.Out
}

// readSession reads the session that an argument means, and tells what of it cannot
// be read.
func (a *app) readSession(text string) (*session.Conversation, error) {
	store, m, err := a.findSession(text)
	if err != nil {
		return nil, err
	}
	c, err := store.Read(m.ID)
	if err != nil {
		return nil, argumentError(err)
	}
	if c.Damaged > 0 {
		a.note("%s of %s cannot be read, and %s passed over", plural(int64(c.Damaged), "line"), c.ID, was(c.Damaged))
	}
	return c, nil
}

func was(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func (a *app) sessionsRenameCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rename ID TITLE...",
		Short: "Give a conversation a title",
		Args:  cobra.MinimumNArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			store, m, err := a.findSession(args[0])
			if err != nil {
				return err
			}
			title := strings.Join(args[1:], " ")
			if strings.TrimSpace(title) == "" {
				return &usageError{message: "the title is empty", hint: "Say what the conversation is about, in a few words."}
			}
			if err := store.Rename(m.ID, title); err != nil {
				return argumentError(err)
			}
			a.say("%s is called %q now.", m.ID, title)
			return nil
		},
		ValidArgsFunction: a.completeSessions(1),
	}
}
