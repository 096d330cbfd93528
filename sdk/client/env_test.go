package client_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-cli/qwen/sdk/client"
)

// ALL_PROXY stands for the variables that are not set.
func TestAllProxy(t *testing.T) {
	for name, c := range map[string]struct {
		environ []string
		want    map[string]string
	}{
		"none": {[]string{"HOME=/x"}, nil},
		"alone": {[]string{"ALL_PROXY=http://p:1", "NO_PROXY=x"},
			map[string]string{"ALL_PROXY": "http://p:1", "NO_PROXY": "x", "HTTP_PROXY": "http://p:1", "HTTPS_PROXY": "http://p:1"}},
		"as desktops write it": {[]string{"all_proxy=socks://p:1"},
			map[string]string{"all_proxy": "socks://p:1", "HTTP_PROXY": "socks5://p:1", "HTTPS_PROXY": "socks5://p:1"}},
		"beside another": {[]string{"ALL_PROXY=http://p:1", "https_proxy=http://q:1"},
			map[string]string{"ALL_PROXY": "http://p:1", "https_proxy": "http://q:1", "HTTP_PROXY": "http://p:1"}},
	} {
		_, got := client.Environment(c.environ)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestThrough(t *testing.T) {
	vars := map[string]string{"https_proxy": "http://q:1", "ALL_PROXY": "http://p:1", "NO_PROXY": "x", "no_proxy": "y"}
	for _, proxy := range []string{"http://r:1", ""} {
		want := map[string]string{"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy, "NO_PROXY": "x", "no_proxy": "y"}
		if diff := cmp.Diff(want, client.Through(proxy, vars)); diff != "" {
			t.Errorf("%q: %s", proxy, diff)
		}
	}
}
