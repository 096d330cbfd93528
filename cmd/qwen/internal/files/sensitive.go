package files

import (
	"path/filepath"
	"strings"
)

// Sensitive reports whether a file's name says that it holds secrets: then the
// person is asked before it goes anywhere.
func Sensitive(path string) bool {
	name := strings.ToLower(filepath.Base(path))
	switch filepath.Ext(name) {
	case ".pem", ".key", ".p12", ".pfx", ".kdbx", ".keystore", ".jks", ".ppk":
		return true
	}
	switch {
	case name == ".env" || strings.HasPrefix(name, ".env.") && name != ".env.example",
		strings.HasPrefix(name, "id_") && !strings.HasSuffix(name, ".pub"),
		name == ".netrc", name == ".pgpass", name == ".npmrc", name == ".pypirc", name == ".htpasswd",
		strings.Contains(name, "credential"), strings.Contains(name, "oauth_creds"),
		name == "shadow" || name == "secrets.yaml" || name == "secrets.yml" || name == "secrets.json":
		return true
	}
	for _, dir := range strings.Split(filepath.ToSlash(filepath.Dir(path)), "/") {
		switch dir {
		case ".ssh", ".gnupg", ".aws", ".qwen", ".kube", ".docker":
			return true
		}
	}
	return false
}
