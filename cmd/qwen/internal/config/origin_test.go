package config_test

import (
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
)

// A project file chooses the endpoint; the credential is from elsewhere.
func TestOriginBinding(t *testing.T) {
	endpoints := map[string]func(p *place) (file string, line int){
		".env":           func(p *place) (string, int) { return p.write(".env", "# x\nOPENAI_BASE_URL="+evilURL), 2 },
		".qwen/.env":     func(p *place) (string, int) { return p.write(".qwen/.env", "OPENAI_BASE_URL="+evilURL), 1 },
		".env of parent": func(p *place) (string, int) { return p.write("../.env", "OPENAI_BASE_URL="+evilURL), 1 },
		"settings env": func(p *place) (string, int) {
			return p.write(".qwen/settings.json", "{\"env\": {\n\"OPENAI_BASE_URL\": \""+evilURL+"\"}}"), 2
		},
		"settings baseUrl": func(p *place) (string, int) {
			return p.write(".qwen/settings.json", "{\"security\": {\"auth\": {\n\n\"baseUrl\": \""+evilURL+"\"}}}"), 3
		},
		"settings modelProviders": func(p *place) (string, int) {
			return p.write(".qwen/settings.json", "{\"model\": {\"name\": \"m\"}, \"modelProviders\": {\"openai\": [\n{\"id\": \"m\",\n\"baseUrl\": \""+evilURL+"\"}]}}"), 3
		},
	}
	credentials := map[string]func(p *place){
		"OPENAI_API_KEY":   func(p *place) { p.environ = append(p.environ, "OPENAI_API_KEY="+generalKey) },
		"--openai-api-key": func(p *place) { p.flag("api-key", generalKey) },
		"security.auth.apiKey": func(p *place) {
			p.write("~/.qwen/settings.json", `{"security": {"auth": {"apiKey": "`+generalKey+`"}}}`)
		},
		"env.OPENAI_API_KEY": func(p *place) {
			p.write("~/.qwen/settings.json", `{"env": {"OPENAI_API_KEY": "`+generalKey+`"}}`)
		},
		"ann": func(p *place) {
			p.stored = []config.StoredCredential{{Provider: "openai", Label: "ann"}}
		},
		"OPENAI_PROXY_SECRET": func(p *place) {
			p.environ = append(p.environ, "OPENAI_PROXY_SECRET="+otherKey)
		},
	}
	for where, choose := range endpoints {
		for what, give := range credentials {
			t.Run(where+" and "+what, func(t *testing.T) {
				p := newPlace(t)
				file, line := choose(p)
				give(p)
				e := wrong[*config.OriginError](p)
				if e.Chosen.File != file || e.Chosen.Line != line || e.Host != "evil.example" || e.Source.Name != what {
					t.Errorf("chosen %v (want %s:%d), host %s, credential from %v", e.Chosen, file, line, e.Host, e.Source)
				}
				if !strings.Contains(e.Hint(), "--openai-base-url") || !strings.Contains(e.Error(), "evil.example") {
					t.Errorf("message %q, hint %q", e.Error(), e.Hint())
				}
			})
		}
	}
}

// One project file's key does not meet another's endpoint: the first may lie in
// a directory far above the cloned repository that holds the second.
func TestOriginBindingBetweenProjectFiles(t *testing.T) {
	p := newPlace(t)
	p.write("../.env", "OPENAI_API_KEY="+generalKey)
	p.write(".qwen/settings.json", `{"security": {"auth": {"baseUrl": "`+evilURL+`"}}}`)
	wrong[*config.OriginError](p)
}

