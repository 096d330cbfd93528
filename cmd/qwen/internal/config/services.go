package config

import "slices"

// A ModelService is a service that modelProviders in a settings file describes:
// the entries for one address and one variable, together.
type ModelService struct {
	Provider string   // as the file has it
	Endpoint string   // "" for the provider's own
	KeyEnv   string   // variable that holds the key; "" if none is named
	KeySet   bool     // whether that variable has a value
	Models   []string // ids, in the order of the file
	Source   Source   // of the first entry
}

// modelServices groups the entries of modelProviders.
func (r *resolver) modelServices() []ModelService {
	var list []ModelService
	for _, e := range r.models {
		i := slices.IndexFunc(list, func(s ModelService) bool {
			return s.Provider == e.service && s.Endpoint == e.baseURL.text && s.KeyEnv == e.envKey.text && s.Source.File == e.layer.file
		})
		if i < 0 {
			i = len(list)
			list = append(list, ModelService{
				Provider: e.service, Endpoint: e.baseURL.text, KeyEnv: e.envKey.text, KeySet: r.hasVariable(e.envKey.text),
				Source: Source{Kind: e.layer.kind, Name: "modelProviders." + e.service, File: e.layer.file, Line: max(e.baseURL.line, e.envKey.line)},
			})
		}
		list[i].Models = append(list[i].Models, e.id)
	}
	return list
}

// service returns the service that a stored credential stands for; nil if it is a
// login, or if the user's settings no longer have the service. A project's file
// does not get to say what has been chosen.
func (r *resolver) service(c StoredCredential) *ModelService {
	if c.Service == nil {
		return nil
	}
	for i := range r.cfg.Services {
		s := &r.cfg.Services[i]
		if s.Same(*c.Service) && !s.Source.Kind.Project() {
			return s
		}
	}
	return nil
}

// Same reports whether two descriptions are of one service.
func (s ModelService) Same(t ModelService) bool {
	return s.Provider == t.Provider && s.Endpoint == t.Endpoint && s.KeyEnv == t.KeyEnv
}

// hasVariable reports whether any layer has a value for the variable.
func (r *resolver) hasVariable(name string) bool {
	return name != "" && slices.ContainsFunc(r.layers, func(l *layer) bool { return l.vars[name].text != "" })
}
