package config_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
)

func TestOneVariableIsEnough(t *testing.T) {
	p := newPlace(t)
	p.environ = []string{"OPENAI_API_KEY=" + generalKey}
	c := p.resolve()
	expect(t, show(c), "openai gpt-4o-mini https://api.openai.com/v1 "+generalKey)
	if c.AllowStored || p.storedUsed != 0 {
		t.Errorf("stored credentials were asked for (%d) or allowed (%v) beside a key", p.storedUsed, c.AllowStored)
	}
	expect(t, c.ChosenEndpoint(), "")
}

func TestFlagsAreEnough(t *testing.T) {
	p := newPlace(t)
	p.flag("api-key", otherKey, "endpoint", "https://llm.example/v1/", "model", "Qwen/Qwen3.6-Plus")
	c := p.resolve()
	expect(t, show(c), "openai Qwen/Qwen3.6-Plus https://llm.example/v1 "+otherKey)
	expect(t, c.Model.Source.Name, "--model")
	expect(t, c.ChosenEndpoint(), "https://llm.example/v1")
}

func TestNothingSaid(t *testing.T) {
	p := newPlace(t)
	c := p.resolve()
	if c.Provider.Text != "" || c.Key.IsSet() || c.AllowStored {
		t.Errorf("something came from nothing: %v", c.All())
	}
	if p.storedUsed != 1 {
		t.Errorf("stored credentials were asked for %d times, want once", p.storedUsed)
	}
}

func TestInference(t *testing.T) {
	for _, tc := range []struct {
		name    string
		environ []string
		stored  string
		want    string
	}{
		{"plan key", []string{"OPENAI_API_KEY=" + planKey}, "", "coding-plan qwen3-coder-plus " + planURL + " " + planKey},
		{"plan host", []string{"OPENAI_API_KEY=" + otherKey, "OPENAI_BASE_URL=" + planURL}, "", "coding-plan qwen3-coder-plus " + planURL + " " + otherKey},
		{"plan variable", []string{"BAILIAN_CODING_PLAN_API_KEY=" + planKey}, "qwen-oauth", "coding-plan qwen3-coder-plus " + planURL + " " + planKey},
		{"base URL alone", []string{"OPENAI_BASE_URL=http://127.0.0.1:11434/v1"}, "qwen-oauth", "openai gpt-4o-mini http://127.0.0.1:11434/v1 "},
		{"login", nil, "qwen-oauth", "qwen-oauth coder-model https://portal.qwen.ai/v1 "},
		{"login and foreign model", []string{"OPENAI_MODEL=gpt-4o"}, "qwen-oauth", "qwen-oauth coder-model https://portal.qwen.ai/v1 "},
		{"login and our model", []string{"QWEN_MODEL=vision-model"}, "qwen-oauth", "qwen-oauth vision-model https://portal.qwen.ai/v1 "},
		{"login of a provider that is gone", nil, "gone", "   "},
		{"key beats login", []string{"OPENAI_API_KEY=" + generalKey}, "qwen-oauth", "openai gpt-4o-mini https://api.openai.com/v1 " + generalKey},
		{"other provider's variable", []string{"ACME_API_KEY=" + otherKey}, "", "acme acme-1 https://api.acme.example/v1 " + otherKey},
		{"third party cannot claim a prefix", []string{"OPENAI_API_KEY=" + generalKey}, "", "openai gpt-4o-mini https://api.openai.com/v1 " + generalKey},
		{"third party cannot claim a host", []string{"OPENAI_API_KEY=" + otherKey, "OPENAI_BASE_URL=https://api.acme.example/v1"}, "", "openai gpt-4o-mini https://api.acme.example/v1 " + otherKey},
		{"empty variable is unset", []string{"OPENAI_API_KEY=", "BAILIAN_CODING_PLAN_API_KEY=" + planKey}, "", "coding-plan qwen3-coder-plus " + planURL + " " + planKey},
		{"named beats everything", []string{"QWEN_PROVIDER=acme", "ACME_API_KEY=" + otherKey, "OPENAI_API_KEY=" + generalKey, "OPENAI_MODEL=x", "OPENAI_BASE_URL=" + evilURL}, "", "acme acme-1 https://api.acme.example/v1 " + otherKey},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newPlace(t)
			p.environ = tc.environ
			if tc.stored != "" {
				p.stored = []config.StoredCredential{{Provider: tc.stored, Label: "ann@example.com"}}
			}
			expect(t, show(p.resolve()), tc.want)
		})
	}
}