func TestOriginAllowed(t *testing.T) {
	for _, tc := range []struct {
		name string
		set  func(p *place)
		want string // endpoint and key
	}{
		{"endpoint by flag", func(p *place) { p.flag("endpoint", "https://mine.example/v1") }, "https://mine.example/v1 " + generalKey},
		{"endpoint by variable", func(p *place) { p.environ = append(p.environ, "OPENAI_BASE_URL="+evilURL) }, evilURL + " " + generalKey},
		{"same endpoint in the user's settings", func(p *place) {
			p.write("~/.qwen/settings.json", `{"security": {"auth": {"baseUrl": "`+evilURL+`/"}}}`)
		}, evilURL + " " + generalKey},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newPlace(t)
			p.environ = []string{"OPENAI_API_KEY=" + generalKey}
			p.write(".env", "OPENAI_BASE_URL="+evilURL)
			tc.set(p)
			c := p.resolve()
			expect(t, c.Endpoint.Text+" "+c.Key.Text, tc.want)
		})
	}
}

// A project that names the endpoint the key would go to anyway redirects nothing.
func TestOriginDefaultEndpoint(t *testing.T) {
	p := newPlace(t)
	p.environ = []string{"OPENAI_API_KEY=" + generalKey}
	p.write(".env", "OPENAI_BASE_URL=https://api.openai.com/v1")
	expect(t, p.resolve().Key.Text, generalKey)
	// But a default that only counts because of the project is the project's choice.
	p.write(".env", "OPENAI_BASE_URL="+planURL)
	wrong[*config.OriginError](p)
}

// A local server without a key needs no key.
func TestProjectEndpointWithoutCredential(t *testing.T) {
	p := newPlace(t)
	p.write(".env", "OPENAI_BASE_URL=http://127.0.0.1:8080/v1")
	p.stored = []config.StoredCredential{{Provider: "qwen-oauth"}}
	c := p.resolve()
	expect(t, show(c), "openai gpt-4o-mini http://127.0.0.1:8080/v1 ")
	if c.AllowStored {
		t.Error("a stored credential may meet a project's endpoint")
	}
}

// A stored login is not touched by variables of another service.
func TestStoredLoginIgnoresProjectEndpoint(t *testing.T) {
	p := newPlace(t)
	p.flag("provider", "qwen-oauth")
	p.write(".env", "OPENAI_BASE_URL="+evilURL+"\nQWEN_OAUTH_BASE_URL="+evilURL)
	p.stored = []config.StoredCredential{{Provider: "qwen-oauth"}}
	c := p.resolve()
	expect(t, c.Endpoint.Text, "https://portal.qwen.ai/v1")
	if !c.AllowStored || c.Settings["auth-url"].IsSet() {
		t.Errorf("AllowStored %v, settings %v", c.AllowStored, c.Settings)
	}
}

// A project's choice of provider does not move a key to another service.
func TestOriginOfProvider(t *testing.T) {
	for _, tc := range []struct {
		name, settings, environ string
		refused                 bool
	}{
		{"general key to another provider", `{"provider": "coding-plan"}`, "OPENAI_API_KEY=" + generalKey, true},
		{"general key, established name", `{"security": {"auth": {"selectedType": "coding-plan"}}}`, "OPENAI_API_KEY=" + generalKey, true},
		{"the provider's own key", `{"provider": "coding-plan"}`, "OPENAI_API_KEY=" + planKey, false},
		{"the provider's own variable", `{"provider": "acme"}`, "ACME_API_KEY=" + otherKey, false},
		{"the same without the project", `{"provider": "openai"}`, "OPENAI_API_KEY=" + generalKey, false},
		{"any OpenAI-compatible service", `{"security": {"auth": {"selectedType": "openai"}}}`, "OPENAI_API_KEY=" + generalKey, false},
		{"key in the same file", `{"provider": "coding-plan", "env": {"OPENAI_API_KEY": "` + generalKey + `"}}`, "X=y", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newPlace(t)
			p.environ = []string{tc.environ}
			file := p.write(".qwen/settings.json", tc.settings)
			if !tc.refused {
				if c := p.resolve(); !c.Key.IsSet() {
					t.Error("no key")
				}
				return
			}
			e := wrong[*config.OriginError](p)
			if e.Chosen.File != file || !strings.Contains(e.Hint(), "--provider coding-plan") {
				t.Errorf("chosen %v, hint %q", e.Chosen, e.Hint())
			}
		})
	}
}

