package client_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/client"
	"github.com/qwen-cli/qwen/sdk/internal/pb"
)

// A plugin that is written from docs/protocol.md alone, with a gRPC library and
// nothing of this SDK or of go-plugin, is as good as any.
func TestForeignPlugin(t *testing.T) {
	p := spawn(t, "foreign", func(o *client.Options) { o.StopTimeout = 10 * time.Second })
	provider := connect(t, p, "")
	d, err := provider.Describe(t.Context())
	if err != nil || d.Name != "foreign" {
		t.Fatalf("Describe = %v, %v", d, err)
	}
	_, err = provider.Token(t.Context(), &sdk.TokenRequest{})
	if sdk.KindOf(err) != sdk.KindUnauthenticated {
		t.Errorf("an error without a detail: %v", err)
	}
	p.Close()
	if reason := p.ExitReason(); reason != "exit status 0" {
		t.Errorf("ended with %q", reason)
	}
}

// foreignPlugin follows docs/protocol.md step by step.
func foreignPlugin() error {
	var greeting struct {
		Certificate     string `json:"certificate"`
		Key             string `json:"key"`
		HostCertificate string `json:"host_certificate"`
	}
	stdin := bufio.NewReader(os.Stdin)
	line, err := stdin.ReadBytes('\n')
	if err != nil {
		return err
	}
	if err := json.Unmarshal(line, &greeting); err != nil {
		return err
	}
	go func() { // the lifeline
		_, _ = io.Copy(io.Discard, stdin)
		os.Exit(0)
	}()
	own, err := tls.X509KeyPair([]byte(greeting.Certificate), []byte(greeting.Key))
	if err != nil {
		return err
	}
	host := x509.NewCertPool()
	host.AppendCertsFromPEM([]byte(greeting.HostCertificate))
	server := grpc.NewServer(grpc.Creds(credentials.NewTLS(&tls.Config{
		Certificates: []tls.Certificate{own},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    host,
		MinVersion:   tls.VersionTLS13,
	})))
	pb.RegisterProviderServiceServer(server, foreign{})
	pb.RegisterTokenServiceServer(server, foreign{})
	listener, err := foreignListener()
	if err != nil {
		return err
	}
	fmt.Printf("1|1|%s|%s|grpc|\n", listener.Addr().Network(), listener.Addr())
	return server.Serve(listener)
}

func foreignListener() (net.Listener, error) {
	if dir := os.Getenv("PLUGIN_UNIX_SOCKET_DIR"); filepath.Separator == '/' {
		return net.Listen("unix", filepath.Join(dir, "s"))
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

type foreign struct {
	pb.UnimplementedProviderServiceServer
	pb.UnimplementedTokenServiceServer
}

func (foreign) Describe(context.Context, *pb.DescribeRequest) (*pb.DescribeResponse, error) {
	return &pb.DescribeResponse{Description: &pb.Description{Name: "foreign"}}, nil
}

func (foreign) Token(context.Context, *pb.TokenRequest) (*pb.TokenResponse, error) {
	return nil, status.Error(codes.Unauthenticated, "who are you")
}
