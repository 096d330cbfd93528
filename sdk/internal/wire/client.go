package wire

import (
	"context"

	"google.golang.org/grpc"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

// A Client is a provider that lives behind a connection. It implements
// [sdk.Provider], and [sdk.ModelLister] and [sdk.Revoker] whether the plugin has
// them or not: what it lacks gives an error of [sdk.KindUnsupported], and its
// description tells beforehand.
//
// All errors are of type [*sdk.Error]. One of [sdk.KindPlugin] means that the
// connection, not the service, has failed. A Client may be used concurrently.
type Client struct {
	provider pb.ProviderServiceClient
	login    pb.LoginServiceClient
	token    pb.TokenServiceClient
	chat     pb.ChatServiceClient
}

var (
	_ sdk.Provider    = (*Client)(nil)
	_ sdk.ModelLister = (*Client)(nil)
	_ sdk.Revoker     = (*Client)(nil)
)

// NewClient returns a provider that calls the services behind cc.
func NewClient(cc grpc.ClientConnInterface) *Client {
	return &Client{
		provider: pb.NewProviderServiceClient(cc),
		login:    pb.NewLoginServiceClient(cc),
		token:    pb.NewTokenServiceClient(cc),
		chat:     pb.NewChatServiceClient(cc),
	}
}

// sizes lifts gRPC's limit of 4 MiB for one call.
func sizes() []grpc.CallOption {
	return []grpc.CallOption{
		grpc.MaxCallRecvMsgSize(MaxMessageSize),
		grpc.MaxCallSendMsgSize(MaxMessageSize),
	}
}

// Describe implements [sdk.Provider].
func (c *Client) Describe(ctx context.Context) (*sdk.Description, error) {
	r, err := c.provider.Describe(ctx, &pb.DescribeRequest{}, sizes()...)
	if err != nil {
		return nil, errorOf(ctx, err)
	}
	return sdkDescription(r.GetDescription()), nil
}

// Token implements [sdk.Provider].
func (c *Client) Token(ctx context.Context, req *sdk.TokenRequest) (*sdk.Credential, error) {
	r, err := c.token.Token(ctx, pbTokenRequest(req), sizes()...)
	if err != nil {
		return nil, errorOf(ctx, err)
	}
	return received(r.GetCredential())
}

// received returns the credential in a plugin's answer, which must have one.
func received(c *pb.Credential) (*sdk.Credential, error) {
	if c == nil {
		return nil, sdk.Errorf(sdk.KindProtocol, "the plugin sent neither a credential nor an error")
	}
	return sdkCredential(c), nil
}

// Revoke implements [sdk.Revoker].
func (c *Client) Revoke(ctx context.Context, req *sdk.RevokeRequest) error {
	_, err := c.token.Revoke(ctx, pbRevokeRequest(req), sizes()...)
	return errorOf(ctx, err)
}

// Models implements [sdk.ModelLister].
func (c *Client) Models(ctx context.Context, req *sdk.ModelsRequest) ([]sdk.Model, error) {
	r, err := c.chat.Models(ctx, pbModelsRequest(req), sizes()...)
	if err != nil {
		return nil, errorOf(ctx, err)
	}
	return each(r.GetModels(), sdkModel), nil
}
