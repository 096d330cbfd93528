package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/profile"
	"github.com/qwen-cli/qwen/sdk"
)

func (a *app) authLogoutCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "logout [PROVIDER]",
		Short: "Remove stored logins",
		Long: `Remove a stored login from this machine, and revoke it where the service can.
PROVIDER removes all logins of a provider, --profile the one of that name, --all
every one.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ids, err := a.toRemove(cmd, args, all)
			if err != nil {
				return err
			}
			return a.logout(cmd.Context(), ids)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return a.host.Names(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "remove every stored login")
	return cmd
}

// toRemove returns the logins that the command line means. Without a word on
// which, there has to be only one.
func (a *app) toRemove(cmd *cobra.Command, args []string, all bool) ([]credstore.ID, error) {
	provider, name := "", flagText(cmd.Flags(), profileFlag)
	if len(args) == 1 {
		provider = args[0]
	}
	ids := a.loginsOf(cmd.Context(), provider)
	switch {
	case all && (provider != "" || name != ""):
		return nil, &usageError{message: "--all removes every login; name none beside it", hint: hintFor(cmd)}
	case name != "":
		id, err := a.pickLogin(cmd.Context(), provider, name)
		return []credstore.ID{id}, err
	case provider != "" && len(ids) == 0:
		id, err := profile.Pick(a.loginIDs(cmd.Context()), provider) // perhaps it is a login's name
		return []credstore.ID{id}, err
	case provider == "" && !all && len(ids) > 1:
		return nil, &usageError{message: "there are several logins; say which to remove",
			hint: "Name a provider, or use --profile NAME or --all. \"qwen auth list\" shows what there is."}
	}
	return ids, nil
}

// logout removes logins: here first, all of them and always, then at the service,
// as well as that goes. It says what else there is.
func (a *app) logout(ctx context.Context, ids []credstore.ID) error {
	if len(ids) == 0 {
		a.note("there is no stored login to remove")
	}
	names := profile.Names(ids)
	credentials := make([]*sdk.Credential, len(ids))
	var errs []error
	for i, id := range ids {
		credentials[i], _ = a.store().Get(ctx, id) // a damaged one is removed all the same
		if err := a.remove(ctx, id); err != nil {
			errs = append(errs, err)
			continue
		}
		a.say("Removed the login %s from this machine.", cmp.Or(names[i], id.String()))
	}
	patience, cancel := context.WithTimeout(ctx, revokePatience)
	defer cancel()
	for i, c := range credentials {
		a.revoke(patience, ids[i], names[i], c)
	}
	a.tellLeftKeys(ctx, ids)
	return errors.Join(errs...)
}

// remove removes one login from this machine.
func (a *app) remove(ctx context.Context, id credstore.ID) error {
	inUse := a.inUse(id)
	c := &connection{config: &config.Config{}, about: &sdk.Description{Name: id.Provider}, stored: &id}
	if err := a.session(c).Remove(ctx); err != nil {
		return err
	}
	if inUse {
		return a.profiles().Forget()
	}
	return nil
}

// revokePatience bounds the wait for services that are told to forget logins.
const revokePatience = 10 * time.Second

// revoke tells the service to forget a credential, and says so if it did not.
func (a *app) revoke(ctx context.Context, id credstore.ID, name string, credential *sdk.Credential) {
	if credential == nil || credential.Secret == "" {
		return
	}
	err := a.tryRevoke(ctx, id, credential)
	switch {
	case err == nil:
		a.say("The service has revoked %s.", name)
	case credential.Kind == sdk.CredentialAPIKey:
		a.say("The key of %s (%s) stays valid: delete it on the website of the service if you need it no more.",
			name, config.Mask(credential.Secret.Reveal()))
	case !credential.Expiry.IsZero():
		a.say("The token was not revoked: %s. It stays valid until %s.", reason(err), credential.Expiry.Local().Format(time.DateTime))
	default:
		a.say("The token was not revoked: %s. It stays valid there.", reason(err))
	}
}

func reason(err error) string { return sdk.AsError(err).Message }

func (a *app) tryRevoke(ctx context.Context, id credstore.ID, credential *sdk.Credential) error {
	if d := a.description(id.Provider); d != nil && !d.Supports(sdk.CapabilityRevoke) {
		return sdk.Errorf(sdk.KindUnsupported, "the service has no way to do that")
	}
	network, err := a.networkFor(id.Provider)
	if err != nil {
		return err
	}
	plugin, err := a.host.Open(ctx, id.Provider)
	if err != nil {
		return err
	}
	if !plugin.Description().Supports(sdk.CapabilityRevoke) {
		return sdk.Errorf(sdk.KindUnsupported, "the service has no way to do that")
	}
	return plugin.Revoke(ctx, &sdk.RevokeRequest{Connection: sdk.Connection{Credential: credential, Endpoint: id.Endpoint, Network: network}})
}

// tellLeftKeys says what still provides a key for the providers of the logins that
// were removed.
func (a *app) tellLeftKeys(ctx context.Context, ids []credstore.ID) {
	var told []string
	for _, id := range ids {
		if slices.Contains(told, id.Provider) {
			continue
		}
		told = append(told, id.Provider)
		cfg, err := a.resolveWith(quietly(ctx), []config.FlagValue{{Key: config.KeyProvider, Text: id.Provider}}, nil)
		if err == nil && cfg.Key.Text != "" {
			a.note("%s still holds a key for %s", cfg.Key.Source, id.Provider)
		}
	}
}
