package sdk

import "time"

// Names of optional capabilities, for Description.Capabilities.
const (
	CapabilityModels = "models" // ModelLister
	CapabilityRevoke = "revoke" // Revoker
)

// A Description says what a provider is and can do. It is data: limits, plans,
// models and presets live here and nowhere in the host.
//
// It must not depend on the environment or on time, so that it can be cached and
// shipped as a file beside the plugin.
type Description struct {
	// Name is what users type: lower-case letters, digits and hyphens, the NAME
	// of the executable qwen-provider-NAME.
	Name        string
	DisplayName string // "Alibaba Cloud Coding Plan"
	Summary     string // one line
	Version     string // of the plugin, semantic versioning
	Homepage    string

	// Capabilities names the optional interfaces that the provider implements.
	// The SDK fills it in.
	Capabilities []string

	// LoginMethods lists the ways to sign in, the recommended one first; empty
	// for a service without authentication.
	LoginMethods []LoginMethod

	// Settings lists what can be configured, beyond the credential.
	Settings []Setting

	// CredentialEnv names the environment variables that may hold the secret,
	// the one that wins first.
	CredentialEnv []string

	// KeyPrefixes lists prefixes by which a key is known to belong to this
	// provider ("sk-sp-"). The host infers the provider from them.
	KeyPrefixes []string

	// Hosts lists the hosts that the provider talks to, host or host:port.
	// A leading "*." stands for any one or more labels. Empty: any host, chosen
	// by the endpoint.
	Hosts []string

	// DefaultEndpoint and DefaultModel are used where nothing else is said.
	DefaultEndpoint string
	DefaultModel    string

	// Presets are known services that the provider can talk to.
	Presets []Preset

	// Models lists models, where the list is fixed.
	Models []Model

	// Limits holds for every account; Plans for those who bought one.
	Limits []Limit
	Plans  []Plan

	// FirstByteTimeout and IdleTimeout bound the silence before and within an
	// answer; 0 for the host's defaults.
	FirstByteTimeout time.Duration
	IdleTimeout      time.Duration
}

// Supports reports whether d advertises the capability.
func (d *Description) Supports(capability string) bool {
	for _, c := range d.Capabilities {
		if c == capability {
			return true
		}
	}
	return false
}

// CapabilitiesOf returns what p can do: what its methods tell of the
// capabilities that this package knows, and the declared ones that it does not.
func CapabilitiesOf(p Provider, declared []string) []string {
	var names []string
	if _, ok := p.(ModelLister); ok {
		names = append(names, CapabilityModels)
	}
	if _, ok := p.(Revoker); ok {
		names = append(names, CapabilityRevoke)
	}
	for _, name := range declared {
		if name != CapabilityModels && name != CapabilityRevoke {
			names = append(names, name)
		}
	}
	return names
}

// A LoginMethod is a way to sign in.
type LoginMethod struct {
	ID      string // "device", "api-key"
	Label   string // "Qwen account (browser)"
	Summary string
}

// SettingType is the type of a setting's value.
type SettingType string

// The types of setting. An empty type is a string.
const (
	SettingString   SettingType = "string"
	SettingBool     SettingType = "bool"
	SettingInt      SettingType = "int"
	SettingDuration SettingType = "duration" // as time.ParseDuration reads it
	SettingURL      SettingType = "url"
)

// A Setting is something a user can configure for a provider.
type Setting struct {
	Name        string // lower-case, hyphens: "api-version"
	Type        SettingType
	Description string
	Env         []string // variables that set it, the one that wins first
	Default     string
	Enum        []string // allowed values; empty: any
	Secret      bool     // never shown

	// ProjectSafe says that a project's own files may set it. Leave it false for
	// anything that decides where a credential goes.
	ProjectSafe bool
}

// A Preset is a known service: data that fills in a sign-in form.
type Preset struct {
	ID            string // "openrouter"
	Label         string // "OpenRouter"
	Endpoint      string
	CredentialEnv string // variable that users keep this service's key in; may be empty
	DefaultModel  string
	KeyPrefix     string // how its keys begin; may be empty
	KeyURL        string // where to get a key; may be empty
	NoKey         bool   // needs no key (a local server)
}

// A Model is something that can answer.
type Model struct {
	ID              string
	DisplayName     string
	ContextTokens   int64 // 0: not known
	MaxOutputTokens int64
	Input           []string // "text", "image", "audio", "file"; empty: not known
	Reasoning       bool     // can think before it answers
	Note            string   // one line, such as "Pro subscribers only"
	Price           *Price   // nil: not declared
	Extra           Extras
}

// A Price is what a request to a model costs. Amounts are for a million tokens, but
// for Request, which is for a request whatever its size.
type Price struct {
	Currency  string // ISO 4217, "USD"
	Input     float64
	Output    float64
	CacheRead float64 // input that came from a cache; 0: as other input
	Request   float64
}

// Cost returns what a request costs, in Currency, by the tokens that it took. A nil
// usage is that of a request without tokens.
func (p *Price) Cost(u *Usage) float64 {
	if u == nil {
		return p.Request
	}
	cached := p.CacheRead
	if cached == 0 {
		cached = p.Input
	}
	fresh := float64(u.InputTokens - u.CacheReadTokens)
	return p.Request + (fresh*p.Input+float64(u.CacheReadTokens)*cached+float64(u.OutputTokens)*p.Output)/1e6
}

// A Limit is a number of requests or tokens in a window of time.
type Limit struct {
	Unit   LimitUnit
	Amount int64
	Window time.Duration // 24 h for a day, 7 days for a week, 30 days for a month

	// Resets says when a window begins anew: "rolling", or words for the user
	// such as "Monday 00:00 UTC+8".
	Resets string
}

// LimitUnit is what a [Limit] counts.
type LimitUnit string

// The units of limits.
const (
	LimitRequests LimitUnit = "requests"
	LimitTokens   LimitUnit = "tokens"
)

// A Plan is a subscription with limits of its own.
type Plan struct {
	ID     string // "lite"
	Label  string // "Lite Basic"
	Price  string // for display: "40 CNY / month"
	Limits []Limit
	Models []string // IDs; empty: all
}
