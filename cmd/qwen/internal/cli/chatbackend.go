package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/chat"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/front"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/profile"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/repl"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/usage"
	"github.com/qwen-cli/qwen/sdk"
)

// A chatBackend is the program around an interactive chat.
type chatBackend struct {
	app   *app
	cmd   *cobra.Command
	first *connection // that the command line and the configuration name
	err   error       // why there is none
}

var _ repl.Backend = (*chatBackend)(nil)

// Start implements [repl.Backend].
func (b *chatBackend) Start(ctx context.Context) (repl.Connection, error) {
	if b.err != nil {
		return nil, b.explain(b.err)
	}
	return b.app.chatConnection(ctx, b.first), nil
}

// explain returns an error in the form that is shown.
func (b *chatBackend) explain(err error) error {
	if errors.Is(err, errNotSignedIn) {
		return errors.Join(repl.ErrNobody, err)
	}
	return presentable(err)
}

// Known implements [repl.Backend].
func (b *chatBackend) Known(ctx context.Context) ([]repl.Known, error) {
	logins, err := b.app.logins(quietly(ctx))
	if err != nil {
		return nil, b.explain(err)
	}
	var list []repl.Known
	if b.first != nil && b.first.stored == nil && !isService(b.first.config) {
		list = append(list, repl.Known{Name: b.app.connectionName(b.first), Provider: b.first.about.Name, Note: "from the environment or the command line"})
	}
	for _, l := range logins {
		list = append(list, repl.Known{
			Name: l.Name, Provider: l.Provider, Note: loginNote(l, l.Current), Current: l.Current, Login: l.Kind == kindLogin,
		})
	}
	return list, nil
}

// isService reports whether a configuration has chosen a service of a settings
// file, which is listed by itself.
func isService(cfg *config.Config) bool { return cfg.Stored != nil && cfg.Stored.Service != nil }

// Methods implements [repl.Backend].
func (b *chatBackend) Methods(ctx context.Context) []repl.Method {
	var list []repl.Method
	for _, c := range b.app.described(ctx) {
		for _, m := range c.Description.LoginMethods {
			list = append(list, repl.Method{Provider: c.Name, Method: m.ID, Label: b.Clean(c.Description.DisplayName), Note: b.Clean(m.Label)})
		}
	}
	return list
}

// Connect implements [repl.Backend].
func (b *chatBackend) Connect(ctx context.Context, name string) (repl.Connection, error) {
	a := b.app
	if b.first != nil && a.connectionName(b.first) == name {
		return a.chatConnection(ctx, b.first), nil
	}
	to, err := a.choose(ctx, name, config.Source{Kind: config.FromFlag, Name: "/auth"})
	if err != nil {
		return nil, b.explain(err)
	}
	return b.connect(ctx, to)
}

// ConnectProvider implements [repl.Backend].
func (b *chatBackend) ConnectProvider(ctx context.Context, provider string) (repl.Connection, error) {
	return b.connect(ctx, choice{provider: provider, by: config.Source{Kind: config.FromFlag, Name: "/provider"}})
}

// connect returns the connection of another choice.
func (b *chatBackend) connect(ctx context.Context, to choice) (repl.Connection, error) {
	c, err := b.app.connectTo(ctx, b.cmd.Flags(), to)
	if err != nil {
		return nil, b.explain(err)
	}
	return b.app.chatConnection(ctx, c), nil
}

// Keep implements [repl.Backend].
func (b *chatBackend) Keep(ctx context.Context, name string) error {
	a := b.app
	if id, err := profile.Pick(a.loginIDs(ctx), name); err == nil {
		return b.explain(a.useLogin(ctx, id))
	}
	if s := a.findService(ctx, name); s != nil {
		return b.explain(a.use(ctx, connectionOf(*s), name))
	}
	return nil // it is of the surroundings, which nobody has to remember
}

// SignIn implements [repl.Backend].
func (b *chatBackend) SignIn(ctx context.Context, m repl.Method, ui sdk.UI) (string, error) {
	a := b.app
	l := &login{app: a, provider: m.Provider, method: m.Method}
	if m.Login != "" {
		id, err := profile.Pick(a.loginIDs(ctx), m.Login)
		if err != nil {
			return "", b.explain(err)
		}
		l.profile, l.endpoint, l.replace = id.Name, id.Endpoint, true
	}
	if err := l.check(); err != nil {
		return "", b.explain(err)
	}
	if err := a.store().Ready(); err != nil {
		return "", b.explain(err)
	}
	if err := l.with(ctx, chatAsker{ui}); err != nil {
		return "", b.explain(err)
	}
	return a.loginName(ctx, l.stored), nil
}

// A chatAsker asks in the chat.
type chatAsker struct{ sdk.UI }

func (chatAsker) canAsk() bool    { return true }
func (chatAsker) onCancel(func()) {} // the chat ends the sign-in by its context

func (u chatAsker) tell(text string) { _ = u.Tell(context.Background(), text) }
func (u chatAsker) endWait()         { _ = u.Wait(context.Background(), "") }

// SignOut implements [repl.Backend].
func (b *chatBackend) SignOut(ctx context.Context, name string) error {
	id, err := profile.Pick(b.app.loginIDs(ctx), name)
	if err != nil {
		return b.explain(err)
	}
	if err := b.app.logout(ctx, []credstore.ID{id}); err != nil {
		return b.explain(err)
	}
	if b.first == nil || b.first.stored != nil && normalID(*b.first.stored) == normalID(id) {
		b.first, b.err = b.app.connectTo(ctx, b.cmd.Flags(), choice{})
	}
	if b.err != nil {
		b.first = nil
	}
	return nil
}

