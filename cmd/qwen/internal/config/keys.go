package config

import (
	"slices"
	"strings"
)

// Type is the type of a value.
type Type string

// The types.
const (
	TypeString   Type = "string"
	TypeBool     Type = "bool"
	TypeInt      Type = "int"
	TypeFloat    Type = "number"
	TypeDuration Type = "duration" // as time.ParseDuration reads it; a JSON number is milliseconds
	TypeURL      Type = "url"
	TypeFile     Type = "file" // its path
	TypeList     Type = "list" // of strings
)

// Names of keys that the program asks for one by one.
const (
	KeyProvider  = "provider"
	KeyModel     = "model"
	KeyEndpoint  = "endpoint"
	KeyAPIKey    = "api-key"
	KeyAllowHTTP = "allow-http"

	KeyProxy      = "proxy"
	KeyCAFile     = "ca-file"
	KeyClientCert = "client-cert"
	KeyClientKey  = "client-key"

	KeyCredentialStore = "credential-store"
)

// A Key is a row of the table of everything that can be configured.
type Key struct {
	Name     string
	Help     string   // what it is for, a few words
	Flag     string   // with its hyphens; empty: none
	Env      []Env    // the one that wins first
	Settings []string // dotted paths in settings.json, the one that wins first
	Type     Type
	Enum     []string // allowed values; empty: any
	Min, Max *float64 // bounds of a number; nil: none
	Default  string
	Secret   bool

	// Project says that a project's settings.json may set it. Of variables, a
	// project's files may set the documented ones only.
	Project bool

	// Prompt says that it shapes one prompt and its output: other commands have
	// no use for its flag.
	Prompt bool

	// PerProvider says that providers.NAME.KEY sets it for one provider alone, before
	// the same file's Settings.
	PerProvider bool

	// Empty says that an empty flag is a value, rather than a mistake.
	Empty bool
}

// An Env is a variable that sets a key.
type Env struct {
	Name string

	// When lists the values that count; empty: any. Means is what such a value
	// stands for; empty: itself.
	When  []string
	Means string
}

func (e Env) is(other Env) bool { return e.Name == other.Name }

func env(names ...string) []Env {
	list := make([]Env, len(names))
	for i, n := range names {
		list[i].Name = n
	}
	return list
}

// of returns the row as it is for a provider: what a settings file says of that one
// comes first. A provider's own setting of the same name keeps its meaning.
func (k Key) of(p *Provider) Key {
	if p != nil && k.PerProvider && !slices.ContainsFunc(p.Settings, func(s ProviderSetting) bool { return s.Name == k.Name }) {
		k.Settings = slices.Concat([]string{settingKey(p.Name, k.Name)}, k.Settings)
	}
	return k
}

func bound(f float64) *float64 { return &f }

// Names of variables with a meaning of their own.
const (
	envOpenAIKey = "OPENAI_API_KEY"
	envHome      = "QWEN_HOME"
)

// Keys returns the table. The settings of providers are not in it: they have the
// path providers.NAME.SETTING and the variables that the provider declares.
func Keys() []Key {
	return slices.Concat(connectionKeys(), networkKeys(), samplingKeys(), programKeys())
}

// connectionKeys are those that decide who answers, and as whom we ask.
func connectionKeys() []Key {
	return []Key{
		{Name: KeyProvider, Help: "who answers", Type: TypeString, Project: true,
			Flag: "--provider", Env: env("QWEN_PROVIDER"),
			Settings: []string{"provider", "security.auth.selectedType"}},
		{Name: KeyModel, Help: "model to ask", Type: TypeString, Project: true,
			Flag: "--model", Env: env("OPENAI_MODEL", "QWEN_MODEL"),
			Settings: []string{"model.name"}},
		{Name: KeyEndpoint, Help: "base URL of the service", Type: TypeURL, Project: true,
			Flag: "--openai-base-url", Env: env("OPENAI_BASE_URL"),
			Settings: []string{"security.auth.baseUrl"}},
		{Name: KeyAPIKey, Help: "key of the service", Type: TypeString, Secret: true, Project: true,
			Flag: "--openai-api-key", Env: env(envOpenAIKey),
			Settings: []string{"security.auth.apiKey"}},
		{Name: KeyAllowHTTP, Help: "send keys over http:// to other machines", Type: TypeBool, Default: "false",
			Flag: "--allow-http", Env: env("QWEN_ALLOW_HTTP"), Settings: []string{"security.allowHttp"}},
	}
}

