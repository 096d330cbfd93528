package cli

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
	"github.com/qwen-cli/qwen/cmd/qwen/internal/files"
	"github.com/qwen-cli/qwen/sdk"
)

// maxCertificates bounds a file of certificates, in bytes. The bundles of systems have a
// quarter of a megabyte.
const maxCertificates = 4 << 20

// extraCertificates is a variable of other programs: what is wrong with it is told, and
// stops nothing.
const extraCertificates = "NODE_EXTRA_CA_CERTS"

// networkKeys are the keys that say how to reach a service.
var networkKeys = []string{config.KeyProxy, config.KeyCAFile, config.KeyClientCert, config.KeyClientKey}

// networkFor returns how the service of a provider is reached, for commands that have
// no other use for the configuration, and makes its plugin use the proxy. No project's
// file has a say in that, so that none is read.
func (a *app) networkFor(provider string) (sdk.Network, error) {
	input := config.Input{
		Flags:     []config.FlagValue{{Key: config.KeyProvider, Text: provider}},
		Environ:   a.environ,
		Home:      a.home,
		Providers: []config.Provider{{Name: provider}},
	}
	if a.flags != nil {
		for _, f := range configFlags(a.flags) {
			if slices.Contains(networkKeys, f.Key) {
				input.Flags = append(input.Flags, f)
			}
		}
	}
	cfg, err := config.Resolve(input)
	if err != nil {
		return sdk.Network{}, err
	}
	a.useProxy(cfg)
	return a.network(cfg)
}

// useProxy makes the plugin of the provider reach its service as is configured, and
// learns the passwords of proxies.
func (a *app) useProxy(cfg *config.Config) {
	for _, entry := range a.environ {
		if name, proxy, _ := strings.Cut(entry, "="); strings.HasSuffix(strings.ToUpper(name), "_PROXY") {
			a.secrets.Add(config.ProxyPassword(proxy))
		}
	}
	switch proxy := cfg.Options.Proxy; proxy {
	case "":
	case config.ProxyOff:
		a.host.SetProxy(cfg.Provider.Text, "")
	default:
		a.secrets.Add(config.ProxyPassword(proxy))
		a.host.SetProxy(cfg.Provider.Text, proxy)
	}
}

// network reads the certificates that are configured.
func (a *app) network(cfg *config.Config) (n sdk.Network, err error) {
	if n.Authorities, err = a.authorities(cfg); err != nil {
		return n, err
	}
	n.ClientCertificate, n.ClientKey, err = a.clientCertificate(cfg)
	return n, err
}

// authorities returns the certificates to trust beside those of the system.
func (a *app) authorities(cfg *config.Config) (string, error) {
	v := cfg.Get(config.KeyCAFile)
	if !v.IsSet() {
		return a.systemAuthorities(), nil
	}
	text, err := a.readCertificates(v)
	if err != nil && v.Source.Name == extraCertificates {
		a.noteOnce("%v", err)
		return "", nil
	}
	return text, err
}

// systemAuthorities returns the certificates of the standard variable where the system
// itself does not look at it. What is wrong with that file is not ours to say.
func (a *app) systemAuthorities() string {
	path := a.getenv("SSL_CERT_FILE")
	if path == "" || runtime.GOOS != "windows" && runtime.GOOS != "darwin" {
		return ""
	}
	text, err := files.ReadFile(path, maxCertificates)
	if err != nil || !holdsCertificate(text) {
		return ""
	}
	return string(text)
}

// clientCertificate returns what to show a server that asks who connects.
func (a *app) clientCertificate(cfg *config.Config) (string, sdk.Secret, error) {
	cert, key := cfg.Get(config.KeyClientCert), cfg.Get(config.KeyClientKey)
	switch {
	case !cert.IsSet() && !key.IsSet():
		return "", "", nil
	case !cert.IsSet():
		return "", "", networkError(key, "is the key of a certificate that is not given", "Give it with --client-cert.")
	}
	pair, err := a.readCertificates(cert)
	if err != nil {
		return "", "", err
	}
	secret, from := pair, cert
	if key.IsSet() {
		if secret, err = a.readPEM(key); err != nil {
			return "", "", err
		}
		from = key
	}
	a.secrets.Add(secret)
	if _, err := tls.X509KeyPair([]byte(pair), []byte(secret)); err != nil {
		return "", "", networkError(from, "holds no key of the certificate, or none that can be read", "It has to be in PEM, and without a passphrase.")
	}
	return pair, sdk.Secret(secret), nil
}

// readCertificates reads a file that holds a certificate.
func (a *app) readCertificates(v config.Value) (string, error) {
	text, err := a.readPEM(v)
	if err == nil && !holdsCertificate([]byte(text)) {
		err = networkError(v, "holds no certificate that can be read", "It has to be in PEM: -----BEGIN CERTIFICATE-----.")
	}
	return text, err
}

// holdsCertificate reports whether there is a certificate in a text.
func holdsCertificate(text []byte) bool {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			if _, err := x509.ParseCertificate(block.Bytes); err == nil {
				return true
			}
		}
	}
	return false
}

func (a *app) readPEM(v config.Value) (string, error) {
	path, err := a.pathOf(v)
	if err != nil {
		return "", err
	}
	text, err := files.ReadFile(path, maxCertificates)
	if err != nil {
		return "", networkError(v, fmt.Sprintf("%s cannot be read: %v", path, err), "")
	}
	return string(text), nil
}

// pathOf returns the path that a value means: from the directory one stands in, if it
// was typed or is in the environment. In a file a relative one would lead into whatever
// project that is.
func (a *app) pathOf(v config.Value) (string, error) {
	if rest, ok := strings.CutPrefix(v.Text, "~/"); ok && a.home != "" {
		return filepath.Join(a.home, rest), nil
	}
	switch {
	case filepath.IsAbs(v.Text):
		return v.Text, nil
	case v.Source.Kind == config.FromFlag, v.Source.Kind == config.FromEnvironment:
		return filepath.Join(a.dir, v.Text), nil
	}
	return "", networkError(v, "must be an absolute path", "Begin it with / or ~/.")
}

func networkError(v config.Value, problem, next string) error {
	return &config.Error{Source: v.Source, Key: v.Key, Problem: problem, Next: next}
}
