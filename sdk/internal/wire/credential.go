package wire

import (
	"encoding/json"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

// pbCredential returns c for the wire, secrets included; nil for nil.
func pbCredential(c *sdk.Credential) *pb.Credential {
	if c == nil {
		return nil
	}
	return &pb.Credential{
		Kind:         text(c.Kind),
		Secret:       text(c.Secret.Reveal()),
		RefreshToken: text(c.RefreshToken.Reveal()),
		TokenType:    text(c.TokenType),
		Expiry:       pbTime(c.Expiry),
		Endpoint:     text(c.Endpoint),
		Account:      text(c.Account),
		Scope:        text(c.Scope),
		Extra:        pbRaw(c.Extra),
	}
}

func sdkCredential(c *pb.Credential) *sdk.Credential {
	if c == nil {
		return nil
	}
	return &sdk.Credential{
		Kind:         sdk.CredentialKind(c.GetKind()),
		Secret:       sdk.Secret(c.GetSecret()),
		RefreshToken: sdk.Secret(c.GetRefreshToken()),
		TokenType:    c.GetTokenType(),
		Expiry:       sdkTime(c.GetExpiry()),
		Endpoint:     c.GetEndpoint(),
		Account:      c.GetAccount(),
		Scope:        c.GetScope(),
		Extra:        sdkRaw[map[string]json.RawMessage](c.GetExtra()),
	}
}

func pbConnection(c *sdk.Connection) *pb.Connection {
	return &pb.Connection{
		Credential: pbCredential(c.Credential),
		Endpoint:   text(c.Endpoint),
		Settings:   pbMap(c.Settings, text[string]),
		Network:    pbNetwork(&c.Network),
	}
}

func sdkConnection(c *pb.Connection) sdk.Connection {
	return sdk.Connection{
		Credential: sdkCredential(c.GetCredential()),
		Endpoint:   c.GetEndpoint(),
		Settings:   sdkMap(c.GetSettings()),
		Network:    sdkNetwork(c.GetNetwork()),
	}
}

func pbNetwork(n *sdk.Network) *pb.Network {
	if *n == (sdk.Network{}) {
		return nil
	}
	return &pb.Network{Authorities: text(n.Authorities), ClientCertificate: text(n.ClientCertificate), ClientKey: text(n.ClientKey.Reveal())}
}

func sdkNetwork(n *pb.Network) sdk.Network {
	return sdk.Network{
		Authorities:       n.GetAuthorities(),
		ClientCertificate: n.GetClientCertificate(),
		ClientKey:         sdk.Secret(n.GetClientKey()),
	}
}

func pbTokenRequest(r *sdk.TokenRequest) *pb.TokenRequest {
	return &pb.TokenRequest{Connection: pbConnection(&r.Connection), Reason: text(r.Reason)}
}

func sdkTokenRequest(r *pb.TokenRequest) *sdk.TokenRequest {
	return &sdk.TokenRequest{
		Connection: sdkConnection(r.GetConnection()),
		Reason:     sdk.TokenReason(r.GetReason()),
	}
}

func pbRevokeRequest(r *sdk.RevokeRequest) *pb.RevokeRequest {
	return &pb.RevokeRequest{Connection: pbConnection(&r.Connection)}
}

func sdkRevokeRequest(r *pb.RevokeRequest) *sdk.RevokeRequest {
	return &sdk.RevokeRequest{Connection: sdkConnection(r.GetConnection())}
}

func pbModelsRequest(r *sdk.ModelsRequest) *pb.ModelsRequest {
	return &pb.ModelsRequest{Connection: pbConnection(&r.Connection)}
}

func sdkModelsRequest(r *pb.ModelsRequest) *sdk.ModelsRequest {
	return &sdk.ModelsRequest{Connection: sdkConnection(r.GetConnection())}
}
