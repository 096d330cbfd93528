//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/bench/floor/chat"
	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// Names of programs, as the tables have them.
const (
	curl      = "curl -N"
	inProcess = "one Go process"
	goPlugin  = "go-plugin, no TLS"
	autoMTLS  = "go-plugin, AutoMTLS"
	qwen      = "qwen"
	hello     = "bubbletea hello"
)

// trials returns all that can be measured.
func (b *bench) trials() ([]*trial, error) {
	provided, err := b.pluginDir(50)
	if err != nil {
		return nil, err
	}
	long, err := b.longPrompt()
	if err != nil {
		return nil, err
	}
	withPeers, err := b.withPeers()
	if err != nil {
		return nil, err
	}
	paced := &fakecloud.Answer{Text: strings.Repeat("{sent}\n", 100), Chunks: 100, Delay: 5 * time.Millisecond}
	all := []*trial{
		{
			Case:     Case{Name: "init", Title: "Package initialisation", Show: []Metric{Init, WorstInit}},
			programs: []*program{b.qwen(qwen, "version")},
			measure:  b.initialisation,
		},
		{
			Case:     Case{Name: "version", Title: "Without a request", Show: []Metric{Wall, CPU, RSS}},
			programs: b.local(), quick: true,
		},
		{
			Case:     Case{Name: "one-shot", Title: "One prompt, a short answer", Show: []Metric{Wall, FirstByte, FirstOut, Tail, CPU, RSS, Processes}},
			programs: b.clients("short"), quick: true, size: int64(len("You said: hi")),
		},
		{
			Case:     Case{Name: "cold", Title: "The same with the executables not in the page cache", Show: []Metric{Wall, FirstByte}},
			programs: b.cold(), slow: true,
		},
		{
			Case:     Case{Name: "paced", Title: "100 chunks, 200 a second", Show: []Metric{Transit, Tail, CPU}},
			programs: b.clients("paced"), answer: paced, timed: true, slow: true,
		},
		b.big(2_000, b.clients("big-2000"), false),
		b.big(20_000, b.clients("big-20000"), false),
		b.big(200_000, without(b.clients("big-200000"), goPlugin, autoMTLS), true),
		{
			Case:     Case{Name: "history", Title: "8 MB piped in", Show: []Metric{Wall, CPU, RSS}},
			programs: []*program{b.withStdin(b.qwen(qwen, "-m", "big-20", "-p", "hi"), long)},
		},
		{
			Case:     Case{Name: "plugins", Title: "plugins list, with 50 plugins installed", Show: []Metric{Wall, CPU, Processes}},
			programs: []*program{b.with(b.qwen(qwen, "plugins", "list"), "QWEN_PLUGIN_DIR="+provided)}, slow: true,
		},
		{
			Case:     Case{Name: "prompt", Title: "On a terminal: exec until a key is echoed", Show: []Metric{Ready}},
			programs: []*program{{name: hello, args: []string{b.built["hello"]}}, b.qwen(qwen)}, measure: b.ready,
		},
		{
			Case:     Case{Name: "chat", Title: "On a terminal: a 500 KB answer, 20,000 deltas at 1,000 a second", Show: []Metric{Wall, CPU, RSS}},
			programs: []*program{b.qwen(qwen)}, answer: longAnswer(), measure: b.longChat, slow: true, once: true,
		},
		b.sizes(),
	}
	return append(all, withPeers...), nil
}

// big is an answer of n chunks that is sent as fast as it is taken.
func (b *bench) big(n int, programs []*program, slow bool) *trial {
	return &trial{
		Case: Case{Name: fmt.Sprintf("big-%d", n), Title: fmt.Sprintf("%d chunks, flat out", n),
			Show: []Metric{Wall, Tail, CPU, RSS}},
		programs: programs, slow: slow, size: int64(8 * n),
	}
}

// clients are the programs that ask for an answer of a model.
func (b *bench) clients(model string) []*program {
	ask := []string{b.cloud.openAI(), model, "hi"}
	body, _ := (&chat.Request{Model: model, Prompt: "hi"}).Body()
	return []*program{
		{name: curl, args: []string{lookPath("curl"), "-sSN", "-H", "Authorization: Bearer k", "-H", "Content-Type: application/json",
			"-d", string(body), b.cloud.openAI() + "/chat/completions"}},
		{name: inProcess, args: append([]string{b.built["inprocess"]}, ask...)},
		{name: goPlugin, args: append([]string{b.built["host"], b.built["plugin"]}, ask...)},
		{name: autoMTLS, args: append([]string{b.built["host"], "-mtls", b.built["plugin"]}, ask...)},
		b.qwen(qwen, "-m", model, "-p", "hi"),
	}
}

// qwen is the program itself, with a key in its environment.
func (b *bench) qwen(name string, args ...string) *program {
	return &program{name: name, args: append([]string{b.built["qwen"]}, args...),
		env: []string{"OPENAI_API_KEY=k", "OPENAI_BASE_URL=" + b.cloud.openAI()}}
}

func (b *bench) with(p *program, env ...string) *program {
	p.env = append(p.env, env...)
	return p
}

func (b *bench) withStdin(p *program, file string) *program {
	p.stdin = file
	return p
}

// without removes programs from a list.
func without(list []*program, names ...string) (kept []*program) {
	for _, p := range list {
		if !strings.Contains(strings.Join(names, "\n"), p.name) {
			kept = append(kept, p)
		}
	}
	return kept
}

// local are the programs that talk to nobody.
func (b *bench) local() []*program {
	return []*program{
		{name: "curl --version", args: []string{lookPath("curl"), "--version"}},
		b.qwen("qwen version", "version"),
		b.qwen("qwen --help", "--help"),
		b.qwen("completion", "__complete", "--mod"),
	}
}

// cold are the programs of our own building, put out of the page cache before each
// run. What other processes use stays in: curl and its libraries cannot be cold.
func (b *bench) cold() []*program {
	list := without(b.clients("short"), curl, autoMTLS)
	for _, p := range list {
		files := []string{p.args[0]}
		if p.name == goPlugin {
			files = append(files, b.built["plugin"])
		}
		p.ready = func() error { return evict(files...) }
	}
	return list
}

// pluginDir makes a directory of plugins.
func (b *bench) pluginDir(n int) (string, error) {
	dir := filepath.Join(b.dir, "plugins")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	for i := range n {
		if err := os.Link(b.built["qwen-provider-p01"], filepath.Join(dir, fmt.Sprintf("qwen-provider-p%02d", i+1))); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// historySize is that of the long prompt, in bytes: as much as may be piped in.
const historySize = 8 << 20

// longPrompt makes a file to be piped in.
func (b *bench) longPrompt() (string, error) {
	file := filepath.Join(b.dir, "history")
	const line = "The quick brown fox jumps over the lazy dog, as it has always done.\n"
	text := strings.Repeat(line, historySize/len(line))
	return file, os.WriteFile(file, []byte(text), 0o600)
}
