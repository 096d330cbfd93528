package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/session"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/term"
)

// A deletion is what "qwen sessions delete" is asked to remove.
type deletion struct {
	app       *app
	ids       []string
	olderThan string
	all       bool
	yes       bool
}

func (a *app) sessionsDeleteCommand() *cobra.Command {
	d := &deletion{app: a}
	cmd := &cobra.Command{
		Use:   "delete [ID...]",
		Short: "Delete conversations for good",
		Long: `Delete conversations for good: those named, or those that were not used for some
time. It asks first, unless --yes is given.`,
		Example: `  qwen sessions delete k7f3q
  qwen sessions delete --older-than 90d --yes`,
		RunE: func(cmd *cobra.Command, args []string) error {
			d.ids = args
			return d.run(cmd.Context())
		},
		ValidArgsFunction: a.completeSessions(0),
	}
	cmd.Flags().StringVar(&d.olderThan, "older-than", "", "those not used for this `TIME`, such as 90d, 12w or 36h")
	cmd.Flags().BoolVar(&d.all, "all", false, "all of them")
	cmd.Flags().BoolVarP(&d.yes, "yes", "y", false, "do not ask")
	completeWith(cmd, "older-than", []string{"7d", "30d", "90d"})
	return cmd
}

func (d *deletion) run(ctx context.Context) error {
	store, err := d.app.sessions()
	if err != nil {
		return err
	}
	list, err := d.chosen(ctx, store)
	if err != nil {
		return argumentError(err)
	}
	if len(list) == 0 {
		d.app.note("there is no conversation to delete")
		return nil
	}
	sure, err := d.confirm(ctx, list)
	if err != nil {
		return err
	}
	if !sure {
		d.app.say("Nothing was deleted.")
		return nil
	}
	return d.remove(store, list)
}

// chosen returns the sessions that the command line means, each once.
func (d *deletion) chosen(ctx context.Context, store *session.Store) ([]session.Meta, error) {
	ways := 0
	for _, given := range []bool{len(d.ids) > 0, d.olderThan != "", d.all} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		return nil, &usageError{message: "say which conversations to delete, in one way",
			hint: "Give IDs, which \"qwen sessions\" lists, or --older-than 90d, or --all."}
	}
	if len(d.ids) > 0 {
		return d.named(store)
	}
	list, err := store.List(ctx)
	if err != nil || d.all {
		return list, err
	}
	limit, err := parseAge(d.olderThan)
	if err != nil {
		return nil, err
	}
	before := time.Now().Add(-limit)
	return slices.DeleteFunc(list, func(m session.Meta) bool { return !m.Updated.Before(before) }), nil
}

// named returns the sessions that were named.
func (d *deletion) named(store *session.Store) ([]session.Meta, error) {
	var list []session.Meta
	for _, id := range d.ids {
		m, err := store.Find(id)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(list, func(other session.Meta) bool { return other.ID == m.ID }) {
			list = append(list, m)
		}
	}
	return list, nil
}

// parseAge reads a time such as 90d, 12w or 36h.
func parseAge(text string) (time.Duration, error) {
	if days, ok := parseDays(text); ok {
		return time.Duration(days) * 24 * time.Hour, nil
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return d, nil
	}
	return 0, &usageError{message: fmt.Sprintf("--older-than: %q is no length of time", text), hint: "For example: 90d, 12w, 36h."}
}

// askedAbout is how many sessions are named in the question.
const askedAbout = 10

// confirm asks whether the sessions are to be deleted, if there is somebody to ask and
// nobody has answered yet.
func (d *deletion) confirm(ctx context.Context, list []session.Meta) (bool, error) {
	if d.yes {
		return true, nil
	}
	unasked := &usageError{message: "nobody can be asked whether to delete " + conversations(len(list)), hint: "Add --yes to delete without a question."}
	if !d.app.interactive() {
		return false, unasked
	}
	prompter, err := d.app.openPrompter()
	if err != nil {
		return false, unasked
	}
	defer func() { _ = prompter.Close() }()
	if err := tellSessions(prompter, list); err != nil {
		return false, err
	}
	sure, err := prompter.Confirm(ctx, "Delete "+conversations(len(list))+" for good?", false)
	if errors.Is(err, term.ErrNoAnswer) {
		return false, nil
	}
	return sure, err
}

// tellSessions shows which sessions a question is about.
func tellSessions(prompter *term.Prompter, list []session.Meta) error {
	for i, m := range list {
		if i == askedAbout {
			return prompter.Tell(fmt.Sprintf("... and %d more", len(list)-i))
		}
		if err := prompter.Tell(fmt.Sprintf("%s  %s  %s", m.ID, session.Age(time.Since(m.Updated)), m.Title)); err != nil {
			return err
		}
	}
	return nil
}

// remove deletes sessions: all that it can.
func (d *deletion) remove(store *session.Store, list []session.Meta) error {
	var first error
	deleted := 0
	for _, m := range list {
		switch err := store.Delete(m.ID); {
		case err == nil:
			deleted++
		case first == nil:
			first = err
		default:
			d.app.note("%v", err)
		}
	}
	if deleted > 0 {
		d.app.say("Deleted %s.", conversations(deleted))
	}
	return first
}

func conversations(n int) string { return plural(int64(n), "conversation") }
