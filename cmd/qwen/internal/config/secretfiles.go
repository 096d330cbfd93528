package config

import "slices"

// secretFiles lists the project's files that hold a secret. They should be kept
// out of version control, whether or not the secret is the one in use.
func (r *resolver) secretFiles() []string {
	rows := r.secretRows()
	var files []string
	for _, l := range r.layers {
		holds := slices.ContainsFunc(rows, func(k Key) bool {
			return slices.ContainsFunc(l.find(k), func(v Value) bool { return v.Text != "" })
		})
		if l.kind.Project() && holds {
			files = append(files, l.file)
		}
	}
	return files
}

// secretRows returns the rows of all secrets that any provider knows.
func (r *resolver) secretRows() []Key {
	rows := slices.DeleteFunc(slices.Clone(r.table), func(k Key) bool { return !k.Secret })
	for i := range r.in.Providers {
		p := &r.in.Providers[i]
		rows = append(rows, Key{Env: env(p.CredentialEnv...)})
		for _, s := range p.Settings {
			if s.Secret {
				rows = append(rows, p.key(s))
			}
		}
	}
	return rows
}
