//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A peer is a program of others that asks models as well. In its scratch home it
// finds the loopback service and nothing else; what it would do unasked, such as
// updating itself, is off.
type peer struct {
	name  string // of the executable
	files map[string]string
	env   []string
	args  []string
}

// peers are those that we know how to run. In files, variables and arguments {url}
// stands for the base URL of the service and {model} for the model.
var peers = []peer{
	{
		name: "mods",
		files: map[string]string{".config/mods/mods.yml": `default-api: bench
apis:
  bench:
    base-url: {url}
    api-key: k
    models:
      {model}:
        max-input-chars: 100000
`},
		args: []string{"--api", "bench", "--model", "{model}", "--no-cache", "--raw", "--quiet", "hi"},
	},
	{
		name: "llm",
		files: map[string]string{".llm/extra-openai-models.yaml": `- model_id: {model}
  model_name: {model}
  api_base: {url}
`},
		env:  []string{"LLM_USER_PATH={home}/.llm"},
		args: []string{"-m", "{model}", "--key", "k", "--no-log", "hi"},
	},
	{
		name: "aichat",
		files: map[string]string{".aichat/config.yaml": `stream: true
save: false
clients:
  - type: openai-compatible
    name: bench
    api_base: {url}
    api_key: k
    models:
      - name: {model}
`},
		env:  []string{"AICHAT_CONFIG_DIR={home}/.aichat"},
		args: []string{"-m", "bench:{model}", "hi"},
	},
	{
		name: "codex",
		files: map[string]string{".codex/config.toml": `model = "{model}"
model_provider = "bench"
check_for_update_on_startup = false
[analytics]
enabled = false
[model_providers.bench]
name = "bench"
base_url = "{url}"
wire_api = "chat"
env_key = "OPENAI_API_KEY"
`},
		env:  []string{"OPENAI_API_KEY=k"},
		args: []string{"exec", "--skip-git-repo-check", "--sandbox", "read-only", "hi"},
	},
	{
		name: establishedTool,
		files: map[string]string{".qwen/settings.json": `{"general": {"enableAutoUpdate": false, "disableAutoUpdate": true},
 "privacy": {"usageStatisticsEnabled": false}, "telemetry": {"enabled": false}}`},
		env:  []string{"OPENAI_API_KEY=k", "OPENAI_BASE_URL={url}", "OPENAI_MODEL={model}"},
		args: []string{"--auth-type", "openai", "-p", "hi"},
	},
}

// establishedTool is the program that has the name of ours.
const establishedTool = "qwen"

// found returns the peers that are on PATH, to ask a model, each in a home of its
// own.
func (b *bench) found(model string) (list []*program, err error) {
	for _, p := range peers {
		path, err := exec.LookPath(p.name)
		if err != nil || p.name == establishedTool && b.isOurs(path) {
			continue
		}
		home := filepath.Join(b.dir, "peers", p.name, model)
		fill := strings.NewReplacer("{url}", b.cloud.openAI(), "{model}", model, "{home}", home)
		for name, text := range p.files {
			file := filepath.Join(home, name)
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				return nil, err
			}
			if err := os.WriteFile(file, []byte(fill.Replace(text)), 0o600); err != nil {
				return nil, err
			}
		}
		run := &program{name: p.name, args: []string{path}, env: []string{"HOME=" + home}}
		if p.name == establishedTool {
			run.name = "the established tool"
		}
		for _, a := range p.args {
			run.args = append(run.args, fill.Replace(a))
		}
		for _, v := range p.env {
			run.env = append(run.env, fill.Replace(v))
		}
		list = append(list, run)
	}
	return list, nil
}

// isOurs reports whether a program called qwen is of this project, which says its
// name with its version.
func (b *bench) isOurs(path string) bool {
	out, _ := exec.Command(path, "--version").Output()
	return strings.HasPrefix(string(out), "qwen ")
}

// withPeers are the cases in which peers take part, if there are any: fewer runs,
// since some of them take seconds.
func (b *bench) withPeers() (list []*trial, err error) {
	for _, c := range []struct {
		model, title string
		size         int64
	}{
		{"short", "Peers: one prompt, a short answer", int64(len("You said: "))},
		{"big-20000", "Peers: 20,000 chunks, flat out", 8 * 20_000},
	} {
		found, err := b.found(c.model)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, nil
		}
		ours := without(b.clients(c.model), inProcess, goPlugin, autoMTLS)
		list = append(list, &trial{
			Case:     Case{Name: "peers " + c.model, Title: c.title, Show: []Metric{Wall, FirstByte, FirstOut, Tail, CPU, RSS, Processes}},
			programs: append(ours, found...), slow: true, few: true, size: c.size,
		})
	}
	return list, nil
}

// versionsOfPeers asks those that are there.
func (b *bench) versionsOfPeers(versions map[string]string) {
	for _, p := range peers {
		path, err := exec.LookPath(p.name)
		if err != nil || p.name == establishedTool && b.isOurs(path) {
			continue
		}
		cmd := exec.Command(path, "--version")
		cmd.Env = []string{"HOME=" + b.runner.home, "PATH=" + os.Getenv("PATH")}
		out, err := cmd.Output()
		if err == nil {
			name := p.name
			if name == establishedTool {
				name = "the established tool"
			}
			versions[name] = firstLine(string(out))
		}
	}
}

// noPeers says which were looked for in vain.
func (b *bench) noPeers() (missing []Missing) {
	for _, p := range peers {
		if _, err := exec.LookPath(p.name); err != nil {
			missing = append(missing, Missing{fmt.Sprintf("Peer %s", p.name), "not on PATH"})
		}
	}
	return missing
}
