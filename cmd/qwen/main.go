// Command qwen talks to language models. Every model provider is a process of
// its own; see docs/architecture.md.
package main

import (
	"os"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/cli"
	"github.com/qwen-cli/qwen/plugins/codingplan"
	"github.com/qwen-cli/qwen/plugins/openaicompat"
	"github.com/qwen-cli/qwen/plugins/qwenoauth"
	"github.com/qwen-cli/qwen/sdk/serve"
)

func main() {
	// A built-in provider is this executable, started again as a plugin: that
	// branch comes before anything else.
	if serve.IsPlugin() {
		serve.Main(openaicompat.New(), codingplan.New(), qwenoauth.New())
	}
	os.Exit(cli.Main(openaicompat.New(), codingplan.New(), qwenoauth.New()))
}
