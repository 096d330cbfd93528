package openaiapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// trusted returns a server with TLS that insists on a certificate, and the network that
// it is reached over: its own certificate serves for all.
func trusted(t *testing.T) (*httptest.Server, sdk.Network) {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(sse(hello)))
	s.StartTLS()
	t.Cleanup(s.Close)
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	der, err := x509.MarshalPKCS8PrivateKey(s.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return s, sdk.Network{Authorities: string(cert), ClientCertificate: string(cert), ClientKey: sdk.Secret(key)}
}

func TestNetwork(t *testing.T) {
	s, network := trusted(t)
	s.TLS.ClientAuth = tls.RequireAnyClientCert
	var client Client
	ask := func(n sdk.Network) error {
		var failed error
		for _, err := range client.Chat(context.Background(), &Service{BaseURL: s.URL, Key: testKey, Network: n}, ask()) {
			failed = err
		}
		return failed
	}
	if err := ask(network); err != nil {
		t.Error(err)
	}
	if e := want(t, ask(sdk.Network{}), sdk.KindNetwork); !strings.Contains(e.Message, "authority that is not trusted") {
		t.Error(e)
	}
	nobody := sdk.Network{Authorities: network.Authorities}
	if e := want(t, ask(nobody), sdk.KindNetwork); !strings.Contains(e.Message, "wants to see a certificate") || e.Retryable {
		t.Error(e)
	}
}

func TestDialer(t *testing.T) {
	_, network := trusted(t)
	var d Dialer
	usual, err := d.Client(sdk.Network{})
	again, againErr := d.Client(sdk.Network{})
	if err != nil || againErr != nil || usual != again {
		t.Errorf("%v, %v: not the same client", err, againErr)
	}
	one, err := d.Client(network)
	other, otherErr := d.Client(network)
	if err != nil || otherErr != nil || one != other || one == usual {
		t.Errorf("%v, %v: not one client for each network", err, otherErr)
	}
	if one.Transport.(*http.Transport).TLSClientConfig.MinVersion != tls.VersionTLS12 || one.CheckRedirect == nil {
		t.Error("it is not hardened")
	}
	if usual.Transport.(*http.Transport).TLSClientConfig.Certificates != nil {
		t.Error("the usual client was changed")
	}
}

func TestBadNetworks(t *testing.T) {
	_, network := trusted(t)
	for name, n := range map[string]sdk.Network{
		"no certificates": {Authorities: "-----BEGIN CERTIFICATE-----\nTUlJPQ==\n-----END CERTIFICATE-----\n"},
		"no PEM":          {Authorities: "hello"},
		"no key":          {ClientCertificate: network.ClientCertificate},
		"no certificate":  {ClientCertificate: "hello", ClientKey: network.ClientKey},
	} {
		_, err := new(Dialer).Client(n)
		if e := want(t, err, sdk.KindConfig); strings.Contains(e.Message+e.Hint, "hello") || strings.Contains(e.Message, "PRIVATE") {
			t.Errorf("%s: %v", name, e)
		}
	}
	_, err := (&Dialer{HTTP: fakecloud.Unstarted().Client()}).Client(network)
	want(t, err, sdk.KindUnsupported)
}
