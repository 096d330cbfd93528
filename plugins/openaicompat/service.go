package openaicompat

import (
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/openaiapi"
)

// Names of settings.
const (
	settingDialect      = "dialect"
	settingAPIVersion   = "api-version"
	settingOrganization = "organization"
	settingProject      = "project"
	settingAuthHeader   = "auth-header"
	settingMaxTokens    = "max-tokens-field"
	settingThinkTags    = "think-tags"
	settingAllowHTTP    = "allow-http"
)

// settings are what can be configured; newService honours each of them.
func settings() []sdk.Setting {
	dialects := []string{"auto", "plain"}
	for _, k := range knownServices {
		dialects = append(dialects, k.id)
	}
	return []sdk.Setting{
		{Name: settingDialect, Default: "auto", Enum: dialects,
			Description: "whose variant of the API the endpoint speaks; auto goes by its host name"},
		{Name: settingAPIVersion, Env: []string{"OPENAI_API_VERSION", "AZURE_OPENAI_API_VERSION"}, ProjectSafe: true,
			Description: "api-version of Azure OpenAI, such as 2024-10-21"},
		{Name: settingOrganization, Env: []string{"OPENAI_ORG_ID", "OPENAI_ORGANIZATION"},
			Description: "organization to bill, sent to OpenAI only"},
		{Name: settingProject, Env: []string{"OPENAI_PROJECT_ID"},
			Description: "project to bill, sent to OpenAI only"},
		{Name: settingAuthHeader,
			Description: "header that carries the bare key, such as api-key; by default Authorization: Bearer"},
		{Name: settingMaxTokens, Enum: []string{"max_tokens", "max_completion_tokens"}, ProjectSafe: true,
			Description: "name of the field that limits the length of an answer"},
		{Name: settingThinkTags, Type: sdk.SettingBool, ProjectSafe: true,
			Description: "treat <think>…</think> at the start of an answer as a thought"},
		{Name: settingAllowHTTP, Type: sdk.SettingBool,
			Description: "send the key without TLS to a host other than this machine"},
	}
}

// newService puts together where requests go, as whom and in which dialect.
func newService(conn *sdk.Connection, model string) (*openaiapi.Service, error) {
	u, err := parseEndpoint(endpointOf(conn))
	if err != nil {
		return nil, err
	}
	k, err := serviceAt(u, conn.Settings[settingDialect])
	if err != nil {
		return nil, err
	}
	key := keyOf(conn)
	if err := checkKey(k, u, key); err != nil {
		return nil, err
	}
	svc := &openaiapi.Service{
		Key:       key,
		KeyHeader: conn.Settings[settingAuthHeader],
		Query:     u.Query(),
		Header:    http.Header{},
		Network:   conn.Network,
		Dialect:   k.dialect,
	}
	u.RawQuery, u.Fragment = "", ""
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/chat/completions")
	svc.BaseURL = u.String()
	for name, value := range k.header {
		svc.Header.Set(name, value)
	}
	switch k.id {
	case "azure":
		azure(svc, u, model, conn.Settings[settingAPIVersion])
	case "openai":
		setHeader(svc.Header, "OpenAI-Organization", conn.Settings[settingOrganization])
		setHeader(svc.Header, "OpenAI-Project", conn.Settings[settingProject])
	}
	return svc, applySettings(svc, conn.Settings)
}

// applySettings changes the dialect as the user wants it.
func applySettings(svc *openaiapi.Service, settings map[string]string) error {
	if field := settings[settingMaxTokens]; field != "" {
		svc.Dialect.Rename = maps.Clone(svc.Dialect.Rename)
		if svc.Dialect.Rename == nil {
			svc.Dialect.Rename = map[string]string{}
		}
		svc.Dialect.Rename["max_tokens"] = field
	}
	for name, target := range map[string]*bool{settingThinkTags: &svc.Dialect.ThinkTags, settingAllowHTTP: &svc.AllowHTTP} {
		value, set := settings[name]
		if !set {
			continue
		}
		on, err := strconv.ParseBool(value)
		if err != nil {
			return sdk.Errorf(sdk.KindConfig, "the setting %s is neither true nor false", name)
		}
		*target = on
	}
	return nil
}

// parseEndpoint parses a base URL.
func parseEndpoint(endpoint string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(endpoint))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, sdk.Errorf(sdk.KindConfig, "the endpoint is not a web address").
			WithHint("Give it in full, as in %s", defaultEndpoint)
	}
	return u, nil
}

// serviceAt returns the service whose dialect is to be spoken.
func serviceAt(u *url.URL, dialect string) (known, error) {
	at := lookup(u)
	switch dialect {
	case "", "auto":
		return at, nil
	case "plain":
		return known{id: "plain", public: at.public}, nil
	}
	k, ok := byID(dialect)
	if !ok {
		return known{}, sdk.Errorf(sdk.KindConfig, "the setting %s names no dialect that is known", settingDialect).
			WithHint("Take one of: %s", strings.Join(dialectNames(), ", "))
	}
	k.public = at.public
	return k, nil
}

func dialectNames() []string {
	i := slices.IndexFunc(settings(), func(s sdk.Setting) bool { return s.Name == settingDialect })
	return settings()[i].Enum
}

func keyOf(conn *sdk.Connection) sdk.Secret {
	if conn.Credential == nil {
		return ""
	}
	return conn.Credential.Secret
}

func setHeader(h http.Header, name, value string) {
	if value != "" {
		h.Set(name, value)
	}
}

// planPrefix is how the keys of Alibaba's plans begin. The Coding Plan and the Token
// Plan share it, so it does not tell one from the other.
const planPrefix = "sk-sp-"

// checkKey refuses, before anything is sent, a key that is not for this host: no
// service but the plan's own should see a plan's key.
func checkKey(k known, u *url.URL, key sdk.Secret) error {
	var e *sdk.Error
	switch {
	case k.public && strings.HasPrefix(key.Reveal(), planPrefix):
		e = sdk.Errorf(sdk.KindConfig, "keys that begin with %s belong to an Alibaba Cloud plan; this host is another company's and was not sent it", planPrefix).
			WithHint("Use the provider coding-plan with this key, or this service with a key of its own.")
	case k.public && key == "":
		e = sdk.Errorf(sdk.KindUnauthenticated, "this service wants an API key and there is none").
			WithHint("Set %s, or sign in with: qwen auth login %s", keyVariable, Name)
	default:
		return nil
	}
	e.Host = u.Host
	return e
}

// isLoopback reports whether host is this machine.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
