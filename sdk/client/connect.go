package client

import (
	"context"
	"math"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	goplugin "github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/launch"
	"github.com/qwen-cli/qwen/sdk/internal/wire"
)

// connection is the gRPC connection to a process, once there is one.
type connection struct {
	mu     sync.Mutex
	grpc   *grpc.ClientConn
	closed bool
}

// set keeps conn, or closes it if the process was released meanwhile.
func (c *connection) set(conn *grpc.ClientConn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		_ = conn.Close()
		return
	}
	c.grpc = conn
}

func (c *connection) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.grpc != nil {
		_ = c.grpc.Close()
	}
}

// Connect greets the process, waits until it can be called and returns its
// provider, which also implements [sdk.ModelLister] and [sdk.Revoker] (see
// [sdk.Description.Supports]). The name picks a provider from an executable that
// holds several. Connect is called once.
//
// An error, of kind [sdk.KindPlugin] unless ctx ended, says what the process did
// instead of answering; the process is dead by then.
func (p *Process) Connect(ctx context.Context, provider string) (sdk.Provider, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, p.options.StartTimeout, errStartTimeout)
	defer cancel()
	type result struct {
		conn *grpc.ClientConn
		err  error
	}
	done := make(chan result, 1)
	go func() {
		conn, err := p.dial(provider)
		done <- result{conn, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, p.connectError(ctx, r.err)
		}
		p.conn.set(r.conn)
		if err := waitReady(ctx, r.conn); err != nil {
			return nil, p.connectError(ctx, err)
		}
		// The connection is made once. Without its directory nothing is left
		// behind even if both processes are killed at any later time.
		go func() { _ = os.RemoveAll(p.child.Dir) }()
		return wire.NewClient(r.conn), nil
	case <-ctx.Done():
		return nil, p.connectError(ctx, context.Cause(ctx))
	}
}

// dial does the handshake and returns a connection that is being made.
func (p *Process) dial(provider string) (*grpc.ClientConn, error) {
	config, err := p.clientConfig(provider)
	if err != nil {
		return nil, err
	}
	go wire.Warm() // while the process starts
	protocol, err := plugin.NewClient(config).Client()
	if err != nil {
		return nil, err
	}
	conn, err := protocol.Dispense(launch.PluginName)
	if err != nil {
		return nil, err
	}
	return conn.(*grpc.ClientConn), nil
}

// clientConfig writes the greeting and returns what go-plugin has to know.
func (p *Process) clientConfig(provider string) (*plugin.ClientConfig, error) {
	host, err := launch.NewIdentity()
	if err != nil {
		return nil, err
	}
	child, err := launch.NewIdentity()
	if err != nil {
		return nil, err
	}
	tlsConfig, err := launch.HostTLS(host, child)
	if err != nil {
		return nil, err
	}
	if err := p.greet(provider, host, child); err != nil {
		return nil, err
	}
	return &plugin.ClientConfig{
		HandshakeConfig:  launch.Handshake,
		VersionedPlugins: map[int]plugin.PluginSet{launch.ProtocolVersion: {launch.PluginName: dispenser{}}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		RunnerFunc: func(hclog.Logger, *exec.Cmd, string) (goplugin.Runner, error) {
			return runner{p}, nil
		},
		SkipHostEnv:      true,
		TLSConfig:        tlsConfig,
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: p.child.Dir},
		Logger:           p.logger(provider),
		StartTimeout:     p.options.StartTimeout + settle, // ours ends first
		GRPCDialOptions: []grpc.DialOption{
			grpc.WithDefaultCallOptions(
				grpc.MaxCallRecvMsgSize(wire.MaxMessageSize),
				grpc.MaxCallSendMsgSize(math.MaxInt32)),
			grpc.WithNoProxy(),
			grpc.WithIdleTimeout(0), // a connection that was let go could not be made again
		},
	}, nil
}

// logger returns the logger under the provider's name: the process may have been
// started before it was known which provider it would be.
func (p *Process) logger(provider string) hclog.Logger {
	if provider == "" {
		return p.options.Logger
	}
	return p.options.Logger.Named(provider)
}

func (p *Process) greet(provider string, host, child *launch.Identity) error {
	key, err := child.KeyPEM()
	if err != nil {
		return err
	}
	hello := launch.Hello{
		Provider:        provider,
		Certificate:     child.CertificatePEM(),
		Key:             key,
		HostCertificate: host.CertificatePEM(),
		Environment:     p.options.Private,
	}
	if level := p.options.Logger.GetLevel(); level != hclog.NoLevel && level != hclog.Off {
		hello.LogLevel = level.String()
	}
	// A process that does not take the greeting has ended, or will be found
	// unable to start; what it says on its other streams tells why.
	_, _ = hello.WriteTo(p.child.Stdin)
	return nil
}

// waitReady waits until calls on conn go through.
func waitReady(ctx context.Context, conn *grpc.ClientConn) error {
	conn.Connect()
	for {
		state := conn.GetState()
		switch state {
		case connectivity.Ready:
			return nil
		case connectivity.TransientFailure, connectivity.Shutdown:
			return errRefused
		}
		if !conn.WaitForStateChange(ctx, state) {
			return context.Cause(ctx)
		}
	}
}

// dispenser hands go-plugin's connection out as it is.
type dispenser struct{ plugin.NetRPCUnsupportedPlugin }

// GRPCServer implements [plugin.GRPCPlugin]; the plugin half is sdk/serve.
func (dispenser) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error { return nil }

// GRPCClient implements [plugin.GRPCPlugin].
func (dispenser) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return conn, nil
}

// settle is how long a failed process gets to end and to finish its last words.
const settle = 300 * time.Millisecond
