package openaiapi

import (
	"context"
	"io"
	"iter"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// A Client sends requests to services. The zero value is ready to use. It is safe
// for concurrent use and must not be copied after its first use.
type Client struct {
	// HTTP sends the requests; nil for [NewHTTPClient]. A client without a
	// CheckRedirect is given one that refuses to leave the origin.
	HTTP *http.Client

	// UserAgent names the program, as in "acme/1.2"; empty for "qwen".
	UserAgent string

	once   sync.Once
	dialer Dialer
}

// A Service is one endpoint as somebody: where, with which credential, and with
// which differences. It is not changed by a call and may be shared by several.
type Service struct {
	// BaseURL is what the paths are appended to, such as
	// "https://api.openai.com/v1". A trailing slash does not matter; a query is
	// kept.
	BaseURL string

	// Key authenticates; empty for a service that wants none.
	Key sdk.Secret

	// KeyHeader is the header that carries the bare key, such as "api-key";
	// empty for "Authorization: Bearer KEY" (RFC 6750 section 2.1).
	KeyHeader string

	// Query is added to every URL: Azure's api-version.
	Query url.Values

	// Header is added to every request. Like ExtraHeaders of a request it cannot
	// replace the header that carries the key.
	Header http.Header

	// ChatPath and ModelsPath are relative to BaseURL; empty for
	// "chat/completions" and "models".
	ChatPath   string
	ModelsPath string

	// AllowHTTP permits sending the key without TLS to a host other than this
	// machine. Leave it false unless the user asked for it in so many words.
	AllowHTTP bool

	// Network is that of the connection: whom to trust on the way, and as whom to
	// connect.
	Network sdk.Network

	// Dialect is what the service does differently.
	Dialect Dialect
}

// Chat sends one turn and yields the answer as it arrives, in the order that
// [sdk.Event] demands. The request is sent when the sequence is ranged over, each
// time; breaking out of the loop or cancelling ctx ends it.
//
// What the service's dialect cannot carry is reported as an [*sdk.Warning], or as
// an error of [sdk.KindUnsupported] before anything is sent where the answer would
// be about something else, such as a picture that cannot be shown to the model.
func (c *Client) Chat(ctx context.Context, svc *Service, req *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		s := sdk.NewStream(yield)
		if err := c.chat(ctx, svc, req, s); err != nil {
			s.Fail(err)
		}
	}
}

func (c *Client) chat(ctx context.Context, svc *Service, req *sdk.ChatRequest, s *sdk.Stream) error {
	body, warnings, err := encodeChat(svc, req)
	if err != nil {
		return err
	}
	call, more, err := c.newCall(ctx, svc, http.MethodPost, or(svc.ChatPath, "chat/completions"), body, req.ExtraHeaders)
	if err != nil {
		return err
	}
	resp, err := call.send()
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if err := newAnswer(s, call, resp, append(warnings, more...)).read(resp.Body); err != nil {
		return err
	}
	drain(resp.Body)
	return nil
}

// drain reads the end of a body that should be there already, so that the next turn
// finds the connection open. A server that keeps it busy loses it.
func drain(body io.ReadCloser) {
	giveUp := time.AfterFunc(20*time.Millisecond, func() { _ = body.Close() })
	defer giveUp.Stop()
	_, _ = io.CopyN(io.Discard, body, 4<<10)
}

// Verify checks with one cheap request that the service accepts the key. An error
// of [sdk.KindNotFound] or [sdk.KindUnsupported] means that the service has no
// such check, not that it refused the key.
func (c *Client) Verify(ctx context.Context, svc *Service) error {
	path := or(svc.Dialect.VerifyPath, or(svc.ModelsPath, "models"))
	_, _, err := c.get(ctx, svc, path)
	return err
}

// or returns s, or other if s is empty.
func or[S ~string](s, other S) S {
	if s == "" {
		return other
	}
	return s
}
