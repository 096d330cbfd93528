package openaiapi

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/qwen-cli/qwen/sdk"
)

// A call is one HTTP request on its way, with what its errors need to know.
type call struct {
	client *http.Client
	svc    *Service
	req    *http.Request
	host   string // host[:port], for errors
	clean  cleaner
}

// newCall prepares a request. Every check that needs no network is made here, so
// that nothing leaves the machine if one of them fails.
func (c *Client) newCall(ctx context.Context, svc *Service, method, path string, body []byte, extra map[string]string) (*call, []*sdk.Warning, error) {
	u, err := svc.url(path)
	if err != nil {
		return nil, nil, err
	}
	if err := svc.checkKey(u); err != nil {
		return nil, nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, nil, sdk.Errorf(sdk.KindConfig, "cannot build a request for %s", u.Host)
	}
	client, err := c.httpClient(svc.Network)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("User-Agent", or(c.UserAgent, "qwen"))
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "text/event-stream, application/json")
	} else {
		req.Header.Set("Accept", "application/json")
	}
	warnings := svc.setHeaders(req.Header, extra)
	return &call{client: client, svc: svc, req: req, host: u.Host, clean: newCleaner(svc.Key)}, warnings, nil
}

// url returns the address of path at the service.
func (svc *Service) url(path string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(svc.BaseURL))
	switch {
	case err != nil, u.Host == "", u.Scheme != "http" && u.Scheme != "https":
		return nil, sdk.Errorf(sdk.KindConfig, "the endpoint is not a web address").
			WithHint("Give it in full, as in https://api.openai.com/v1.")
	case u.User != nil:
		e := sdk.Errorf(sdk.KindConfig, "the endpoint holds a user name or a password").
			WithHint("Give the address alone, and the key as the key.")
		e.Host = u.Host
		return nil, e
	}
	query := u.Query()
	for name, values := range svc.Query {
		query[name] = values
	}
	u = u.JoinPath(strings.Split(path, "/")...)
	u.RawQuery, u.Fragment = query.Encode(), ""
	return u, nil
}

// checkKey refuses a key that cannot be right, and one that would travel in clear.
func (svc *Service) checkKey(u *url.URL) error {
	key := svc.Key.Reveal()
	if key == "" {
		return nil
	}
	if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		e := sdk.Errorf(sdk.KindConfig, "the key holds a space, a line break or another character that no key has").
			WithHint("Copy the key again, without anything before or after it.")
		e.Host = u.Host
		return e
	}
	if u.Scheme == "http" && !svc.AllowHTTP && !isLoopback(u.Hostname()) {
		e := sdk.Errorf(sdk.KindConfig, "refused to send the key without TLS: the endpoint begins with http://").
			WithHint("Use https://, or allow plain HTTP explicitly for a network you trust.")
		e.Host = u.Host
		return e
	}
	return nil
}

// setHeaders adds the service's, the caller's and, last, the key's header.
func (svc *Service) setHeaders(h http.Header, extra map[string]string) []*sdk.Warning {
	for name, values := range svc.Header {
		if !svc.reserved(name) {
			h[http.CanonicalHeaderKey(name)] = values
		}
	}
	var warnings []*sdk.Warning
	for _, name := range sortedKeys(extra) {
		if svc.reserved(name) {
			warnings = append(warnings, &sdk.Warning{Code: "header-ignored", Setting: "extra_headers",
				Message: "the header " + http.CanonicalHeaderKey(cleanText(name, 60)) + " cannot be set by a request"})
			continue
		}
		h.Set(name, extra[name])
	}
	switch {
	case svc.Key == "":
	case svc.KeyHeader == "":
		h.Set("Authorization", "Bearer "+svc.Key.Reveal())
	default:
		h.Set(svc.KeyHeader, svc.Key.Reveal())
	}
	return warnings
}

// reserved reports whether a header is not for callers to set: it carries the
// credential or frames the message.
func (svc *Service) reserved(name string) bool {
	switch name = http.CanonicalHeaderKey(strings.TrimSpace(name)); name {
	case "Authorization", "Proxy-Authorization", "Host", "Content-Length", "Transfer-Encoding", "Connection", "Accept-Encoding":
		return true
	default:
		return svc.KeyHeader != "" && name == http.CanonicalHeaderKey(svc.KeyHeader)
	}
}

// send performs the request and returns a response of status 2xx, or an error that
// says what happened instead.
func (c *call) send() (*http.Response, error) {
	resp, err := c.client.Do(c.req)
	if err != nil {
		return nil, c.networkError(err)
	}
	if enc := resp.Header.Get("Content-Encoding"); resp.StatusCode/100 == 2 && enc != "" && !strings.EqualFold(enc, "identity") {
		_ = resp.Body.Close()
		return nil, c.protocolError(resp, "the answer is compressed (%s) although that was not asked for", c.clean.text(enc, 40))
	}
	if resp.StatusCode/100 != 2 {
		defer func() { _ = resp.Body.Close() }()
		return nil, c.statusError(resp)
	}
	return resp, nil
}

// protocolError says that what came makes no sense.
func (c *call) protocolError(resp *http.Response, format string, args ...any) *sdk.Error {
	e := sdk.Errorf(sdk.KindProtocol, format, args...)
	e.Host, e.RequestID = c.host, c.requestID(resp)
	if resp.StatusCode != http.StatusOK {
		e.Status = resp.StatusCode
	}
	return e
}

// maxDocument bounds a JSON document that is read whole.
const maxDocument = 64 << 20

// get fetches a JSON document from a path of the service.
func (c *Client) get(ctx context.Context, svc *Service, path string) ([]byte, *call, error) {
	call, _, err := c.newCall(ctx, svc, http.MethodGet, path, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	resp, err := call.send()
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxDocument+1))
	if err != nil {
		return nil, nil, call.brokenOff(err)
	}
	if trimmed := bytes.TrimSpace(data); len(data) > maxDocument || len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '[' {
		return nil, nil, call.notTheAPI(resp, data)
	}
	return data, call, nil
}
