package codingplan

import (
	"net"
	"net/url"
	"strings"

	"github.com/qwen-cli/qwen/sdk"
)

// keyPrefix is how the plan's keys begin. Keys of the Token Plan begin so too,
// and only the service can tell the two apart.
const keyPrefix = "sk-sp-"

// A region is where a plan was bought. A key works in its own region only.
type region struct {
	id, label, host string
}

var (
	beijing       = region{"beijing", "China (Beijing)", "coding.dashscope.aliyuncs.com"}
	international = region{"international", "International (Singapore)", "coding-intl.dashscope.aliyuncs.com"}
)

func (r region) endpoint() string { return "https://" + r.host + "/v1" }

// parseRegion reads the setting "region".
func parseRegion(s string) (region, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "", "beijing", "china", "cn":
		return beijing, nil
	case "international", "intl", "global", "singapore":
		return international, nil
	}
	return region{}, sdk.Errorf(sdk.KindConfig, "the plan has no such region").
		WithHint("Set region to beijing or international.")
}

// endpointOf returns the base URL to use: the one given, else that of the region
// given, else the one the key was stored with, else Beijing's. The default
// endpoint, which a host may fill in, does not count as given: it says nothing
// about a key that was bought elsewhere.
func endpointOf(conn *sdk.Connection) (string, error) {
	if conn.Endpoint != "" && conn.Endpoint != beijing.endpoint() {
		return checkEndpoint(conn.Endpoint)
	}
	if name := conn.Settings["region"]; name != "" {
		r, err := parseRegion(name)
		return r.endpoint(), err
	}
	if c := conn.Credential; c != nil && c.Endpoint != "" {
		return checkEndpoint(c.Endpoint)
	}
	return beijing.endpoint(), nil
}

// checkEndpoint returns the endpoint if a plan's key may go there; a plan's host
// alone gets its path.
func checkEndpoint(endpoint string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(endpoint))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", sdk.Errorf(sdk.KindConfig, "the endpoint is not a web address").
			WithHint("Leave it out, or set it to %s or %s.", beijing.endpoint(), international.endpoint())
	}
	host := canonicalHost(u)
	if other := otherService(host); other != "" {
		return "", wrongEndpoint(u.Host, other)
	}
	if u.Scheme == "http" && !isLoopback(host) {
		e := sdk.Errorf(sdk.KindConfig, "refused to send the plan's key without TLS: the endpoint begins with http://").
			WithHint("Use https://.")
		e.Host = u.Host
		return "", e
	}
	if isPlanHost(host) && strings.Trim(u.Path, "/") == "" {
		u.Path = "/v1"
	}
	return u.String(), nil
}

// canonicalHost returns the host for comparisons: lower case, without the port
// and without the dot that ends a fully qualified name.
func canonicalHost(u *url.URL) string {
	return strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
}

func isPlanHost(host string) bool { return host == beijing.host || host == international.host }

// otherService names the service at host if it is known not to be the plan's.
// This is a guard against mistakes, not a list of all there is.
func otherService(host string) string {
	if isPlanHost(host) {
		return ""
	}
	for _, s := range []struct{ suffix, name string }{
		{"dashscope.aliyuncs.com", "DashScope's general endpoint"},
		{"dashscope-intl.aliyuncs.com", "DashScope's general endpoint"},
		{"dashscope-us.aliyuncs.com", "DashScope's general endpoint"},
		{"maas.aliyuncs.com", "the endpoint of another plan"},
		{"api.openai.com", "OpenAI"},
		{"openai.azure.com", "Azure OpenAI"},
		{"openrouter.ai", "OpenRouter"},
		{"modelscope.cn", "ModelScope"},
		{"api.deepseek.com", "DeepSeek"},
		{"moonshot.cn", "Moonshot"},
		{"moonshot.ai", "Moonshot"},
		{"api.z.ai", "Z.AI"},
		{"portal.qwen.ai", "the endpoint of Qwen OAuth"},
	} {
		if host == s.suffix || strings.HasSuffix(host, "."+s.suffix) {
			return s.name
		}
	}
	return ""
}

func wrongEndpoint(host, other string) error {
	e := sdk.Errorf(sdk.KindConfig, "a Coding Plan key (sk-sp-…) does not work here: this is %s", other).
		WithHint("Leave the endpoint out, or set it to %s (international: %s); for %s use another key and the provider openai.",
			beijing.endpoint(), international.endpoint(), host)
	e.Host = host
	return e
}

// isLoopback reports whether host is this machine.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// checkKey refuses a key that cannot be the plan's. The key is not repeated.
func checkKey(key sdk.Secret) error {
	k := key.Reveal()
	switch {
	case !strings.HasPrefix(k, keyPrefix) && strings.HasPrefix(k, "sk-"):
		return sdk.Errorf(sdk.KindConfig, "this is a general key (sk-…), and the Coding Plan takes only its own (sk-sp-…)").
			WithHint("Use the plan's key from the Model Studio console, or use this key with the provider openai and its own endpoint.")
	case !strings.HasPrefix(k, keyPrefix):
		return sdk.Errorf(sdk.KindConfig, "this is not a Coding Plan key: those begin with sk-sp-").
			WithHint("Copy the plan's key from the Model Studio console.")
	case len(k) == len(keyPrefix):
		return sdk.Errorf(sdk.KindConfig, "the key ends after sk-sp-").
			WithHint("Copy the whole key.")
	case strings.ContainsFunc(k, func(r rune) bool { return r <= ' ' || r > '~' }):
		return sdk.Errorf(sdk.KindConfig, "the key holds a space or another character that no key has").
			WithHint("Copy the key again, without anything before or after it.")
	}
	return nil
}

func errNoKey() error {
	return sdk.Errorf(sdk.KindUnauthenticated, "no key for the Coding Plan").
		WithHint(`Run "qwen auth login coding-plan", or set BAILIAN_CODING_PLAN_API_KEY to the plan's key (sk-sp-…).`)
}
