package config_test

import (
	"testing"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
)

const workEndpoint = "https://work.example/v1"

// chosen resolves with the login "work" of the provider openai asked for by name.
func (p *place) chosen(endpoint string) *config.Config {
	p.t.Helper()
	in := p.input()
	in.Chosen = &config.ChosenCredential{
		StoredCredential: config.StoredCredential{Provider: "openai", Endpoint: endpoint, Label: "work"},
		By:               config.Source{Kind: config.FromFlag, Name: "--profile work"},
	}
	cfg, err := config.Resolve(in)
	if err != nil {
		p.t.Fatalf("Resolve: %v", err)
	}
	return cfg
}

// A login that was asked for by name goes where it belongs, whatever keys and
// endpoints there are, and no key goes with it.
func TestChosenLoginWins(t *testing.T) {
	p := newPlace(t)
	p.environ = append(p.environ, "OPENAI_API_KEY="+generalKey, "OPENAI_BASE_URL=https://other.example/v1", "QWEN_PROVIDER=coding-plan")
	p.write(".env", "OPENAI_BASE_URL=https://evil.example/v1\nOPENAI_API_KEY="+otherKey)
	p.write(".qwen/settings.json", `{"provider": "qwen-oauth", "security": {"auth": {"baseUrl": "https://evil.example"}}}`)
	c := p.chosen(workEndpoint)
	if c.Key.IsSet() || !c.AllowStored {
		t.Errorf("key %v, AllowStored %v", c.Key, c.AllowStored)
	}
	expect(t, c.Provider.Text, "openai")
	expect(t, c.Provider.Source.String(), "--profile work")
	expect(t, c.ChosenEndpoint(), workEndpoint)
	expect(t, p.chosen("").ChosenEndpoint(), "")
}

// The login that nothing else beats brings its endpoint along.
func TestStoredLoginBringsItsEndpoint(t *testing.T) {
	p := newPlace(t)
	p.stored = []config.StoredCredential{{Provider: "openai", Endpoint: workEndpoint, Label: "work"}}
	c := p.resolve()
	expect(t, c.ChosenEndpoint(), workEndpoint)
	expect(t, c.Endpoint.Source.String(), "stored login work")
}

func TestModelServices(t *testing.T) {
	p := newPlace(t)
	p.environ = append(p.environ, "ROUTER_KEY="+otherKey)
	p.write("~/.qwen/settings.json", `{"modelProviders": {"openai": [
		{"id": "a", "baseUrl": "https://router.example/v1", "envKey": "ROUTER_KEY"},
		{"id": "b", "baseUrl": "https://router.example/v1", "envKey": "ROUTER_KEY"},
		{"id": "c", "envKey": "ABSENT_KEY"}]}}`)
	list := p.resolve().Services
	if len(list) != 2 || len(list[0].Models) != 2 || !list[0].KeySet || list[1].KeySet {
		t.Fatalf("%+v", list)
	}
	expect(t, list[0].Endpoint, "https://router.example/v1")
	expect(t, list[1].KeyEnv, "ABSENT_KEY")
}

// A service of a settings file that was asked for by name gets the key from its
// own variable, or none.
func TestChosenService(t *testing.T) {
	for _, key := range []string{otherKey, ""} {
		p := newPlace(t)
		p.environ = append(p.environ, "OPENAI_API_KEY="+generalKey, "ROUTER_KEY="+key, "OPENAI_MODEL=elsewhere")
		p.write("~/.qwen/settings.json", `{"modelProviders": {"openai": [
			{"id": "a", "baseUrl": "https://router.example/v1", "envKey": "ROUTER_KEY"}]}}`)
		in := p.input()
		in.Chosen = &config.ChosenCredential{By: config.Source{Kind: config.FromFlag, Name: "--profile"}}
		in.Chosen.Service = &p.resolve().Services[0]
		in.Chosen.Provider, in.Chosen.Endpoint = "openai", "https://router.example/v1"
		c, err := config.Resolve(in)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, c.Key.Text, key)
		expect(t, c.Model.Text, "a")
		expect(t, c.ChosenEndpoint(), "https://router.example/v1")
		if c.AllowStored {
			t.Error("a stored login may be used")
		}
	}
}
