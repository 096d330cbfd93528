package launch

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// serverName is the name in both certificates. Nothing resolves it.
const serverName = "qwen-plugin"

// An Identity is a key pair with a self-signed certificate, made for one run of
// one plugin.
//
// It is P-256 because that is cheap where it counts, in a process that has just
// started: go-plugin's AutoMTLS makes P-521 keys on both sides, which costs some
// 45 ms at every start; this costs less than one.
type Identity struct {
	key  *ecdsa.PrivateKey
	cert []byte // DER
}

// NewIdentity makes an identity.
func NewIdentity() (*Identity, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      pkix.Name{CommonName: serverName},
		DNSNames:     []string{serverName},
		// The clock may be wrong, and may be set between this and the handshake.
		NotBefore:             now.AddDate(-1, 0, 0),
		NotAfter:              now.AddDate(1, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	return &Identity{key: key, cert: cert}, nil
}

// CertificatePEM returns the certificate.
func (id *Identity) CertificatePEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: id.cert}))
}

// KeyPEM returns the private key (PKCS #8).
func (id *Identity) KeyPEM() (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(id.key)
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), nil
}

// HostTLS returns the host's side of mutual TLS: it presents host and accepts
// plugin only.
func HostTLS(host, plugin *Identity) (*tls.Config, error) {
	peer, err := x509.ParseCertificate(plugin.cert)
	if err != nil {
		return nil, err
	}
	config := mutualTLS(tls.Certificate{Certificate: [][]byte{host.cert}, PrivateKey: host.key}, peer)
	config.ServerName = serverName
	return config, nil
}

// PluginTLS returns the plugin's side of mutual TLS, from the host's greeting.
func (h *Hello) PluginTLS() (*tls.Config, error) {
	own, err := tls.X509KeyPair([]byte(h.Certificate), []byte(h.Key))
	if err != nil {
		return nil, fmt.Errorf("certificate in the host's greeting: %w", err)
	}
	block, _ := pem.Decode([]byte(h.HostCertificate))
	if block == nil {
		return nil, errors.New("host certificate in the host's greeting: not PEM")
	}
	peer, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("host certificate in the host's greeting: %w", err)
	}
	config := mutualTLS(own, peer)
	config.ClientAuth = tls.RequireAnyClientCert
	return config, nil
}

// errNotPeer says that somebody else is at the other end of the connection.
var errNotPeer = errors.New("the certificate is not the one that was agreed on")

// mutualTLS returns what both sides share. TLS makes sure that the other side has
// the key of the certificate that it presents. That it is the peer's, byte for
// byte, takes the place of looking for a chain to an authority: there is none, and
// looking takes a third of a millisecond in a process that has just started.
func mutualTLS(own tls.Certificate, peer *x509.Certificate) *tls.Config {
	return &tls.Config{
		Certificates:       []tls.Certificate{own},
		InsecureSkipVerify: true, // VerifyConnection verifies
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 || !s.PeerCertificates[0].Equal(peer) {
				return errNotPeer
			}
			return nil
		},
		MinVersion:             tls.VersionTLS13,
		CurvePreferences:       []tls.CurveID{tls.X25519},
		SessionTicketsDisabled: true,
	}
}
