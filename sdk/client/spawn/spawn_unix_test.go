//go:build unix

package spawn_test

import (
	"bufio"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/qwen-cli/qwen/sdk/client/spawn"
)

// start starts a shell as if it were a plugin. The test's own thread lives longer
// than the shell.
func start(t *testing.T, script string) *spawn.Process {
	t.Helper()
	p, err := spawn.Start(spawn.Options{Path: "/bin/sh", Args: []string{"-c", script}, Name: "acme", Env: []string{"A=b"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(p.Dir) })
	return p
}

func TestStreamsAndEnvironment(t *testing.T) {
	p := start(t, `read line; echo "$line $A $QWEN_PROVIDER_PLUGIN"; echo "$0 $PLUGIN_UNIX_SOCKET_DIR" >&2`)
	if _, err := io.WriteString(p.Stdin, "hello\n"); err != nil {
		t.Fatal(err)
	}
	out, _ := bufio.NewReader(p.Stdout).ReadString('\n')
	errs, _ := bufio.NewReader(p.Stderr).ReadString('\n')
	if reason := p.Wait(); reason != "exit status 0" {
		t.Error(reason)
	}
	if out != "hello b qwen.provider\n" || !strings.HasSuffix(errs, " "+p.Dir+"\n") {
		t.Errorf("%q, %q", out, errs)
	}
}

func TestWaitSaysHow(t *testing.T) {
	for script, want := range map[string]string{
		"exit 3":        "exit status 3",
		"kill -TERM $$": "signal: terminated",
		"kill -KILL $$": "signal: killed",
	} {
		if got := start(t, script).Wait(); got != want {
			t.Errorf("%s: %q, want %q", script, got, want)
		}
	}
}

func TestKillTakesTheGroup(t *testing.T) {
	p := start(t, "sleep 600 & wait")
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	if got := p.Wait(); got != "signal: killed" {
		t.Error(got)
	}
	if _, err := io.ReadAll(p.Stdout); err != nil { // ends when nobody has it open
		t.Error(err)
	}
}

func TestNothingIsLeftOfAFailure(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	if _, err := spawn.Start(spawn.Options{Path: tmp + "/absent"}); err == nil {
		t.Fatal("no error")
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestInPlugin(t *testing.T) {
	if spawn.InPlugin([]string{"A=b", "QWEN_PROVIDER_PLUGIN=1"}) || !spawn.InPlugin([]string{"A=b", "QWEN_PROVIDER_PLUGIN=qwen.provider"}) {
		t.Error("the cookie is not looked for")
	}
}
