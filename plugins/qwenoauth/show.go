package qwenoauth

import (
	"net/url"
	"strings"
)

// Bounds of what is shown to a person.
const (
	maxURL  = 2048
	maxCode = 64
)

// showable returns an address that is safe to show and to open, written anew from
// its parts, or "". It is a web page over TLS, or on this machine; without a user
// name, which could look like a host; with a host in plain letters, which cannot
// look like another.
func showable(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil, len(text) > maxURL, u.Host == "", u.User != nil, u.Opaque != "", !asciiHost(u.Host):
		return ""
	case u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u)):
		return ""
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return ""
	}
	u.RawQuery, u.RawPath, u.RawFragment = query.Encode(), "", ""
	u.Host = strings.ToLower(u.Host)
	return u.String()
}

// cleanCode returns the part of a user code that can be read and typed: graphic
// ASCII. RFC 8628 section 6.1 recommends fewer characters still.
func cleanCode(code string) string {
	clean := strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return -1
		}
		return r
	}, code)
	if len(clean) > maxCode {
		return ""
	}
	return clean
}
