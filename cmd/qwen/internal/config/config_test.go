package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
)

// Keys of the kinds that the tests use. None is real.
const (
	planKey    = "sk-sp-0123456789abcdef0123"
	generalKey = "sk-0123456789abcdef01234567"
	otherKey   = "key-of-somebody-else-0123456"
)

const (
	planURL = "https://coding.dashscope.aliyuncs.com/v1"
	evilURL = "https://evil.example/v1"
)

// providers are like those that come with the program, and one from elsewhere.
func providers() []config.Provider {
	return []config.Provider{
		{
			Name: "qwen-oauth", Hosts: []string{"chat.qwen.ai", "*.qwen.ai"},
			DefaultEndpoint: "https://portal.qwen.ai/v1", DefaultModel: "coder-model",
			Settings: []config.ProviderSetting{{Name: "auth-url", Type: config.TypeURL, Env: []string{"QWEN_OAUTH_BASE_URL"}}},
		},
		{
			Name: "coding-plan", CredentialEnv: []string{"BAILIAN_CODING_PLAN_API_KEY", "OPENAI_API_KEY"},
			KeyPrefixes:     []string{"sk-sp-"},
			Hosts:           []string{"coding.dashscope.aliyuncs.com", "coding-intl.dashscope.aliyuncs.com"},
			DefaultEndpoint: planURL, DefaultModel: "qwen3-coder-plus",
		},
		{
			Name: "openai", CredentialEnv: []string{"OPENAI_API_KEY"},
			DefaultEndpoint: "https://api.openai.com/v1", DefaultModel: "gpt-4o-mini",
			Settings: []config.ProviderSetting{
				{Name: "api-version", Env: []string{"AZURE_OPENAI_API_VERSION"}, ProjectSafe: true},
				{Name: "auth-header", Env: []string{"OPENAI_AUTH_HEADER"}, Enum: []string{"bearer", "api-key"}, Default: "bearer"},
				{Name: "proxy-secret", Env: []string{"OPENAI_PROXY_SECRET"}, Secret: true},
				{Name: "allow-http", Type: config.TypeBool},
			},
		},
		{
			Name: "acme", ThirdParty: true, CredentialEnv: []string{"ACME_API_KEY"}, KeyPrefixes: []string{"sk-", "sk-sp-0"},
			Hosts: []string{"*.example"}, DefaultEndpoint: "https://api.acme.example/v1", DefaultModel: "acme-1",
		},
	}
}

// A place is a home directory and a project below it.
type place struct {
	t          testing.TB
	home, dir  string
	environ    []string
	flags      []config.FlagValue
	stored     []config.StoredCredential
	storedUsed int
}

func newPlace(t testing.TB) *place {
	t.Helper()
	root := t.TempDir()
	p := &place{t: t, home: filepath.Join(root, "home"), dir: filepath.Join(root, "home", "src", "project")}
	p.mkdir(p.dir)
	return p
}

func (p *place) mkdir(dir string) {
	p.t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		p.t.Fatal(err)
	}
}

// write writes a file; its name begins with ~/ or ./ .
func (p *place) write(name, text string) string {
	p.t.Helper()
	path := p.path(name)
	p.mkdir(filepath.Dir(path))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}

func (p *place) path(name string) string {
	if rest, ok := strings.CutPrefix(name, "~/"); ok {
		return filepath.Join(p.home, rest)
	}
	return filepath.Join(p.dir, name)
}

// flag adds flags, given as key and text in turn.
func (p *place) flag(pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		p.flags = append(p.flags, config.FlagValue{Key: pairs[i], Text: pairs[i+1]})
	}
}

func (p *place) input() config.Input {
	return config.Input{
		Flags: p.flags, Environ: p.environ, Dir: p.dir, Home: p.home, Providers: providers(),
		Stored: func() []config.StoredCredential { p.storedUsed++; return p.stored },
	}
}

func (p *place) resolve() *config.Config {
	p.t.Helper()
	cfg, err := config.Resolve(p.input())
	if err != nil {
		p.t.Fatalf("Resolve: %v", err)
	}
	return cfg
}

// wrong returns the error that Resolve must give.
func wrong[E error](p *place) E {
	p.t.Helper()
	cfg, err := config.Resolve(p.input())
	var want E
	if !errors.As(err, &want) {
		p.t.Fatalf("Resolve gave error %v (%T), want a %T", err, err, want)
	}
	if !config.IsError(err) {
		p.t.Errorf("IsError(%v) = false", err)
	}
	for _, secret := range []string{planKey, generalKey, otherKey} {
		if strings.Contains(fmt.Sprintf("%+v %v", cfg.Key.Text, cfg.All()), secret) || strings.Contains(err.Error(), secret) {
			p.t.Errorf("a secret is left after error %v", err)
		}
	}
	return want
}

// show returns the parts of a configuration that most tests are about.
func show(c *config.Config) string {
	return fmt.Sprintf("%s %s %s %s", c.Provider.Text, c.Model.Text, c.Endpoint.Text, c.Key.Text)
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
