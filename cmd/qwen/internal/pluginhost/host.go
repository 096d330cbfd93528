// Package pluginhost finds provider plugins, decides which of them may run,
// starts them and names them in every error.
//
// A built-in provider is this same executable started again in plugin mode; a
// third party's is an executable qwen-provider-NAME in one of the plugin
// directories. Nothing is ever run from the working directory or from PATH. To
// the rest of the program both are an [sdk.Provider].
package pluginhost

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/hashicorp/go-hclog"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/client"
	"github.com/qwen-cli/qwen/sdk/client/spawn"
)

// Config says what a [Host] works with.
type Config struct {
	// Self is this executable, to be started again for a built-in provider.
	Self string

	// Early is the process of a built-in provider that has been started already,
	// from Self; nil if none has.
	Early *spawn.Process

	// Builtin describes the built-in providers.
	Builtin []*sdk.Description

	// Dirs are the directories that hold third-party plugins, the one that wins
	// first.
	Dirs []Dir

	// Environ is the host's environment, of which plugins get a few variables.
	Environ []string

	// Logger receives the plugins' logs, each under its plugin's name.
	Logger hclog.Logger
}

// A Dir is a place to look for plugins.
type Dir struct {
	Path   string
	Origin string // what to call it, "QWEN_PLUGIN_DIR"
}

// A Host starts plugins. Its methods may be called concurrently.
type Host struct {
	config Config

	mu      sync.Mutex
	early   *client.Process // a built-in provider's process, started ahead
	open    []*Plugin
	opening map[string]*sync.Mutex // by name: one process is started at a time
	proxies map[string]string      // by provider
}

// New returns a host. It starts nothing yet.
func New(c Config) *Host {
	if c.Logger == nil {
		c.Logger = hclog.NewNullLogger()
	}
	h := &Host{config: c}
	if c.Early != nil {
		h.early = client.Adopt(c.Early, h.options(c.Self))
	}
	return h
}

// SetProxy says through which proxy a provider's plugin reaches its service, from its
// next start on, in place of what the environment says; with an empty address it goes
// straight there.
func (h *Host) SetProxy(provider, proxy string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.proxies == nil {
		h.proxies = make(map[string]string)
	}
	h.proxies[provider] = proxy
}

// reachThrough tells a process that is about to be greeted which proxy to use.
func (h *Host) reachThrough(provider string, process *client.Process) {
	h.mu.Lock()
	proxy, set := h.proxies[provider]
	h.mu.Unlock()
	if set {
		_, vars := client.Environment(h.config.Environ)
		process.SetPrivate(client.Through(proxy, vars))
	}
}

// Prestart starts the process of a built-in provider before it is known which
// one: the process comes up while the program reads its configuration. If it
// cannot be started, [Host.Open] will say why. Called again, it does nothing
// while there is such a process.
func (h *Host) Prestart() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.early != nil {
		return
	}
	if p, err := client.Spawn(h.options(h.config.Self)); err == nil {
		h.early = p
	}
}

func (h *Host) takeEarly() *client.Process {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.early
	h.early = nil
	return p
}

// builtinName is what lists of processes call the process of a built-in
// provider: its path may be no more than /proc/self/exe.
const builtinName = "qwen-provider"

// options returns how to start an executable as a plugin.
func (h *Host) options(path string) client.Options {
	env, private := client.Environment(h.config.Environ)
	name := path
	if path == h.config.Self {
		name = builtinName
	}
	return client.Options{
		Path:    path,
		Name:    name,
		Env:     env,
		Private: private,
		Logger:  h.config.Logger,
	}
}

// Open starts the plugin called name, unless it runs already, and returns its
// provider. The error is of kind [sdk.KindConfig] if there is none, else
// [sdk.KindPlugin].
func (h *Host) Open(ctx context.Context, name string) (*Plugin, error) {
	if p := h.running(name); p != nil {
		return p, nil
	}
	turn := h.turn(name)
	turn.Lock()
	defer turn.Unlock()
	if p := h.running(name); p != nil {
		return p, nil // somebody else has opened it meanwhile
	}
	c, err := h.find(name)
	if err != nil {
		return nil, err
	}
	process, err := h.processFor(c)
	if err != nil {
		return nil, named(name, err)
	}
	h.reachThrough(name, process)
	plugin, err := connect(ctx, c, process)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open = append(h.open, plugin)
	return plugin, nil
}

// turn returns what whoever opens the plugin called name holds.
func (h *Host) turn(name string) *sync.Mutex {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.opening[name] == nil {
		if h.opening == nil {
			h.opening = make(map[string]*sync.Mutex)
		}
		h.opening[name] = new(sync.Mutex)
	}
	return h.opening[name]
}

// running returns the plugin called name, nil if it does not run.
func (h *Host) running(name string) *Plugin {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.open {
		if p.Name() == name && p.process.ExitReason() == "" {
			return p
		}
	}
	return nil
}

// processFor returns a process that serves c: the one started ahead, if c is
// built in, else a new one. The one started ahead is let go when the user wants
// another kind of provider.
func (h *Host) processFor(c *Candidate) (*client.Process, error) {
	early := h.takeEarly()
	switch {
	case early == nil:
	case c.Origin == OriginBuiltin:
		return early, nil
	default:
		early.Release()
	}
	return client.Spawn(h.options(h.path(c)))
}

func (h *Host) path(c *Candidate) string {
	if c.Origin == OriginBuiltin {
		return h.config.Self
	}
	return c.Path
}

// Close stops every plugin and waits for them, for a bounded time. What is
// opened afterwards needs another Close.
func (h *Host) Close() { h.each((*client.Process).Close) }

// Release tells every plugin to end without waiting, for a program that exits.
func (h *Host) Release() { h.each((*client.Process).Release) }

func (h *Host) each(stop func(*client.Process)) {
	h.mu.Lock()
	var processes []*client.Process
	for _, p := range h.open {
		processes = append(processes, p.process)
	}
	if h.early != nil {
		processes = append(processes, h.early)
	}
	h.open, h.early = nil, nil
	h.mu.Unlock()

	var wg sync.WaitGroup
	for _, p := range processes {
		wg.Go(func() { stop(p) })
	}
	wg.Wait()
}

// builtin returns the description of a built-in provider, nil if there is none.
func (h *Host) builtin(name string) *sdk.Description {
	for _, d := range h.config.Builtin {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// Names returns the names of all providers that can be opened, sorted.
func (h *Host) Names() []string {
	var names []string
	for _, c := range h.Candidates() {
		if c.Status == StatusOK {
			names = append(names, c.Name)
		}
	}
	slices.SortFunc(names, cmp.Compare)
	return names
}