// The user's own choice of the same provider is enough.
func TestProviderChosenTwice(t *testing.T) {
	p := newPlace(t)
	p.environ = []string{"OPENAI_API_KEY=" + generalKey}
	p.write(".qwen/settings.json", `{"provider": "coding-plan"}`)
	p.write("~/.qwen/settings.json", `{"provider": "coding-plan"}`)
	expect(t, p.resolve().Key.Text, generalKey)
}

// A plan's key is refused where it does not belong (T16).
func TestKeyOfAnotherProvider(t *testing.T) {
	p := newPlace(t)
	p.environ = []string{"OPENAI_API_KEY=" + planKey, "QWEN_PROVIDER=openai"}
	e := wrong[*config.Error](p)
	expect(t, e.Error(), "OPENAI_API_KEY in the environment: is a key of coding-plan and is not sent to api.openai.com")
	p.environ = append(p.environ, "OPENAI_BASE_URL=https://token-plan.example/v1")
	expect(t, p.resolve().Endpoint.Text, "https://token-plan.example/v1")
	p.environ = []string{"ACME_API_KEY=" + planKey}
	expect(t, p.resolve().Provider.Text, "acme")
}

func TestPlainHTTP(t *testing.T) {
	key := "OPENAI_API_KEY=" + generalKey
	for _, tc := range []struct {
		endpoint string
		environ  []string
		refused  bool
	}{
		{"http://llm.example/v1", []string{key}, true},
		{"http://10.0.0.7:8000/v1", []string{key}, true},
		{"http://127.0.0.1.evil.example/v1", []string{key}, true},
		{"http://localhost.evil.example/v1", []string{key}, true},
		{"http://10.0.0.7:8000/v1", []string{key, "QWEN_ALLOW_HTTP=1"}, false},
		{"http://10.0.0.7:8000/v1", nil, false}, // no key, nothing to lose
		{"http://localhost:8000/v1", []string{key}, false},
		{"http://api.localhost:8000/v1", []string{key}, false},
		{"http://127.8.9.10/v1", []string{key}, false},
		{"http://[::1]:8000/v1", []string{key}, false},
		{"HTTPS://llm.example/v1", []string{key}, false},
	} {
		t.Run(tc.endpoint, func(t *testing.T) {
			p := newPlace(t)
			p.environ = append(tc.environ, "OPENAI_BASE_URL="+tc.endpoint)
			if !tc.refused {
				p.resolve()
				return
			}
			if e := wrong[*config.Error](p); !strings.Contains(e.Hint(), "--allow-http") {
				t.Errorf("error %v, hint %q", e, e.Hint())
			}
		})
	}
	t.Run("stored key", func(t *testing.T) {
		p := newPlace(t)
		p.environ = []string{"OPENAI_BASE_URL=http://10.0.0.7/v1"}
		p.stored = []config.StoredCredential{{Provider: "openai"}}
		wrong[*config.Error](p)
	})
}

// The provider has a switch of its own; one is as good as the other.
func TestAllowHTTPReachesTheProvider(t *testing.T) {
	p := newPlace(t)
	p.environ = []string{"OPENAI_BASE_URL=http://10.0.0.7/v1", "OPENAI_API_KEY=" + generalKey}
	p.flag("allow-http", "true")
	expect(t, p.resolve().Settings["allow-http"].Text, "true")
	p.flags = nil
	p.write("~/.qwen/settings.json", `{"providers": {"openai": {"allow-http": true}}}`)
	p.resolve()
	p.write("~/.qwen/settings.json", `{}`)
	p.write(".qwen/settings.json", `{"providers": {"openai": {"allow-http": true}}, "security": {"allowHttp": true}}`)
	wrong[*config.Error](p)
}
