package launch

import (
	"crypto/tls"
	"net"
	"testing"
	"time"
)

func identity(t *testing.T) *Identity {
	t.Helper()
	id, err := NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// hello returns the greeting that makes plugin accept host.
func hello(t *testing.T, plugin, host *Identity) *Hello {
	t.Helper()
	key, err := plugin.KeyPEM()
	if err != nil {
		t.Fatal(err)
	}
	return &Hello{Certificate: plugin.CertificatePEM(), Key: key, HostCertificate: host.CertificatePEM()}
}

// pluginTLS returns the plugin's side of a connection.
func pluginTLS(t *testing.T, plugin, host *Identity) *tls.Config {
	t.Helper()
	config, err := hello(t, plugin, host).PluginTLS()
	if err != nil {
		t.Fatal(err)
	}
	return config
}

func hostTLS(t *testing.T, host, plugin *Identity) *tls.Config {
	t.Helper()
	config, err := HostTLS(host, plugin)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// connect performs a handshake and returns what either side says of it. The host
// learns only from the first read that the plugin refused its certificate: in TLS 1.3
// a client is done before the server has seen it (RFC 8446 section 2).
func connect(t *testing.T, host, plugin *tls.Config) (hostErr, pluginErr error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	served := make(chan error, 1)
	go func() {
		raw, err := l.Accept()
		if err != nil {
			served <- err
			return
		}
		defer func() { _ = raw.Close() }()
		_ = raw.SetDeadline(time.Now().Add(10 * time.Second))
		conn := tls.Server(raw, plugin)
		if err := conn.Handshake(); err != nil {
			served <- err
			return
		}
		_, err = conn.Write([]byte("x"))
		served <- err
	}()
	raw, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	_ = raw.SetDeadline(time.Now().Add(10 * time.Second))
	_, hostErr = tls.Client(raw, host).Read(make([]byte, 1))
	_ = raw.Close()
	return hostErr, <-served
}

func TestHostAndPluginAcceptEachOther(t *testing.T) {
	host, plugin := identity(t), identity(t)
	hostErr, pluginErr := connect(t, hostTLS(t, host, plugin), pluginTLS(t, plugin, host))
	if hostErr != nil || pluginErr != nil {
		t.Errorf("host: %v, plugin: %v", hostErr, pluginErr)
	}
}

// Certificates of the same name, made the same way, are of no use to another process.
func TestNobodyElseIsAccepted(t *testing.T) {
	host, plugin, other := identity(t), identity(t), identity(t)
	insecure := &tls.Config{InsecureSkipVerify: true}
	old := hostTLS(t, host, plugin)
	old.MinVersion, old.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	for _, tt := range []struct {
		name string
		host *tls.Config
	}{
		{"another host", hostTLS(t, other, plugin)},
		{"the plugin itself", hostTLS(t, plugin, plugin)},
		{"a host without a certificate", insecure},
		{"TLS 1.2", old},
	} {
		t.Run(tt.name, func(t *testing.T) {
			hostErr, pluginErr := connect(t, tt.host, pluginTLS(t, plugin, host))
			if hostErr == nil || pluginErr == nil {
				t.Errorf("host: %v, plugin: %v; want errors", hostErr, pluginErr)
			}
		})
	}
	oldPlugin := pluginTLS(t, plugin, host)
	oldPlugin.MinVersion, oldPlugin.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	for _, tt := range []struct {
		name   string
		plugin *tls.Config
	}{
		{"another plugin", pluginTLS(t, other, host)},
		{"the host itself", pluginTLS(t, host, host)},
		{"a plugin of TLS 1.2", oldPlugin},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if hostErr, _ := connect(t, hostTLS(t, host, plugin), tt.plugin); hostErr == nil {
				t.Error("the host accepted it")
			}
		})
	}
}

func TestPluginTLSRefusesBadGreetings(t *testing.T) {
	host, plugin, other := identity(t), identity(t), identity(t)
	for name, spoil := range map[string]func(*Hello){
		"nothing":             func(h *Hello) { *h = Hello{} },
		"no key":              func(h *Hello) { h.Key = "" },
		"another's key":       func(h *Hello) { h.Key = hello(t, other, host).Key },
		"no host certificate": func(h *Hello) { h.HostCertificate = "" },
		"not PEM":             func(h *Hello) { h.HostCertificate = "MII=" },
		"not a certificate": func(h *Hello) {
			h.HostCertificate = "-----BEGIN CERTIFICATE-----\nTUlJPQ==\n-----END CERTIFICATE-----\n"
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := hello(t, plugin, host)
			spoil(h)
			if _, err := h.PluginTLS(); err == nil {
				t.Error("it was accepted")
			}
		})
	}
}
