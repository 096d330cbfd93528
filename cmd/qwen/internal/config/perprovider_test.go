package config_test

import (
	"testing"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
)

// What a file says of one provider comes before what it says of all, and is nobody
// else's.
func TestPerProvider(t *testing.T) {
	const all = `"model": {"generationConfig": {"timeout": "1m", "idleTimeout": "20s", "pacing": "9/1s"}}`
	const each = `"providers": {"openai": {"timeout": "9m", "pacing": "5/1s", "max-retries": 1}, "acme": {"timeout": "3m"}}`
	for _, c := range []struct {
		name, user, project, env, want, source string
	}{
		{"all", `{` + all + `}`, ``, ``, "1m0s", "model.generationConfig.timeout"},
		{"one", `{` + all + `,` + each + `}`, ``, ``, "9m0s", "providers.openai.timeout"},
		{"another one", `{` + all + `, "providers": {"acme": {"timeout": "3m"}}}`, ``, ``, "1m0s", "model.generationConfig.timeout"},
		{"a variable", `{` + each + `}`, ``, "QWEN_TIMEOUT=7s", "7s", "QWEN_TIMEOUT"},
		{"a project's", `{` + each + `}`, `{"providers": {"openai": {"timeout": "4m"}}}`, ``, "4m0s", "providers.openai.timeout"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlace(t)
			p.environ = []string{"OPENAI_API_KEY=" + otherKey, c.env}
			p.write("~/.qwen/settings.json", c.user)
			if c.project != "" {
				p.write(".qwen/settings.json", c.project)
			}
			v := p.resolve().Get("timeout")
			expect(t, v.Text, c.want)
			expect(t, v.Source.Name, c.source)
		})
	}
}

func TestPerProviderRules(t *testing.T) {
	p := newPlace(t)
	p.environ = []string{"OPENAI_API_KEY=" + otherKey}
	p.write("~/.qwen/settings.json", `{"providers": {"openai": {"pacing": "5/1s", "max-retries": 1}}}`)
	p.write(".qwen/settings.json", `{"providers": {"openai": {"pacing": "off", "retry-budget": "9h"}}}`)
	cfg := p.resolve()
	expect(t, cfg.Options.Pacing, "5/1s")
	if cfg.Options.MaxRetries != 1 || cfg.Options.RetryBudget.Hours() > 1 {
		t.Errorf("%+v", cfg.Options)
	}
	if len(cfg.Notes) != 2 {
		t.Errorf("notes %v", cfg.Notes)
	}

	p.write("~/.qwen/settings.json", `{"providers": {"openai": {"timeout": "soon"}}}`)
	e := wrong[*config.Error](p)
	expect(t, e.Source.Name, "providers.openai.timeout")
}
