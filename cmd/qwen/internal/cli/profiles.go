package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/profile"
	"github.com/qwen-cli/qwen/sdk"
)

// profileFlag and profileEnv name the stored login to use, or to make.
const (
	profileFlag = "profile"
	profileEnv  = "QWEN_PROFILE"
)

func (a *app) addProfileFlag(root *cobra.Command) {
	root.PersistentFlags().String(profileFlag, "", "stored login to use, by its `NAME` in \"qwen auth list\"")
	complete := func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return profile.Names(a.loginIDs(cmd.Context())), cobra.ShellCompDirectiveNoFileComp
	}
	if err := root.RegisterFlagCompletionFunc(profileFlag, complete); err != nil {
		panic(err) // there is no such flag: a fault in this package
	}
}

// profiles returns what remembers the login in use.
func (a *app) profiles() *profile.State {
	return profile.NewState(a.root)
}

// loginIDs lists the stored logins, the one in use first. What keeps it from
// being known which that is, is told and does no further harm.
func (a *app) loginIDs(ctx context.Context) []credstore.ID {
	ids, err := a.store().List(ctx)
	if err != nil {
		a.noteOnce("%v", err)
		return nil
	}
	current, ok := a.current()
	if i := slices.Index(ids, normalID(current.ID)); ok && current.KeyEnv == "" && i > 0 {
		ids = slices.Concat([]credstore.ID{ids[i]}, ids[:i], ids[i+1:])
	}
	return ids
}

// current returns the connection in use; false if nobody has chosen one.
func (a *app) current() (profile.Connection, bool) {
	c, ok, err := a.profiles().Current()
	if err != nil {
		a.noteOnce("%v", err)
	}
	return c, ok
}

// inUse reports whether the stored login id is the connection in use.
func (a *app) inUse(id credstore.ID) bool {
	c, ok := a.current()
	return ok && c.KeyEnv == "" && normalID(c.ID) == id
}

// normalID returns the ID as a store lists it.
func normalID(id credstore.ID) credstore.ID {
	id.Name = cmp.Or(id.Name, credstore.DefaultName)
	return id
}

// loginName returns the name of a stored login.
func (a *app) loginName(ctx context.Context, id credstore.ID) string {
	return profile.Name(a.loginIDs(ctx), normalID(id))
}

// chosenLogin returns the login that the command line or the environment asks
// for by name, nil if neither does.
func (a *app) chosenLogin(ctx context.Context, flags *pflag.FlagSet) (*config.ChosenCredential, *credstore.ID, error) {
	name, by := flags.Lookup(profileFlag).Value.String(), config.Source{Kind: config.FromFlag, Name: "--" + profileFlag}
	if name == "" && !saysWho(flags) {
		name, by = a.getenv(profileEnv), config.Source{Kind: config.FromEnvironment, Name: profileEnv}
	}
	if name == "" {
		return nil, nil, nil
	}
	chosen := &config.ChosenCredential{By: by}
	id, err := a.pickLogin(ctx, flagText(flags, "provider"), name)
	if err != nil {
		s := a.findService(ctx, name)
		if s == nil {
			return nil, nil, a.withServices(ctx, err)
		}
		chosen.StoredCredential = serviceCredential(*s)
		return chosen, nil, checkChosen(flags, name, connectionOf(*s).ID)
	}
	chosen.StoredCredential = a.storedCredential(ctx, id)
	return chosen, &id, checkChosen(flags, name, id)
}

// pickLogin returns the login of that name, of one provider if that is not "".
func (a *app) pickLogin(ctx context.Context, provider, name string) (credstore.ID, error) {
	ids := a.loginsOf(ctx, provider)
	if all := a.loginIDs(ctx); len(ids) == 0 && len(all) > 0 {
		return credstore.ID{}, sdk.Errorf(sdk.KindConfig, "there is no login %q of the provider %s", name, provider).
			WithHint("There are: %s.", strings.Join(profile.Names(all), ", "))
	}
	return profile.Pick(ids, name)
}

// saysWho reports whether the flags say by other means as whom to ask, which
// beats a variable.
func saysWho(flags *pflag.FlagSet) bool {
	return flagText(flags, "provider") != "" || flagText(flags, "openai-api-key") != "" || flagText(flags, "openai-base-url") != ""
}

func flagText(flags *pflag.FlagSet, name string) string {
	if f := flags.Lookup(name); f != nil {
		return f.Value.String()
	}
	return ""
}

// checkChosen refuses flags that contradict the choice of a login.
func checkChosen(flags *pflag.FlagSet, name string, id credstore.ID) error {
	if p := flagText(flags, "provider"); p != "" && p != id.Provider {
		return &usageError{message: fmt.Sprintf("%q belongs to the provider %s, not to %s", name, id.Provider, p), hint: "Leave out one of the two."}
	}
	if flagText(flags, "openai-api-key") != "" {
		return &usageError{
			message: fmt.Sprintf("there are two credentials: the login %q and the key after %s", name, keyFlag),
			hint:    "Give one of them.",
		}
	}
	if url := flagText(flags, "openai-base-url"); url != "" && !sameEndpoint(url, id.Endpoint) {
		return &usageError{
			message: fmt.Sprintf("the login %q belongs to another endpoint, and is not sent to the one after --openai-base-url", name),
			hint:    "Leave out one of the two, or sign in there: qwen auth login " + id.Provider + " --openai-base-url URL --profile NAME",
		}
	}
	return nil
}

// loginsOf lists the stored logins of a provider, of all if it is "".
func (a *app) loginsOf(ctx context.Context, provider string) []credstore.ID {
	return slices.DeleteFunc(slices.Clone(a.loginIDs(ctx)), func(id credstore.ID) bool {
		return provider != "" && id.Provider != provider
	})
}

func (a *app) storedCredential(ctx context.Context, id credstore.ID) config.StoredCredential {
	return config.StoredCredential{Provider: id.Provider, Endpoint: id.Endpoint, Label: a.loginName(ctx, id)}
}
