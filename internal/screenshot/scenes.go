package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/internal/tmuxtest"
	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// A scene is what leads to a picture.
type scene struct {
	name   string
	rows   int
	signed bool // somebody has signed in before
	args   []string
	act    func(s *stage)
}

func scenes() []scene {
	return []scene{
		{name: "chat", rows: 40, signed: true, act: chat},
		{name: "streaming", rows: 22, signed: true, act: streaming},
		{name: "commands", rows: 14, signed: true, act: func(s *stage) {
			s.Type("/")
			s.WaitFor("/auth", "/model")
		}},
		{name: "auth", rows: 14, signed: true, act: func(s *stage) {
			s.Enter("/auth")
			s.WaitFor("Use a login, or sign in", "type to filter")
		}},
		{name: "sign-in", rows: 24, act: deviceSignIn},
		{name: "error", rows: 20, signed: true, act: failure},
		{name: "plain", rows: 20, signed: true, args: []string{"--plain"}, act: plain},
	}
}

// A stage is the program in a terminal, with a service of its own.
type stage struct {
	*tmuxtest.Terminal
	cloud *fakecloud.Cloud
}

// play plays the scene and returns what is on the screen then.
func (s scene) play(r *runner, program string) screen {
	home, err := os.MkdirTemp("", "qwen-screenshot-")
	if err != nil {
		r.Fatalf("%v", err)
	}
	r.Cleanup(func() { _ = os.RemoveAll(home) })
	cloud, err := fakecloud.Listen()
	if err != nil {
		r.Fatalf("%v", err)
	}
	r.Cleanup(cloud.Close)
	cloud.SetOAuth(fakecloud.OAuthOptions{VerificationURI: "https://chat.example.com/authorize", UserCode: "WDJB-MJHT"})
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "COLORTERM=truecolor", "QWEN_BACKGROUND=dark",
		"QWEN_OAUTH_BASE_URL=" + cloud.OAuthURL(), "QWEN_MAX_RETRIES=0"}
	dir := filepath.Join(home, "work")
	if err := os.Mkdir(dir, 0o700); err != nil {
		r.Fatalf("%v", err)
	}
	if s.signed {
		signIn(r, program, env, cloud)
	}
	term := tmuxtest.Start(r, tmuxtest.Options{
		Command: append([]string{program}, s.args...), Dir: dir, Env: env, Columns: 80, Rows: s.rows,
	})
	if s.signed {
		term.WaitFor("work")
	}
	s.act(&stage{term, cloud})
	seen := screen{rows: parse(stable(term.Styled(), cloud))}
	_, _ = fmt.Sscan(term.Query("#{cursor_y} #{cursor_x} #{cursor_flag}"), &seen.row, &seen.column, &seen.cursor)
	return seen
}

// signIn stores two logins, of which the one called work is in use.
func signIn(r *runner, program string, env []string, cloud *fakecloud.Cloud) {
	for _, login := range [][]string{
		{"coding-plan", "--key", "sk-sp-0123456789abcdef", "--region", "china", "--no-verify"},
		{"openai", "--openai-base-url", cloud.OpenAI(), "--key", "sk-0123456789abcdef", "--model", "qwen3-coder-plus", "--profile", "work", "--no-verify"},
	} {
		cmd := exec.Command(program, append([]string{"auth", "login"}, login...)...)
		cmd.Env = env
		if out, err := cmd.CombinedOutput(); err != nil {
			r.Fatalf("%v: %s", err, out)
		}
	}
}

// stable replaces what differs from run to run by something of the same width.
func stable(screen string, cloud *fakecloud.Cloud) string {
	host := strings.TrimPrefix(cloud.URL(), "http://")
	screen = strings.ReplaceAll(screen, host, ("llm.example.com" + strings.Repeat(" ", len(host)))[:len(host)])
	return regexp.MustCompile(`\b\d\.\d s\b`).ReplaceAllString(screen, "2.4 s")
}

const answer = `## A context carries three things

1. a **deadline**, after which nobody waits any more,
2. the wish to *stop*, and
3. values of the request, which should be few.

Pass it on as the first argument, and never keep it in a struct
([why](https://go.dev/blog/context-and-structs)):

` + "```go" + `
ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
defer cancel() // also when all goes well

rows, err := db.QueryContext(ctx, "SELECT name FROM users")
` + "```" + `

| function | ends when |
|---|---|
| ` + "`WithCancel`" + ` | somebody calls cancel |
| ` + "`WithTimeout`" + ` | its time is over: 超时 |
`

func chat(s *stage) {
	s.cloud.Script(fakecloud.Answer{Reasoning: "They know Go. Be brief.", Text: answer, Delay: 10 * time.Millisecond})
	s.Enter("What is a context in Go good for?")
	s.WaitFor("超时", " s · qwen3")
}

func streaming(s *stage) {
	s.cloud.Script(fakecloud.Answer{Text: answer + strings.Repeat("\n\nMore.", 500), Delay: 60 * time.Millisecond})
	s.Enter("What is a context in Go good for?")
	s.WaitFor("which should be few")
	s.Enter("And what should I not put into it?")
	s.WaitFor("queued: And", "Answering", "2*time.Second", "Esc to stop")
}

func deviceSignIn(s *stage) {
	s.WaitFor("Qwen OAuth")
	s.Type("oauth")
	s.WaitGone("OpenAI")
	s.Press("Enter")
	s.WaitFor("WDJB-MJHT", "expires in 9:5")
}

func failure(s *stage) {
	s.cloud.Fault(fakecloud.Fault{Status: 401, Times: 1})
	s.Enter("Are you there?")
	s.WaitFor("✗", "/retry")
	s.Press("C-y")
	s.WaitFor("You said: Are you there?", " s · qwen3")
}

func plain(s *stage) {
	s.cloud.Script(fakecloud.Answer{Text: "The address is in use: another process listens on that port."})
	s.Enter("What does EADDRINUSE mean?")
	s.WaitFor("on that port.")
	s.Enter("/model")
	s.WaitFor("Number")
}
