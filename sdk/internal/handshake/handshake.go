// Package handshake holds the names by which a plugin knows its host. It is apart
// from package launch so that a process can be started without go-plugin.
package handshake

// Version is the version of package qwen.provider.v1 in go-plugin's negotiation. A
// breaking change of the protocol is a new number.
const Version = 1

// CookieKey and CookieValue are the variable that tells a plugin that a qwen host
// has started it. It is no security measure; mutual TLS is.
const (
	CookieKey   = "QWEN_PROVIDER_PLUGIN"
	CookieValue = "qwen.provider"
)

// EnvSocketDir names the variable that tells the plugin where to put its socket,
// as go-plugin calls it.
const EnvSocketDir = "PLUGIN_UNIX_SOCKET_DIR"
