package wire

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"google.golang.org/grpc"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

// MaxMessageSize is the largest message that either side accepts, in bytes: a
// conversation with a few pictures of 20 MB fits, which gRPC's own 4 MB would not
// hold. [NewClient] asks for it with each call; a server has to be made with
// grpc.MaxRecvMsgSize(MaxMessageSize).
const MaxMessageSize = 256 << 20

// An Option changes how [Register] serves a provider.
type Option func(*server)

// PanicsTo makes the stack of a provider that panicked go to w, in one Write;
// without it, to standard error, which is where the host collects a plugin's log.
func PanicsTo(w io.Writer) Option {
	return func(s *server) { s.panics = w }
}

// Register registers the four services of p on s. A nil provider is a
// programming error.
//
// A method of p that panics fails that one call, with an error of
// [sdk.KindInternal]; the process lives on for the others.
func Register(s grpc.ServiceRegistrar, p sdk.Provider, opts ...Option) {
	if p == nil {
		panic("wire: Register of a nil provider")
	}
	srv := &server{provider: p, panics: os.Stderr}
	for _, o := range opts {
		o(srv)
	}
	pb.RegisterProviderServiceServer(s, srv)
	pb.RegisterLoginServiceServer(s, srv)
	pb.RegisterTokenServiceServer(s, srv)
	pb.RegisterChatServiceServer(s, srv)
}

// server offers one provider as the protocol's services. Login is in
// loginserver.go, Chat in chatserver.go.
type server struct {
	pb.UnimplementedProviderServiceServer
	pb.UnimplementedLoginServiceServer
	pb.UnimplementedTokenServiceServer
	pb.UnimplementedChatServiceServer

	provider sdk.Provider
	panics   io.Writer
}

// guard is deferred around every call of the provider: it turns a panic into the
// call's error.
func (s *server) guard(err *error) {
	v := recover()
	if v == nil {
		return
	}
	_, _ = fmt.Fprintf(s.panics, "the provider panicked: %v\n%s", v, debug.Stack())
	*err = sdk.Errorf(sdk.KindInternal, "the provider panicked: %v", v).
		WithHint("This is a fault in the plugin. Its log has the details; please report it to its author.")
}

// Describe implements pb.ProviderServiceServer.
func (s *server) Describe(ctx context.Context, _ *pb.DescribeRequest) (*pb.DescribeResponse, error) {
	d, err := s.describe(ctx)
	if err != nil {
		return nil, statusOf(err)
	}
	return &pb.DescribeResponse{Description: pbDescription(d)}, nil
}

func (s *server) describe(ctx context.Context) (_ *sdk.Description, err error) {
	defer s.guard(&err)
	d, err := s.provider.Describe(ctx)
	if err != nil {
		return nil, err
	}
	if d == nil {
		return nil, nothing("description")
	}
	full := *d // d is the provider's own
	full.Capabilities = sdk.CapabilitiesOf(s.provider, d.Capabilities)
	return &full, nil
}

// Token implements pb.TokenServiceServer.
func (s *server) Token(ctx context.Context, r *pb.TokenRequest) (*pb.TokenResponse, error) {
	c, err := s.token(ctx, sdkTokenRequest(r))
	if err != nil {
		return nil, statusOf(err)
	}
	return &pb.TokenResponse{Credential: pbCredential(c)}, nil
}

func (s *server) token(ctx context.Context, r *sdk.TokenRequest) (c *sdk.Credential, err error) {
	defer s.guard(&err)
	c, err = s.provider.Token(ctx, r)
	if err == nil && c == nil {
		return nil, nothing("credential")
	}
	return c, err
}

// Revoke implements pb.TokenServiceServer.
func (s *server) Revoke(ctx context.Context, r *pb.RevokeRequest) (*pb.RevokeResponse, error) {
	if err := s.revoke(ctx, sdkRevokeRequest(r)); err != nil {
		return nil, statusOf(err)
	}
	return &pb.RevokeResponse{}, nil
}

func (s *server) revoke(ctx context.Context, r *sdk.RevokeRequest) (err error) {
	defer s.guard(&err)
	p, ok := s.provider.(sdk.Revoker)
	if !ok {
		return sdk.Errorf(sdk.KindUnsupported, "this provider cannot revoke a credential")
	}
	return p.Revoke(ctx, r)
}

// Models implements pb.ChatServiceServer.
func (s *server) Models(ctx context.Context, r *pb.ModelsRequest) (*pb.ModelsResponse, error) {
	models, err := s.models(ctx, sdkModelsRequest(r))
	if err != nil {
		return nil, statusOf(err)
	}
	return &pb.ModelsResponse{Models: eachRef(models, pbModel)}, nil
}

func (s *server) models(ctx context.Context, r *sdk.ModelsRequest) (_ []sdk.Model, err error) {
	defer s.guard(&err)
	p, ok := s.provider.(sdk.ModelLister)
	if !ok {
		return nil, sdk.Errorf(sdk.KindUnsupported, "this provider cannot list models")
	}
	return p.Models(ctx, r)
}

// nothing is the error for a method that returned neither result nor error.
func nothing(what string) error {
	return sdk.Errorf(sdk.KindInternal, "the provider returned neither a %s nor an error", what).
		WithHint("This is a fault in the plugin; please report it to its author.")
}
