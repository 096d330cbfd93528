package cli

import (
	"cmp"
	"context"
	"net/url"
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/profile"
	"github.com/qwen-cli/qwen/sdk"
)

// services lists the services that modelProviders in settings files names.
func (a *app) services(ctx context.Context) []config.ModelService {
	cfg, err := a.resolveWith(ctx, nil, nil)
	if err != nil {
		return nil
	}
	return cfg.Services
}

// serviceName is the name of a service: its host, with the variable of its key if
// there are several at one host.
func serviceName(all []config.ModelService, s config.ModelService) string {
	name := cmp.Or(serviceHost(s), s.Provider)
	for _, other := range all {
		if cmp.Or(serviceHost(other), other.Provider) == name && !other.Same(s) {
			return name + "/" + s.KeyEnv
		}
	}
	return name
}

func serviceHost(s config.ModelService) string {
	u, err := url.Parse(s.Endpoint)
	if err != nil {
		return ""
	}
	return u.Host
}

// findService returns the service of that name in the user's own settings, nil if
// there is none. What a project's file describes cannot be chosen by name: it is
// used for its models, under the rules for such files. So is one without an address
// or a variable of its own.
func (a *app) findService(ctx context.Context, name string) *config.ModelService {
	all := a.services(ctx)
	for _, s := range all {
		named := s.Endpoint != "" && s.KeyEnv != ""
		if named && serviceName(all, s) == name && !s.Source.Kind.Project() {
			return &s
		}
	}
	return nil
}

// serviceNames lists the services that can be chosen by name.
func (a *app) serviceNames(ctx context.Context) []string {
	all := a.services(ctx)
	var names []string
	for _, s := range all {
		if name := serviceName(all, s); a.findService(ctx, name) != nil {
			names = append(names, name)
		}
	}
	return names
}

// withServices adds the names of the services to an error about a name that there is
// not.
func (a *app) withServices(ctx context.Context, err error) error {
	names := a.serviceNames(ctx)
	if len(names) == 0 {
		return err
	}
	e := *sdk.AsError(err)
	e.Hint += " Of settings files: " + strings.Join(names, ", ") + "."
	return &e
}

// serviceCredential returns a service as the configuration takes it.
func serviceCredential(s config.ModelService) config.StoredCredential {
	return config.StoredCredential{Provider: s.Provider, Endpoint: s.Endpoint, Label: serviceHost(s), Service: &s}
}

// connectionOf returns a service as it is remembered.
func connectionOf(s config.ModelService) profile.Connection {
	return profile.Connection{ID: credstore.ID{Provider: s.Provider, Endpoint: s.Endpoint}, KeyEnv: s.KeyEnv}
}

// currentService returns the service in use, false if it is none.
func (a *app) currentService() (config.ModelService, bool) {
	c, ok := a.current()
	return config.ModelService{Provider: c.Provider, Endpoint: c.Endpoint, KeyEnv: c.KeyEnv}, ok && c.KeyEnv != ""
}
