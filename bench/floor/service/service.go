// Package service is what the two programs of the go-plugin floor share: the
// handshake and a gRPC service of one call, put together as in go-plugin's own
// example (https://github.com/hashicorp/go-plugin/tree/main/examples/grpc). Its
// messages are strings, so that there is no code to generate.
package service

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/qwen-cli/qwen/bench/floor/chat"
)

// Handshake is the one that both programs know.
var Handshake = plugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: "FLOOR_PLUGIN", MagicCookieValue: "floor"}

// Plugins is the one plugin there is, for both sides.
var Plugins = map[string]plugin.Plugin{"chat": &Plugin{}}

// A Plugin is go-plugin's view of the service.
type Plugin struct{ plugin.NetRPCUnsupportedPlugin }

// GRPCServer implements [plugin.GRPCPlugin].
func (*Plugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	s.RegisterService(&desc, server{})
	return nil
}

// GRPCClient implements [plugin.GRPCPlugin].
func (*Plugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return &Client{conn}, nil
}

const method = "Chat"

var desc = grpc.ServiceDesc{
	ServiceName: "floor.Chat",
	HandlerType: (*any)(nil),
	Streams:     []grpc.StreamDesc{{StreamName: method, Handler: handle, ServerStreams: true}},
}

// server is the plugin's half.
type server struct{}

// handle serves one call: a request in JSON, and a message for each piece of the
// answer.
func handle(_ any, stream grpc.ServerStream) error {
	var in wrapperspb.StringValue
	if err := stream.RecvMsg(&in); err != nil {
		return err
	}
	var r chat.Request
	if err := json.Unmarshal([]byte(in.Value), &r); err != nil {
		return err
	}
	return chat.Stream(stream.Context(), &r, func(text string) error {
		return stream.SendMsg(wrapperspb.String(text))
	})
}

// A Client is the host's half.
type Client struct{ conn *grpc.ClientConn }

// Chat asks and hands over each piece of the answer as it arrives.
func (c *Client) Chat(ctx context.Context, r *chat.Request, piece func(string) error) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	stream, err := c.conn.NewStream(ctx, &desc.Streams[0], "/"+desc.ServiceName+"/"+method)
	if err != nil {
		return err
	}
	if err := errors.Join(stream.SendMsg(wrapperspb.String(string(body))), stream.CloseSend()); err != nil {
		return err
	}
	for {
		var out wrapperspb.StringValue
		if err := stream.RecvMsg(&out); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := piece(out.Value); err != nil {
			return err
		}
	}
}
