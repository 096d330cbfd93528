package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/internal/tmuxtest"
	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// A desk is where somebody sits: a home of their own, a model service of their own,
// and terminals to run the program in.
type desk struct {
	*testing.T
	cloud *fakecloud.Cloud
	home  string
	work  string // the working directory

	env     []string // variables beside those that everybody has
	term    string   // what TERM says; "": what tmux says
	columns int      // of the terminals; 0: 100
	rows    int      // 0: 30
}

// newDesk returns a desk at which nobody has signed in yet.
func newDesk(t *testing.T) *desk {
	t.Helper()
	t.Parallel()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed: the program is not seen on a terminal")
	}
	root := t.TempDir()
	d := &desk{T: t, cloud: newCloud(t), home: filepath.Join(root, "home"), work: filepath.Join(root, "home", "work")}
	for _, dir := range []string{d.work, filepath.Join(root, "tmp")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	d.set("PATH="+os.Getenv("PATH"), "HOME="+d.home, "TMPDIR="+filepath.Join(root, "tmp"), "EDITOR=false",
		"GOCOVERDIR="+os.Getenv("GOCOVERDIR"), "GORACE="+os.Getenv("GORACE"),
		"QWEN_MAX_RETRIES=0", "QWEN_OAUTH_BASE_URL="+d.cloud.OAuthURL())
	d.cloud.SetOAuth(fakecloud.OAuthOptions{Interval: 10 * time.Millisecond})
	return d
}

func newCloud(t *testing.T) *fakecloud.Cloud {
	t.Helper()
	cloud, err := fakecloud.Listen()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cloud.Close)
	return cloud
}

// set sets variables, NAME=VALUE.
func (d *desk) set(variables ...string) { d.env = append(d.env, variables...) }

// connect gives the program a service and a key by its environment.
func (d *desk) connect() *desk {
	d.set("OPENAI_API_KEY=key-of-the-environment", "OPENAI_BASE_URL="+d.cloud.OpenAI(), "OPENAI_MODEL=some-model")
	return d
}

// open runs the program in a terminal.
func (d *desk) open(args ...string) *tmuxtest.Terminal {
	d.Helper()
	return tmuxtest.Start(d, tmuxtest.Options{
		Command: append([]string{"qwen"}, args...), Dir: d.work, Env: d.env, Term: d.term, Columns: d.columns, Rows: d.rows,
	})
}

// chat begins a chat, and waits until it takes keys.
func (d *desk) chat(args ...string) *tmuxtest.Terminal {
	d.Helper()
	term := d.open(args...)
	term.WaitFor("? keys")
	return term
}

// host is how the program names the service.
func (d *desk) host() string { return strings.TrimPrefix(d.cloud.URL(), "http://") }

// write writes a file into the working directory.
func (d *desk) write(name, text string) {
	d.Helper()
	path := filepath.Join(d.work, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		d.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.Fatal(err)
	}
}

// eventually waits until a condition holds that no terminal shows.
func (d *desk) eventually(what string, holds func() bool) {
	d.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			d.Fatalf("not within 30 s: %s", what)
		}
	}
}

// A chatRequest is what arrived at a service, as far as the tests look at it.
type chatRequest struct {
	Model    string
	Messages []struct {
		Role    string
		Content any // a text, or parts
	}
	key string
}

// chatRequests returns those that have arrived at a service.
func chatRequests(t *testing.T, cloud *fakecloud.Cloud) []chatRequest {
	t.Helper()
	var list []chatRequest
	for _, r := range cloud.Requests() {
		if !strings.HasSuffix(r.Path, "/chat/completions") {
			continue
		}
		c := chatRequest{key: r.Key()}
		if err := json.Unmarshal([]byte(r.Body), &c); err != nil {
			t.Fatalf("%v in %s", err, r.Body)
		}
		list = append(list, c)
	}
	return list
}

// asked returns the request with a prompt, which has arrived at a service once. How
// often a login was tried is not counted.
func asked(t *testing.T, cloud *fakecloud.Cloud, prompt string) chatRequest {
	t.Helper()
	var found []chatRequest
	var others []string
	for _, r := range chatRequests(t, cloud) {
		if r.prompt() == prompt {
			found = append(found, r)
		}
		others = append(others, r.prompt())
	}
	if len(found) != 1 {
		t.Fatalf("%q was asked %d times; asked was %q", prompt, len(found), others)
	}
	return found[0]
}

// said returns what the messages of a request say: "user: hi | assistant: …".
func (r chatRequest) said() string {
	var list []string
	for _, m := range r.Messages {
		list = append(list, m.Role+": "+contentText(m.Content))
	}
	return strings.Join(list, " | ")
}

// prompt returns the text of the last message.
func (r chatRequest) prompt() string {
	if len(r.Messages) == 0 {
		return ""
	}
	return contentText(r.Messages[len(r.Messages)-1].Content)
}

func contentText(content any) string {
	parts, ok := content.([]any)
	if !ok {
		text, _ := content.(string)
		return text
	}
	var texts []string
	for _, p := range parts {
		part, _ := p.(map[string]any)
		switch text, ok := part["text"].(string); {
		case ok:
			texts = append(texts, text)
		default:
			kind, _ := part["type"].(string)
			texts = append(texts, "["+kind+"]")
		}
	}
	return strings.Join(texts, "\n")
}

// tick is the time between the pieces of an answer that takes longer than the test.
const tick = 20 * time.Millisecond

// bare returns a directory with nothing but some programs in it, as a search path.
func (d *desk) bare(names ...string) string {
	d.Helper()
	dir := d.TempDir()
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err == nil {
			err = os.Symlink(path, filepath.Join(dir, name))
		}
		if err != nil {
			d.Fatal(err)
		}
	}
	return dir
}
