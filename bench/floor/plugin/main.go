// Command plugin is the plugin of the go-plugin floor.
package main

import (
	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/qwen-cli/qwen/bench/floor/service"
)

func main() {
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: service.Handshake,
		Plugins:         service.Plugins,
		GRPCServer:      plugin.DefaultGRPCServer,
		Logger:          hclog.NewNullLogger(),
	})
}
