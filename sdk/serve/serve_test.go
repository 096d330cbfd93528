package serve

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/internal/launch"
	"github.com/qwen-cli/qwen/sdk/sdktest"
)

// envBeMain makes this test binary a plugin's executable.
const envBeMain = "SERVE_TEST_BE_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(envBeMain) != "" {
		Main(named("acme"), named("umbrella"))
	}
	os.Exit(m.Run())
}

func named(name string) *sdktest.Fake {
	d := sdktest.FakeDescription()
	d.Name = name
	return &sdktest.Fake{Description: d}
}

// run runs this binary as a plugin's executable, and returns what it prints and its
// exit code.
func run(t *testing.T, stdin string, env ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), append(env, envBeMain+"=1")...)
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func TestMainByHand(t *testing.T) {
	stdout, stderr, code := run(t, "")
	if code != 2 || stdout != "" {
		t.Errorf("exit code %d, standard output %q; want 2 and nothing", code, stdout)
	}
	for _, say := range []string{"provider plugin for qwen", "acme, umbrella", "qwen plugins list"} {
		if !strings.Contains(stderr, say) {
			t.Errorf("%q does not say %q", stderr, say)
		}
	}
}

// A host that goes away before its greeting is no reason to wait.
func TestMainWithoutGreeting(t *testing.T) {
	stdout, stderr, code := run(t, "", launch.Handshake.MagicCookieKey+"="+launch.Handshake.MagicCookieValue,
		"PLUGIN_PROTOCOL_VERSIONS=1")
	if code != 1 || stdout != "" || !strings.Contains(stderr, "before its greeting") {
		t.Errorf("exit code %d, standard output %q, standard error %q", code, stdout, stderr)
	}
}

func TestIsPlugin(t *testing.T) {
	t.Setenv(launch.Handshake.MagicCookieKey, "")
	if IsPlugin() {
		t.Error("started by hand, and taken for a plugin")
	}
	t.Setenv(launch.Handshake.MagicCookieKey, launch.Handshake.MagicCookieValue)
	if !IsPlugin() {
		t.Error("started by a host, and not taken for a plugin")
	}
}

func TestChoose(t *testing.T) {
	acme, umbrella := named("acme"), named("umbrella")
	two := []sdk.Provider{acme, umbrella}
	for _, tt := range []struct {
		name      string
		providers []sdk.Provider
		wanted    string
		want      sdk.Provider // nil for an error
	}{
		{"the only one", two[:1], "acme", acme},
		{"the only one, whatever its name", two[:1], "umbrella", acme},
		{"the first", two, "acme", acme},
		{"the second", two, "umbrella", umbrella},
		{"no such", two, "initech", nil},
		{"not said which", two, "", nil},
		{"none at all", nil, "acme", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &server{providers: tt.providers, hello: &launch.Hello{Provider: tt.wanted}}
			got, err := s.choose()
			if got != tt.want || (err == nil) != (tt.want != nil) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	s := &server{providers: two, hello: &launch.Hello{Provider: "initech"}}
	if _, err := s.choose(); err == nil || !strings.Contains(err.Error(), `no provider "initech"`) || !strings.Contains(err.Error(), "acme, umbrella") {
		t.Errorf("the error says %v", err)
	}
}
