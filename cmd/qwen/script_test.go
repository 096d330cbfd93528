package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
	"github.com/qwen-cli/qwen/sdk/serve"
)

var update = flag.Bool("update", false, "update the expected files of the scripts")

// The test binary is three programs: the tests, qwen, and the plugins that the
// scripts install. A built-in provider's process is qwen in plugin mode, just as
// it is outside tests.
func TestMain(m *testing.M) {
	if name, ok := strings.CutPrefix(filepath.Base(os.Args[0]), "qwen-provider-"); ok {
		runTestPlugin(name)
		return
	}
	if serve.IsPlugin() {
		main()
		return
	}
	testscript.Main(m, map[string]func(){"qwen": main})
}

// TestScripts runs the scripts in testdata/script: one behaviour each, by the
// real program and real plugin processes, against a service on loopback. See
// CONTRIBUTING.md for the commands that they have beside testscript's own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setupScript,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"aborted":  cmdAborted,
			"answer":   cmdAnswer,
			"approve":  cmdApprove,
			"deny":     cmdDeny,
			"forget":   cmdForget,
			"oauth":    cmdOAuth,
			"empty":    cmdEmpty,
			"exitcode": cmdExitCode,
			"fault":    cmdFault,
			"gone":     cmdGone,
			"install":  cmdInstall,
			"keys":     cmdKeys,
			"login":    cmdLogin,
			"proxied":  cmdProxied,
			"proxy":    cmdProxy,
			"rate":     cmdRate,
			"received": cmdReceived,
			"refused":  cmdRefused,
			"requests": cmdRequests,
			"reset":    cmdReset,
			"secure":   cmdSecure,
		},
	})
}

type cloudKey struct{}

// setupScript gives each script a home, a service of its own and nothing else of
// the environment that qwen would look at.
func setupScript(env *testscript.Env) error {
	cloud, err := fakecloud.Listen()
	if err != nil {
		return err
	}
	env.Defer(cloud.Close)
	env.Values[cloudKey{}] = cloud
	env.Values[frontKey{}] = &front{}
	home := filepath.Join(env.WorkDir, "home")
	tmp := filepath.Join(env.WorkDir, "tmp")
	for _, dir := range []string{home, tmp} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	env.Setenv("HOME", home)
	env.Setenv("TMPDIR", tmp)
	env.Setenv("QWEN_MAX_RETRIES", "0") // few scripts are about retries; those unset it
	env.Setenv("CLOUD", cloud.URL())
	env.Setenv("OPENAI", cloud.OpenAI())
	env.Setenv("HOST", strings.TrimPrefix(cloud.URL(), "http://"))
	env.Setenv("GOCOVERDIR", os.Getenv("GOCOVERDIR"))
	env.Setenv("GORACE", os.Getenv("GORACE"))
	return nil
}

func cloudOf(ts *testscript.TestScript) *fakecloud.Cloud {
	return ts.Value(cloudKey{}).(*fakecloud.Cloud)
}

// cmdExitCode runs a program and checks its exit code: exitcode N PROGRAM
// ARGS... What it printed can be looked at as after exec.
func cmdExitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode N PROGRAM [ARGS...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// cmdRequests checks how many requests have arrived: requests N|N-M
// [PATH-SUFFIX].
func cmdRequests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: requests N|N-M [PATH-SUFFIX]")
	}
	least, most, isRange := strings.Cut(args[0], "-")
	if !isRange {
		most = least
	}
	low, err := strconv.Atoi(least)
	ts.Check(err)
	high, err := strconv.Atoi(most)
	ts.Check(err)
	got := 0
	for _, r := range cloudOf(ts).Requests() {
		if len(args) == 1 || strings.HasSuffix(r.Path, args[1]) {
			got++
		}
	}
	if got < low || got > high {
		ts.Fatalf("%d requests arrived, want %s:\n%s", got, args[0], requestsJSON(ts))
	}
}

// cmdReset makes the service forget what arrived, its faults, scripts and keys.
func cmdReset(ts *testscript.TestScript, _ bool, _ []string) { cloudOf(ts).Reset() }

// cmdRate limits the rate that the service allows: rate N WINDOW.
func cmdRate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: rate N WINDOW")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	window, err := time.ParseDuration(args[1])
	ts.Check(err)
	cloudOf(ts).SetRate(fakecloud.Rate{Requests: n, Window: window})
}

// cmdRefused checks how many requests the service has refused for their rate.
func cmdRefused(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: refused N")
	}
	if got := strconv.Itoa(cloudOf(ts).Refused()); got != args[0] {
		ts.Fatalf("%s requests were refused, want %s", got, args[0])
	}
}

// cmdReceived checks that something arrived, or did not, at the service or at
// the other origin: [!] received TEXT.
func cmdReceived(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: [!] received TEXT")
	}
	text := requestsJSON(ts)
	if strings.Contains(text, args[0]) == neg {
		ts.Fatalf("received %q: %v, in\n%s", args[0], !neg, text)
	}
}

