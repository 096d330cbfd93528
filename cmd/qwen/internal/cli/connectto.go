package cli

import (
	"context"
	"slices"

	"github.com/spf13/pflag"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/profile"
)

// A choice says whom to ask as whom, in place of what the command line and the
// configuration say.
type choice struct {
	provider string                   // "" if a connection was chosen by name
	chosen   *config.ChosenCredential // a login, or a service of a settings file
	login    *credstore.ID            // nil if it is no login
	by       config.Source
}

// choose returns the choice of a login, or of a service of the user's settings, by its
// name.
func (a *app) choose(ctx context.Context, name string, by config.Source) (choice, error) {
	id, err := profile.Pick(a.loginIDs(ctx), name)
	if err == nil {
		chosen := &config.ChosenCredential{StoredCredential: a.storedCredential(ctx, id), By: by}
		return choice{chosen: chosen, login: &id, by: by}, nil
	}
	if s := a.findService(ctx, name); s != nil {
		return choice{chosen: &config.ChosenCredential{StoredCredential: serviceCredential(*s), By: by}, by: by}, nil
	}
	return choice{}, a.withServices(ctx, err)
}

// whoFlags are the keys that say whom to ask as whom: another choice takes the place
// of all of them.
var whoFlags = []string{config.KeyProvider, config.KeyEndpoint, config.KeyAPIKey, config.KeyModel}

// connectTo resolves the configuration anew, with another choice of whom to ask. The
// flags are those of the command line.
func (a *app) connectTo(ctx context.Context, flags *pflag.FlagSet, to choice) (*connection, error) {
	values := slices.DeleteFunc(configFlags(flags), func(f config.FlagValue) bool { return slices.Contains(whoFlags, f.Key) })
	settings, err := settingFlags(flags)
	if err != nil {
		return nil, err
	}
	values = append(values, settings...)
	if to.provider != "" {
		values = append(values, config.FlagValue{Key: config.KeyProvider, Text: to.provider, Flag: to.by.Name})
	}
	cfg, err := a.resolveWith(ctx, values, to.chosen)
	if err != nil {
		return nil, err
	}
	a.adopt(cfg)
	return a.connectionFor(ctx, cfg, to.login)
}
