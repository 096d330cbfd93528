package client

import (
	"strings"

	"github.com/qwen-cli/qwen/sdk/client/spawn"
)

// private names the variables that a plugin's HTTP client needs and that may
// contain a password.
var private = []string{
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
	"http_proxy", "https_proxy", "no_proxy", "all_proxy",
}

// Environment picks from a host's environment what a plugin process may have:
// env for its environment, which other processes of the user can read, and
// secret for [Options.Private].
func Environment(environ []string) (env []string, secret map[string]string) {
	for _, name := range private {
		if value, ok := spawn.Lookup(environ, name); ok {
			if secret == nil {
				secret = make(map[string]string)
			}
			secret[name] = value
		}
	}
	forAll(secret)
	return spawn.Environment(environ), secret
}

// forAll puts ALL_PROXY in the place of the variables that it stands for where they are
// not set: Go's standard library, for one, knows only those.
func forAll(vars map[string]string) {
	proxy := vars["ALL_PROXY"]
	if proxy == "" {
		proxy = vars["all_proxy"]
	}
	if proxy == "" {
		return
	}
	if rest, ok := strings.CutPrefix(proxy, "socks://"); ok {
		proxy = "socks5://" + rest // what desktops write
	}
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY"} {
		if vars[name] == "" && vars[strings.ToLower(name)] == "" {
			vars[name] = proxy
		}
	}
}

// Through returns variables as [Environment] does, that lead all requests through one
// proxy, or through none if its address is empty. NO_PROXY stays as it is.
func Through(proxy string, vars map[string]string) map[string]string {
	through := map[string]string{"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy}
	for _, name := range []string{"NO_PROXY", "no_proxy"} {
		if value, ok := vars[name]; ok {
			through[name] = value
		}
	}
	return through
}
