package client_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/sdk"
	"github.com/qwen-cli/qwen/sdk/client"
	"github.com/qwen-cli/qwen/sdk/serve"
)

// modeEnv makes this test binary a plugin that behaves as its value says.
const modeEnv = "TEST_PLUGIN_MODE"

func TestMain(m *testing.M) {
	if mode := os.Getenv(modeEnv); mode != "" {
		runPlugin(mode)
		return
	}
	os.Exit(m.Run())
}

func runPlugin(mode string) {
	switch mode {
	case "good":
		serve.Main(&echo{})
	case "noisy":
		fmt.Println("Welcome to ACME!")
		serve.Main(&echo{})
	case "foreign":
		if err := foreignPlugin(); err != nil {
			panic(err)
		}
	case "two":
		serve.Main(&echo{name: "one"}, &echo{name: "two"})
	case "crash":
		fmt.Fprintln(os.Stderr, "cannot find my left shoe")
		os.Exit(3)
	case "panic":
		panic("no shoes at all")
	case "garbage":
		fmt.Println("<html>hello</html>")
		_, _ = io.Copy(io.Discard, os.Stdin)
	case "flood":
		line := strings.Repeat("y", 100) + "\n"
		for {
			if _, err := os.Stdout.WriteString(line); err != nil {
				return
			}
		}
	case "hang":
		select {}
	case "version":
		fmt.Println("1|99|unix|/nowhere|grpc|")
		_, _ = io.Copy(io.Discard, os.Stdin)
	case "deaf":
		deaf()
	case "closed":
		_ = os.Stdout.Close()
		_, _ = io.Copy(io.Discard, os.Stdin)
	}
}

// deaf completes the handshake and never answers on its socket.
func deaf() {
	path := filepath.Join(os.Getenv("PLUGIN_UNIX_SOCKET_DIR"), "deaf")
	if _, err := net.Listen("unix", path); err != nil {
		panic(err)
	}
	fmt.Printf("1|1|unix|%s|grpc|\n", path)
	select {}
}

// echo is a provider that tells about its process.
type echo struct{ name string }

func (e *echo) Describe(context.Context) (*sdk.Description, error) {
	name := e.name
	if name == "" {
		name = "echo"
	}
	return &sdk.Description{Name: name}, nil
}

func (e *echo) Login(context.Context, *sdk.LoginRequest, sdk.UI) (*sdk.Credential, error) {
	stdin, err := io.ReadAll(os.Stdin)
	return &sdk.Credential{Account: fmt.Sprintf("%d bytes on stdin, error %v", len(stdin), err)}, nil
}

// Token returns the process's environment as the secret.
func (e *echo) Token(_ context.Context, req *sdk.TokenRequest) (*sdk.Credential, error) {
	switch req.Connection.Endpoint {
	case "environ":
		return &sdk.Credential{Secret: sdk.Secret(strings.Join(os.Environ(), "\n"))}, nil
	case "child":
		child := exec.Command("sleep", "600")
		if err := child.Start(); err != nil {
			return nil, err
		}
		return &sdk.Credential{Account: fmt.Sprint(child.Process.Pid)}, nil
	case "exit":
		fmt.Fprintln(os.Stderr, "leaving now")
		os.Exit(7)
	}
	return req.Connection.Credential, nil
}

func (e *echo) Chat(ctx context.Context, req *sdk.ChatRequest) iter.Seq2[sdk.Event, error] {
	return func(yield func(sdk.Event, error) bool) {
		s := sdk.NewStream(yield)
		size := 0
		for _, m := range req.Messages {
			for _, p := range m.Parts {
				if image, ok := p.(*sdk.Image); ok {
					size += len(image.Data)
				}
			}
		}
		s.Text(fmt.Sprint(size))
		s.Finish(&sdk.Finished{Reason: sdk.FinishStop})
	}
}

