// Package launch is what the two halves of the plugin protocol agree on before
// the first call: the handshake, the greeting on standard input and the
// identities for mutual TLS.
//
// A plugin's standard input is its lifeline. The host writes one line of JSON to
// it, the [Hello], and keeps it open for as long as it wants the plugin: its end
// means that the host is gone, whatever ended it, SIGKILL included. A pipe does
// that on every operating system and in every language.
//
// Keys travel in the Hello and nowhere else: not in argv, not in the
// environment, not on disk.
package launch

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/hashicorp/go-plugin"

	"github.com/qwen-cli/qwen/sdk/internal/handshake"
)

// ProtocolVersion is the version of the protocol.
const ProtocolVersion = handshake.Version

// PluginName is the name under which go-plugin dispenses the provider.
const PluginName = "provider"

// EnvSocketDir names the variable that tells the plugin where to put its socket.
const EnvSocketDir = handshake.EnvSocketDir

// Handshake tells a plugin that a qwen host has started it. It is no security
// measure; mutual TLS is.
var Handshake = plugin.HandshakeConfig{
	ProtocolVersion:  ProtocolVersion,
	MagicCookieKey:   handshake.CookieKey,
	MagicCookieValue: handshake.CookieValue,
}

// Hello is the one line that the host writes to a plugin's standard input.
type Hello struct {
	// Provider names the provider wanted, for executables that hold several.
	Provider string `json:"provider,omitempty"`

	// Certificate and Key are the plugin's identity for this run;
	// HostCertificate is the only one it may accept. All are PEM.
	Certificate     string `json:"certificate"`
	Key             string `json:"key"`
	HostCertificate string `json:"host_certificate"`

	// Environment holds variables for the plugin's HTTP client that may contain
	// secrets, such as a proxy's password, and therefore are not in the
	// process's environment.
	Environment map[string]string `json:"environment,omitempty"`

	// LogLevel is the level that the host's log shows, as hclog spells it.
	LogLevel string `json:"log_level,omitempty"`
}

// maxHello bounds the line that ReadHello accepts.
const maxHello = 1 << 20

// WriteTo writes h as one line.
func (h *Hello) WriteTo(w io.Writer) (int64, error) {
	line, err := json.Marshal(h)
	if err != nil {
		return 0, err
	}
	n, err := w.Write(append(line, '\n'))
	return int64(n), err
}

// ReadHello reads the line that the host has written to r. It reads nothing
// after the line's end.
func ReadHello(r io.Reader) (*Hello, error) {
	line, err := bufio.NewReader(io.LimitReader(r, maxHello)).ReadBytes('\n')
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the host closed standard input before its greeting")
	}
	if err != nil {
		return nil, fmt.Errorf("reading the host's greeting: %w", err)
	}
	var h Hello
	if err := json.Unmarshal(line, &h); err != nil {
		return nil, errors.New("the host's greeting on standard input is not JSON")
	}
	return &h, nil
}
