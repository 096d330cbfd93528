package config

import (
	"net/url"
	"strings"
)

// ProxyOff is the value of [KeyProxy] that leads to no proxy, whatever the variables
// say.
const ProxyOff = "off"

// canonicalProxy checks that a proxy is one that requests can go through, and returns
// its address in full. A host and port alone are an HTTP proxy, as for curl.
func canonicalProxy(text string) (string, string) {
	text = strings.TrimSpace(text)
	switch text {
	case ProxyOff, "none", "direct":
		return ProxyOff, ""
	}
	if rest, ok := strings.CutPrefix(text, "socks://"); ok {
		text = "socks5://" + rest
	} else if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return "", "is not the address of a proxy"
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
	default:
		return "", "must begin with http://, https:// or socks5://, or be off"
	}
	if u.Hostname() == "" || !plainHost(u.Hostname()) || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", "is not the address of a proxy, such as http://proxy.example.com:3128"
	}
	u.Path = ""
	return u.String(), ""
}

// withoutPassword returns the address of a proxy as it may be shown.
func withoutPassword(text string) string {
	u, err := url.Parse(text)
	switch {
	case err == nil && u.Host != "":
		return u.Redacted()
	case strings.Contains(text, "@"): // it is no address, or one without a scheme
		return "****" + text[strings.LastIndex(text, "@"):]
	}
	return text
}

// ProxyPassword returns the password in the address of a proxy, "" if there is none.
func ProxyPassword(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.User == nil {
		return ""
	}
	password, _ := u.User.Password()
	return password
}
