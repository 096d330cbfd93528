package early

import (
	"path/filepath"
	"testing"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/sdk/client/spawn"
)

func TestPromptLikely(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want bool
	}{
		{nil, true},
		{[]string{"-p", "hi"}, true},
		{[]string{"What", "does", "EADDRINUSE", "mean?"}, true},
		{[]string{"-m", "m", "hello"}, true},
		{[]string{"version"}, false},
		{[]string{"--version"}, false},
		{[]string{"-m", "m", "--help"}, false},
		{[]string{"--provider", "openai", "auth", "status"}, false},
		{[]string{cobra.ShellCompRequestCmd, "--m"}, false},
		{[]string{cobra.ShellCompNoDescRequestCmd, ""}, false},
	} {
		if got := PromptLikely(tt.args); got != tt.want {
			t.Errorf("%q: %t", tt.args, got)
		}
	}
}

// Only qwen itself starts a process, and not if it is a plugin or has been asked
// for something else.
func TestNothingIsStarted(t *testing.T) {
	if started != nil {
		t.Error("this test has started a process")
	}
	prompt := []string{"/usr/bin/qwen", "-p", "hi"}
	for name, p := range map[string]*spawn.Process{
		"no command line":  start(nil, nil),
		"another program":  start([]string{"/tmp/cli.test", "-test.v"}, nil),
		"a name like ours": start([]string{"myqwen", "-p", "hi"}, nil),
		"a command":        start([]string{"qwen", "version"}, nil),
		"a plugin":         start(prompt, []string{"QWEN_PROVIDER_PLUGIN=qwen.provider"}),
	} {
		if p != nil {
			t.Errorf("%s: started process %d", name, p.Pid)
			_ = p.Kill()
		}
	}
}

func TestIsQwen(t *testing.T) {
	for arg, want := range map[string]bool{
		"qwen": true, "qwen.exe": true, "./qwen": true, filepath.Join("a", "qwen"): true,
		"": false, "qwe": false, "xqwen": false, "qwen.test": false, "qwen/": false,
	} {
		if isQwen(arg) != want {
			t.Errorf("%q: %t", arg, !want)
		}
	}
}