// spawn starts this test binary as a plugin.
func spawn(t *testing.T, mode string, change ...func(*client.Options)) *client.Process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	env, private := client.Environment(os.Environ())
	o := client.Options{Path: self, Env: append(env, modeEnv+"="+mode), Private: private}
	for _, c := range change {
		c(&o)
	}
	p, err := client.Spawn(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func connect(t *testing.T, p *client.Process, name string) sdk.Provider {
	t.Helper()
	provider, err := p.Connect(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return provider
}

func TestConnect(t *testing.T) {
	for _, mode := range []string{"good", "noisy"} {
		t.Run(mode, func(t *testing.T) {
			d, err := connect(t, spawn(t, mode), "").Describe(t.Context())
			if err != nil || d.Name != "echo" {
				t.Fatalf("Describe = %v, %v", d, err)
			}
		})
	}
}

func TestProviderOfSeveral(t *testing.T) {
	d, err := connect(t, spawn(t, "two"), "two").Describe(t.Context())
	if err != nil || d.Name != "two" {
		t.Fatalf("Describe = %v, %v", d, err)
	}
}

// Whatever a plugin does instead of starting, the error says it, soon, and the
// process is gone.
func TestFailures(t *testing.T) {
	const short, long = 400 * time.Millisecond, 10 * time.Second // for what ends by a limit, and for what does not
	tests := []struct {
		mode string
		want []string // parts of the message
	}{
		{"crash", []string{"ended before it was ready (exit status 3)", "cannot find my left shoe"}},
		{"panic", []string{"exit status 2", "panic: no shoes at all"}},
		{"garbage", []string{"not a qwen provider plugin", "<html>hello</html>"}},
		{"flood", []string{"not a qwen provider plugin", "yyyy"}},
		{"hang", []string{"did not start within 400ms"}},
		{"version", []string{"speaks version 99", "speaks version 1"}},
		{"deaf", []string{"took no connection within 400ms"}},
		{"closed", []string{"closed its standard output without a handshake"}},
	}
	for _, tt := range tests {
		t.Run(tt.mode, func(t *testing.T) {
			limit := long
			if strings.Contains(tt.want[0], short.String()) {
				limit = short
			}
			p := spawn(t, tt.mode, func(o *client.Options) { o.StartTimeout = limit })
			_, err := p.Connect(t.Context(), "")
			if sdk.KindOf(err) != sdk.KindPlugin {
				t.Fatalf("error = %v, want one of kind plugin", err)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error = %q, want %q in it", err, want)
				}
			}
			select {
			case <-p.Exited():
			default:
				t.Error("the process still runs")
			}
		})
	}
}

// The last words of a process that has ended before it is greeted are heard.
func TestEndedBeforeGreeting(t *testing.T) {
	p := spawn(t, "crash")
	<-p.Exited()
	_, err := p.Connect(t.Context(), "")
	if err == nil || !strings.Contains(err.Error(), "cannot find my left shoe") {
		t.Errorf("error = %v", err)
	}
}

func TestConnectCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := spawn(t, "hang")
	time.AfterFunc(20*time.Millisecond, cancel)
	start := time.Now()
	if _, err := p.Connect(ctx, ""); !errors.Is(err, context.Canceled) || p.ExitReason() == "" {
		t.Errorf("error = %v, want context.Canceled; %q", err, p.ExitReason())
	}
	if took := time.Since(start); took > 250*time.Millisecond {
		t.Errorf("it took %s", took)
	}
}

func TestSpawnErrors(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("neither script nor program"), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := []struct{ path, want string }{
		{filepath.Join(dir, "absent"), "no such file"},
		{write("plain", 0o600), "not executable"},
		{write("text", 0o700), "not a program for this machine"},
	}
	for _, tt := range tests {
		_, err := client.Spawn(client.Options{Path: tt.path})
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.path) {
			t.Errorf("Spawn(%s) = %v, want %q", filepath.Base(tt.path), err, tt.want)
		}
	}
}