func TestStoredCredential(t *testing.T) {
	p := newPlace(t)
	p.stored = []config.StoredCredential{{Provider: "qwen-oauth", Label: "ann@example.com"}}
	c := p.resolve()
	if !c.AllowStored || c.Stored == nil || c.Stored.Provider != "qwen-oauth" {
		t.Errorf("AllowStored %v, Stored %v", c.AllowStored, c.Stored)
	}
	expect(t, c.Provider.Source.String(), "stored login ann@example.com")
}

func TestNamedProviderWithoutKeyNamesItsVariables(t *testing.T) {
	p := newPlace(t)
	p.flag("provider", "coding-plan")
	c := p.resolve()
	expect(t, fmt.Sprint(c.KeyEnv), "[BAILIAN_CODING_PLAN_API_KEY OPENAI_API_KEY]")
	if !c.AllowStored || p.storedUsed != 0 {
		t.Errorf("AllowStored %v, asked %d times", c.AllowStored, p.storedUsed)
	}
}

// A general key in OPENAI_API_KEY does not hide the plan's own.
func TestPlanKeyBesideGeneralKey(t *testing.T) {
	p := newPlace(t)
	p.flag("provider", "coding-plan")
	p.environ = []string{"OPENAI_API_KEY=" + generalKey}
	p.write("~/.qwen/.env", "BAILIAN_CODING_PLAN_API_KEY="+planKey)
	c := p.resolve()
	expect(t, c.Key.Text, planKey)
	if len(c.Key.Shadows) != 1 || c.Key.Shadows[0].Text != generalKey {
		t.Errorf("shadows %v", c.Key.Shadows)
	}
}

// samples are two values that every key takes in all of its places.
func samples(k config.Key) (string, string) {
	switch {
	case k.Name == config.KeyProvider:
		return "openai", "coding-plan"
	case k.Name == config.KeyEndpoint:
		return "https://one.example/v1", "https://two.example/v1"
	case k.Name == config.KeyProxy:
		return "http://one.example:3128", "socks5://two.example:1080"
	case k.Secret:
		return "secret-one-0123456789", "secret-two-0123456789"
	case len(k.Enum) > 0:
		return k.Enum[0], k.Enum[1]
	}
	switch k.Type {
	case config.TypeBool:
		return "true", "false"
	case config.TypeInt:
		return "7", "8"
	case config.TypeFloat:
		return "0.25", "0.5"
	case config.TypeDuration:
		return "1m30s", "2m0s"
	case config.TypeList:
		return `["a","b"]`, `["c"]`
	}
	return "One/Model", "Two.Model"
}

// literal writes a sample as JSON.
func literal(k config.Key, text string) string {
	switch k.Type {
	case config.TypeBool, config.TypeInt, config.TypeFloat, config.TypeList:
		return text
	}
	return fmt.Sprintf("%q", text)
}

// nest writes {"a": {"b": value}} for a.b.
func nest(path, value string) string {
	parts := strings.Split(path, ".")
	for _, name := range slices.Backward(parts) {
		value = fmt.Sprintf("{%q: %s}", name, value)
	}
	return value
}

