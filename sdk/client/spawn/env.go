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

// Environment picks from a host's environment what a plugin process may have in its
// own, which other processes of the user can read.
func Environment(environ []string) (env []string) {
	names := passed
	if runtime.GOOS == "windows" {
		names = append(append([]string(nil), passed...), passedOnWindows...)
	}
	for _, name := range names {
		if value, ok := Lookup(environ, name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// Lookup finds a variable in an environment. Package strings is not there yet when a
// process is started early.
func Lookup(environ []string, name string) (string, bool) {
	for _, entry := range environ {
		if n := len(name); len(entry) > n && entry[n] == '=' && sameName(entry[:n], name) {
			return entry[n+1:], true
		}
	}
	return "", false
}