// A plugin sees neither the host's secrets nor its standard input, and proxy
// passwords only inside the process.
func TestIsolation(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "sk-very-secret")
	t.Setenv("HTTPS_PROXY", "http://user:password@proxy.example:3128")
	p := spawn(t, "good")
	provider := connect(t, p, "")

	c, err := provider.Token(t.Context(), &sdk.TokenRequest{Connection: sdk.Connection{Endpoint: "environ"}})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(c.Secret.Reveal(), "sk-very-secret") {
		t.Error("the plugin sees the host's OPENAI_API_KEY")
	}
	if !strings.Contains(c.Secret.Reveal(), "HTTPS_PROXY=http://user:password@") {
		t.Error("the plugin does not know the proxy")
	}
	if runtime.GOOS == "linux" {
		block, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.Pid()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(block, []byte("password")) {
			t.Error("the proxy's password is in the process's environment block")
		}
	}
	c, err = provider.Login(t.Context(), &sdk.LoginRequest{}, nil)
	if err != nil || c.Account != "0 bytes on stdin, error <nil>" {
		t.Errorf("stdin of the plugin: %v, %v", c, err)
	}
}

func TestProcessName(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("looks into /proc")
	}
	p := spawn(t, "hang", func(o *client.Options) { o.Name = "acme-provider" })
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.Pid()))
	if err != nil || string(line) != "acme-provider\x00" {
		t.Errorf("command line %q, %v", line, err)
	}
}

func TestLargeImage(t *testing.T) {
	provider := connect(t, spawn(t, "good"), "")
	req := &sdk.ChatRequest{Messages: []sdk.Message{{Role: sdk.RoleUser, Parts: []sdk.Part{
		&sdk.Image{Media: sdk.Media{MediaType: "image/png", Data: make([]byte, 20<<20)}},
	}}}}
	var text string
	for event, err := range provider.Chat(t.Context(), req) {
		if err != nil {
			t.Fatal(err)
		}
		if d, ok := event.(*sdk.Delta); ok {
			text += d.Text
		}
	}
	if text != fmt.Sprint(20<<20) {
		t.Errorf("the plugin received %s bytes", text)
	}
}

func TestClose(t *testing.T) {
	p := spawn(t, "good", func(o *client.Options) { o.StopTimeout = 10 * time.Second })
	connect(t, p, "")
	p.Close()
	if reason := p.ExitReason(); reason != "exit status 0" {
		t.Errorf("ended with %q, want a graceful end", reason)
	}
}

// A plugin that ignores the end of its lifeline is killed: a person who pressed
// Ctrl-C waits half a second at most.
func TestCloseKills(t *testing.T) {
	p := spawn(t, "hang")
	start := time.Now()
	p.Close()
	if p.ExitReason() != "signal: killed" || time.Since(start) > 500*time.Millisecond {
		t.Errorf("%q after %s", p.ExitReason(), time.Since(start))
	}
}

func TestExitInCall(t *testing.T) {
	p := spawn(t, "good")
	_, err := connect(t, p, "").Token(t.Context(), &sdk.TokenRequest{Connection: sdk.Connection{Endpoint: "exit"}})
	if sdk.KindOf(err) != sdk.KindPlugin {
		t.Errorf("error = %v, want one of kind plugin", err)
	}
	<-p.Exited()
	if p.ExitReason() != "exit status 7" || p.LastWords() != "leaving now" {
		t.Errorf("reason %q, last words %q", p.ExitReason(), p.LastWords())
	}
}

// The socket's directory goes once there is a connection, so that nothing stays
// behind whatever happens to the two processes later.
func TestSocketDirIsRemoved(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	provider := connect(t, spawn(t, "good"), "")
	for deadline := time.Now().Add(2 * time.Second); ; time.Sleep(time.Millisecond) {
		left, err := os.ReadDir(tmp)
		if err == nil && len(left) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("left in TMPDIR: %v, %v", left, err)
		}
	}
	if _, err := provider.Describe(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSocketDirIsRemovedAfterFailure(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	if _, err := spawn(t, "crash").Connect(t.Context(), ""); err == nil {
		t.Error("no error")
	}
	left, err := os.ReadDir(tmp)
	if err != nil || len(left) > 0 {
		t.Errorf("left in TMPDIR: %v, %v", left, err)
	}
}

func TestLongTempDir(t *testing.T) {
	long := filepath.Join(t.TempDir(), strings.Repeat("a long name ", 12))
	if err := os.MkdirAll(long, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", long)
	connect(t, spawn(t, "good"), "")
}