// Every key of the table obeys one order. The places are filled from the weakest
// to the strongest, and each must win in its turn and shadow the one before.
func TestPrecedence(t *testing.T) {
	for _, k := range config.Keys() {
		t.Run(k.Name, func(t *testing.T) {
			p := newPlace(t)
			base := []string{"OPENAI_API_KEY=" + otherKey}
			if k.Name == config.KeyAPIKey {
				base = []string{"OPENAI_BASE_URL=http://127.0.0.1/v1"}
			}
			p.environ = base
			one, two := samples(k)
			shadows := -1
			check := func(kind config.SourceKind, want string) {
				t.Helper()
				v := p.resolve().Get(k.Name)
				if v.Source.Kind != kind || v.Text != want {
					t.Errorf("got %q from %v, want %q from %s", v.Text, v.Source, want, kind)
				}
				if shadows >= 0 && len(v.Shadows) <= shadows {
					t.Errorf("%s shadows %d values, was %d before", kind, len(v.Shadows), shadows)
				}
				shadows = len(v.Shadows)
			}
			for _, path := range k.Settings[:1] {
				p.write("~/.qwen/settings.json", nest(path, literal(k, one)))
				check(config.FromSettingsUser, one)
			}
			if name := envName(k); name != "" {
				p.write("~/.qwen/.env", name+"="+quoteEnv(two))
				check(config.FromDotenvUser, meaning(k, name, two))
				p.environ = append(slices.Clone(base), name+"="+one)
				check(config.FromEnvironment, meaning(k, name, one))
			}
			f := config.FlagValue{Key: k.Name, Text: two}
			if k.Type == config.TypeList {
				f.List = []string{"c"}
			}
			p.flags = []config.FlagValue{f}
			check(config.FromFlag, two)
			expect(t, p.resolve().Get(k.Name).Source.Name, k.Flag)
		})
	}
}

func envName(k config.Key) string {
	if len(k.Env) == 0 {
		return ""
	}
	return k.Env[0].Name
}

func quoteEnv(text string) string { return "'" + text + "'" }

func meaning(k config.Key, name, text string) string {
	for _, e := range k.Env {
		if e.Name == name && e.Means != "" {
			return e.Means
		}
	}
	return text
}

func TestEnvironmentBeatsSettingsFile(t *testing.T) {
	p := newPlace(t)
	p.environ = []string{"OPENAI_API_KEY=" + otherKey, "OPENAI_MODEL=from-env"}
	file := p.write("~/.qwen/settings.json", "{\n // mine\n \"model\": {\"name\": \"from-settings\",},\n}")
	c := p.resolve()
	expect(t, c.Model.Text, "from-env")
	expect(t, c.Model.Shadows[0].Source.String(), "model.name in "+file+":3")
}

func TestProjectSettingsBeatUserSettings(t *testing.T) {
	p := newPlace(t)
	p.environ = []string{"OPENAI_API_KEY=" + otherKey}
	p.write("~/.qwen/settings.json", `{"model": {"name": "user"}}`)
	p.write(".qwen/settings.json", `{"model": {"name": "project"}}`)
	c := p.resolve()
	expect(t, c.Model.Text, "project")
	expect(t, string(c.Model.Source.Kind), "settings-project")
	expect(t, c.Model.Shadows[0].Text, "user")
}

// The settings file of the working directory counts, and no other on the way up.
func TestProjectSettingsAreNotSearchedUpwards(t *testing.T) {
	p := newPlace(t)
	p.environ = []string{"OPENAI_API_KEY=" + otherKey}
	p.write("../.qwen/settings.json", `{"model": {"name": "parent"}}`)
	expect(t, p.resolve().Model.Text, "gpt-4o-mini")
}

func TestAtHomeSettingsAreTheUsers(t *testing.T) {
	p := newPlace(t)
	p.dir = p.home
	p.write(".qwen/settings.json", `{"security": {"auth": {"baseUrl": "https://mine.example/v1"}, "allowHttp": true}}`)
	p.environ = []string{"OPENAI_API_KEY=" + otherKey}
	c := p.resolve()
	expect(t, string(c.Endpoint.Source.Kind), "settings-user")
	if !c.Options.AllowHTTP {
		t.Error("allowHttp of the user's file does not count")
	}
}

