package pluginhost_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/pluginhost"
	"github.com/qwen-cli/qwen/sdk"
)

func open(t *testing.T, h *pluginhost.Host, name string) *pluginhost.Plugin {
	t.Helper()
	p, err := h.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// account asks the process behind p who it is.
func account(t *testing.T, p *pluginhost.Plugin) string {
	t.Helper()
	c, err := p.Token(t.Context(), &sdk.TokenRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return c.Account
}

func TestOpen(t *testing.T) {
	dir := pluginDir(t)
	install(t, dir, "acme")
	h := newHost(t, dir)
	for _, name := range []string{"alpha", "beta", "acme"} {
		p := open(t, h, name)
		if p.Name() != name || p.Description().Name != name || account(t, p) != name {
			t.Errorf("Open(%s) is %s, described as %s", name, p.Name(), p.Description().Name)
		}
	}
}

func TestOpenFailures(t *testing.T) {
	dir := pluginDir(t)
	tests := []struct {
		name string
		kind sdk.ErrorKind
		want string
		hint string
	}{
		{"liar", sdk.KindPlugin, `it calls itself "honest"`, "Rename the file to qwen-provider-honest."},
		{"nameless", sdk.KindPlugin, `it calls itself "../../etc"`, "This is a fault of the plugin"},
		{"broken", sdk.KindPlugin, "ended before it was ready (exit status 4); it said: no licence found", "Is this a qwen"},
		{"mute", sdk.KindInternal, "lost for words", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			install(t, dir, tt.name)
			_, err := newHost(t, dir).Open(t.Context(), tt.name)
			if sdk.KindOf(err) != tt.kind {
				t.Fatalf("Open = %v, want an error of kind %s", err, tt.kind)
			}
			e := sdk.AsError(err)
			if e.Provider != tt.name || !strings.Contains(e.Message, tt.want) || !strings.HasPrefix(e.Hint, tt.hint) {
				t.Errorf("%q, hint %q", e.Error(), e.Hint)
			}
		})
	}
}

func TestCrashIsExplained(t *testing.T) {
	h := newHost(t)
	_, err := open(t, h, "alpha").Token(t.Context(), &sdk.TokenRequest{Connection: sdk.Connection{Endpoint: "exit"}})
	const want = "alpha: the plugin crashed (exit status 7); it said: the disk is full of cats"
	if sdk.KindOf(err) != sdk.KindPlugin || err.Error() != want {
		t.Errorf("error = %q, want %q", err, want)
	}
	if hint := sdk.AsError(err).Hint; !strings.Contains(hint, "report it to its author") {
		t.Errorf("hint = %q", hint)
	}
}

// What came before a crash is delivered, then the crash is told.
func TestCrashInAnswer(t *testing.T) {
	req := &sdk.ChatRequest{Connection: sdk.Connection{Endpoint: "panic"}}
	var err error
	for _, e := range open(t, newHost(t), "alpha").Chat(t.Context(), req) {
		err = e
	}
	if sdk.KindOf(err) != sdk.KindPlugin ||
		!strings.Contains(err.Error(), "the plugin crashed (exit status 2); it said: panic: no more answers") {
		t.Errorf("error = %v", err)
	}
}

// An error of the service keeps its kind and gets the plugin's name.
func TestErrorsNameThePlugin(t *testing.T) {
	p := open(t, newHost(t), "beta")
	var err error
	for _, e := range p.Chat(t.Context(), &sdk.ChatRequest{}) {
		err = e
	}
	if sdk.KindOf(err) != sdk.KindQuota || err.Error() != "beta: that was all" {
		t.Errorf("Chat: %v", err)
	}
	_, err = p.Login(t.Context(), &sdk.LoginRequest{}, nil)
	if sdk.KindOf(err) != sdk.KindUnauthenticated || err.Error() != "beta: who are you" {
		t.Errorf("Login: %v", err)
	}
	_, err = p.Models(t.Context(), &sdk.ModelsRequest{})
	if sdk.KindOf(err) != sdk.KindUnsupported || !strings.HasPrefix(err.Error(), "beta: ") {
		t.Errorf("Models: %v", err)
	}
	if err := p.Revoke(t.Context(), &sdk.RevokeRequest{}); sdk.KindOf(err) != sdk.KindUnsupported {
		t.Errorf("Revoke: %v", err)
	}
}

// A call that fails without a crash is told as what it is, not as a broken
// connection.
func TestFailedCall(t *testing.T) {
	p := open(t, newHost(t), "alpha")
	_, err := p.Token(t.Context(), &sdk.TokenRequest{Connection: sdk.Connection{Endpoint: "fault"}})
	if sdk.KindOf(err) != sdk.KindPlugin || err.Error() != "alpha: my table of models is damaged" {
		t.Errorf("error = %v", err)
	}
	if account(t, p) != "alpha" {
		t.Error("the plugin cannot be used any more")
	}
}

// none waits until no process waits to be wanted: its socket's directory is removed
// beside the first call.
func none(t *testing.T, sockets func() []string) {
	t.Helper()
	for range 500 {
		if len(sockets()) == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("still waiting to be wanted: %s", sockets())
}

func TestPrestart(t *testing.T) {
	sockets := socketDirs(t)
	h := newHost(t)
	h.Prestart()
	h.Prestart() // does not start a second one
	if n := len(sockets()); n != 1 {
		t.Fatalf("%d processes started ahead", n)
	}
	early := open(t, h, "beta")
	if account(t, early) != "beta" {
		t.Error("the process started ahead serves another provider")
	}
	none(t, sockets)
	if p := open(t, h, "beta"); p.Pid() != early.Pid() {
		t.Error("a plugin that runs was started again")
	}
	if p := open(t, h, "alpha"); p.Pid() == early.Pid() {
		t.Error("one process serves two providers")
	}
	h.Close()
	if left := sockets(); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
}

// Several who want the same plugin at once get the same process.
func TestOpenAtOnce(t *testing.T) {
	h := newHost(t)
	plugins := make(chan *pluginhost.Plugin)
	for range 4 {
		go func() {
			p, err := h.Open(t.Context(), "alpha")
			if err != nil {
				t.Error(err)
			}
			plugins <- p
		}()
	}
	first := <-plugins
	for range 3 {
		if p := <-plugins; p != first {
			t.Error("the plugin was started twice")
		}
	}
}

// The process started ahead ends when it is not needed: at once when another
// kind of plugin is wanted, else with the host.
func TestPrestartIsNotLeaked(t *testing.T) {
	sockets := socketDirs(t)
	dir := pluginDir(t)
	install(t, dir, "acme")
	h := newHost(t, dir)
	h.Prestart()
	open(t, h, "acme")
	none(t, sockets)
	h.Prestart()
	h.Close()
	if left := sockets(); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
}

// A process that cannot be started ahead is reported by Open.
func TestPrestartFails(t *testing.T) {
	h := pluginhost.New(pluginhost.Config{
		Self:    filepath.Join(t.TempDir(), "absent"),
		Builtin: []*sdk.Description{{Name: "alpha"}},
	})
	h.Prestart()
	_, err := h.Open(t.Context(), "alpha")
	if sdk.KindOf(err) != sdk.KindPlugin || sdk.AsError(err).Provider != "alpha" {
		t.Errorf("error = %v", err)
	}
}

func TestLogsCarryThePluginsName(t *testing.T) {
	var log bytes.Buffer
	var mu sync.Mutex // go-plugin logs after the end of a process, too
	logger := hclog.New(&hclog.LoggerOptions{Name: "qwen", Level: hclog.Debug, Output: &log, Mutex: &mu})
	h := newLoggingHost(t, logger)
	h.Prestart()
	p := open(t, h, "beta")
	_, _ = p.Token(t.Context(), &sdk.TokenRequest{Connection: sdk.Connection{Endpoint: "exit"}})
	mu.Lock()
	defer mu.Unlock()
	if !strings.Contains(log.String(), "qwen.beta") || !strings.Contains(log.String(), "the disk is full of cats") {
		t.Errorf("log:\n%s", log.String())
	}
}

// One broken plugin does not harm the others in a listing.
func TestDescribe(t *testing.T) {
	sockets := socketDirs(t)
	dir := pluginDir(t)
	for _, name := range []string{"acme", "broken", "liar", "mute", "zoo"} {
		install(t, dir, name)
	}
	h := newHost(t, dir)
	list := h.Candidates()
	h.Describe(t.Context(), list)
	want := map[string]pluginhost.Status{
		"alpha": pluginhost.StatusOK, "beta": pluginhost.StatusOK, "acme": pluginhost.StatusOK, "zoo": pluginhost.StatusOK,
		"broken": pluginhost.StatusBroken, "liar": pluginhost.StatusBroken, "mute": pluginhost.StatusBroken,
	}
	if len(list) != len(want) {
		t.Fatalf("%d candidates", len(list))
	}
	for _, c := range list {
		switch {
		case c.Status != want[c.Name]:
			t.Errorf("%s is %s (%s)", c.Name, c.Status, c.Reason)
		case c.Status == pluginhost.StatusOK && c.Description.Name != c.Name:
			t.Errorf("%s is described as %v", c.Name, c.Description)
		case c.Status == pluginhost.StatusBroken && c.Reason == "":
			t.Errorf("%s is broken for no reason", c.Name)
		}
	}
	if left := sockets(); len(left) > 0 {
		t.Errorf("still running: %s", left)
	}
}

// Release lets go of plugins at once, Close waits for them.
func TestRelease(t *testing.T) {
	sockets := socketDirs(t)
	h := newHost(t)
	p := open(t, h, "alpha")
	h.Release()
	if left := sockets(); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
	if _, err := p.Token(t.Context(), &sdk.TokenRequest{}); err == nil {
		t.Error("a released plugin still answers")
	}
}

// socketDirs returns a function that lists the socket directories of the
// processes started from now on: each process has one until
// there is a connection.
func socketDirs(t *testing.T) func() []string {
	t.Helper()
	tmp, err := os.MkdirTemp("", "q") // short, whatever the test's name is
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(tmp) })
	t.Setenv("TMPDIR", tmp)
	t.Setenv("TMP", tmp) // Windows
	return func() []string {
		dirs, err := filepath.Glob(filepath.Join(tmp, "qwen-*"))
		if err != nil {
			t.Fatal(err)
		}
		return dirs
	}
}
