package config

import "slices"

// lookup returns the value of a key: that of the first layer that has one, and
// below it, as what it shadows, all others. The text is not checked yet.
func (r *resolver) lookup(k Key) Value {
	var found []Value
	for _, l := range r.layers {
		found = append(found, l.find(k)...)
	}
	if k.Default != "" {
		found = append(found, Value{Key: k.Name, Text: k.Default, Secret: k.Secret, Source: Source{Kind: FromDefault}})
	}
	return stack(k, found)
}

// stack makes one value of several, the first of which wins.
func stack(k Key, found []Value) Value {
	if len(found) == 0 {
		return Value{Key: k.Name, Secret: k.Secret}
	}
	v := found[0]
	v.Shadows = slices.Clone(found[1:])
	return v
}

// find returns the values that l has for a key, the one that wins first.
func (l *layer) find(k Key) []Value {
	var found []Value
	add := func(it item, name, text string) {
		found = append(found, Value{
			Key: k.Name, Text: text, List: it.list, Secret: k.Secret, Source: l.source(it, name),
		})
	}
	if it, ok := l.keys[k.Name]; ok && l.kind == FromFlag {
		add(it, k.Flag, it.text)
	}
	for _, e := range k.Env {
		if it := l.vars[e.Name]; it.text != "" && (len(e.When) == 0 || slices.Contains(e.When, it.text)) {
			add(it, e.Name, e.meaning(it.text))
		}
	}
	for _, path := range k.Settings {
		if it, ok := l.keys[path]; ok && l.kind != FromFlag {
			add(it, path, it.text)
		}
	}
	return found
}

// meaning returns what a value of the variable stands for.
func (e Env) meaning(text string) string {
	if e.Means != "" {
		return e.Means
	}
	return text
}