func TestDotenvFirstFileOnly(t *testing.T) {
	p := newPlace(t)
	p.write("~/.qwen/.env", "OPENAI_API_KEY="+otherKey)
	if c := p.resolve(); c.Key.Text != otherKey || c.DotEnv != p.path("~/.qwen/.env") {
		t.Fatalf("the user's file does not count: %v, %s", c.Key, c.DotEnv)
	}
	p.write(".env", "")
	if c := p.resolve(); c.Key.IsSet() || c.DotEnv != p.path(".env") {
		t.Errorf("an empty file did not end the search: %v, %s", c.Key, c.DotEnv)
	}
}

func TestProjectDotenvBringsKeyAndEndpoint(t *testing.T) {
	p := newPlace(t)
	file := p.write(".qwen/.env", "OPENAI_API_KEY="+otherKey+"\nOPENAI_BASE_URL=\"https://api-inference.modelscope.cn/v1\"\nOPENAI_MODEL=\"Qwen/Qwen3-Coder-480B-A35B-Instruct\"\n")
	c := p.resolve()
	expect(t, show(c), "openai Qwen/Qwen3-Coder-480B-A35B-Instruct https://api-inference.modelscope.cn/v1 "+otherKey)
	expect(t, c.Endpoint.Source.String(), "OPENAI_BASE_URL in "+file+":2")
}

func TestProjectDotenvSetsDocumentedVariablesOnly(t *testing.T) {
	p := newPlace(t)
	p.write(".env", strings.Join([]string{
		"OPENAI_API_KEY=" + otherKey, "DEBUG=1", "DEBUG_MODE=1", "QWEN_HOME=/tmp/x", "QWEN_LOG_LEVEL=trace", "QWEN_PROVIDER=acme",
		"AZURE_OPENAI_API_VERSION=2024-10-21", "OPENAI_AUTH_HEADER=api-key", "DATABASE_URL=postgres://x", "QWEN_PLUGIN_DIR=/tmp",
		"QWEN_ALLOW_HTTP=1", "NO_COLOR=1",
	}, "\n"))
	c := p.resolve()
	expect(t, c.Options.LogLevel+" "+c.Options.Color+" "+c.Provider.Text, "off auto openai")
	expect(t, c.StateRoot.Text, p.path("~/.qwen"))
	expect(t, c.Settings["api-version"].Text, "2024-10-21")
	expect(t, c.Settings["auth-header"].Text, "bearer")
	var told, minor []string
	for _, n := range c.Notes {
		if n.Minor {
			minor = append(minor, n.Text)
			continue
		}
		name, _, _ := strings.Cut(n.Text, " ")
		told = append(told, name)
	}
	expect(t, fmt.Sprint(told), "[QWEN_HOME QWEN_LOG_LEVEL QWEN_PROVIDER OPENAI_AUTH_HEADER QWEN_PLUGIN_DIR QWEN_ALLOW_HTTP NO_COLOR]")
	expect(t, fmt.Sprint(minor), "[ignored, as a project's file may not set it: DATABASE_URL]")
}

func TestUserDotenvSetsEverything(t *testing.T) {
	p := newPlace(t)
	p.write("~/.env", "OPENAI_API_KEY="+otherKey+"\nDEBUG=1\nOPENAI_AUTH_HEADER=api-key\nQWEN_TEMPERATURE=0.5\nSOMETHING=else\n")
	c := p.resolve()
	expect(t, c.Options.LogLevel+" "+c.Settings["auth-header"].Text, "debug api-key")
	if c.Options.Temperature == nil || *c.Options.Temperature != 0.5 || len(c.Notes) != 0 {
		t.Errorf("temperature %v, notes %v", c.Options.Temperature, c.Notes)
	}
}

// Other tools keep their own filters in DEBUG.
func TestDebugOfOtherTools(t *testing.T) {
	p := newPlace(t)
	p.environ = []string{"DEBUG=express:*"}
	expect(t, p.resolve().Options.LogLevel, "off")
}

