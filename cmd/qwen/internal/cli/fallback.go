package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/chat"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/profile"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/render"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/retry"
	"github.com/qwen-cli/qwen/sdk"
)

const (
	fallbackKey  = "fallback"
	fallbackNone = "none" // in place of names: for once, none
)

// fallbackNames returns the names of the connections to ask after the first one, in
// their order.
func fallbackNames(cfg *config.Config) []string {
	var names []string
	for _, list := range cfg.Options.Fallback {
		for name := range strings.SplitSeq(list, ",") {
			if name = strings.TrimSpace(name); name != "" && name != fallbackNone {
				names = append(names, name)
			}
		}
	}
	return names
}

// checkFallback refuses, before anything is sent, names that mean no connection.
func (a *app) checkFallback(ctx context.Context, cfg *config.Config) error {
	source := cfg.Get(fallbackKey).Source
	for _, name := range fallbackNames(cfg) {
		_, err := a.fallbackChoice(ctx, name, source)
		if err == nil {
			continue
		}
		problem := &config.Error{Source: source, Key: fallbackKey, Problem: sdk.AsError(err).Message, Next: sdk.AsError(err).Hint}
		problem.Next = cmp.Or(problem.Next, "Providers are: "+strings.Join(a.host.Names(), ", ")+".")
		return problem
	}
	return nil
}

// fallbackChoice returns the connection that a name means: a login, a service of the
// user's settings, or what the configuration gives for a provider.
func (a *app) fallbackChoice(ctx context.Context, name string, by config.Source) (choice, error) {
	to, err := a.choose(ctx, name, by)
	if err != nil && slices.Contains(a.host.Names(), name) {
		return choice{provider: name, by: by}, nil
	}
	return to, err
}

// A relay is the line of connections that take a prompt, each when the one before it
// could not.
type relay struct {
	exchange *exchange
	flags    *pflag.FlagSet
	by       config.Source
	names    []string // of those that were not asked yet
	asked    []string // whom, as whom
}

// newRelay returns the connections behind the first one; nil if there are none.
func (x *exchange) newRelay(c *connection) *relay {
	names := fallbackNames(c.config)
	if len(names) == 0 {
		return nil
	}
	return &relay{exchange: x, flags: x.app.flags, by: c.config.Get(fallbackKey).Source, names: names, asked: []string{x.app.identity(c)}}
}

// identity tells connections apart.
func (a *app) identity(c *connection) string {
	return fmt.Sprintf("%q %q %q", a.connectionName(c), c.about.Name, hostOf(c.origin(&sdk.ChatRequest{Connection: c.sdkConnection(nil)}).Endpoint))
}

// first returns how a request is sent over the first connection, or over the next one
// if there is no way to the first.
func (x *exchange) first(ctx context.Context, c *connection, request *sdk.ChatRequest) (chat.Options, error) {
	x.relay = x.newRelay(c)
	options, err := x.over(ctx, c, request)
	if err == nil || x.relay == nil || ctx.Err() != nil || !retry.Elsewhere(sdk.AsError(err)) {
		return options, err
	}
	failed := *sdk.AsError(err)
	failed.Provider = cmp.Or(failed.Provider, c.about.Name)
	next, nextErr := x.relay.next(ctx, &failed, request, c.origin(request))
	if next == nil {
		return options, cmp.Or(nextErr, err)
	}
	return *next, nil
}

// next returns how the request is sent over the next connection that there is a way
// to, and tells that it is; nil if there is none.
func (r *relay) next(ctx context.Context, failed *sdk.Error, request *sdk.ChatRequest, from sdk.Origin) (*chat.Options, error) {
	if err := r.exchange.app.spent(failed); err != nil {
		return nil, err
	}
	for len(r.names) > 0 && ctx.Err() == nil {
		name := r.names[0]
		r.names = r.names[1:]
		c, err := r.connect(ctx, name)
		if c == nil && err == nil {
			continue // it was asked already
		}
		again := *request
		var options chat.Options
		if err == nil {
			again.Model = modelElsewhere(c, request, from)
			options, err = r.exchange.over(ctx, c, &again)
		}
		if err != nil {
			r.exchange.app.note("%q cannot be asked instead: %v", name, err)
			continue
		}
		return &options, r.exchange.watch.switching(chat.Switch{Err: failed, To: options.Origin, Name: r.exchange.app.connectionName(c)})
	}
	return nil, ctx.Err()
}

// connect returns the connection of a name, nil if it was asked already.
func (r *relay) connect(ctx context.Context, name string) (*connection, error) {
	a := r.exchange.app
	to, err := a.fallbackChoice(ctx, name, r.by)
	if err != nil {
		return nil, err
	}
	c, err := a.connectTo(ctx, r.flags, to)
	if err != nil {
		return nil, err
	}
	id := a.identity(c)
	if slices.Contains(r.asked, id) {
		return nil, nil
	}
	r.asked = append(r.asked, id)
	return c, a.start(ctx, c)
}

// modelElsewhere returns the model to ask over a connection in place of another one:
// the same where a service lists it, and at the same service; else the one that this
// connection is usually asked, for the name of a model means nothing elsewhere.
func modelElsewhere(c *connection, request *sdk.ChatRequest, from sdk.Origin) string {
	if s := c.config.Stored; s != nil && s.Service != nil {
		if i := slices.IndexFunc(c.config.Services, s.Service.Same); i >= 0 && slices.Contains(c.config.Services[i].Models, request.Model) {
			return request.Model
		}
		return c.config.Model.Text
	}
	to := c.origin(&sdk.ChatRequest{Connection: c.sdkConnection(nil)})
	if to.Provider == from.Provider && hostOf(to.Endpoint) == hostOf(from.Endpoint) {
		return request.Model
	}
	return ""
}

// showSwitch returns what tells that another connection is asked.
func showSwitch(r render.Renderer) func(chat.Switch) error {
	return func(s chat.Switch) error {
		return r.Switch(render.Switch{Err: s.Err, Connection: s.Name, Provider: s.To.Provider, Host: hostOf(s.To.Endpoint), Model: s.To.Model})
	}
}

// completeFallback completes the names of connections, also behind a comma.
func (a *app) completeFallback(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndex(typed, ",")+1]
	ctx := cmd.Context()
	names := slices.Concat(profile.Names(a.loginIDs(ctx)), a.serviceNames(ctx), a.host.Names())
	slices.Sort(names)
	var list []string
	for _, name := range slices.Compact(names) {
		if !slices.Contains(strings.Split(before, ","), name) {
			list = append(list, before+name)
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}
