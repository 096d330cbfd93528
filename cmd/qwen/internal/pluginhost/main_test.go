package pluginhost_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/pluginhost"
	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/serve"
)

// TestMain makes this test binary a plugin as well: started by a host under its
// own name it serves the built-in providers, as qwen-provider-NAME it behaves as
// NAME says.
func TestMain(m *testing.M) {
	if serve.IsPlugin() {
		file := strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe")
		if name, ok := strings.CutPrefix(file, "qwen-provider-"); ok {
			runThirdParty(name)
			return
		}
		serve.Main(fake{name: "alpha"}, fake{name: "beta"})
	}
	os.Exit(m.Run())
}

func runThirdParty(name string) {
	switch name {
	case "liar":
		serve.Main(fake{name: "honest"})
	case "nameless":
		serve.Main(fake{name: "../../etc"})
	case "broken":
		fmt.Fprintln(os.Stderr, "no licence found")
		os.Exit(4)
	case "mute":
		serve.Main(fake{name: name, describeErr: sdk.Errorf(sdk.KindInternal, "lost for words")})
	default:
		serve.Main(fake{name: name})
	}
}

// fake is a provider that does as the endpoint of a request tells it.
type fake struct {
	name        string
	describeErr error
}

func (f fake) Describe(context.Context) (*sdk.Description, error) {
	if f.describeErr != nil {
		return nil, f.describeErr
	}
	return &sdk.Description{Name: f.name, DisplayName: "Fake " + f.name}, nil
}

func (f fake) Login(context.Context, *sdk.LoginRequest, sdk.UI) (*sdk.Credential, error) {
	return nil, sdk.Errorf(sdk.KindUnauthenticated, "who are you")
}

func (f fake) Token(_ context.Context, req *sdk.TokenRequest) (*sdk.Credential, error) {
	switch req.Connection.Endpoint {
	case "exit":
		fmt.Fprintln(os.Stderr, "the disk is full of cats")
		os.Exit(7)
	case "fault":
		return nil, sdk.Errorf(sdk.KindPlugin, "my table of models is damaged")
	}
	return &sdk.Credential{Account: f.name}, nil
}

func (f fake) Chat(_ context.Context, req *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		s := sdk.NewStream(yield)
		s.Text("half an ")
		if req.Connection.Endpoint == "panic" {
			go panic("no more answers")
			select {}
		}
		s.Fail(sdk.Errorf(sdk.KindQuota, "that was all"))
	}
}

// newHost returns a host whose built-in providers are alpha and beta, with the
// plugin directories given.
func newHost(t testing.TB, dirs ...string) *pluginhost.Host {
	t.Helper()
	return newLoggingHost(t, nil, dirs...)
}

func newLoggingHost(t testing.TB, logger hclog.Logger, dirs ...string) *pluginhost.Host {
	t.Helper()
	c := pluginhost.Config{
		Self:    self(t),
		Builtin: []*sdk.Description{{Name: "alpha"}, {Name: "beta"}},
		Environ: append(os.Environ(), "GORACE=atexit_sleep_ms=0"), // else a second for each exit
		Logger:  logger,
	}
	for i, dir := range dirs {
		c.Dirs = append(c.Dirs, pluginhost.Dir{Path: dir, Origin: fmt.Sprintf("directory %d", i)})
	}
	h := pluginhost.New(c)
	t.Cleanup(h.Close)
	return h
}

func self(t testing.TB) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// pluginDir returns a directory that nobody else can write to.
func pluginDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func fileName(name string) string {
	if runtime.GOOS == "windows" {
		return "qwen-provider-" + name + ".exe"
	}
	return "qwen-provider-" + name
}

// install puts this test binary into dir as the plugin called name.
func install(t *testing.T, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, fileName(name))
	if err := os.Link(self(t), path); err != nil {
		copyFile(t, self(t), path)
	}
	if err := os.Chmod(path, 0o755); err != nil { // the linker made it writable by the group
		t.Fatal(err)
	}
	return path
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		t.Fatal(err)
	}
}

// place puts a file into dir that is never run.
func place(t testing.TB, dir, file string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(dir, file)
	if err := os.WriteFile(path, []byte("#!/bin/false\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask
		t.Fatal(err)
	}
	return path
}
