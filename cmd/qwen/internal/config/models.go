package config

import (
	"slices"
	"strings"

	"github.com/tailscale/hujson"
)

// A modelEntry is an element of modelProviders.TYPE in a settings file: a model,
// where it is served and which variable holds the key for it.
type modelEntry struct {
	layer   *layer
	service string // TYPE: "openai", or the name of a provider
	id      string
	baseURL item
	envKey  item
}

// modelEntries reads modelProviders. Model ids are data here, never names: they
// contain dots and capitals.
func (d *document) modelEntries(l *layer) ([]modelEntry, error) {
	v := member(d.root, "modelProviders")
	if v == nil {
		return nil, nil
	}
	obj, ok := v.Value.(*hujson.Object)
	if !ok {
		return nil, d.wrongType("modelProviders", "an object", *v)
	}
	var entries []modelEntry
	for i := range obj.Members {
		service := literalText(obj.Members[i].Name)
		path := "modelProviders." + service
		list, ok := obj.Members[i].Value.Value.(*hujson.Array)
		if !ok {
			return entries, d.wrongType(path, "an array", obj.Members[i].Value)
		}
		for j := range list.Elements {
			e, err := d.modelEntry(path, &list.Elements[j])
			if err != nil {
				return entries, err
			}
			e.layer, e.service = l, service
			entries = append(entries, e)
		}
	}
	return entries, nil
}

func (d *document) modelEntry(path string, v *hujson.Value) (modelEntry, error) {
	obj, ok := v.Value.(*hujson.Object)
	if !ok {
		return modelEntry{}, d.wrongType(path, "an array of objects", *v)
	}
	var e modelEntry
	id, err := d.field(obj, path, "id")
	if err != nil {
		return e, err
	}
	e.id = id.text
	if e.baseURL, err = d.field(obj, path, "baseUrl"); err != nil {
		return e, err
	}
	e.envKey, err = d.field(obj, path, "envKey")
	return e, err
}

// field reads a string of an entry; it is empty if there is none.
func (d *document) field(obj *hujson.Object, path, name string) (item, error) {
	v := member(obj, name)
	if v == nil {
		return item{}, nil
	}
	path += "[]." + name
	if v.Value.Kind() != '"' {
		return item{}, d.wrongType(path, "a string", *v)
	}
	return item{text: d.text(path, v), line: d.line(v), name: path}, nil
}

// entry returns the entry for a model that p can serve, the project's before the
// user's; nil if there is none.
func (r *resolver) entry(model string, p *Provider) *modelEntry {
	i := slices.IndexFunc(r.models, func(e modelEntry) bool {
		return e.id == model && model != "" && e.servedBy(p)
	})
	if i < 0 {
		return nil
	}
	return &r.models[i]
}

// servedBy reports whether the entry is for p; a nil p is any provider that
// speaks the OpenAI dialect.
func (e *modelEntry) servedBy(p *Provider) bool {
	if e.service == fallbackProvider {
		return p.takesOpenAI()
	}
	return p != nil && strings.EqualFold(e.service, p.Name)
}
