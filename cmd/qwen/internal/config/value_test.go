package config_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
)

func TestMask(t *testing.T) {
	for secret, want := range map[string]string{
		"":                             "",
		"short":                        "****",
		"sk-0123456789abcdef":          "****", // 19
		"sk-0123456789abcdefg":         "sk-…defg",
		"sk-sp-0123456789abcdef0123":   "sk-sp-…0123",
		"sk-proj-0123456789abcdef0123": "sk-proj-…0123",
		"0123456789abcdef01234567":     "…4567",
		"Secret-0123456789abcdef01234": "…1234",
		"ab-cd-ef-gh-ij-kl-mn-op-qr":   "ab-cd-…p-qr",
	} {
		expect(t, config.Mask(secret), want)
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	p := newPlace(t)
	p.environ = []string{"OPENAI_API_KEY=" + generalKey}
	p.flag("api-key", otherKey)
	c := p.resolve()
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if text := fmt.Sprintf(format, *c) + fmt.Sprintf(format, c.Key) + fmt.Sprintf(format, c.All()); strings.Contains(text, generalKey) || strings.Contains(text, otherKey) {
			t.Errorf("%s prints a secret: %s", format, text)
		}
	}
	b, err := json.Marshal(c.All())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), generalKey) || strings.Contains(string(b), otherKey) || !strings.Contains(string(b), `"shadows"`) {
		t.Errorf("JSON: %s", b)
	}
}

// The list names every value once, with its place, winners first.
func TestAll(t *testing.T) {
	p := newPlace(t)
	p.environ = []string{"OPENAI_API_KEY=" + generalKey, "QWEN_TEMPERATURE=0.2"}
	p.flag("temperature", "0.7")
	var got []string
	for _, v := range p.resolve().All() {
		got = append(got, fmt.Sprintf("%s [%s]", v, v.Source))
	}
	expect(t, strings.ReplaceAll(strings.Join(got, "\n"), p.home, "~"), `provider=openai [inferred from OPENAI_API_KEY]
model=gpt-4o-mini [default]
endpoint=https://api.openai.com/v1 [default]
api-key=sk-…4567 [OPENAI_API_KEY in the environment]
allow-http=false [default]
temperature=0.7 [--temperature]
max-retries=4 [default]
retry-budget=2m0s [default]
pacing=on [default]
output-format=text [default]
credential-store=file [default]
usage=true [default]
log-level=off [default]
color=auto [default]
background=auto [default]
plain=false [default]
notify=off [default]
save=true [default]
state-root=~/.qwen [default]
providers.openai.auth-header=bearer [default]`)
}

// Every key of the table is reachable and says what it is for.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range config.Keys() {
		names := append([]string{k.Name}, k.Settings...)
		if k.Flag != "" {
			names = append(names, k.Flag)
		}
		for _, name := range names {
			if name == "" || seen[name] {
				t.Errorf("%s: %q is missing or there twice", k.Name, name)
			}
			seen[name] = name != config.KeyProvider && name != config.KeyProxy && name != "fallback" // key and path are one word
		}
		if k.Help == "" || k.Type == "" {
			t.Errorf("%s: no help or no type", k.Name)
		}
	}
}

func BenchmarkResolve(b *testing.B) {
	p := newPlace(b)
	for i := range 80 {
		p.environ = append(p.environ, fmt.Sprintf("SOME_VARIABLE_%d=some value of a usual length", i))
	}
	p.environ = append(p.environ, "OPENAI_API_KEY="+generalKey)
	entries := make([]string, 20)
	for i := range entries {
		entries[i] = fmt.Sprintf(`{"id": "model-%d", "name": "A model", "baseUrl": "https://m%d.example/v1", "envKey": "KEY_%d"}`, i, i, i)
	}
	p.write("~/.qwen/settings.json", `{"$version": 4, "env": {"KEY_1": "x"}, "modelProviders": {"openai": [`+strings.Join(entries, ",\n")+`]},
		"security": {"auth": {"selectedType": "openai"}}, "model": {"name": "gpt-4o"}}`)
	p.write(".env", "OPENAI_MODEL=gpt-4o\nDATABASE_URL=x\n")
	in := p.input()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := config.Resolve(in); err != nil {
			b.Fatal(err)
		}
	}
}
