package spawn

import "runtime"

// passed names the variables of the host's environment that a plugin process
// gets as they are. None of them can hold a secret.
var passed = []string{
	"PATH", "TMPDIR", "TZ", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES",
	"SSL_CERT_FILE", "SSL_CERT_DIR",
	// For tests: coverage of plugin processes, options of the race detector.
	"GOCOVERDIR", "GORACE",
}

// passedOnWindows names what a process needs there to run at all.
var passedOnWindows = []string{"SYSTEMROOT", "TEMP", "TMP", "PATHEXT", "COMSPEC"}

// private names the variables that a plugin's HTTP client needs and that may
// contain a password.
var private = []string{
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
	"http_proxy", "https_proxy", "no_proxy", "all_proxy",
}

// Environment picks from a host's environment what a plugin process may have:
// env for its environment, which other processes of the user can read, and secret
// for its standard input.
func Environment(environ []string) (env []string, secret map[string]string) {
	names := passed
	if runtime.GOOS == "windows" {
		names = append(append([]string(nil), passed...), passedOnWindows...)
	}
	for _, name := range names {
		if value, ok := lookup(environ, name); ok {
			env = append(env, name+"="+value)
		}
	}
	for _, name := range private {
		if value, ok := lookup(environ, name); ok {
			if secret == nil {
				secret = make(map[string]string)
			}
			secret[name] = value
		}
	}
	return env, secret
}

// lookup finds a variable. Package strings is not there yet when a process is
// started early.
func lookup(environ []string, name string) (string, bool) {
	for _, entry := range environ {
		if n := len(name); len(entry) > n && entry[n] == '=' && sameName(entry[:n], name) {
			return entry[n+1:], true
		}
	}
	return "", false
}
