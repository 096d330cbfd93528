package config

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// canonicalURL checks that an endpoint is one that a request can be sent to, and
// returns it without the slash at its end.
func canonicalURL(text string) (string, string) {
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	if err != nil {
		return "", "is not a URL"
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return "", "must be a URL that begins with https:// or http://"
	case u.Hostname() == "" || !plainHost(u.Hostname()):
		return "", "must be a URL with a host name"
	case u.User != nil:
		return "", "must not hold a user name or password"
	case u.Fragment != "" || strings.Contains(text, "#"):
		return "", "must not hold a fragment (#...)"
	}
	return strings.TrimRight(text, "/"), ""
}

// plainHost reports whether a host name consists of what host names and
// addresses consist of. url.Parse accepts a good deal more.
func plainHost(host string) bool {
	for _, r := range host {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune(".-_:%", r):
		default:
			return false
		}
	}
	return true
}

// hostOf returns the host[:port] of an endpoint, in lower case.
func hostOf(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

// sameEndpoint reports whether two endpoints are one.
func sameEndpoint(a, b string) bool {
	return a != "" && strings.TrimRight(strings.TrimSpace(a), "/") == strings.TrimRight(strings.TrimSpace(b), "/")
}

// matchesHost reports whether host[:port] is covered by a pattern of
// [Provider.Hosts]: a host, host:port, or *.domain.
func matchesHost(pattern, host string) bool {
	pattern = strings.ToLower(pattern)
	if !strings.Contains(pattern, ":") {
		if name, port, err := net.SplitHostPort(host); err == nil && port == "443" {
			host = name
		}
	}
	if domain, ok := strings.CutPrefix(pattern, "*."); ok {
		return strings.HasSuffix(host, "."+domain)
	}
	return pattern == host
}

// loopback reports whether an endpoint is on this machine.
func loopback(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	if host == "localhost" || strings.HasSuffix(host, ".localhost") { // RFC 6761 section 6.3
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// plainHTTP reports whether requests to an endpoint are not encrypted.
func plainHTTP(endpoint string) bool {
	u, err := url.Parse(endpoint)
	return err == nil && u.Scheme == "http"
}