// networkKeys are those that say how to reach a service. The standard variables for
// proxies are none of them: plugins get those as they are, and what is said here comes
// before them.
func networkKeys() []Key {
	return []Key{
		{Name: KeyProxy, PerProvider: true, Help: "proxy to reach services through: http://, https:// or socks5://, or off", Type: TypeURL,
			Flag: "--proxy", Env: env("QWEN_PROXY"), Settings: []string{"network.proxy", "proxy"}},
		{Name: KeyCAFile, PerProvider: true, Help: "certificates of authorities to trust beside the system's (PEM)", Type: TypeFile,
			Flag: "--ca-file", Env: env("QWEN_CA_FILE", "NODE_EXTRA_CA_CERTS"), Settings: []string{"network.caFile"}},
		{Name: KeyClientCert, PerProvider: true, Help: "certificate to show a server that asks for one (PEM)", Type: TypeFile,
			Flag: "--client-cert", Env: env("QWEN_CLIENT_CERT"), Settings: []string{"network.clientCert"}},
		{Name: KeyClientKey, PerProvider: true, Help: "key of that certificate (PEM), if it is in another file", Type: TypeFile,
			Flag: "--client-key", Env: env("QWEN_CLIENT_KEY"), Settings: []string{"network.clientKey"}},
	}
}

// samplingKeys are those that shape an answer.
func samplingKeys() []Key {
	const params = "model.generationConfig.samplingParams."
	return []Key{
		{Name: "temperature", Prompt: true, Help: "how freely tokens are drawn", Type: TypeFloat, Min: bound(0), Max: bound(2), Project: true,
			Flag: "--temperature", Env: env("QWEN_TEMPERATURE"), Settings: []string{params + "temperature"}},
		{Name: "top-p", Prompt: true, Help: "share of likely tokens to draw from", Type: TypeFloat, Min: bound(0), Max: bound(1), Project: true,
			Flag: "--top-p", Env: env("QWEN_TOP_P"), Settings: []string{params + "top_p"}},
		{Name: "max-tokens", Prompt: true, Help: "longest answer, in tokens", Type: TypeInt, Min: bound(1), Project: true,
			Flag: "--max-tokens", Env: env("QWEN_MAX_TOKENS"), Settings: []string{params + "max_tokens"}},
		{Name: "seed", Prompt: true, Help: "seed of the draw", Type: TypeInt, Project: true,
			Flag: "--seed", Env: env("QWEN_SEED"), Settings: []string{params + "seed"}},
		{Name: "stop", Prompt: true, Help: "texts that end the answer", Type: TypeList, Project: true,
			Flag: "--stop", Settings: []string{params + "stop"}},
		{Name: "system-prompt", Prompt: true, Help: "instructions to the model", Type: TypeString, Empty: true,
			Flag: "--system-prompt", Env: env("QWEN_SYSTEM_PROMPT"), Settings: []string{"model.systemPrompt"}},
	}
}

