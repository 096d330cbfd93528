package credstore

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestFileNames(t *testing.T) {
	for _, test := range []struct {
		id   ID
		want string
	}{
		{ID{Provider: "qwen-oauth"}, "oauth_creds.json"},
		{ID{Provider: "qwen-oauth", Name: "work"}, "credentials/qwen-oauth/work.json"},
		{ID{Provider: "openai"}, "credentials/openai/default.json"},
		{ID{Provider: "openai", Name: "ann@example.com"}, "credentials/openai/ann@example.com.json"},
		{ID{Provider: "openai", Name: "Work"}, "credentials/openai/%57ork.json"},
		{ID{Provider: "openai", Endpoint: "http://localhost:11434/v1/"}, "credentials/openai/default~http%3a%2f%2flocalhost%3a11434%2fv1.json"},
		{ID{Provider: "..", Name: ".."}, "credentials/%2e%2e/%2e%2e.json"},
		{ID{Provider: "p", Name: "../../../etc/passwd"}, "credentials/p/%2e.%2f..%2f..%2fetc%2fpasswd.json"},
		{ID{Provider: "p", Name: `..\..\x`}, "credentials/p/%2e.%5c..%5cx.json"},
		{ID{Provider: "p", Name: "/etc"}, "credentials/p/%2fetc.json"},
		{ID{Provider: "p", Name: "a\x00b"}, "credentials/p/a%00b.json"},
		{ID{Provider: "con", Name: "aux.x"}, "credentials/%63on/%61ux.x.json"},
		{ID{Provider: "p", Name: "a~b"}, "credentials/p/a%7eb.json"},
		{ID{Provider: "p", Name: "a:b"}, "credentials/p/a%3ab.json"},
	} {
		got, err := test.id.relPath()
		if err != nil || filepath.ToSlash(got) != test.want {
			t.Errorf("%#v: %q, %v; want %q", test.id, got, err, test.want)
		}
	}
}

func TestRefusedIDs(t *testing.T) {
	for name, id := range map[string]ID{
		"no provider":       {Name: "x"},
		"long name":         {Provider: "p", Name: strings.Repeat("x", 300)},
		"long provider":     {Provider: strings.Repeat("x", 300)},
		"password in URL":   {Provider: "p", Endpoint: "https://u:hunter2@example.com"},
		"key in query":      {Provider: "p", Endpoint: "https://example.com/?key=hunter2"},
		"not a URL":         {Provider: "p", Endpoint: "http://[hunter2"},
		"host without http": {Provider: "p", Endpoint: "hunter2"},
	} {
		_, err := id.relPath()
		if err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error quotes the endpoint: %v", name, err)
		}
	}
}

func TestForeignFilesAreNoCredentials(t *testing.T) {
	for _, name := range []string{"default.json.lock", "default.json.tmp.123", "Default.json", "a%2Fb.json", "%61.json",
		".json", "~x.json", "a~.json", "a%2.json", "a%zz.json", "README"} {
		if id, ok := parsePath("openai", name); ok {
			t.Errorf("%s was taken for %#v", name, id)
		}
	}
}

func FuzzNames(f *testing.F) {
	f.Add("openai", "", "work")
	f.Add("..", "https://example.com/v1/", "../../x")
	f.Add("CON", "http://[::1]:8080", "a~b.")
	f.Add("p", "https://example.com/%7e", "\xff\x00")
	f.Fuzz(func(t *testing.T, provider, endpoint, name string) {
		id, err := ID{Provider: provider, Endpoint: endpoint, Name: name}.canonical()
		if err != nil {
			return
		}
		path, err := id.relPath()
		if err != nil || path == sharedFile {
			return
		}
		dir, file := filepath.Split(path)
		if !filepath.IsLocal(path) || filepath.Dir(filepath.Clean(dir)) != credentialsDir || strings.ToLower(path) != path {
			t.Fatalf("%#v is kept in %q", id, path)
		}
		if got, ok := parsePath(filepath.Base(dir), file); !ok || got != id {
			t.Fatalf("%q stands for %#v, %t; want %#v", path, got, ok, id)
		}
	})
}
