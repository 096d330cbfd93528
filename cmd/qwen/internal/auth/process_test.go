package auth

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/credstore"
	"github.com/qwen-cli/qwen/sdk"
)

// Variables that turn the test binary into a process with a session of its own.
const (
	childRoot     = "AUTH_TEST_ROOT"
	childURL      = "AUTH_TEST_URL"
	childProvider = "AUTH_TEST_PROVIDER"
	childRejected = "AUTH_TEST_REJECTED"
)

func TestMain(m *testing.M) {
	if root := os.Getenv(childRoot); root != "" {
		runChild(root)
		return
	}
	os.Exit(m.Run())
}

// runChild waits for the start signal, gets a credential and prints it.
func runChild(root string) {
	session := processSession(root, os.Getenv(childURL), credstore.ID{Provider: os.Getenv(childProvider)})
	fmt.Println("ready")
	_, _ = io.ReadAll(os.Stdin)
	var c *sdk.Credential
	var err error
	if failed := os.Getenv(childRejected); failed != "" {
		c, err = session.Rejected(context.Background(), &sdk.Credential{Secret: sdk.Secret(failed)})
	} else {
		c, err = session.Credential(context.Background())
	}
	if err != nil {
		fmt.Println("error:", err)
		return
	}
	fmt.Println(c.Secret.Reveal())
}

func processSession(root, url string, id credstore.ID) *Session {
	store := credstore.NewFile(root)
	return NewSession(Config{ID: id, Store: store, Locker: store, Refresher: httpRefresher(url)})
}

// An httpRefresher renews tokens at a token endpoint (RFC 6749 section 6).
type httpRefresher string

func (u httpRefresher) Token(ctx context.Context, req *sdk.TokenRequest) (*sdk.Credential, error) {
	form := url.Values{"refresh_token": {req.Connection.Credential.RefreshToken.Reveal()}}
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, string(u), strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(post)
	if err != nil {
		return nil, sdk.Errorf(sdk.KindNetwork, "token endpoint: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, sdk.Errorf(sdk.KindUnauthenticated, "token endpoint: %s", resp.Status)
	}
	var answer struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return nil, sdk.Errorf(sdk.KindProtocol, "token endpoint: %w", err)
	}
	return &sdk.Credential{Kind: sdk.CredentialOAuth, Secret: sdk.Secret(answer.Access),
		RefreshToken: sdk.Secret(answer.Refresh), Expiry: time.Now().Add(time.Hour)}, nil
}

// A tokenServer rotates refresh tokens: each is good once, and the second use of
// one revokes the whole family, as RFC 9700 section 4.14.2 advises.
type tokenServer struct {
	*httptest.Server
	hold chan struct{} // if not nil, requests are received and then held

	mu       sync.Mutex
	received chan struct{}
	requests int
	current  int
	revoked  bool
}

func newTokenServer(t *testing.T) *tokenServer {
	s := &tokenServer{current: 1, received: make(chan struct{}, 100)}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *tokenServer) serve(w http.ResponseWriter, r *http.Request) {
	token := r.PostFormValue("refresh_token")
	s.received <- struct{}{}
	if hold := s.holding(); hold != nil {
		<-hold
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	if s.revoked || token != fmt.Sprintf("refresh-%d", s.current) {
		s.revoked = true
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	s.current++
	fmt.Fprintf(w, `{"access_token":"access-%d","refresh_token":"refresh-%[1]d"}`, s.current)
}

func (s *tokenServer) holding() chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hold
}

func (s *tokenServer) setHold(hold chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold = hold
}

type child struct {
	*exec.Cmd
	start io.Closer
	out   *bufio.Reader
}

func startChild(t *testing.T, root, url, provider, rejected string) *child {
	t.Helper()
	c := &child{Cmd: exec.Command(os.Args[0])}
	c.Env = append(os.Environ(), childRoot+"="+root, childURL+"="+url, childProvider+"="+provider, childRejected+"="+rejected)
	c.Stderr = os.Stderr
	in, err1 := c.StdinPipe()
	out, err2 := c.StdoutPipe()
	if err := cmp.Or(err1, err2, c.Start()); err != nil {
		t.Fatal(err)
	}
	c.start, c.out = in, bufio.NewReader(out)
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	if line := c.line(); line != "ready" {
		t.Fatalf("child said %q", line)
	}
	return c
}

func (c *child) line() string {
	line, _ := c.out.ReadString('\n')
	return strings.TrimSpace(line)
}

func putExpired(t *testing.T, root string, id credstore.ID, validFor time.Duration) {
	t.Helper()
	c := stored(validFor)
	c.Extra = map[string]json.RawMessage{"unknown": json.RawMessage(`12345678901234567890`)}
	if _, err := credstore.NewFile(root).Put(t.Context(), id, c); err != nil {
		t.Fatal(err)
	}
}

func TestTwelveProcessesRenewOnce(t *testing.T) {
	for _, provider := range []string{"qwen-oauth", "acme"} {
		for name, rejected := range map[string]string{"expired": "", "refused": "access-1"} {
			t.Run(provider+"/"+name, func(t *testing.T) { testTwelveProcesses(t, provider, rejected) })
		}
	}
}

func testTwelveProcesses(t *testing.T, provider, rejected string) {
	root, server, id := filepath.Join(t.TempDir(), ".qwen"), newTokenServer(t), credstore.ID{Provider: provider}
	validFor := -time.Second
	if rejected != "" {
		validFor = time.Hour
	}
	putExpired(t, root, id, validFor)
	children := make([]*child, 12)
	for i := range children {
		children[i] = startChild(t, root, server.URL, provider, rejected)
	}
	for _, c := range children {
		_ = c.start.Close()
	}
	for i, c := range children {
		if got := c.line(); got != "access-2" {
			t.Errorf("process %d got %q", i, got)
		}
	}
	if server.requests != 1 {
		t.Errorf("%d requests for a token, want 1", server.requests)
	}
	c, err := credstore.NewFile(root).Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if c.Secret != "access-2" || c.RefreshToken != "refresh-2" || string(c.Extra["unknown"]) != "12345678901234567890" {
		t.Errorf("the file holds %+v", c)
	}
}

// A process that is killed while it waits for the token endpoint leaves the login
// as it was, and the next one renews it without waiting.
func TestKilledInMidRenewal(t *testing.T) {
	root, server := filepath.Join(t.TempDir(), ".qwen"), newTokenServer(t)
	hold := make(chan struct{})
	defer close(hold)
	server.setHold(hold)
	putExpired(t, root, testID, -time.Second)

	victim := startChild(t, root, server.URL, testID.Provider, "")
	_ = victim.start.Close()
	<-server.received
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait()
	server.setHold(nil)

	c, err := credstore.NewFile(root).Get(t.Context(), testID)
	if err != nil || c.RefreshToken != "refresh-1" {
		t.Errorf("after the kill: %+v, %v", c, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	c, err = processSession(root, server.URL, testID).Credential(ctx)
	if err != nil || c.Secret != "access-2" {
		t.Errorf("the next process: %+v, %v", c, err)
	}
}

var errLock = errors.New("no lock to be had")

type failingLocker struct{}

func (failingLocker) Lock(context.Context, credstore.ID) (func() error, error) { return nil, errLock }