// programKeys are those of the program itself.
func programKeys() []Key {
	return []Key{
		{Name: "timeout", PerProvider: true, Help: "longest wait for the first byte of an answer", Type: TypeDuration, Min: bound(0), Project: true,
			Flag: "--timeout", Env: env("QWEN_TIMEOUT"), Settings: []string{"model.generationConfig.timeout"}},
		{Name: "idle-timeout", PerProvider: true, Prompt: true, Help: "longest silence within an answer", Type: TypeDuration, Min: bound(0), Project: true,
			Flag: "--idle-timeout", Env: env("QWEN_IDLE_TIMEOUT"), Settings: []string{"model.generationConfig.idleTimeout"}},
		{Name: "max-retries", PerProvider: true, Prompt: true, Help: "how often a request that failed is sent again at most, 0 for never", Type: TypeInt, Min: bound(0), Default: "4", Project: true,
			Flag: "--max-retries", Env: env("QWEN_MAX_RETRIES"), Settings: []string{"model.generationConfig.maxRetries"}},
		{Name: "retry-budget", PerProvider: true, Prompt: true, Help: "time after the first request in which it may be sent again", Type: TypeDuration, Min: bound(0), Default: "2m0s",
			Flag: "--retry-budget", Env: env("QWEN_RETRY_BUDGET"), Settings: []string{"model.generationConfig.retryBudget"}},
		{Name: "pacing", PerProvider: true, Help: "keep under the rate of a service: on, off, or a rate such as 60/1m", Type: TypeString, Default: "on",
			Env: env("QWEN_PACING"), Settings: []string{"model.generationConfig.pacing"}},
		{Name: "max-requests", Prompt: true, Help: "requests that this run may send, those that are sent again included", Type: TypeInt, Min: bound(1),
			Flag: "--max-requests", Env: env("QWEN_MAX_REQUESTS"), Settings: []string{"budget.maxRequests"}},
		{Name: "max-tokens-total", Prompt: true, Help: "tokens that this run may use, of input and output", Type: TypeInt, Min: bound(1),
			Flag: "--max-tokens-total", Env: env("QWEN_MAX_TOKENS_TOTAL"), Settings: []string{"budget.maxTokensTotal"}},
		{Name: "requests-per-day", Help: "requests that may be sent in a day", Type: TypeInt, Min: bound(1),
			Env: env("QWEN_REQUESTS_PER_DAY"), Settings: []string{"budget.requestsPerDay"}},
		{Name: "tokens-per-day", Help: "tokens that may be used in a day, of input and output", Type: TypeInt, Min: bound(1),
			Env: env("QWEN_TOKENS_PER_DAY"), Settings: []string{"budget.tokensPerDay"}},
		{Name: "fallback", Prompt: true, Help: "`NAME[,NAME]` of the connections that take the prompt if the first one cannot", Type: TypeList,
			Flag: "--fallback", Env: env("QWEN_FALLBACK"), Settings: []string{"fallback"}},
		{Name: "output-format", Prompt: true, Help: "form of the output", Type: TypeString, Default: "text",
			Enum: []string{"text", "json", "stream-json"},
			Flag: "--output-format", Env: env("QWEN_OUTPUT_FORMAT"), Settings: []string{"output.format"}},
		{Name: KeyCredentialStore, Help: "where logins are kept", Type: TypeString, Default: "file",
			Enum: []string{"file", "keyring", "auto"},
			Env:  env("QWEN_CREDENTIAL_STORE"), Settings: []string{"security.credentialStore"}},
		{Name: "usage", Help: "keep count of requests", Type: TypeBool, Default: "true",
			Env: env("QWEN_USAGE"), Settings: []string{"usage.enabled"}},
		{Name: "usage-plan", Help: "plan whose limits \"qwen usage\" shows", Type: TypeString,
			Env: env("QWEN_USAGE_PLAN"), Settings: []string{"usage.plan"}},
		{Name: "billing-day", Help: "day of the month on which a plan's month begins", Type: TypeInt, Min: bound(1), Max: bound(31),
			Env: env("QWEN_BILLING_DAY"), Settings: []string{"usage.billingDay"}},
		{Name: "log-level", Help: "what is logged on standard error", Type: TypeString, Default: "off",
			Enum: []string{"trace", "debug", "info", "warn", "error", "off"},
			Flag: "--log-level", Env: append(env("QWEN_LOG_LEVEL"), debugEnv("DEBUG"), debugEnv("DEBUG_MODE")),
			Settings: []string{"log.level"}},
		{Name: "color", Help: "colours on the terminal", Type: TypeString, Default: "auto",
			Enum: []string{"auto", "always", "never"},
			Flag: "--no-color", Env: []Env{{Name: "NO_COLOR", Means: "never"}}, // https://no-color.org
			Settings: []string{"ui.color"}},
		{Name: "background", Help: "background of the terminal, for the colours of the chat", Type: TypeString, Default: "auto",
			Enum: []string{"auto", "dark", "light"}, Env: env("QWEN_BACKGROUND"), Settings: []string{"ui.background"}},
		{Name: "plain", Help: "lines only, nothing painted over: for screen readers and simple terminals", Type: TypeBool, Default: "false",
			Flag: "--plain", Env: []Env{{Name: "QWEN_PLAIN"}, {Name: "ACCESSIBLE", When: []string{"1", "true"}, Means: "true"}},
			Settings: []string{"ui.plain", "ui.accessibility.screenReader"}},
		{Name: "notify", Help: "what tells that a long answer in the chat is there", Type: TypeString, Default: "off",
			Enum: []string{"off", "bell", "desktop"}, Env: env("QWEN_NOTIFY"), Settings: []string{"ui.notify"}},
		{Name: "save", Help: "keep conversations of the chat on disk", Type: TypeBool, Default: "true",
			Env: env("QWEN_SAVE"), Settings: []string{"chat.save"}},
	}
}

// debugEnv is a switch that other tools give other values to; only plain ones
// count.
func debugEnv(name string) Env {
	return Env{Name: name, When: []string{"1", "true"}, Means: "debug"}
}

// openAIOnly reports whether a variable or settings path speaks of the
// OpenAI-compatible service. Providers that take no OPENAI_API_KEY do not get to
// see it: an OPENAI_MODEL means nothing to Qwen OAuth.
func openAIOnly(name string) bool {
	return strings.HasPrefix(name, "OPENAI_") ||
		name == "security.auth.apiKey" || name == "security.auth.baseUrl"
}
