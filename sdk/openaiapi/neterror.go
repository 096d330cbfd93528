package openaiapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"

	"github.com/qwen-cli/qwen/sdk"
)

// networkError says why a request got no response. Only the cause is looked at:
// the text that net/http wraps around it repeats the whole URL.
func (c *call) networkError(err error) error {
	if cause := c.req.Context().Err(); cause != nil {
		return cause
	}
	var redirect *redirectError
	if errors.As(err, &redirect) {
		return &sdk.Error{Kind: sdk.KindProtocol, Host: c.host, Message: redirect.Error(),
			Hint: "If that is where the service has moved, set it as the endpoint.", Err: redirect}
	}
	e := &sdk.Error{Kind: sdk.KindNetwork, Host: c.host, Retryable: true, Err: err}
	e.Message, e.Hint, e.Retryable = describeNetworkError(err)
	return e
}

// describeNetworkError returns what went wrong, what to do, and whether the same
// request may succeed later.
func describeNetworkError(err error) (message, hint string, retryable bool) {
	if message, hint := describeTLSError(err); message != "" {
		return message, hint, false
	}
	var dns *net.DNSError
	var op *net.OpError
	var timeout net.Error
	var refusal *proxyRefusal
	switch {
	case errors.Is(err, errBadProxy):
		return errBadProxy.Error(), "Check --proxy, HTTPS_PROXY and HTTP_PROXY.", false
	case errors.As(err, &refusal) && refusal.status == http.StatusProxyAuthRequired:
		return "the proxy wants to know who you are (HTTP 407)", "Give user and password in its address: http://USER:PASSWORD@HOST:PORT.", false
	case errors.As(err, &refusal):
		return fmt.Sprintf("the proxy does not connect to that host (HTTP %d)", refusal.status), checkProxy, refusal.status >= 500
	case errors.As(err, &op) && (op.Op == "proxyconnect" || op.Op == "socks connect"):
		return describeProxyError(op)
	case errors.As(err, &dns) && dns.IsNotFound:
		return "no such host: the name is not known to DNS", "Check the endpoint for a typing error, and the network.", false
	case errors.As(err, &dns):
		return "the name could not be looked up", "Check the network connection.", true
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused: nothing listens there", "Is the server running, and is the port right?", true
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed before an answer came", "", true
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no connection in time", "Check the network connection and the endpoint.", true
	}
	return "the request failed: " + cleanText(innermost(err).Error(), 200), "Check the network connection and the endpoint.", true
}

// describeTLSError explains a failed handshake; empty if err is none.
func describeTLSError(err error) (message, hint string) {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var op *net.OpError
	switch {
	case errors.As(err, &unknown):
		return "the certificate is from an authority that is not trusted here",
			"A company proxy often is the cause: point --ca-file to its certificate."
	case errors.As(err, &name):
		return "the certificate is for another host name", "Check the endpoint for a typing error."
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate has expired or is not valid yet", "Check the clock of this machine."
	case errors.As(err, &invalid):
		return "the certificate is not valid", ""
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &record):
		return "the server does not speak TLS on this port", "If this is a local server, the endpoint may have to begin with http://."
	case errors.As(err, &op) && op.Op == "remote error" && aboutOurCertificate(op.Err):
		return "the server wants to see a certificate of yours, or another one", "Give it with --client-cert and --client-key."
	case errors.As(err, &op) && op.Op == "remote error": // an alert, RFC 8446 section 6
		return "the server refused the TLS handshake (" + cleanText(op.Err.Error(), 100) + ")", ""
	}
	return "", ""
}

// aboutOurCertificate reports whether an alert is one of servers that look at the
// client's certificate (RFC 8446 section 6.2). Package tls has no names for alerts.
func aboutOurCertificate(alert error) bool {
	switch alert.Error() {
	case "tls: certificate required", "tls: bad certificate", "tls: unknown certificate authority":
		return true
	}
	return false
}

const checkProxy = "Check --proxy and HTTPS_PROXY, or name the host in NO_PROXY."

// describeProxyError explains why a proxy does not connect: it is not there, or it says
// something that is no secret.
func describeProxyError(op *net.OpError) (message, hint string, retryable bool) {
	if message, hint := describeTLSError(op.Err); message != "" {
		return "the proxy: " + message, hint, false
	}
	var reached *net.OpError
	if op.Op == "socks connect" && !errors.As(op.Err, &reached) { // RFC 1928 section 6, RFC 1929
		return "the proxy does not connect (" + cleanText(innermost(op.Err).Error(), 100) + ")", checkProxy, false
	}
	return "the proxy was not reached", checkProxy, true
}

// innermost returns the last error of a chain of wraps.
func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

// brokenOff says that a response ended before its end.
func (c *call) brokenOff(err error) error {
	if cause := c.req.Context().Err(); cause != nil {
		return cause
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &sdk.Error{Kind: sdk.KindIncomplete, Host: c.host, Retryable: true, Err: err,
		Message: "the connection broke off before the end of the answer"}
}
