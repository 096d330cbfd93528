package qwenoauth

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/qwen-cli/qwen/sdk"
)

const defaultIssuer = "https://chat.qwen.ai"

// An issuer is the OAuth server.
type issuer struct {
	base  *url.URL
	moved bool // by the user

	network sdk.Network // to it
}

// issuerOf reads the setting "issuer".
func issuerOf(conn *sdk.Connection) (issuer, error) {
	text := strings.TrimRight(strings.TrimSpace(conn.Settings["issuer"]), "/")
	if text == "" {
		text = defaultIssuer
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return issuer{}, sdk.Errorf(sdk.KindConfig, "the setting issuer is not a plain web address").
			WithHint("Set QWEN_OAUTH_BASE_URL to something like %s, or leave it out.", defaultIssuer)
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u)) {
		return issuer{}, sdk.Errorf(sdk.KindConfig, "the setting issuer must begin with https://").
			WithHint("Plain http:// is for this machine only.")
	}
	return issuer{base: u, moved: text != defaultIssuer, network: conn.Network}, nil
}

// endpoint returns the address of an OAuth endpoint.
func (i issuer) endpoint(path string) string { return i.base.JoinPath(path).String() }

// resource returns the base URL that a resource_url stands for, or why a token
// does not go there. The service sends a bare host; the established tool of the
// same name completes it in the same way.
func (i issuer) resource(said string) (string, error) {
	said = strings.TrimSpace(said)
	if said == "" {
		return defaultEndpoint, nil
	}
	if !strings.Contains(said, "://") {
		said = "https://" + said
	}
	u, err := url.Parse(said)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errResource("", "the sign-in names an address for its token that makes no sense")
	}
	if !i.trusts(u) {
		return "", errResource(u.Host, "the token was not sent: the sign-in says to use it at an address that is not Qwen's")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	if !strings.HasSuffix(u.Path, "/v1") {
		u.Path += "/v1"
	}
	u.RawPath = ""
	return u.String(), nil
}

func errResource(host, message string) error {
	e := sdk.Errorf(sdk.KindConfig, "%s", message).
		WithHint(`Sign in again with "qwen auth login qwen-oauth"; behind a mirror, set QWEN_OAUTH_BASE_URL as at the sign-in. ` +
			"If neither helps, the stored login or the network is being tampered with.")
	if asciiHost(host) {
		e.Host = host
	}
	return e
}

// trusts reports whether a token may go to the origin of u.
func (i issuer) trusts(u *url.URL) bool {
	host := canonicalHost(u)
	if i.moved && isLoopback(i.base) && isLoopback(u) {
		return u.Scheme == "http" || u.Scheme == "https"
	}
	if u.Scheme != "https" {
		return false
	}
	return isQwenHost(host) || i.moved && host == canonicalHost(i.base)
}

// isQwenHost reports whether the service itself answers at host. The dot before
// the domain matters: evilqwen.ai is somebody else.
func isQwenHost(host string) bool {
	if !asciiHost(host) {
		return false
	}
	if host == "qwen.ai" || strings.HasSuffix(host, ".qwen.ai") {
		return true
	}
	labels, ok := strings.CutSuffix(host, ".aliyuncs.com")
	return ok && !slices.ContainsFunc(strings.Split(labels, "."), isRented)
}

// isRented reports whether a label under aliyuncs.com stands for a product whose
// customers get host names there: object storage, functions, load balancers.
func isRented(label string) bool {
	return strings.HasPrefix(label, "oss") || slices.Contains([]string{"fc", "alb", "nlb"}, label)
}

func canonicalHost(u *url.URL) string {
	return strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
}

// isLoopback reports whether u is on this machine.
func isLoopback(u *url.URL) bool {
	host := canonicalHost(u)
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// asciiHost reports whether host[:port] consists of what host names consist of.
// Names in other scripts could look like Qwen's.
func asciiHost(host string) bool {
	return !strings.ContainsFunc(host, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-.:[]", r))
	})
}
