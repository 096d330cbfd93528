package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// These tests sign in to an OAuth server that nobody here wrote: npm
// oidc-provider, a certified OpenID provider that rotates refresh tokens and
// revokes all of a login when one is used twice. It is installed on demand, into
// the user's cache.

// TestForeignSignIn signs in, renews and loses a login, by the real program.
func TestForeignSignIn(t *testing.T) {
	t.Parallel()
	p := &person{t: t, server: startOIDC(t), home: t.TempDir()}

	if out, code := p.login("approve"); code != 0 {
		t.Fatalf("sign-in: exit code %d\n%s", code, out)
	}
	first := p.token()
	if again := p.token(); again != first {
		t.Error("a valid token was renewed")
	}

	// Twelve processes find it expired at the same moment: one request.
	p.expire()
	before := p.requests()
	renewed := p.tokens(12)
	if n := p.requests() - before; n != 1 {
		t.Errorf("%d token requests for one renewal", n)
	}
	for _, token := range renewed {
		if token == first || token != renewed[0] {
			t.Fatalf("tokens differ or are old: %q", renewed)
		}
	}

	// The refresh token was rotated and stored: it can be used again and again.
	for range 3 {
		p.expire()
		p.token()
	}

	// Revoked: only a new sign-in helps, and the program says so.
	p.control("revoke")
	p.expire()
	out, code := p.run("auth", "token", "qwen-oauth")
	if code != 4 || !strings.Contains(out, "qwen auth login qwen-oauth") {
		t.Errorf("revoked login: exit code %d\n%s", code, out)
	}
	if _, err := os.Stat(p.file()); err != nil {
		t.Errorf("the stored login was removed: %v", err)
	}
}

// TestForeignReuse uses one refresh token twice, as two unlucky programs do: the
// server then revokes the login.
func TestForeignReuse(t *testing.T) {
	t.Parallel()
	p := &person{t: t, server: startOIDC(t), home: t.TempDir()}
	if out, code := p.login("approve"); code != 0 {
		t.Fatalf("sign-in: exit code %d\n%s", code, out)
	}
	old, err := os.ReadFile(p.file())
	if err != nil {
		t.Fatal(err)
	}
	p.expire()
	p.token()
	if err := os.WriteFile(p.file(), old, 0o600); err != nil {
		t.Fatal(err)
	}
	p.expire()
	if out, code := p.run("auth", "token", "qwen-oauth"); code != 4 {
		t.Errorf("a refresh token was used twice: exit code %d\n%s", code, out)
	}
}

func TestForeignDenied(t *testing.T) {
	t.Parallel()
	p := &person{t: t, server: startOIDC(t), home: t.TempDir()}
	out, code := p.login("deny")
	if code != 4 || !strings.Contains(out, "declined") {
		t.Errorf("denied: exit code %d\n%s", code, out)
	}
	if _, err := os.Stat(p.file()); err == nil {
		t.Error("a login was stored")
	}
}

func TestForeignExpired(t *testing.T) {
	t.Parallel()
	p := &person{t: t, server: startOIDC(t, "DEVICE_CODE_TTL=6"), home: t.TempDir()}
	out, code := p.login("")
	if code != 4 || !strings.Contains(out, "expired") {
		t.Errorf("expired: exit code %d\n%s", code, out)
	}
}

// TestForeignClock signs in while the clock is three hours wrong, and asks when it
// is right again: the login outlives that, at the cost of one renewal.
func TestForeignClock(t *testing.T) {
	t.Parallel()
	p := &person{t: t, server: startOIDC(t), home: t.TempDir()}
	if out, code := p.login("approve"); code != 0 {
		t.Fatalf("sign-in: exit code %d\n%s", code, out)
	}
	ask := func(what string, renewals int) {
		t.Helper()
		before := p.requests()
		out, code := p.run("hi")
		if code != 0 || !strings.Contains(out, "welcome") {
			t.Errorf("%s: exit code %d\n%s", what, code, out)
		}
		if n := p.requests() - before; n != renewals {
			t.Errorf("%s: %d renewals, want %d", what, n, renewals)
		}
	}
	signedInAt := func(shift time.Duration) {
		now := time.Now().Add(shift)
		p.edit(func(login map[string]any) {
			login["obtained_at"] = now.UnixMilli()
			login["expiry_date"] = now.Add(time.Hour).UnixMilli()
			login["resource_url"] = p.server + "/qwen/v1"
		})
	}

	// Behind: the token is good but looks expired.
	signedInAt(-3 * time.Hour)
	ask("three hours behind", 1)
	ask("after that", 0)

	// Ahead: it has expired but looks good until the service refuses it.
	signedInAt(3 * time.Hour)
	p.control("expire")
	ask("three hours ahead", 1)
	ask("after that", 0)
}

