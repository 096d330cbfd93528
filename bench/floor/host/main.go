// Command host is the host of the go-plugin floor: it starts the plugin as
// go-plugin's example does, with or without its AutoMTLS, and asks through it.
//
//	host [-mtls] PLUGIN URL MODEL PROMPT
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/qwen-cli/qwen/bench/floor/chat"
	"github.com/qwen-cli/qwen/bench/floor/service"
)

func main() {
	mtls := flag.Bool("mtls", false, "with AutoMTLS")
	flag.Parse()
	if err := run(flag.Args(), *mtls); err != nil {
		fmt.Fprintln(os.Stderr, "host:", err)
		os.Exit(1)
	}
}

func run(args []string, mtls bool) error {
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  service.Handshake,
		Plugins:          service.Plugins,
		Cmd:              exec.Command(args[0]),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         mtls,
		Logger:           hclog.NewNullLogger(),
	})
	defer client.Kill()
	protocol, err := client.Client()
	if err != nil {
		return err
	}
	raw, err := protocol.Dispense("chat")
	if err != nil {
		return err
	}
	r := &chat.Request{URL: args[1], Model: args[2], Prompt: args[3]}
	return raw.(*service.Client).Chat(context.Background(), r, func(text string) error {
		_, err := os.Stdout.WriteString(text)
		return err
	})
}
