package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/auth"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/chat"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/sdk"
)

// States that only a question to the service can tell.
const (
	stateUnreachable = "unreachable"
	stateUnknown     = "not checked"
)

func (a *app) authStatusCommand() *cobra.Command {
	var asJSON, check bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show as whom qwen asks, and why",
		Long: `Show what a prompt from this directory would use, marked by *: provider, host,
credential, where each of these comes from and what it hides; then the other
stored logins. Nothing is sent. With --check, every one of them is tried with a
request for one token.

The exit code is that of the connection in use: 0 if it is ok, or refreshable;
4 if there is none, or it needs a new login; 8 if --check found its service
unreachable.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.status(cmd, check)
			if err != nil {
				return err
			}
			if asJSON {
				err = a.printJSON(s)
			} else {
				err = a.printStatus(s)
			}
			if code := s.exitCode(); err == nil && code != exitOK {
				return &reportedError{code: code}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&check, "check", false, "ask each service whether it accepts the credential")
	return cmd
}

// statusJSON is the answer to "as whom?".
type statusJSON struct {
	State       string           `json:"state"` // of the connection in use
	Connections []connectionJSON `json:"connections"`
}

// connectionJSON is a connection as "auth status" shows it.
type connectionJSON struct {
	Name     string     `json:"name,omitempty"` // of the stored login, if it is one
	Current  bool       `json:"current"`        // a prompt from here would use it
	State    string     `json:"state"`
	Checked  bool       `json:"checked"` // the service was asked
	Problem  string     `json:"problem,omitempty"`
	Provider string     `json:"provider"`
	Host     string     `json:"host,omitempty"`
	Account  string     `json:"account,omitempty"`
	Model    string     `json:"model,omitempty"`
	Secret   string     `json:"secret,omitempty"` // masked
	Expires  *time.Time `json:"expires,omitempty"`

	Sources struct {
		Provider   string `json:"provider,omitempty"`
		Host       string `json:"host,omitempty"`
		Model      string `json:"model,omitempty"`
		Credential string `json:"credential,omitempty"`
	} `json:"sources"`

	Hides []string `json:"hides,omitempty"` // what would be used without it
}

func (s *statusJSON) exitCode() int {
	switch s.State {
	case string(auth.StateOK), string(auth.StateRefreshable), stateUnknown:
		return exitOK
	case stateUnreachable:
		return exitNetwork
	}
	return exitAuth
}

// status finds out about the connection in use and all other stored logins.
func (a *app) status(cmd *cobra.Command, check bool) (*statusJSON, error) {
	ctx := cmd.Context()
	s := &statusJSON{State: string(auth.StateNone), Connections: []connectionJSON{}}
	used := credstore.ID{}
	c, err := a.identify(cmd)
	switch {
	case errors.Is(err, errNotSignedIn) && c == nil:
	case err != nil && !errors.Is(err, errNotSignedIn):
		return nil, err
	default:
		j := a.describeConnection(ctx, c)
		j.Current = true
		if check {
			a.check(ctx, c, &j)
		}
		s.State, s.Connections = j.State, append(s.Connections, j)
		if c.stored != nil {
			used = *c.stored
		}
	}
	for _, id := range a.loginIDs(ctx) {
		if id != used {
			s.Connections = append(s.Connections, a.otherLogin(ctx, id, check))
		}
	}
	return s, ctx.Err() // nobody wants half an answer after Ctrl-C
}

// otherLogin describes a stored login that is not in use.
func (a *app) otherLogin(ctx context.Context, id credstore.ID, check bool) connectionJSON {
	chosen := &config.ChosenCredential{
		StoredCredential: a.storedCredential(ctx, id),
		By:               config.Source{Kind: config.FromStored, Name: a.loginName(ctx, id)},
	}
	j := connectionJSON{Name: a.loginName(ctx, id), Provider: id.Provider, Host: hostOf(id.Endpoint), State: stateUnknown}
	if a.description(id.Provider) == nil && !check {
		describeStored(ctx, a.store(), id, &j) // a plugin is not started for this
		return j
	}
	cfg, err := a.resolveWith(ctx, nil, chosen)
	if err == nil {
		var c *connection
		if c, err = a.connectionFor(ctx, cfg, &id); err == nil {
			j = a.describeConnection(ctx, c)
			if check {
				a.check(ctx, c, &j)
			}
			return j
		}
	}
	j.State, j.Problem = "unusable", err.Error()
	return j
}

// describeConnection says what is known of a connection without asking anybody.
func (a *app) describeConnection(ctx context.Context, c *connection) connectionJSON {
	cfg := c.config
	j := connectionJSON{Provider: c.about.Name, Host: hostOf(cfg.Endpoint.Text), Model: cfg.Model.Text, State: string(auth.StateNone)}
	j.Sources.Provider = cfg.Provider.Source.String()
	j.Sources.Host = cfg.Endpoint.Source.String()
	j.Sources.Model = cfg.Model.Source.String()
	if cfg.Model.Source.Kind == config.FromDefault {
		j.Model, j.Sources.Model = a.usualModel(ctx, c)
	}
	switch {
	case cfg.Key.Text != "":
		j.State, j.Secret = string(auth.StateOK), cfg.Key.Display()
		j.Sources.Credential = cfg.Key.Source.String()
		if s := cfg.Stored; s != nil && s.Service != nil {
			j.Name = s.Label
		}
		for _, v := range cfg.Key.Shadows {
			j.Hides = append(j.Hides, v.Source.String())
		}
		if id, ok := a.shadowedLogin(ctx, cfg); ok {
			j.Hides = append(j.Hides, "stored login "+a.loginName(ctx, id))
		}
	case c.stored != nil:
		j.Name = a.loginName(ctx, *c.stored)
		describeStored(ctx, a.store(), *c.stored, &j)
		j.Hides = a.hiddenKeys(ctx, c)
	case c.source == nil && !needsCredential(c):
		j.State, j.Sources.Credential = string(auth.StateOK), "none; the service may not ask for one"
	}
	return j
}

// usualModel returns the model of a connection for which none was chosen, and why.
func (a *app) usualModel(ctx context.Context, c *connection) (model, why string) {
	var credential *sdk.Credential
	endpoint := c.config.Endpoint.Text
	if c.stored != nil {
		credential, _ = a.store().Get(ctx, *c.stored) // a damaged one is told of elsewhere
		endpoint = cmp.Or(c.stored.Endpoint, endpoint)
	}
	return usualModel(c.about, endpoint, credential)
}

// describeStored fills in what the store knows of a login.
func describeStored(ctx context.Context, store *credstore.Vault, id credstore.ID, j *connectionJSON) {
	l := describeLogin(ctx, store, id)
	j.State, j.Problem, j.Account, j.Secret, j.Expires = l.State, l.Problem, l.Account, l.Secret, l.Expires
	if path, err := store.Path(id); err == nil {
		j.Sources.Credential = path
	}
	if c, err := store.Get(ctx, id); err == nil && id.Endpoint == "" && c.Endpoint != "" {
		j.Host, j.Sources.Host = hostOf(c.Endpoint), "the service's own word, with the token"
	}
}

// hiddenKeys lists the keys that the choice of a login by name hides.
func (a *app) hiddenKeys(ctx context.Context, c *connection) []string {
	if a.chosen == nil || *a.chosen != *c.stored {
		return nil
	}
	plain, err := a.resolveWith(quietly(ctx), nil, nil)
	if err != nil || plain.Key.Text == "" {
		return nil
	}
	return []string{plain.Key.Source.String()}
}

// hostOf returns host[:port] of an endpoint. Some are given as a host alone.
func hostOf(endpoint string) string {
	if !strings.Contains(endpoint, "://") {
		endpoint = "https://" + endpoint
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	return u.Host
}

// checkPatience bounds the wait for one service.
const checkPatience = 20 * time.Second

// check asks the service for one token, as the connection does it: an expired
// login is renewed, a refused one as well, once.
func (a *app) check(ctx context.Context, c *connection, j *connectionJSON) {
	if j.State == string(auth.StateNone) || j.Problem != "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	err := a.ask(ctx, c)
	j.Checked = true
	switch sdk.KindOf(err) {
	case "":
		j.State = string(auth.StateOK)
	case sdk.KindUnauthenticated, sdk.KindPermission:
		j.State, j.Problem = string(auth.StateNeedsLogin), err.Error()
	case sdk.KindNetwork, sdk.KindTimeout, sdk.KindService, sdk.KindOverloaded, sdk.KindProtocol, sdk.KindIncomplete, sdk.KindCanceled:
		j.State, j.Problem = stateUnreachable, err.Error()
	default: // the credential was good enough for another refusal
		j.State, j.Problem = string(auth.StateOK), err.Error()
	}
}

// ask sends the shortest of prompts.
func (a *app) ask(ctx context.Context, c *connection) error {
	if err := a.start(ctx, c); err != nil {
		return err
	}
	credential, err := c.credential(ctx)
	if err != nil {
		return err
	}
	one := int64(1)
	request := &sdk.ChatRequest{
		Connection: c.sdkConnection(credential),
		Model:      chosenModel(c.config),
		Messages:   []sdk.Message{sdk.TextMessage(sdk.RoleUser, "hi")},
		Sampling:   sdk.Sampling{MaxOutputTokens: &one},
	}
	turn := chat.NewTurn(chat.Options{
		Provider: c.plugin, Request: request, Origin: c.origin(request), Refresh: c.rejected,
		FirstByteTimeout: checkPatience, IdleTimeout: checkPatience,
	})
	for _, err := range turn.Events(ctx) {
		if err != nil {
			return err
		}
	}
	return turn.Result().Err
}

func (a *app) printStatus(s *statusJSON) error {
	if s.State == string(auth.StateNone) {
		a.note("not signed in; \"qwen auth login\" changes that, or set OPENAI_API_KEY")
	}
	for i, j := range s.Connections {
		if i > 0 {
			if _, err := fmt.Fprintln(a.streams.Out); err != nil {
				return err
			}
		}
		if err := a.printConnection(j); err != nil {
			return err
		}
	}
	return nil
}

// printConnection prints a heading and what is known, each with its source.
func (a *app) printConnection(j connectionJSON) error {
	mark := " "
	if j.Current {
		mark = "*"
	}
	if _, err := fmt.Fprintf(a.streams.Out, "%s %s: %s\n", mark, a.clean(cmp.Or(j.Name, j.Provider)), j.State); err != nil {
		return err
	}
	rows := [][]string{
		{"provider", j.Provider, j.Sources.Provider},
		{"host", j.Host, j.Sources.Host},
		{"account", j.Account, ""},
		{"credential", j.Secret, j.Sources.Credential},
		{"model", j.Model, j.Sources.Model},
		{"expires", expiresText(j.Expires, time.Now()), ""},
		{"hides", strings.Join(j.Hides, "; "), ""},
		{"problem", j.Problem, ""},
	}
	rows = slices.DeleteFunc(rows, func(r []string) bool { return r[1] == "" && r[2] == "" })
	return a.printIndented(rows)
}

// expiresText says when a credential expires, also in words.
func expiresText(at *time.Time, now time.Time) string {
	if at == nil {
		return ""
	}
	text := at.Local().Format(time.DateTime)
	left := at.Sub(now).Round(time.Minute)
	if left < 0 {
		return text + ", " + strings.TrimSuffix((-left).String(), "0s") + " ago"
	}
	return text + ", in " + strings.TrimSuffix(left.String(), "0s")
}
