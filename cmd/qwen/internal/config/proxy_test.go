package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/config"
)

func TestProxy(t *testing.T) {
	for text, want := range map[string]string{
		"http://proxy.example:3128":       "http://proxy.example:3128",
		" https://proxy.example/ ":        "https://proxy.example",
		"proxy.example:3128":              "http://proxy.example:3128",
		"10.0.0.1:80":                     "http://10.0.0.1:80",
		"socks5://ann:secret@[::1]:1080":  "socks5://ann:secret@[::1]:1080",
		"socks5h://proxy.example:1080":    "socks5h://proxy.example:1080",
		"socks://proxy.example:1080":      "socks5://proxy.example:1080",
		"off":                             "off",
		"none":                            "off",
		"ftp://proxy.example":             "",
		"http://":                         "",
		"http://proxy.example/path":       "",
		"http://proxy.example:3128?q=1":   "",
		"http://ann:secret@proxy.example": "http://ann:secret@proxy.example",
		"http://a b":                      "",
		"::":                              "",
	} {
		p := newPlace(t)
		p.flag(config.KeyProxy, text)
		cfg, err := config.Resolve(p.input())
		if (err != nil) != (want == "") || err == nil && cfg.Options.Proxy != want {
			t.Errorf("%q: %q, %v", text, cfg.Options.Proxy, err)
		}
	}
}

// The password of a proxy is for nobody to see.
func TestProxyPasswordDoesNotPrint(t *testing.T) {
	for _, text := range []string{"http://ann:S3cret-word@proxy.example:3128", "ann:S3cret-word@proxy.example:3128", "ftp://ann:S3cret-word@proxy.example", "http://ann:S3cret-word@%zz"} {
		p := newPlace(t)
		p.environ = []string{"QWEN_PROXY=" + text}
		p.flag(config.KeyProxy, "http://other.example")
		cfg, _ := config.Resolve(p.input())
		p.flags = nil
		alone, err := config.Resolve(p.input())
		for _, shown := range []string{fmt.Sprintf("%+v %v", cfg.All(), cfg), fmt.Sprintf("%+v", alone.All()), fmt.Sprint(err)} {
			if strings.Contains(shown, "S3cret-word") {
				t.Errorf("%q is shown as %s", text, shown)
			}
		}
	}
	expect(t, config.ProxyPassword("http://ann:S3cret-word@proxy.example:3128"), "S3cret-word")
	expect(t, config.ProxyPassword("http://proxy.example:3128"), "")
}

// A project's files say nothing about the network.
func TestNetworkIsTheUsers(t *testing.T) {
	p := newPlace(t)
	p.environ = []string{"OPENAI_API_KEY=" + otherKey}
	p.write(".env", "QWEN_PROXY=http://evil.example\nHTTPS_PROXY=http://evil.example\nQWEN_CA_FILE=evil.pem\nNODE_EXTRA_CA_CERTS=evil.pem\nQWEN_CLIENT_CERT=evil.pem\nQWEN_CLIENT_KEY=evil.pem")
	p.write(".qwen/settings.json", `{"proxy": "http://evil.example", "network": {"proxy": "http://evil.example", "caFile": "evil.pem", "clientCert": "evil.pem", "clientKey": "evil.pem"},
		"providers": {"openai": {"proxy": "http://evil.example", "ca-file": "evil.pem"}}, "env": {"QWEN_PROXY": "http://evil.example"}}`)
	o := p.resolve().Options
	if o.Proxy+o.CAFile+o.ClientCert+o.ClientKey != "" {
		t.Errorf("%+v", o)
	}
	p.write("~/.qwen/settings.json", `{"proxy": "http://old.example", "network": {"caFile": "/ca.pem"}, "providers": {"openai": {"proxy": "socks5://new.example"}}}`)
	o = p.resolve().Options
	expect(t, o.Proxy, "socks5://new.example")
	expect(t, o.CAFile, "/ca.pem")
}
