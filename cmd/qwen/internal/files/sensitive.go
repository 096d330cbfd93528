package files

import (
	"path/filepath"
	"slices"
	"strings"
)

// Sensitive reports whether a file's name, or that of the file it is a link to, says
// that it holds secrets: then the person is asked before it goes anywhere.
func Sensitive(path string) bool {
	if target, err := filepath.EvalSymlinks(path); err == nil && soundsSecret(target) {
		return true
	}
	return soundsSecret(path)
}

func soundsSecret(path string) bool {
	path = strings.ToLower(filepath.ToSlash(path))
	dirs := strings.Split(path, "/")
	name := dirs[len(dirs)-1]
	return isSecretName(name) || slices.ContainsFunc(dirs[:len(dirs)-1], isSecretDir) ||
		strings.HasSuffix(path, ".docker/config.json")
}

func isSecretDir(name string) bool {
	switch name {
	case ".ssh", ".gnupg", ".aws", ".azure", ".kube", ".qwen", ".password-store", "gcloud":
		return true
	}
	return false
}

func isSecretName(name string) bool {
	switch name {
	case ".netrc", "_netrc", ".pgpass", ".my.cnf", ".npmrc", ".pypirc", ".htpasswd", ".envrc", ".git-credentials", "shadow", "environ":
		return true
	}
	return isKeyFile(name) || isDotenv(name) || isCredentials(name)
}

// isKeyFile recognises keys by the forms that they are kept in.
func isKeyFile(name string) bool {
	switch filepath.Ext(name) {
	case ".pem", ".key", ".p12", ".pfx", ".kdbx", ".keystore", ".jks", ".ppk", ".asc", ".gpg":
		return true
	case ".pub":
		return false
	}
	return slices.ContainsFunc([]string{"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"}, func(kind string) bool {
		return strings.HasPrefix(name, kind)
	})
}

// isDotenv recognises .env and its variants, but not the samples that are made for
// everybody to see.
func isDotenv(name string) bool {
	rest, ok := strings.CutPrefix(name, ".env")
	switch rest {
	case ".example", ".sample", ".template", ".dist":
		return false
	}
	return ok && (rest == "" || rest[0] == '.')
}

// isCredentials recognises what is called so and is data, not a program about it.
func isCredentials(name string) bool {
	if !strings.Contains(name, "credential") && !strings.Contains(name, "secret") && !strings.Contains(name, "creds") &&
		!strings.Contains(name, "service-account") && !strings.Contains(name, "service_account") {
		return false
	}
	switch filepath.Ext(name) {
	case "", ".json", ".yaml", ".yml", ".toml", ".ini", ".csv", ".txt", ".conf", ".cfg", ".properties", ".xml", ".db":
		return true
	}
	return false
}