// requestsJSON returns all that arrived, bodies as the text that they are.
func requestsJSON(ts *testscript.TestScript) string {
	var b strings.Builder
	for _, r := range cloudOf(ts).Requests() {
		header, err := json.Marshal(r.Header)
		ts.Check(err)
		fmt.Fprintf(&b, "%s %s?%s\n%s\n%s\n\n", r.Method, r.Path, r.Query, header, r.Body)
	}
	for _, r := range cloudOf(ts).Elsewhere() {
		fmt.Fprintf(&b, "ELSEWHERE %s %s\n%s\n", r.Method, r.Path, r.Body)
	}
	return b.String()
}

// cmdAborted waits until the service has seen a client go away in the middle of
// an answer.
func cmdAborted(ts *testscript.TestScript, neg bool, args []string) {
	for range 200 {
		for _, r := range cloudOf(ts).Requests() {
			if r.Canceled {
				return
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("no request was cancelled:\n%s", requestsJSON(ts))
}

// cmdKeys sets the keys that the service accepts.
func cmdKeys(ts *testscript.TestScript, _ bool, args []string) { cloudOf(ts).SetKeys(args...) }

// cmdFault adds a fault, as JSON: fault '{"kind":"cut","times":1}'.
func cmdFault(ts *testscript.TestScript, _ bool, args []string) {
	var f fakecloud.Fault
	ts.Check(json.Unmarshal([]byte(strings.Join(args, " ")), &f))
	cloudOf(ts).Fault(f)
}

// cmdAnswer scripts an answer: answer TEXT. In TEXT, \e stands for an escape
// character and \n for a newline.
func cmdAnswer(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.NewReplacer(`\e`, "\x1b", `\n`, "\n").Replace(strings.Join(args, " "))
	cloudOf(ts).Script(fakecloud.Answer{Text: text})
}

// cmdLogin writes an OAuth login into the established tool's file: login ACCESS
// REFRESH LIFETIME [RESOURCE]. The service knows both tokens.
func cmdLogin(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 && len(args) != 4 {
		ts.Fatalf("usage: login ACCESS REFRESH LIFETIME [RESOURCE]")
	}
	lifetime, err := time.ParseDuration(args[2])
	ts.Check(err)
	cloud := cloudOf(ts)
	cloud.SeedToken(args[0], args[1], max(lifetime, time.Millisecond))
	resource := cloud.Qwen()
	if len(args) == 4 {
		resource = args[3]
	}
	data, err := json.MarshalIndent(map[string]any{
		"access_token":  args[0],
		"refresh_token": args[1],
		"token_type":    "Bearer",
		"resource_url":  resource,
		"expiry_date":   time.Now().Add(lifetime).UnixMilli(),
		"from_the_future": map[string]int{
			"kept": 1,
		},
	}, "", "  ")
	ts.Check(err)
	dir := filepath.Join(ts.Getenv("HOME"), ".qwen")
	ts.Check(os.MkdirAll(dir, 0o700))
	ts.Check(os.WriteFile(filepath.Join(dir, "oauth_creds.json"), data, 0o600))
}

// cmdInstall installs a third-party plugin for the user: install NAME. How it
// behaves is in its name; see runTestPlugin.
func cmdInstall(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: install NAME")
	}
	self, err := os.Executable()
	ts.Check(err)
	dir := filepath.Join(ts.Getenv("HOME"), ".qwen", "plugins")
	ts.Check(os.MkdirAll(dir, 0o700))
	target := filepath.Join(dir, "qwen-provider-"+args[0])
	if os.Link(self, target) != nil {
		data, err := os.ReadFile(self)
		ts.Check(err)
		ts.Check(os.WriteFile(target, data, 0o700))
	}
	ts.Check(os.Chmod(target, 0o755))
}

// cmdEmpty checks that nothing is left in a directory: empty DIR.
func cmdEmpty(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: empty DIR")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(entries) > 0 {
		ts.Fatalf("left in %s: %v", args[0], entries)
	}
}

// cmdGone waits until no plugin process of this script is left, for two seconds.
func cmdGone(ts *testscript.TestScript, _ bool, _ []string) {
	var left []string
	for range 200 {
		if left = pluginProcesses(ts.Getenv("TMPDIR")); len(left) == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("plugin processes are left after two seconds: %v", left)
}

// pluginProcesses returns the IDs of the plugin processes that were started with
// the given TMPDIR, where the system can tell.
func pluginProcesses(tmp string) []string {
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	var ids []string
	for _, file := range files {
		environ, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		vars := "\x00" + string(environ)
		if strings.Contains(vars, "\x00TMPDIR="+tmp+"\x00") && strings.Contains(vars, "\x00QWEN_PROVIDER_PLUGIN=") {
			ids = append(ids, filepath.Base(filepath.Dir(file)))
		}
	}
	return ids
}
