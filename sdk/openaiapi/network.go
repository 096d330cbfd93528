package openaiapi

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"sync"

	"github.com/qwen-cli/qwen/sdk"
)

// A Dialer hands out HTTP clients for the networks that connections name, the same one
// each time, so that connections to servers are used again. The zero value is ready to
// use. It is safe for concurrent use and must not be copied after its first use.
type Dialer struct {
	// HTTP is the client for the usual network; nil for [NewHTTPClient]. For others, its
	// transport has to be an [*http.Transport].
	HTTP *http.Client

	mu      sync.Mutex
	clients map[sdk.Network]*http.Client
}

// Client returns the client for a network. An error is of kind [sdk.KindConfig]: what
// the network holds is no certificate, or no key of it.
func (d *Dialer) Client(n sdk.Network) (*http.Client, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c := d.clients[n]; c != nil {
		return c, nil
	}
	c, err := d.make(n)
	if err != nil {
		return nil, err
	}
	if d.clients == nil {
		d.clients = map[sdk.Network]*http.Client{}
	}
	d.clients[n] = c
	return c, nil
}

// make makes the client for a network.
func (d *Dialer) make(n sdk.Network) (*http.Client, error) {
	base := d.HTTP
	if base == nil {
		base = NewHTTPClient()
	}
	if n == (sdk.Network{}) {
		return base, nil
	}
	transport, ok := base.Transport.(*http.Transport)
	if !ok {
		return nil, sdk.Errorf(sdk.KindUnsupported, "this provider cannot use certificates of your own")
	}
	transport = transport.Clone()
	config := transport.TLSClientConfig
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if err := trust(config, n); err != nil {
		return nil, err
	}
	transport.TLSClientConfig = config
	client := *base
	client.Transport = transport
	return &client, nil
}

// trust makes a configuration trust and show what a network names.
func trust(config *tls.Config, n sdk.Network) error {
	if n.Authorities != "" {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool() // there are none on this system
		}
		if !pool.AppendCertsFromPEM([]byte(n.Authorities)) {
			return sdk.Errorf(sdk.KindConfig, "among the certificates of authorities there is none that can be read").
				WithHint("They have to be in PEM: -----BEGIN CERTIFICATE-----.")
		}
		config.RootCAs = pool
	}
	if n.ClientCertificate == "" {
		return nil
	}
	pair, err := tls.X509KeyPair([]byte(n.ClientCertificate), []byte(n.ClientKey.Reveal()))
	if err != nil { // it may quote what it could not parse
		return sdk.Errorf(sdk.KindConfig, "the client certificate and its key do not belong together, or cannot be read").
			WithHint("Both have to be in PEM, and the key without a passphrase.")
	}
	config.Certificates = []tls.Certificate{pair}
	return nil
}
