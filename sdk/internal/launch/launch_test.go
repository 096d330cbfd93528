package launch

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-plugin"
)

// What go-plugin looks for in its environment is what we put there.
func TestSocketDirVariable(t *testing.T) {
	if EnvSocketDir != plugin.EnvUnixSocketDir {
		t.Errorf("we say %s, go-plugin says %s", EnvSocketDir, plugin.EnvUnixSocketDir)
	}
}

func TestHelloRoundTrip(t *testing.T) {
	sent := &Hello{
		Provider:        "acme",
		Certificate:     "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n",
		Key:             "k",
		HostCertificate: "h",
		Environment:     map[string]string{"HTTPS_PROXY": "http://ann:päss\u2028\n@proxy:1"},
		LogLevel:        "debug",
	}
	var line bytes.Buffer
	n, err := sent.WriteTo(&line)
	if err != nil || n != int64(line.Len()) || strings.Count(line.String(), "\n") != 1 || !strings.HasSuffix(line.String(), "\n") {
		t.Fatalf("wrote %d bytes, %v: %q; want one line", n, err, line.String())
	}
	got, err := ReadHello(iotest.OneByteReader(&line))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sent, got); diff != "" {
		t.Error(diff)
	}
}

// The pipe stays open behind the greeting: reading it must not wait for more.
func TestReadHelloDoesNotWaitForMore(t *testing.T) {
	r, w := io.Pipe()
	t.Cleanup(func() { _ = w.Close() })
	go func() { _, _ = (&Hello{Provider: "acme"}).WriteTo(w) }()
	if h, err := ReadHello(r); err != nil || h.Provider != "acme" {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestReadHelloRefuses(t *testing.T) {
	padded := func(size int) string { return "{" + strings.Repeat(" ", size-3) + "}\n" }
	for _, tt := range []struct {
		name, line string
		says       string // "" for a good greeting
	}{
		{"smallest", "{}\n", ""},
		{"fields of a newer host", `{"provider":"acme","colour":"red"}` + "\n", ""},
		{"as long as allowed", padded(maxHello), ""},
		{"longer", padded(maxHello + 1), "standard input"},
		{"end at once", "", "closed standard input before its greeting"},
		{"end within the line", `{"provider":"acme"}`, "closed standard input before its greeting"},
		{"not JSON", "hello, sk-12345\n", "is not JSON"},
		{"no object", "[]\n", "is not JSON"},
		{"empty line", "\n", "is not JSON"},
		{"a field of another type", `{"certificate":1}` + "\n", "is not JSON"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ReadHello(strings.NewReader(tt.line))
			switch {
			case tt.says == "" && err != nil:
				t.Error(err)
			case tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)):
				t.Errorf("got %v, want an error with %q", err, tt.says)
			case err != nil && strings.Contains(err.Error(), "sk-12345"):
				t.Errorf("%v repeats what was sent", err)
			}
		})
	}
	broken := iotest.ErrReader(io.ErrClosedPipe)
	if _, err := ReadHello(broken); err == nil || !strings.Contains(err.Error(), "reading the host's greeting") {
		t.Errorf("broken pipe: %v", err)
	}
}

// FuzzReadHello checks that what is accepted comes out the same when it is written
// again, and that its certificates are looked at without a panic.
func FuzzReadHello(f *testing.F) {
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"provider":"a","certificate":"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n","key":"","host_certificate":"x"}` + "\nrest"))
	f.Add([]byte(`{"environment":{"A":"b"},"log_level":"info"}`))
	f.Add([]byte("\xff\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := ReadHello(bytes.NewReader(data))
		if err != nil {
			return
		}
		_, _ = h.PluginTLS()
		var line bytes.Buffer
		if _, err := h.WriteTo(&line); err != nil {
			t.Fatal(err)
		}
		if line.Len() > maxHello {
			return // escapes have made it longer
		}
		again, err := ReadHello(&line)
		if err != nil {
			t.Fatal(err)
		}
		if len(h.Environment) == 0 {
			h.Environment = nil // left out when written
		}
		if diff := cmp.Diff(h, again); diff != "" {
			t.Error(diff)
		}
	})
}
