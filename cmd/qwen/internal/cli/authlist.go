package cli

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/auth"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
)

func (a *app) authListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the stored logins",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			logins, err := a.logins(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(logins)
			}
			return a.printLogins(logins)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// loginJSON is a stored login as it is listed: without its secret.
type loginJSON struct {
	Provider string     `json:"provider"`
	Profile  string     `json:"profile"`
	Endpoint string     `json:"endpoint,omitempty"`
	Account  string     `json:"account,omitempty"`
	Secret   string     `json:"secret,omitempty"` // masked
	State    string     `json:"state"`
	Expires  *time.Time `json:"expires,omitempty"`
	Problem  string     `json:"problem,omitempty"`
}

func (a *app) logins(ctx context.Context) ([]loginJSON, error) {
	store := a.store()
	ids, err := store.List(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]loginJSON, 0, len(ids))
	for _, id := range ids {
		list = append(list, describeLogin(ctx, store, id))
	}
	return list, nil
}

func describeLogin(ctx context.Context, store credstore.Store, id credstore.ID) loginJSON {
	login := loginJSON{Provider: id.Provider, Profile: cmp.Or(id.Name, credstore.DefaultName), Endpoint: id.Endpoint}
	c, err := store.Get(ctx, id)
	if errors.Is(err, credstore.ErrDamaged) {
		login.State, login.Problem = "damaged", err.Error()
		return login
	}
	if err != nil {
		login.State, login.Problem = "unreadable", err.Error()
		return login
	}
	login.State = string(auth.StateOf(c, time.Now()))
	login.Endpoint = cmp.Or(login.Endpoint, c.Endpoint)
	login.Account = c.Account
	login.Secret = config.Mask(c.Secret.Reveal())
	if !c.Expiry.IsZero() {
		login.Expires = &c.Expiry
	}
	return login
}

func (a *app) printLogins(logins []loginJSON) error {
	if len(logins) == 0 {
		a.note("no login is stored; \"qwen auth login\" makes one")
		return nil
	}
	rows := [][]string{{"PROVIDER", "PROFILE", "ENDPOINT", "ACCOUNT", "SECRET", "STATE", "EXPIRES"}}
	for _, l := range logins {
		expires := ""
		if l.Expires != nil {
			expires = l.Expires.Local().Format(time.DateTime)
		}
		rows = append(rows, []string{l.Provider, l.Profile, l.Endpoint, l.Account, l.Secret, cmp.Or(l.Problem, l.State), expires})
	}
	return a.printTable(rows)
}
