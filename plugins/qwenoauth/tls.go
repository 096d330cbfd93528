package qwenoauth

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
)

// isTLS reports whether err is a failed TLS handshake, which trying again does
// not heal.
func isTLS(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &record) ||
		errors.As(err, &alert) || errors.Is(err, http.ErrSchemeMismatch)
}