func TestProjectSettingsEnvMapIsRestricted(t *testing.T) {
	p := newPlace(t)
	p.write(".qwen/settings.json", `{"env": {"OPENAI_API_KEY": "`+otherKey+`", "QWEN_PROVIDER": "acme"}, "log": {"level": "trace"}, "security": {"allowHttp": true}}`)
	c := p.resolve()
	expect(t, c.Key.Source.Name+" "+c.Provider.Text+" "+c.Options.LogLevel, "env.OPENAI_API_KEY openai off")
	if c.Options.AllowHTTP || len(c.Notes) != 3 {
		t.Errorf("allow-http %v, notes %v", c.Options.AllowHTTP, c.Notes)
	}
}

func TestStateRoot(t *testing.T) {
	p := newPlace(t)
	elsewhere := filepath.Join(p.home, "elsewhere")
	p.write("~/elsewhere/settings.json", `{"model": {"name": "moved"}}`)
	p.write("~/.qwen/settings.json", `{"model": {"name": "not moved"}}`)
	base := []string{"OPENAI_API_KEY=" + otherKey}
	for _, tc := range []struct{ name, environ, dotenv, want string }{
		{"default", "", "", "not moved"},
		{"environment", "QWEN_HOME=" + elsewhere, "", "moved"},
		{"tilde", "QWEN_HOME=~/elsewhere", "", "moved"},
		{"the user's .env", "", "QWEN_HOME=~/elsewhere", "moved"},
		{"environment first", "QWEN_HOME=~/elsewhere", "QWEN_HOME=/nowhere", "moved"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p.t = t
			p.environ = append(slices.Clone(base), tc.environ)
			p.write("~/.env", tc.dotenv)
			// A project's .env counts for the rest, and must not unmove the state root.
			p.write(".env", "OPENAI_API_KEY="+otherKey)
			c := p.resolve()
			expect(t, c.Model.Text, tc.want)
			expect(t, config.StateRoot(p.environ, p.home), c.StateRoot.Text)
		})
	}
	p.t, p.environ = t, []string{"QWEN_HOME=relative"}
	expect(t, wrong[*config.Error](p).Error(), "QWEN_HOME in the environment: must be an absolute path")
	expect(t, config.StateRoot(p.environ, p.home), "")
}

func TestNoHome(t *testing.T) {
	p := newPlace(t)
	p.home = ""
	p.environ = []string{"OPENAI_API_KEY=" + otherKey}
	c := p.resolve()
	expect(t, c.StateRoot.Text+c.Provider.Text, "openai")
}

func TestOptions(t *testing.T) {
	p := newPlace(t)
	p.environ = []string{"OPENAI_API_KEY=" + otherKey, "QWEN_TIMEOUT=90s", "QWEN_RETRY_BUDGET=0s", "NO_COLOR=1"}
	p.write("~/.qwen/settings.json", `{"model": {"generationConfig": {
		"timeout": 120000, "idleTimeout": 1500, "maxRetries": 0, "retryBudget": "1h", "samplingParams": {"temperature": 0, "top_p": 0.9, "max_tokens": 4096, "stop": "END"}}}}`)
	p.flags = []config.FlagValue{{Key: "system-prompt", Text: ""}, {Key: "seed", Text: "-3"}}
	o := p.resolve().Options
	if o.Temperature == nil || *o.Temperature != 0 || o.TopP == nil || *o.TopP != 0.9 || o.MaxTokens == nil || *o.MaxTokens != 4096 || o.Seed == nil || *o.Seed != -3 {
		t.Errorf("sampling: %+v", o)
	}
	if o.Timeout != 90*time.Second || o.IdleTimeout != 1500*time.Millisecond {
		t.Errorf("timeouts: %v, %v", o.Timeout, o.IdleTimeout)
	}
	if o.MaxRetries != 0 || o.RetryBudget != 0 {
		t.Errorf("retries: %d within %v", o.MaxRetries, o.RetryBudget)
	}
	expect(t, fmt.Sprint(o.Stop, o.Color, o.OutputFormat, o.SystemPrompt), "[END]nevertext")
}

