package sdktest

import (
	"context"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// describeCases are about Describe. They need no service.
func describeCases() []Case {
	return []Case{
		{
			ID:  "describe-valid",
			Doc: "The description has a name that can be typed, a display name and a version; IDs and names within it are unique and not empty; limits, addresses and hosts are well formed.",
			Why: "Everything that the host shows about a provider, and where it lets its key go, comes from here.",
			run: describeValid,
		},
		{
			ID:  "describe-stable",
			Doc: "Describe gives the same answer each time, from a new provider as well, and changing what it returned changes nothing for the next caller.",
			Why: "The host caches the description.",
			run: describeStable,
		},
		{
			ID:  "describe-ignores-environment",
			Doc: "With every variable set that the description names, Describe gives the same answer as before.",
			Why: "A description that depends on the environment goes stale in the cache, and a plugin does not see the user's environment anyway.",
			run: describeIgnoresEnvironment,
		},
		{
			ID:  "capabilities-true",
			Doc: "Each capability that is declared is there: the method does not answer that it is unsupported.",
			Why: "The host offers what is declared, and a command that always fails is worse than none.",
			run: capabilitiesTrue,
		},
		{
			ID:  "settings-valid",
			Doc: "The defaults of settings can be read as values of their types and are among the allowed values.",
			Why: "A default that the host refuses makes the provider unusable until the user overrides it.",
			run: settingsValid,
		},
		{
			ID:  "settings-secrets-marked",
			Doc: "A setting whose name says key, token, secret or password is marked as secret, and neither it nor an address may be set by a project's own files.",
			Why: "Somebody else's repository must not be able to print a secret or to send it to an address of its own.",
			run: settingsSecretsMarked,
		},
	}
}

func describeValid(t TB, s *subject) {
	d := s.describe(t)
	if d.Name == "" || strings.Trim(d.Name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		t.Errorf("Name is %q; want lower-case letters, digits and hyphens", d.Name)
	}
	if d.DisplayName == "" {
		t.Errorf("DisplayName is empty")
	}
	if major, rest, ok := strings.Cut(d.Version, "."); !ok || rest == "" || !isNumber(major) {
		t.Errorf("Version is %q; want a semantic version such as 1.2.3", d.Version)
	}
	unique(t, "LoginMethods", d.LoginMethods, func(m sdk.LoginMethod) string { return m.ID })
	unique(t, "Settings", d.Settings, func(s sdk.Setting) string { return s.Name })
	unique(t, "Presets", d.Presets, func(p sdk.Preset) string { return p.ID })
	unique(t, "Models", d.Models, func(m sdk.Model) string { return m.ID })
	unique(t, "Plans", d.Plans, func(p sdk.Plan) string { return p.ID })
	unique(t, "CredentialEnv", d.CredentialEnv, func(s string) string { return s })
	unique(t, "KeyPrefixes", d.KeyPrefixes, func(s string) string { return s })
	validAddresses(t, d)
	validLimits(t, "Limits", d.Limits)
	for _, p := range d.Plans {
		validLimits(t, "Plans["+p.ID+"].Limits", p.Limits)
	}
	if d.FirstByteTimeout < 0 || d.IdleTimeout < 0 {
		t.Errorf("a timeout is negative: %v, %v", d.FirstByteTimeout, d.IdleTimeout)
	}
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

// unique checks that no key is empty or comes twice.
func unique[T any](t TB, what string, list []T, key func(T) string) {
	t.Helper()
	seen := map[string]bool{}
	for i, v := range list {
		k := key(v)
		if k == "" {
			t.Errorf("%s[%d] has no name", what, i)
		}
		if seen[k] {
			t.Errorf("%s has %q twice", what, k)
		}
		seen[k] = true
	}
}

func validAddresses(t TB, d *sdk.Description) {
	t.Helper()
	for _, h := range d.Hosts {
		if h == "" || strings.ContainsAny(h, "/@ ") {
			t.Errorf("Hosts has %q; want host or host:port", h)
		}
	}
	addresses := []string{d.DefaultEndpoint, d.Homepage}
	for _, p := range d.Presets {
		addresses = append(addresses, p.Endpoint, p.KeyURL)
	}
	for _, a := range addresses {
		if u, err := url.Parse(a); a != "" && (err != nil || u.Host == "" || u.User != nil) {
			t.Errorf("the address %q is not a URL with a host and without a user", a)
		}
	}
}

func validLimits(t TB, what string, limits []sdk.Limit) {
	t.Helper()
	for i, l := range limits {
		if l.Unit == "" || l.Amount <= 0 || l.Window <= 0 {
			t.Errorf("%s[%d] is %+v; want a unit, an amount and a window", what, i, l)
		}
	}
}

func describeStable(t TB, s *subject) {
	first := s.describe(t)
	kept := copyDescription(first)
	spoil(first)
	if again := s.describe(t); !reflect.DeepEqual(kept, again) {
		t.Errorf("the second answer differs from the first:\n%+v\n%+v", kept, again)
	}
	other := *s
	other.provider = s.config.New()
	if again := other.describe(t); !reflect.DeepEqual(kept, again) {
		t.Errorf("a new provider answers differently:\n%+v\n%+v", kept, again)
	}
}

// copyDescription copies what [spoil] changes.
func copyDescription(d *sdk.Description) *sdk.Description {
	c := *d
	c.Hosts = slices.Clone(d.Hosts)
	c.Models = slices.Clone(d.Models)
	c.CredentialEnv = slices.Clone(d.CredentialEnv)
	return &c
}

// spoil changes a description as a careless host may.
func spoil(d *sdk.Description) {
	d.Name = "spoilt"
	for _, list := range [][]string{d.Hosts, d.CredentialEnv} {
		if len(list) > 0 {
			list[0] = "spoilt"
		}
	}
	if len(d.Models) > 0 {
		d.Models[0].ID = "spoilt"
	}
}

func describeIgnoresEnvironment(t TB, s *subject) {
	before := s.describe(t)
	names := slices.Clone(before.CredentialEnv)
	for _, setting := range before.Settings {
		names = append(names, setting.Env...)
	}
	for _, p := range before.Presets {
		names = append(names, p.CredentialEnv)
	}
	for _, name := range append(names, "HOME", "LANG") {
		setenv(t, name, "sdktest")
	}
	s.provider = s.config.New()
	if after := s.describe(t); !reflect.DeepEqual(before, after) {
		t.Errorf("the answer changed with the environment:\n%+v\n%+v", before, after)
	}
}

// setenv sets a variable until the case ends.
func setenv(t TB, name, value string) {
	if name == "" {
		return
	}
	old, had := os.LookupEnv(name)
	if err := os.Setenv(name, value); err != nil {
		t.Fatalf("sdktest: %v", err)
	}
	t.Cleanup(func() {
		if had {
			_ = os.Setenv(name, old)
		} else {
			_ = os.Unsetenv(name)
		}
	})
}

// capabilitiesTrue calls each declared method with nothing to work with: that it
// fails is expected, that it is unsupported is not.
func capabilitiesTrue(t TB, s *subject) {
	d := s.describe(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // the methods must not reach the network from here
	for _, name := range d.Capabilities {
		err, known := s.callCapability(ctx, name)
		if known && sdk.KindOf(err) == sdk.KindUnsupported {
			t.Errorf("the capability %q is declared, but: %v", name, err)
		}
	}
}

// callCapability calls the method behind a capability of package sdk.
func (s *subject) callCapability(ctx context.Context, name string) (err error, known bool) {
	missing := sdk.Errorf(sdk.KindUnsupported, "the provider lacks the method")
	switch name {
	case sdk.CapabilityModels:
		p, ok := s.provider.(sdk.ModelLister)
		if !ok {
			return missing, true
		}
		_, err := p.Models(ctx, &sdk.ModelsRequest{})
		return err, true
	case sdk.CapabilityRevoke:
		p, ok := s.provider.(sdk.Revoker)
		if !ok {
			return missing, true
		}
		return p.Revoke(ctx, &sdk.RevokeRequest{}), true
	}
	return nil, false
}

func settingsValid(t TB, s *subject) {
	for _, setting := range s.describe(t).Settings {
		if strings.Trim(setting.Name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("setting %q: want lower-case letters, digits and hyphens", setting.Name)
		}
		if setting.Default == "" {
			continue
		}
		if len(setting.Enum) > 0 && !slices.Contains(setting.Enum, setting.Default) {
			t.Errorf("setting %q: the default %q is not among %q", setting.Name, setting.Default, setting.Enum)
		}
		if err := parseSetting(setting.Type, setting.Default); err != nil {
			t.Errorf("setting %q: the default is not of its type: %v", setting.Name, err)
		}
	}
}

func parseSetting(kind sdk.SettingType, value string) (err error) {
	switch kind {
	case sdk.SettingBool:
		_, err = strconv.ParseBool(value)
	case sdk.SettingInt:
		_, err = strconv.ParseInt(value, 10, 64)
	case sdk.SettingDuration:
		_, err = time.ParseDuration(value)
	case sdk.SettingURL:
		_, err = url.ParseRequestURI(value)
	}
	return err
}

func settingsSecretsMarked(t TB, s *subject) {
	for _, setting := range s.describe(t).Settings {
		words := strings.Split(setting.Name, "-")
		named := slices.ContainsFunc(words, func(w string) bool {
			return slices.Contains([]string{"key", "token", "secret", "password"}, w)
		})
		if named && !setting.Secret {
			t.Errorf("setting %q is not marked as secret", setting.Name)
		}
		if setting.ProjectSafe && (named || setting.Secret || setting.Type == sdk.SettingURL) {
			t.Errorf("setting %q may be set by a project's own files", setting.Name)
		}
	}
}
