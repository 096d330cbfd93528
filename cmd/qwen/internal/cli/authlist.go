package cli

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/auth"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/profile"
)

func (a *app) authListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the logins, and the services in settings files",
		Long: `List the stored logins, the one in use marked by *, and the services that
modelProviders in settings files names. Either can be chosen by name, with "qwen
auth use" or --profile, and such a service by its models too, with --model.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := a.logins(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(list)
			}
			return a.printLogins(list)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// loginJSON is a stored login, or a service in a settings file, as it is listed:
// without its secret.
type loginJSON struct {
	Name     string     `json:"name"`
	Current  bool       `json:"current"`
	Kind     string     `json:"kind"` // "login" or "modelProviders"
	Provider string     `json:"provider"`
	Profile  string     `json:"profile,omitempty"`
	Endpoint string     `json:"endpoint,omitempty"`
	Account  string     `json:"account,omitempty"`
	Secret   string     `json:"secret,omitempty"` // masked
	State    string     `json:"state"`
	Expires  *time.Time `json:"expires,omitempty"`
	Problem  string     `json:"problem,omitempty"`
	Models   []string   `json:"models,omitempty"`
	KeyEnv   string     `json:"key_env,omitempty"`
	Source   string     `json:"source,omitempty"`
}

// Kinds of loginJSON.
const (
	kindLogin   = "login"
	kindService = "modelProviders"
)

func (a *app) logins(ctx context.Context) ([]loginJSON, error) {
	store := a.store()
	if _, err := store.List(ctx); err != nil {
		return nil, err
	}
	ids := a.loginIDs(ctx)
	list := make([]loginJSON, 0, len(ids))
	for i, name := range profile.Names(ids) {
		j := describeLogin(ctx, store, ids[i])
		j.Name, j.Current = name, a.inUse(ids[i])
		list = append(list, j)
	}
	cfg, err := a.resolveWith(ctx, nil, nil)
	if err != nil {
		a.noteOnce("settings files are left out: %v", err)
		return list, nil
	}
	used, ok := a.currentService()
	for _, s := range cfg.Services {
		j := describeService(s)
		j.Name, j.Current = serviceName(cfg.Services, s), ok && s.Same(used)
		list = append(list, j)
	}
	return list, nil
}

func describeLogin(ctx context.Context, store credstore.Store, id credstore.ID) loginJSON {
	j := loginJSON{Kind: kindLogin, Provider: id.Provider, Profile: cmp.Or(id.Name, credstore.DefaultName), Endpoint: id.Endpoint}
	c, err := store.Get(ctx, id)
	if errors.Is(err, credstore.ErrDamaged) {
		j.State, j.Problem = "damaged", err.Error()
		return j
	}
	if err != nil {
		j.State, j.Problem = "unreadable", err.Error()
		return j
	}
	j.State = string(auth.StateOf(c, time.Now()))
	j.Endpoint = cmp.Or(j.Endpoint, c.Endpoint)
	j.Account = c.Account
	j.Secret = config.Mask(c.Secret.Reveal())
	if !c.Expiry.IsZero() {
		j.Expires = &c.Expiry
	}
	return j
}

// describeService describes a service in a settings file.
func describeService(s config.ModelService) loginJSON {
	j := loginJSON{
		Kind: kindService, Provider: s.Provider, Endpoint: s.Endpoint,
		Models: s.Models, KeyEnv: s.KeyEnv, Source: s.Source.String(),
	}
	switch {
	case s.KeyEnv == "":
		j.State = "no variable named"
	case s.KeySet:
		j.State = s.KeyEnv + " is set"
	default:
		j.State = s.KeyEnv + " is not set"
	}
	return j
}

func (a *app) printLogins(logins []loginJSON) error {
	if len(logins) == 0 {
		a.note("no login is stored; \"qwen auth login\" makes one")
		return nil
	}
	rows := [][]string{{"", "NAME", "PROVIDER", "ENDPOINT", "ACCOUNT", "SECRET", "STATE", "EXPIRES", "MODELS"}}
	for _, l := range logins {
		mark, expires := " ", ""
		if l.Current {
			mark = "*"
		}
		if l.Expires != nil {
			expires = l.Expires.Local().Format(time.DateTime)
		}
		rows = append(rows, []string{mark, l.Name, l.Provider, l.Endpoint, l.Account, l.Secret,
			cmp.Or(l.Problem, l.State), expires, strings.Join(l.Models, ", ")})
	}
	return a.printTable(rows)
}