func TestWrongValues(t *testing.T) {
	for _, tc := range []struct{ key, text, want string }{
		{"provider", "nope", `--provider: there is no provider "nope"`},
		{"model", "", "--model: is empty"},
		{"api-key", "  ", "--openai-api-key: is empty"},
		{"api-key", "Bearer abc", "--openai-api-key: is not a key: there is white space, a control character or a letter outside ASCII in it"},
		{"endpoint", "api.example/v1", "--openai-base-url: must be a URL that begins with https:// or http://"},
		{"endpoint", "ftp://x/v1", "--openai-base-url: must be a URL that begins with https:// or http://"},
		{"endpoint", "https:///v1", "--openai-base-url: must be a URL with a host name"},
		{"endpoint", "https://$HOST/v1", "--openai-base-url: must be a URL with a host name"},
		{"endpoint", "https://u:p@x.example/v1", "--openai-base-url: must not hold a user name or password"},
		{"endpoint", "https://x.example/v1#y", "--openai-base-url: must not hold a fragment (#...)"},
		{"temperature", "warm", "--temperature: must be a number"},
		{"temperature", "3", "--temperature: must be at most 2"},
		{"temperature", "NaN", "--temperature: must be at least 0"},
		{"max-tokens", "0", "--max-tokens: must be at least 1"},
		{"max-tokens", "1.5", "--max-tokens: must be a whole number"},
		{"timeout", "90", "--timeout: must be a duration such as 90s or 2m"},
		{"timeout", "-1s", "--timeout: must be at least 0"},
		{"max-retries", "-1", "--max-retries: must be at least 0"},
		{"retry-budget", "120", "--retry-budget: must be a duration such as 90s or 2m"},
		{"output-format", "xml", `--output-format: "xml" is not possible`},
		{"log-level", "LOUD", `--log-level: "LOUD" is not possible`},
		{"allow-http", "maybe", "--allow-http: must be true or false"},
	} {
		t.Run(tc.key+" "+tc.text, func(t *testing.T) {
			p := newPlace(t)
			p.environ = []string{"OPENAI_API_KEY=" + otherKey}
			p.flag(tc.key, tc.text)
			expect(t, wrong[*config.Error](p).Error(), tc.want)
		})
	}
}

// Only what wins is checked: a wrong value that nobody uses harms nobody.
func TestShadowedValueIsNotChecked(t *testing.T) {
	p := newPlace(t)
	p.environ = []string{"OPENAI_API_KEY=" + otherKey, "OPENAI_BASE_URL=rubbish"}
	p.flag("endpoint", "https://x.example/v1")
	expect(t, p.resolve().Endpoint.Shadows[0].Text, "rubbish")
}

func TestEstablishedPlanSettings(t *testing.T) {
	p := newPlace(t)
	p.write("~/.qwen/settings.json", `{
  "$version": 4,
  "env": {"BAILIAN_CODING_PLAN_API_KEY": "`+planKey+`"},
  "modelProviders": {"openai": [
    {"id": "qwen3.5-plus", "name": "[ModelStudio Coding Plan] qwen3.5-plus", "baseUrl": "`+planURL+`", "envKey": "BAILIAN_CODING_PLAN_API_KEY", "generationConfig": {"extra_body": {"enable_thinking": true}}},
    {"id": "Qwen3-Coder.Plus", "baseUrl": "`+planURL+`", "envKey": "BAILIAN_CODING_PLAN_API_KEY"},
  ]},
  "security": {"auth": {"selectedType": "openai"}},
  "model": {"name": "Qwen3-Coder.Plus"},
}`)
	c := p.resolve()
	expect(t, show(c), "coding-plan Qwen3-Coder.Plus "+planURL+" "+planKey)
	expect(t, c.Endpoint.Source.Name, "modelProviders.openai[].baseUrl")
}
