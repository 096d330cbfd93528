// Package serve is the plugin half of the provider protocol.
//
// A plugin's main function is one line:
//
//	func main() { serve.Main(acme.New()) }
//
// Everything else is taken care of: the handshake, mutual TLS, message sizes,
// panics, and the plugin's end when its host ends. What a provider writes to
// standard error goes to the host's log; what it writes to standard output goes
// nowhere, because standard output belongs to the handshake.
package serve

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/launch"
	"github.com/qwen-cli/qwen/sdk/internal/wire"
)

// IsPlugin reports whether this process was started by a qwen host to be a
// plugin. An executable that is a program of its own as well asks before it
// calls [Main].
func IsPlugin() bool {
	return os.Getenv(launch.Handshake.MagicCookieKey) == launch.Handshake.MagicCookieValue
}

// Main serves a provider until the host is done with it, and exits the process.
// Of several providers the host names the one it wants by its Description.Name.
//
// Run by hand, Main prints what this executable is and exits with code 2.
func Main(providers ...sdk.Provider) {
	if !IsPlugin() {
		fmt.Fprintf(os.Stderr, "This is a provider plugin for qwen: %s.\nIt is started by qwen, not by hand. \"qwen plugins list\" shows where qwen looks for plugins.\n",
			strings.Join(names(providers), ", "))
		os.Exit(2)
	}
	s := &server{providers: providers, stdin: takeStdin(), logger: newLogger()}
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  launch.Handshake,
		VersionedPlugins: map[int]plugin.PluginSet{launch.ProtocolVersion: {launch.PluginName: s}},
		TLSProvider:      s.greet,
		GRPCServer:       newGRPCServer(os.Stderr),
		Logger:           s.logger,
	})
	if s.hello == nil {
		os.Exit(1) // go-plugin has logged why
	}
	os.Exit(0)
}

// takeStdin keeps the lifeline away from the provider: whoever reads os.Stdin
// from now on finds it empty.
func takeStdin() *os.File {
	stdin := os.Stdin
	if null, err := os.Open(os.DevNull); err == nil {
		os.Stdin = null
	}
	return stdin
}

func newLogger() hclog.Logger {
	return hclog.New(&hclog.LoggerOptions{Level: hclog.Warn, Output: os.Stderr, JSONFormat: true})
}

// newGRPCServer returns go-plugin's server factory. go-plugin turns os.Stdout and
// os.Stderr into pipes to the host whose last words are lost when the process
// ends; the first call turns both into the real standard error, which the host
// reads to its end.
func newGRPCServer(stderr *os.File) func([]grpc.ServerOption) *grpc.Server {
	restore := sync.OnceFunc(func() { os.Stdout, os.Stderr = stderr, stderr })
	return func(opts []grpc.ServerOption) *grpc.Server {
		return grpc.NewServer(append(opts,
			grpc.MaxRecvMsgSize(wire.MaxMessageSize),
			grpc.MaxSendMsgSize(wire.MaxMessageSize),
			grpc.UnaryInterceptor(func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, call grpc.UnaryHandler) (any, error) {
				restore()
				return call(ctx, req)
			}),
			grpc.StreamInterceptor(func(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, call grpc.StreamHandler) error {
				restore()
				return call(srv, stream)
			}))...)
	}
}

// server is the go-plugin side of the chosen provider.
type server struct {
	plugin.NetRPCUnsupportedPlugin

	providers []sdk.Provider
	stdin     *os.File
	logger    hclog.Logger
	hello     *launch.Hello
}

// greet reads the host's greeting and begins to watch the lifeline. go-plugin
// calls it before GRPCServer.
func (s *server) greet() (*tls.Config, error) {
	hello, err := launch.ReadHello(s.stdin)
	if err != nil {
		return nil, err
	}
	s.hello = hello
	for name, value := range hello.Environment {
		if err := os.Setenv(name, value); err != nil {
			return nil, fmt.Errorf("setting %s: %w", name, err)
		}
	}
	if hello.LogLevel != "" {
		s.logger.SetLevel(hclog.LevelFromString(hello.LogLevel))
	}
	go s.watchLifeline()
	return hello.PluginTLS()
}

// watchLifeline ends the process when the host lets go of it, by closing the
// pipe or by dying.
func (s *server) watchLifeline() {
	_, _ = io.Copy(io.Discard, s.stdin)
	removeSocketDir(os.Getenv(launch.EnvSocketDir))
	endProcessGroup()
	os.Exit(0)
}

// GRPCServer implements [plugin.GRPCPlugin].
func (s *server) GRPCServer(_ *plugin.GRPCBroker, g *grpc.Server) error {
	p, err := s.choose()
	if err != nil {
		return err
	}
	wire.Register(g, p)
	go wire.Warm()
	return nil
}

// GRPCClient implements [plugin.GRPCPlugin]; the host half lives in sdk/client.
func (s *server) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, fmt.Errorf("package serve is the plugin half; use sdk/client")
}

// choose returns the provider that the host asked for.
func (s *server) choose() (sdk.Provider, error) {
	if len(s.providers) == 1 {
		return s.providers[0], nil
	}
	for _, p := range s.providers {
		if providerName(p) == s.hello.Provider {
			return p, nil
		}
	}
	return nil, fmt.Errorf("no provider %q in this executable; it has %s",
		s.hello.Provider, strings.Join(names(s.providers), ", "))
}

func names(providers []sdk.Provider) []string {
	var list []string
	for _, p := range providers {
		list = append(list, providerName(p))
	}
	return list
}

func providerName(p sdk.Provider) string {
	d, err := p.Describe(context.Background())
	if err != nil {
		return ""
	}
	return d.Name
}
