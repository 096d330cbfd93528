package config

import "slices"

// Input is everything that a configuration is resolved from. Nothing else is
// looked at, but for the files that Dir and Home lead to.
type Input struct {
	// Flags holds the flags that the user set, and only those.
	Flags []FlagValue

	// Environ is the process environment, as os.Environ returns it.
	Environ []string

	// Dir is the working directory and Home the home directory, both absolute;
	// Home may be empty.
	Dir  string
	Home string

	// Providers are the providers that can be chosen.
	Providers []Provider

	// Trust says what the user has decided about a folder with project files. Nil:
	// nothing about any.
	Trust func(folder string) Trust

	// Consent is asked before a credential would be kept from where a project's
	// file sends it, and the folder is not trusted. It returns nil to let it go
	// there, else the error to report: the one that it was given, if there is no
	// better one. Nil: nobody can be asked.
	Consent func(*OriginError) error

	// Stored lists the stored credentials, the preferred one first. It is called
	// at most once, and only where nothing else decides. Nil: there are none.
	Stored func() []StoredCredential

	// Chosen is the stored credential that the user asked for by name, nil if
	// they did not. It decides on provider and endpoint, and no key is looked
	// for.
	Chosen *ChosenCredential
}

// A ChosenCredential is a stored credential, and where the user asked for it.
type ChosenCredential struct {
	StoredCredential
	By Source // "--profile work"
}

// Trust is what the user has decided about a folder.
type Trust int

// The decisions. Files of a trusted folder may choose where keys go, as the
// user's own may; in all else they stay a project's. Those of a denied one do not
// count at all.
const (
	TrustUndecided Trust = iota
	TrustGranted
	TrustDenied
)

// A FlagValue is a flag that the user set.
type FlagValue struct {
	Key  string // name in [Keys], or "providers.NAME.SETTING"
	Text string
	List []string // for a key of type TypeList
	Flag string   // as typed, such as "--model"; empty for the one in the table
}

// A Provider is what the host has to know about a provider to configure it. The
// fields are those of sdk.Description.
type Provider struct {
	Name            string
	CredentialEnv   []string
	KeyPrefixes     []string
	Hosts           []string
	DefaultEndpoint string
	DefaultModel    string
	Settings        []ProviderSetting

	// ThirdParty says that the provider did not come with the program. It cannot
	// claim what stands in OPENAI_API_KEY by its KeyPrefixes or Hosts.
	ThirdParty bool
}

// A ProviderSetting is a setting that a provider declares. The fields are those
// of sdk.Setting.
type ProviderSetting struct {
	Name        string
	Help        string
	Type        Type // empty: string
	Env         []string
	Default     string
	Enum        []string
	Secret      bool
	ProjectSafe bool
}

// A StoredCredential is a login that exists, or a [ModelService] that somebody
// chose as one would choose a login.
type StoredCredential struct {
	Provider string
	Endpoint string // that it is tied to; empty: the provider's own
	Label    string // for display

	// Service is the service; nil for a login. Of its fields, Provider, Endpoint
	// and KeyEnv say which of [Config.Services] is meant. Its key is in its
	// variable and nowhere else.
	Service *ModelService
}

// takesOpenAI reports whether the OPENAI_ variables are meant for p.
func (p *Provider) takesOpenAI() bool {
	return p == nil || slices.Contains(p.CredentialEnv, envOpenAIKey)
}

// key returns the setting as a row of the key table.
func (p *Provider) key(s ProviderSetting) Key {
	k := Key{
		Name: settingKey(p.Name, s.Name), Help: s.Help, Type: s.Type, Env: env(s.Env...),
		Enum: s.Enum, Default: s.Default, Secret: s.Secret, Project: s.ProjectSafe,
	}
	if k.Type == "" {
		k.Type = TypeString
	}
	k.Settings = []string{k.Name}
	return k
}

// settingKey is the name of a provider's setting among all keys, and its path in
// settings.json.
func settingKey(provider, setting string) string {
	return "providers." + provider + "." + setting
}
