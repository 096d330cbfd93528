package pluginhost

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/client"
)

// A Plugin is a running plugin. It implements [sdk.Provider], [sdk.ModelLister]
// and [sdk.Revoker]; every error that comes out of it names the plugin.
type Plugin struct {
	Candidate *Candidate

	process  *client.Process
	provider provider
}

// provider is what package client returns.
type provider interface {
	sdk.Provider
	sdk.ModelLister
	sdk.Revoker
}

// connect makes a plugin of a process that has just been started.
func connect(ctx context.Context, c *Candidate, process *client.Process) (*Plugin, error) {
	remote, err := process.Connect(ctx, c.Name)
	if err != nil {
		process.Close()
		return nil, named(c.Name, err)
	}
	p := &Plugin{Candidate: c, process: process, provider: remote.(provider)}
	if c.Description == nil {
		if c.Description, err = p.checkDescription(ctx); err != nil {
			process.Close()
			return nil, err
		}
	}
	return p, nil
}

// checkDescription asks a third party's plugin what it is, and holds it to its
// name.
func (p *Plugin) checkDescription(ctx context.Context) (*sdk.Description, error) {
	ctx, cancel := context.WithTimeout(ctx, client.DefaultStartTimeout)
	defer cancel()
	d, err := p.Describe(ctx)
	if err != nil {
		return nil, err
	}
	if d.Name != p.Candidate.Name {
		return nil, named(p.Candidate.Name, wrongName(p.Candidate.Path, d.Name))
	}
	return d, nil
}

func wrongName(path, name string) error {
	e := sdk.Errorf(sdk.KindPlugin, "%s: it calls itself %q", path, name)
	if !ValidName(name) {
		return e.WithHint("This is a fault of the plugin, please report it to its author.")
	}
	return e.WithHint("Rename the file to %s%s.", prefix, name)
}

// Name returns the provider's name.
func (p *Plugin) Name() string { return p.Candidate.Name }

// Description returns what the provider says of itself.
func (p *Plugin) Description() *sdk.Description { return p.Candidate.Description }

// Pid returns the ID of the plugin's process.
func (p *Plugin) Pid() int { return p.process.Pid() }

// Describe implements [sdk.Provider].
func (p *Plugin) Describe(ctx context.Context) (*sdk.Description, error) {
	return call(p, func() (*sdk.Description, error) { return p.provider.Describe(ctx) })
}

// Login implements [sdk.Provider].
func (p *Plugin) Login(ctx context.Context, req *sdk.LoginRequest, ui sdk.UI) (*sdk.Credential, error) {
	return call(p, func() (*sdk.Credential, error) { return p.provider.Login(ctx, req, ui) })
}

// Token implements [sdk.Provider].
func (p *Plugin) Token(ctx context.Context, req *sdk.TokenRequest) (*sdk.Credential, error) {
	return call(p, func() (*sdk.Credential, error) { return p.provider.Token(ctx, req) })
}

// Models implements [sdk.ModelLister].
func (p *Plugin) Models(ctx context.Context, req *sdk.ModelsRequest) ([]sdk.Model, error) {
	return call(p, func() ([]sdk.Model, error) { return p.provider.Models(ctx, req) })
}

// Revoke implements [sdk.Revoker].
func (p *Plugin) Revoke(ctx context.Context, req *sdk.RevokeRequest) error {
	return p.explain(p.provider.Revoke(ctx, req))
}

// Chat implements [sdk.Provider].
func (p *Plugin) Chat(ctx context.Context, req *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		for event, err := range p.provider.Chat(ctx, req) {
			if !yield(event, p.explain(err)) {
				return
			}
		}
	}
}

// call runs one call of the plugin and names the plugin in its error.
func call[T any](p *Plugin, do func() (T, error)) (T, error) {
	result, err := do()
	return result, p.explain(err)
}

// settle is how long a plugin whose connection broke gets to end, so that its
// exit can be reported.
const settle = 300 * time.Millisecond

// explain names the plugin in err and says, when its process has failed, how.
func (p *Plugin) explain(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if sdk.KindOf(err) != sdk.KindPlugin {
		return named(p.Name(), err)
	}
	select {
	case <-p.process.Exited():
		return p.crashed(err)
	case <-time.After(settle):
		return named(p.Name(), err) // it lives: the call alone has failed
	}
}

// crashed is the error for a process that ended during a call.
func (p *Plugin) crashed(err error) error {
	e := sdk.Errorf(sdk.KindPlugin, "the plugin crashed (%s)", p.process.ExitReason()).
		WithHint("This is a fault of the plugin, please report it to its author; --log-level debug shows what it logs.")
	if p.process.ExitReason() == "signal: killed" {
		e.Hint = "Somebody killed it, or the system did for want of memory: dmesg may tell."
	}
	e.Provider, e.Err = p.Name(), err
	if last := p.process.LastWords(); last != "" {
		e.Message += "; it said: " + last
	}
	return e
}

// named returns err as an [sdk.Error] that names the provider.
func named(name string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	e := *sdk.AsError(err)
	if e.Provider == "" {
		e.Provider = name
	}
	return &e
}