// A person signs in to a server and has a home to keep the login in.
type person struct {
	t      *testing.T
	server string
	home   string
}

func (p *person) file() string { return filepath.Join(p.home, ".qwen", "oauth_creds.json") }

func (p *person) command(args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	p.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Args[0] = "qwen"
	cmd.Env = []string{
		"HOME=" + p.home, "PATH=" + os.Getenv("PATH"), "QWEN_OAUTH_BASE_URL=" + p.server, "CI=true",
		"GORACE=" + os.Getenv("GORACE"), "GOCOVERDIR=" + os.Getenv("GOCOVERDIR"),
	}
	cmd.Dir = p.home
	return cmd
}

// run runs a command and returns all its output and its exit code.
func (p *person) run(args ...string) (string, int) {
	out, err := p.command(args...).CombinedOutput()
	return string(out), exitStatus(p.t, err)
}

func exitStatus(t *testing.T, err error) int {
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return exit.ExitCode()
	case err != nil:
		t.Error(err)
	}
	return 0
}

var userCode = regexp.MustCompile(`user_code=([A-Z0-9-]+)`)

// login signs in, while somebody approves or denies it as the answer says.
func (p *person) login(answer string) (string, int) {
	cmd := p.command("auth", "login", "qwen-oauth", "--no-verify")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	var out bytes.Buffer
	lines := bufio.NewScanner(io.TeeReader(stderr, &out))
	for lines.Scan() {
		if m := userCode.FindStringSubmatch(lines.Text()); m != nil && answer != "" {
			p.control(answer + "?user_code=" + m[1])
			answer = ""
		}
	}
	return out.String(), exitStatus(p.t, cmd.Wait())
}

// token returns what "qwen auth token" prints.
func (p *person) token() string { return p.tokens(1)[0] }

// tokens returns what several of them print that run at the same time.
func (p *person) tokens(n int) []string {
	tokens := make([]string, n)
	var wg sync.WaitGroup
	for i := range tokens {
		wg.Go(func() {
			out, err := p.command("auth", "token", "qwen-oauth").Output()
			if code := exitStatus(p.t, err); code != 0 {
				p.t.Errorf("auth token: exit code %d", code)
			}
			tokens[i] = strings.TrimSpace(string(out))
		})
	}
	wg.Wait()
	return tokens
}

// expire makes the stored login look expired.
func (p *person) expire() {
	p.edit(func(login map[string]any) {
		login["expiry_date"] = time.Now().Add(-time.Minute).UnixMilli()
		delete(login, "obtained_at")
	})
}

// edit changes the stored login.
func (p *person) edit(change func(login map[string]any)) {
	data, err := os.ReadFile(p.file())
	if err != nil {
		p.t.Fatal(err)
	}
	var login map[string]any
	if err := json.Unmarshal(data, &login); err != nil {
		p.t.Fatal(err)
	}
	change(login)
	if data, err = json.MarshalIndent(login, "", "  "); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(p.file(), data, 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// requests returns how many token requests have arrived.
func (p *person) requests() int {
	n, err := strconv.Atoi(p.control("requests"))
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

// control tells the server something and returns its answer.
func (p *person) control(what string) string {
	resp, err := http.Post(p.server+"/_control/"+what, "", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %s %s", what, resp.Status, body)
	}
	return string(body)
}

// startOIDC starts the server and returns its address.
func startOIDC(t *testing.T, environ ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", "server.mjs")
	cmd.Dir = installOIDC(t)
	cmd.Env = append(os.Environ(), environ...)
	lifeline, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = lifeline.Close()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the OAuth server did not start: %v", err)
	}
	return strings.TrimSpace(line)
}

// oidcFolder is where the server is installed, once for all tests, and why it
// is not.
var oidcFolder = sync.OnceValues(func() (dir, why string) {
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			return "", program + " is not on this machine"
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err.Error()
	}
	dir = filepath.Join(cache, "qwen-tests", "oidc")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err.Error()
	}
	for _, name := range []string{"package.json", "server.mjs"} {
		data, err := os.ReadFile(filepath.Join("testdata", "oidc", name))
		if err != nil {
			return "", err.Error()
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return "", err.Error()
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	npm := exec.CommandContext(ctx, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		return "", "npm install failed: " + string(out)
	}
	return dir, ""
})

func installOIDC(t *testing.T) string {
	t.Helper()
	dir, why := oidcFolder()
	if why != "" {
		t.Skip("no foreign OAuth server: " + why)
	}
	return dir
}