// Plugins implements [repl.Backend].
func (b *chatBackend) Plugins(ctx context.Context) []repl.Plugin {
	candidates := b.app.host.Candidates()
	describe, cancel := context.WithTimeout(ctx, describePatience)
	defer cancel()
	b.app.host.Describe(describe, candidates)
	var list []repl.Plugin
	for _, c := range candidates {
		j := pluginJSONOf(c)
		list = append(list, repl.Plugin{
			Name: c.Name, Version: j.Version, From: from(c), Status: string(c.Status),
			Summary: b.Clean(cmp.Or(c.Reason, j.Summary)), Usable: c.Status == "ok",
		})
	}
	return list
}

// Clean implements [repl.Backend].
func (b *chatBackend) Clean(text string) string { return b.app.clean(text) }

// A chatConnection is a connection as the chat uses it.
type chatConnection struct {
	app        *app
	connection *connection
	about      repl.About
	starting   sync.Mutex // held while the plugin starts
}

// chatConnection begins to start the plugin of a connection, and returns what the
// chat uses. Why it cannot be started, the first request tells.
func (a *app) chatConnection(ctx context.Context, c *connection) *chatConnection {
	j := a.describeConnection(ctx, c)
	cc := &chatConnection{app: a, connection: c, about: repl.About{
		Name: a.connectionName(c), Provider: c.about.Name, Label: a.clean(cmp.Or(c.about.DisplayName, c.about.Name)),
		Host: a.clean(j.Host), Model: j.Model, Models: c.about.Models,
	}}
	go cc.warm(ctx)
	return cc
}

// warm starts the plugin ahead of the first request. It leaves the connection alone,
// which is that of the goroutine that asks.
func (c *chatConnection) warm(ctx context.Context) {
	c.starting.Lock()
	defer c.starting.Unlock()
	_, _ = c.app.host.Open(ctx, c.connection.config.Provider.Text) // the first request tells
}

// start starts the plugin, unless it runs. One that has crashed is started again.
func (c *chatConnection) start(ctx context.Context) error {
	c.starting.Lock()
	defer c.starting.Unlock()
	return c.app.start(ctx, c.connection)
}

// About implements [repl.Connection].
func (c *chatConnection) About() repl.About { return c.about }

// Check implements [repl.Connection].
func (c *chatConnection) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	if err := c.start(ctx); err != nil {
		return presentable(err)
	}
	err := c.app.ask(ctx, c.connection)
	switch sdk.KindOf(err) {
	case sdk.KindRateLimit, sdk.KindQuota, sdk.KindOverloaded, sdk.KindNotFound, sdk.KindInvalidRequest, sdk.KindUnsupported, sdk.KindContentFilter:
		return nil // the credential was good enough for another refusal
	}
	return presentable(err)
}

// Models implements [repl.Connection].
func (c *chatConnection) Models(ctx context.Context) ([]sdk.Model, error) {
	if err := c.start(ctx); err != nil {
		return nil, presentable(err)
	}
	return c.connection.models(ctx)
}

// Ask implements [repl.Connection].
func (c *chatConnection) Ask(ctx context.Context, request *sdk.ChatRequest, w repl.Watcher) *chat.Result {
	if err := c.start(ctx); err != nil {
		return &chat.Result{Err: presentable(err)}
	}
	if request.Model == "" {
		request.Model = chosenModel(c.connection.config)
	}
	x := &exchange{app: c.app, watch: watcher{
		heard:     w.Sent,
		retrying:  func(r chat.Retry) error { w.Repeat(r); return nil },
		pausing:   func(p chat.Pause, _ sdk.Origin) error { w.Pause(p); return nil },
		switching: func(s chat.Switch) error { w.Switch(s); return nil },
	}}
	defer x.end()
	options, err := x.first(ctx, c.connection, request)
	if err != nil {
		return &chat.Result{Err: presentable(err)}
	}
	turn := chat.NewTurn(options)
	for event, err := range turn.Events(ctx) {
		if err != nil {
			break // the result has it
		}
		w.Event(event)
	}
	return turn.Result()
}

// Limit implements [repl.Connection].
func (c *chatConnection) Limit(context.Context) string {
	cfg := c.connection.config
	if !cfg.Options.Usage || cfg.StateRoot.Text == "" || len(c.connection.about.Limits)+len(c.connection.about.Plans) == 0 {
		return ""
	}
	now := time.Now()
	report, err := usage.New(cfg.StateRoot.Text).Report(usage.Query{
		Now: now, Since: now, By: usage.ByConnection, Providers: []*sdk.Description{c.connection.about},
		Plan: cfg.Options.UsagePlan, BillingDay: cfg.Options.BillingDay,
	})
	if err != nil {
		return "" // the ledger is not what was asked for; "qwen usage" tells
	}
	return tightest(report.Limits, c.about.Name, len(c.connection.about.Plans) > 1 && cfg.Options.UsagePlan == "")
}

// tightest says how much is left of the limit of which the largest share is used.
// Which plan somebody has is not known unless they say so: then plans do not count.
func tightest(limits []usage.LimitUse, connection string, anyPlan bool) string {
	var most float64
	text := ""
	for _, u := range limits {
		if u.Connection != connection || u.Limit.Amount == 0 || u.Plan != nil && anyPlan {
			continue
		}
		if share := float64(u.Used) / float64(u.Limit.Amount); share >= most {
			left := max(0, u.Limit.Amount-u.Used)
			most, text = share, fmt.Sprintf("%s: %s of %s left", windowName(u.Limit.Window), front.Count(left), front.Count(u.Limit.Amount))
		}
	}
	return text
}
