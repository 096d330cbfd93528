package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// A front is the service with TLS, and with the names of the real services, which
// proxies lead to.
type front struct {
	secure string // address; "" if there is none yet
	plain  string // of the service itself

	mu    sync.Mutex
	asked []string // of the proxies
}

type frontKey struct{}

func frontOf(ts *testscript.TestScript) *front {
	f := ts.Value(frontKey{}).(*front)
	if f.secure == "" {
		ts.Fatalf("use \"secure\" first")
	}
	return f
}

// names are those that the server's certificate is for.
var names = []string{"llm.example.test", "*.dashscope.aliyuncs.com", "*.qwen.ai"}

// cmdSecure serves the service with TLS: secure [client]. With client, a certificate
// is asked of whoever connects.
func cmdSecure(ts *testscript.TestScript, neg bool, args []string) {
	insist := len(args) == 1 && args[0] == "client"
	if neg || len(args) > 0 && !insist {
		ts.Fatalf("usage: secure [client]")
	}
	ca := newAuthority(ts, "authority of the test")
	server := ca.issue(ts, "server", names...)
	client := ca.issue(ts, "client")
	ca.write(ts, "ca.pem", client, "client.pem", "client.key")
	newAuthority(ts, "another authority").write(ts, "otherca.pem", client, "", "")

	config := &tls.Config{Certificates: []tls.Certificate{server}}
	if insist {
		config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
		config.ClientCAs.AddCert(ca.cert)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	ts.Check(err)
	to, err := url.Parse(cloudOf(ts).URL())
	ts.Check(err)
	s := &http.Server{Handler: byName(to), ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = s.Serve(l) }()
	ts.Defer(func() { _ = s.Close() })
	f := ts.Value(frontKey{}).(*front)
	f.secure, f.plain = l.Addr().String(), to.Host
	ts.Setenv("SECURE", "https://"+l.Addr().String()+"/v1")
}

// byName leads to the service that a name belongs to.
func byName(to *url.URL) http.Handler {
	return &httputil.ReverseProxy{FlushInterval: -1, ErrorLog: log.New(io.Discard, "", 0), Rewrite: func(r *httputil.ProxyRequest) {
		path := r.In.URL.Path
		switch {
		case r.In.Host == "portal.qwen.ai":
			path = "/qwen" + path
		case strings.HasPrefix(r.In.Host, "coding"):
			path = "/coding" + path
		}
		r.Out.URL.Scheme, r.Out.URL.Host, r.Out.URL.Path = to.Scheme, to.Host, path
	}}
}

// cmdProxy starts a proxy at which all names lead to the service: proxy http|socks5
// [USER:PASSWORD].
func cmdProxy(ts *testscript.TestScript, neg bool, args []string) {
	serve := map[string]func(*front, net.Conn, string) error{"http": (*front).connect, "socks5": (*front).socks}[strings.Join(args[:min(1, len(args))], "")]
	if neg || serve == nil || len(args) > 2 {
		ts.Fatalf("usage: proxy http|socks5 [USER:PASSWORD]")
	}
	login := ""
	if len(args) == 2 {
		login = args[1]
	}
	f := frontOf(ts)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				_ = serve(f, conn, login)
			}()
		}
	}()
	ts.Setenv("PROXY", l.Addr().String())
}

// cmdProxied checks what the proxies were asked for: [!] proxied TEXT.
func cmdProxied(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: [!] proxied TEXT")
	}
	f := frontOf(ts)
	f.mu.Lock()
	defer f.mu.Unlock()
	asked := strings.Join(f.asked, "\n")
	if strings.Contains(asked, args[0]) == neg {
		ts.Fatalf("proxied %q: %v, in\n%s", args[0], !neg, asked)
	}
	f.asked = nil
}

func (f *front) ask(what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, what)
}

// relay connects a client with the service that an address stands for.
func (f *front) relay(client io.ReadWriter, address string) error {
	to := f.secure
	if strings.HasSuffix(address, ":80") {
		to = f.plain
	}
	server, err := net.Dial("tcp", to)
	if err != nil {
		return err
	}
	defer func() { _ = server.Close() }()
	go func() {
		_, _ = io.Copy(server, client)
		_ = server.(*net.TCPConn).CloseWrite()
	}()
	_, err = io.Copy(client, server)
	return err
}

