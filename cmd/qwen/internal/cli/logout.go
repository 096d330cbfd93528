package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/sdk"
)

func (a *app) authLogoutCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "logout [PROVIDER]",
		Short: "Remove stored logins",
		Long: `Remove the stored logins of a provider from this machine, and revoke them where
the service can.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if all == (len(args) == 1) {
				return &usageError{message: "name one provider, or use --all", hint: hintFor(cmd)}
			}
			return a.logout(cmd.Context(), args)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "remove every stored login")
	return cmd
}

// logout removes the logins of the providers named, of all if none is.
func (a *app) logout(ctx context.Context, providers []string) error {
	store := a.store()
	ids, err := store.List(ctx)
	if err != nil {
		return err
	}
	var errs []error
	removed := 0
	for _, id := range ids {
		if len(providers) > 0 && !slices.Contains(providers, id.Provider) {
			continue
		}
		removed++
		errs = append(errs, a.removeLogin(ctx, store, id))
	}
	if removed == 0 {
		a.note("there is no stored login to remove")
	}
	return errors.Join(errs...)
}

// removeLogin removes one login: here first and always, then at the service, as
// well as that goes.
func (a *app) removeLogin(ctx context.Context, store *credstore.File, id credstore.ID) error {
	credential, _ := store.Get(ctx, id) // a damaged one is removed all the same
	if err := store.Delete(ctx, id); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(a.stderr, "Removed the login %s.%s\n", id, a.revoke(ctx, id, credential))
	return nil
}

// revokePatience bounds the wait for a service that is told to forget a login.
const revokePatience = 10 * time.Second

// revoke tells the service to forget a credential and returns what to say of it.
func (a *app) revoke(ctx context.Context, id credstore.ID, credential *sdk.Credential) string {
	const stays = " The service was not told: its key or token stays valid there."
	if credential == nil {
		return stays
	}
	ctx, cancel := context.WithTimeout(ctx, revokePatience)
	defer cancel()
	plugin, err := a.host.Open(ctx, id.Provider)
	if err != nil || !plugin.Description().Supports(sdk.CapabilityRevoke) {
		return stays
	}
	err = plugin.Revoke(ctx, &sdk.RevokeRequest{Connection: sdk.Connection{Credential: credential}})
	if err != nil {
		return stays
	}
	return " The service has revoked it."
}
