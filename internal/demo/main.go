// Command demo shows qwen at work without an account and without a network: it
// starts a model service on loopback and runs the real program against it, each
// provider in a process of its own.
//
//	go run ./internal/demo bin/qwen
//
// With -readme FILE it writes what it has shown into that file, between the
// lines "<!-- transcript -->" and "<!-- /transcript -->"; with -check as well it
// only compares.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

func main() {
	readme := flag.String("readme", "", "write the transcript into this `FILE`")
	check := flag.Bool("check", false, "with -readme: compare only")
	flag.Parse()
	if err := run(flag.Arg(0), *readme, *check); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// A step is one command of the demonstration.
type step struct {
	comment string
	env     []string
	command string // for the shell
	answer  string // what the model says; empty: its usual echo
	login   bool   // with a stored login
	fails   bool   // and is meant to
}

func steps() []step {
	openai := []string{"OPENAI_API_KEY=sk-demo-key", "OPENAI_BASE_URL={cloud}/v1"}
	plan := []string{"OPENAI_API_KEY=sk-sp-demo-key", "OPENAI_BASE_URL={cloud}/coding/v1"}
	oauth := []string{"QWEN_OAUTH_BASE_URL={cloud}"}
	return []step{
		{
			comment: "An OpenAI-compatible service: a key in the environment is enough.",
			env:     openai, command: `qwen "What does EADDRINUSE mean?"`,
			answer: "The address is already in use: another process listens on that port.\n",
		},
		{
			comment: "Text can be piped in; standard output holds the answer and nothing else.",
			env:     openai, command: `printf 'one\ntwo\nthree\n' | qwen -p "How many lines?" | tr a-z A-Z`,
			answer: "three lines\n",
		},
		{
			comment: "The Coding Plan: the sk-sp- key says which provider is meant.",
			env:     plan, command: `qwen -m qwen3-coder-plus "Reverse a slice in Go"`,
			answer: "slices.Reverse(s)\n",
		},
		{
			comment: "Qwen OAuth: the login that is stored in ~/.qwen.",
			env:     oauth, command: `qwen "Say hello"`, login: true,
			answer: "Hello!\n",
		},
		{
			comment: "A wrong key: who refused it, what to do, and an exit code to act on.",
			env:     []string{"OPENAI_API_KEY=sk-wrong-key", "OPENAI_BASE_URL={cloud}/v1"},
			command: `qwen "Hello?"; echo "exit code $?"`, fails: true,
		},
		{
			comment: "As whom, where, and who said so.",
			env:     openai, command: `qwen auth status`,
		},
		{
			comment: "Every provider is a plugin in a process of its own.",
			command: `qwen plugins list 2>/dev/null`,
		},
	}
}

func run(program, readme string, check bool) error {
	if program == "" {
		return errors.New("usage: demo [-readme FILE [-check]] PROGRAM")
	}
	program, err := filepath.Abs(program)
	if err != nil {
		return err
	}
	cloud := fakecloud.New()
	defer cloud.Close()
	cloud.SetKeys("sk-demo-key", "sk-sp-demo-key")
	home, err := os.MkdirTemp("", "qwen-demo-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(home) }()
	var transcript bytes.Buffer
	for _, s := range steps() {
		if err := s.run(io.MultiWriter(os.Stdout, &transcript), cloud, program, home); err != nil {
			return err
		}
	}
	if readme == "" {
		return nil
	}
	return writeTranscript(readme, stable(transcript.String(), cloud, home), check)
}

// storeLogin stores a login as the established tool does, and returns what removes
// it again.
func storeLogin(cloud *fakecloud.Cloud, home string) (remove func(), err error) {
	cloud.SeedToken("demo-access-token", "demo-refresh-token", time.Hour)
	data, err := json.Marshal(map[string]any{
		"access_token":  "demo-access-token",
		"refresh_token": "demo-refresh-token",
		"token_type":    "Bearer",
		"resource_url":  cloud.Qwen(),
		"expiry_date":   time.Now().Add(time.Hour).UnixMilli(),
	})
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(home, ".qwen")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "oauth_creds.json")
	return func() { _ = os.Remove(file) }, os.WriteFile(file, data, 0o600)
}

// run runs one command in an environment of its own and shows it as a terminal
// would.
func (s step) run(out io.Writer, cloud *fakecloud.Cloud, program, home string) error {
	cloud.Script()
	if s.answer != "" {
		cloud.Script(fakecloud.Answer{Text: s.answer})
	}
	if s.login {
		remove, err := storeLogin(cloud, home)
		if err != nil {
			return err
		}
		defer remove()
	}
	_, _ = fmt.Fprintf(out, "# %s\n", s.comment)
	for _, v := range s.env {
		_, _ = fmt.Fprintf(out, "$ export %s\n", strings.ReplaceAll(v, "{cloud}", cloud.URL()))
	}
	_, _ = fmt.Fprintf(out, "$ %s\n", s.command)
	cmd := exec.Command("sh", "-c", s.command)
	cmd.Dir = home
	cmd.Env = []string{"HOME=" + home, "PATH=" + filepath.Dir(program) + string(filepath.ListSeparator) + os.Getenv("PATH")}
	for _, v := range s.env {
		cmd.Env = append(cmd.Env, strings.ReplaceAll(v, "{cloud}", cloud.URL()))
	}
	var shown bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.MultiWriter(out, &shown), io.MultiWriter(out, &shown)
	err := cmd.Run()
	_, _ = fmt.Fprintln(out)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", s.command, err)
	case !s.fails && strings.Contains(shown.String(), "qwen: "):
		return fmt.Errorf("%s: failed", s.command)
	}
	return nil
}

// stable replaces what differs from run to run by text of the same width.
func stable(text string, cloud *fakecloud.Cloud, home string) string {
	return strings.NewReplacer(
		cloud.URL(), "http://localhost:54321",
		strings.TrimPrefix(cloud.URL(), "http://"), "localhost:54321",
		home, "/home/ann",
	).Replace(text)
}

const (
	begin = "<!-- transcript -->\n"
	end   = "<!-- /transcript -->\n"
)

// writeTranscript puts the transcript into the file, or says that it differs.
func writeTranscript(file, transcript string, check bool) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(old), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s: no place for the transcript", file)
	}
	text := head + begin + "```console\n" + strings.TrimRight(transcript, "\n") + "\n```\n" + end + tail
	switch {
	case text == string(old):
		return nil
	case check:
		return fmt.Errorf("%s: the transcript differs from what the program shows; run: make readme", file)
	}
	return os.WriteFile(file, []byte(text), 0o644)
}
