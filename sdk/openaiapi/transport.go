package openaiapi

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// maxRedirects bounds how often a request may be sent on within one origin.
const maxRedirects = 3

// NewHTTPClient returns a client hardened for credentials: redirects stay within
// the origin, TLS is 1.2 or newer, cookies are not kept, response headers are
// bounded and nothing is compressed, since a compressing proxy holds an event
// stream back until it has enough of it.
//
// The proxy, HTTP or SOCKS, comes from the standard variables (HTTPS_PROXY, NO_PROXY,
// …); this machine itself is never reached through one. There is no time limit on a whole
// answer: cancel the context instead.
func NewHTTPClient() *http.Client {
	return newHTTPClient(http.ProxyFromEnvironment)
}

func newHTTPClient(proxy func(*http.Request) (*url.URL, error)) *http.Client {
	return &http.Client{
		CheckRedirect: stayInOrigin,
		Transport: &http.Transport{
			Proxy:                  proxyOffLoopback(proxy),
			DialContext:            (&net.Dialer{Timeout: 15 * time.Second, KeepAliveConfig: keepAlive}).DialContext,
			OnProxyConnectResponse: refusedByProxy,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    15 * time.Second,
			ForceAttemptHTTP2:      true,
			HTTP2:                  &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second}, // notices a connection that died in its sleep
			MaxIdleConnsPerHost:    4,
			IdleConnTimeout:        90 * time.Second,
			MaxResponseHeaderBytes: 256 << 10,
			DisableCompression:     true,
		},
	}
}

// keepAlive notices within a minute a connection of HTTP/1.1 that died in its sleep.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 20 * time.Second, Interval: 10 * time.Second, Count: 3}

// A proxyRefusal is the answer of a proxy that does not connect.
type proxyRefusal struct{ status int }

func (e *proxyRefusal) Error() string {
	return fmt.Sprintf("the proxy answered with HTTP %d", e.status)
}

// refusedByProxy keeps the status with which a proxy refuses to connect.
func refusedByProxy(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyRefusal{resp.StatusCode}
}

// proxyOffLoopback asks proxy for every host but this machine. The address of a
// broken proxy setting is not repeated: it may hold a password.
func proxyOffLoopback(proxy func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(req *http.Request) (*url.URL, error) {
		if isLoopback(req.URL.Hostname()) {
			return nil, nil
		}
		u, err := proxy(req)
		if err != nil {
			return nil, errBadProxy
		}
		return u, nil
	}
}

var errBadProxy = errors.New("the proxy setting is not a valid address")

// isLoopback reports whether host is this machine.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// A redirectError is the refusal to follow a redirect.
type redirectError struct {
	from, to string // origins
	reason   string
}

func (e *redirectError) Error() string {
	return fmt.Sprintf("%s redirects to %s: %s", e.from, e.to, e.reason)
}

// stayInOrigin refuses redirects that leave scheme, host and port. Go's client
// would take custom headers such as api-key along to any host, and on a 307 the
// prompt as well.
func stayInOrigin(req *http.Request, via []*http.Request) error {
	first := via[0]
	refuse := func(reason string) error {
		return &redirectError{from: origin(first.URL), to: origin(req.URL), reason: reason}
	}
	switch {
	case origin(req.URL) != origin(first.URL):
		return refuse("not followed, since the key and the prompt would go there")
	case req.Method != first.Method:
		return refuse("not followed, since the request would lose its body")
	case len(via) > maxRedirects:
		return refuse("not followed, too many redirects")
	}
	return nil
}

// origin returns scheme, host and effective port (RFC 6454 section 4).
func origin(u *url.URL) string {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if port == "" || port == defaultPort(u.Scheme) {
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		return u.Scheme + "://" + host
	}
	return u.Scheme + "://" + net.JoinHostPort(host, port)
}

func defaultPort(scheme string) string {
	if scheme == "http" {
		return "80"
	}
	return "443"
}

// httpClient returns the client to send with.
func (c *Client) httpClient(n sdk.Network) (*http.Client, error) {
	c.once.Do(func() {
		c.dialer.HTTP = c.HTTP
		if c.HTTP != nil && c.HTTP.CheckRedirect == nil {
			guarded := *c.HTTP
			guarded.CheckRedirect = stayInOrigin
			c.dialer.HTTP = &guarded
		}
	})
	return c.dialer.Client(n)
}