// connect is an HTTP proxy: CONNECT (RFC 9110 section 9.3.6), and requests with a whole
// address (RFC 9112 section 3.2.2).
func (f *front) connect(conn net.Conn, login string) error {
	in := bufio.NewReader(conn)
	req, err := http.ReadRequest(in)
	if err != nil {
		return err
	}
	f.ask("http " + req.Method + " " + req.RequestURI)
	if login != "" && req.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte(login)) {
		_, err = io.WriteString(conn, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")
		return err
	}
	if strings.HasPrefix(req.Host, "forbidden.") {
		_, err = io.WriteString(conn, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
		return err
	}
	if req.Method == http.MethodConnect {
		if _, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
			return err
		}
		return f.relay(struct {
			io.Reader
			io.Writer
		}{in, conn}, req.RequestURI)
	}
	req.URL.Scheme, req.URL.Host, req.RequestURI = "http", f.plain, ""
	req.Close = true
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	resp.Close = true
	return resp.Write(conn)
}

// socks is a SOCKS5 proxy (RFC 1928), with a name and a password if a login is given
// (RFC 1929).
func (f *front) socks(conn net.Conn, login string) error {
	in := bufio.NewReader(conn)
	if _, err := sized(in, 1); err != nil { // version, methods
		return err
	}
	method := byte(0)
	if login != "" {
		method = 2
	}
	if _, err := conn.Write([]byte{5, method}); err != nil {
		return err
	}
	if login != "" {
		user, err := sized(in, 1) // version, name
		if err != nil {
			return err
		}
		password, err := sized(in, 0)
		if err != nil {
			return err
		}
		if user+":"+password != login {
			_, err = conn.Write([]byte{1, 1})
			return err
		}
		if _, err := conn.Write([]byte{1, 0}); err != nil {
			return err
		}
	}
	var head [4]byte // version, command, 0, type of the address
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return err
	}
	host := ""
	switch head[3] {
	case 3:
		name, err := sized(in, 0)
		if err != nil {
			return err
		}
		host = name
	case 1:
		var ip [4]byte
		if _, err := io.ReadFull(in, ip[:]); err != nil {
			return err
		}
		host = net.IP(ip[:]).String()
	default:
		return fmt.Errorf("address of type %d", head[3])
	}
	var port [2]byte
	if _, err := io.ReadFull(in, port[:]); err != nil {
		return err
	}
	address := net.JoinHostPort(host, strconv.Itoa(int(port[0])<<8|int(port[1])))
	f.ask("socks " + address)
	status := byte(0)
	if strings.HasPrefix(host, "forbidden.") {
		status = 2 // not allowed by ruleset
	}
	if _, err := conn.Write([]byte{5, status, 0, 1, 0, 0, 0, 0, 0, 0}); err != nil || status != 0 {
		return err
	}
	return f.relay(struct {
		io.Reader
		io.Writer
	}{in, conn}, address)
}

// sized reads some bytes and then a text behind its length.
func sized(in io.Reader, skip int) (string, error) {
	head := make([]byte, skip+1)
	if _, err := io.ReadFull(in, head); err != nil {
		return "", err
	}
	text := make([]byte, head[skip])
	_, err := io.ReadFull(in, text)
	return string(text), err
}

// An authority issues certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(ts *testscript.TestScript, name string) *authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := certificate(name)
	template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	ts.Check(err)
	cert, err := x509.ParseCertificate(der)
	ts.Check(err)
	return &authority{cert, key}
}

func certificate(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
}

// issue returns a certificate for this machine and some names.
func (a *authority) issue(ts *testscript.TestScript, name string, names ...string) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := certificate(name)
	template.DNSNames, template.IPAddresses = names, []net.IP{net.IPv4(127, 0, 0, 1)}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	ts.Check(err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// write writes the authority, and a certificate with its key, to files; "" is none.
func (a *authority) write(ts *testscript.TestScript, ca string, c tls.Certificate, cert, key string) {
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	ts.Check(err)
	for _, f := range []struct {
		name  string
		block pem.Block
	}{
		{ca, pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}},
		{cert, pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}},
		{key, pem.Block{Type: "PRIVATE KEY", Bytes: der}},
	} {
		if f.name != "" {
			ts.Check(os.WriteFile(ts.MkAbs(f.name), pem.EncodeToMemory(&f.block), 0o600))
		}
	}
}
