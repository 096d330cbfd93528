package pluginhost_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/pluginhost"
	"github.com/qwen-cli/qwen/sdk"
)

func TestCandidates(t *testing.T) {
	first, second := pluginDir(t), pluginDir(t)
	inFirst := place(t, first, fileName("acme"), 0o755)
	inSecond := place(t, second, fileName("acme"), 0o755)
	other := place(t, second, fileName("z-9"), 0o500)
	alpha := place(t, first, fileName("alpha"), 0o755)
	for _, file := range []string{"README", "qwen-provider-", fileName("Upper"), fileName("-x"), fileName("a_b"), "x" + fileName("acme")} {
		place(t, first, file, 0o755)
	}
	got := newHost(t, first, filepath.Join(first, "absent"), second).Candidates()
	want := []*pluginhost.Candidate{
		{Name: "alpha", Origin: pluginhost.OriginBuiltin, Status: pluginhost.StatusOK},
		{Name: "beta", Origin: pluginhost.OriginBuiltin, Status: pluginhost.StatusOK},
		{Name: "acme", Path: inFirst, Origin: "directory 0", Status: pluginhost.StatusOK},
		{Name: "alpha", Path: alpha, Origin: "directory 0", Status: pluginhost.StatusShadowed,
			Reason: "the name is taken by the built-in provider"},
		{Name: "acme", Path: inSecond, Origin: "directory 2", Status: pluginhost.StatusShadowed,
			Reason: "the name is taken by " + inFirst},
		{Name: "z-9", Path: other, Origin: "directory 2", Status: pluginhost.StatusOK},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(pluginhost.Candidate{}, "Description")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNames(t *testing.T) {
	dir := pluginDir(t)
	place(t, dir, fileName("acme"), 0o755)
	place(t, dir, fileName("alpha"), 0o755)
	if err := os.Mkdir(filepath.Join(dir, fileName("folder")), 0o700); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"acme", "alpha", "beta"}, newHost(t, dir).Names()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What somebody else could have put there, or could change, is listed with the
// reason and never run.
func TestRefused(t *testing.T) {
	tests := []struct {
		name   string
		make   func(t *testing.T, dir string)
		reason string
		unix   bool
	}{
		{"symlink", func(t *testing.T, dir string) {
			target := place(t, pluginDir(t), "target", 0o755)
			if err := os.Symlink(target, filepath.Join(dir, fileName("acme"))); err != nil {
				t.Skip(err) // needs a privilege on Windows
			}
		}, "symbolic link", false},
		{"directory", func(t *testing.T, dir string) {
			if err := os.Mkdir(filepath.Join(dir, fileName("acme")), 0o700); err != nil {
				t.Fatal(err)
			}
		}, "not a regular file", false},
		{"not executable", func(t *testing.T, dir string) {
			place(t, dir, fileName("acme"), 0o644)
		}, "not executable; run: chmod u+x", true},
		{"file of the group", func(t *testing.T, dir string) {
			place(t, dir, fileName("acme"), 0o775)
		}, "acme can be written by others; run: chmod go-w", true},
		{"file of the world", func(t *testing.T, dir string) {
			place(t, dir, fileName("acme"), 0o757)
		}, "acme can be written by others; run: chmod go-w", true},
		{"directory of the world", func(t *testing.T, dir string) {
			place(t, dir, fileName("acme"), 0o755)
			if err := os.Chmod(dir, 0o777); err != nil {
				t.Fatal(err)
			}
		}, "can be written by others; run: chmod go-w", true},
		{"foreign file", func(t *testing.T, dir string) {
			giveAway(t, place(t, dir, fileName("acme"), 0o755))
		}, "acme belongs to another user", true},
		{"foreign directory", func(t *testing.T, dir string) {
			place(t, dir, fileName("acme"), 0o755)
			giveAway(t, dir)
		}, "belongs to another user", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.unix && runtime.GOOS == "windows" {
				t.Skip("access lists are not looked at on Windows")
			}
			dir := pluginDir(t)
			tt.make(t, dir)
			checkRefused(t, dir, tt.reason)
		})
	}
}

// giveAway makes path somebody else's, which only root can do.
func giveAway(t *testing.T, path string) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root")
	}
	if err := os.Chown(path, 4242, 4242); err != nil {
		t.Fatal(err)
	}
}

// A relative directory would be another one wherever the user stands.
func TestRelativeDirectoryIsRefused(t *testing.T) {
	dir := pluginDir(t)
	place(t, dir, fileName("acme"), 0o755)
	t.Chdir(dir)
	checkRefused(t, ".", "depends on the working directory")
}

// checkRefused expects one plugin called acme in dir, which is refused.
func checkRefused(t *testing.T, dir, reason string) {
	t.Helper()
	h := newHost(t, dir)
	c := h.Candidates()[2]
	if c.Name != "acme" || c.Status != pluginhost.StatusRefused || !strings.Contains(c.Reason, reason) {
		t.Errorf("listed as %s, %s, %q; want it refused for %q", c.Name, c.Status, c.Reason, reason)
	}
	_, err := h.Open(t.Context(), "acme")
	if sdk.KindOf(err) != sdk.KindPlugin || !strings.Contains(err.Error(), reason) {
		t.Errorf("Open = %v, want it refused for %q", err, reason)
	}
}

// A plugin that is refused does not keep its name from a good one.
func TestRefusedDoesNotShadow(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("access lists are not looked at on Windows")
	}
	first, second := pluginDir(t), pluginDir(t)
	place(t, first, fileName("acme"), 0o777)
	good := install(t, second, "acme")
	p, err := newHost(t, first, second).Open(t.Context(), "acme")
	if err != nil || p.Candidate.Path != good {
		t.Errorf("Open = %v, %v; want %s", p, err, good)
	}
}

func TestUnknown(t *testing.T) {
	dir := pluginDir(t)
	place(t, dir, fileName("acme"), 0o755)
	h := newHost(t, dir)
	tests := []struct{ typed, hint string }{
		{"alhpa", `Did you mean "alpha"? There are: acme, alpha, beta.`},
		{"acm", `Did you mean "acme"?`},
		{"be", `Did you mean "beta"?`},
		{"b", `There are: acme, alpha, beta. "qwen plugins list" shows`},
		{"gemini", `There are: acme, alpha, beta. "qwen plugins list" shows`},
		{"../acme", `There are:`},
	}
	for _, tt := range tests {
		_, err := h.Open(t.Context(), tt.typed)
		if sdk.KindOf(err) != sdk.KindConfig {
			t.Errorf("Open(%q) = %v, want an error of kind config", tt.typed, err)
			continue
		}
		if e := sdk.AsError(err); !strings.Contains(e.Message, tt.typed) || !strings.HasPrefix(e.Hint, tt.hint) {
			t.Errorf("Open(%q) = %q, hint %q, want %q", tt.typed, e.Message, e.Hint, tt.hint)
		}
	}
}

func TestValidName(t *testing.T) {
	for name, want := range map[string]bool{
		"openai": true, "coding-plan": true, "9router": true, "a": true,
		"": false, "-a": false, "A": false, "a b": false, "a/b": false, "a.b": false, "ü": false,
	} {
		if got := pluginhost.ValidName(name); got != want {
			t.Errorf("ValidName(%q) = %v", name, got)
		}
	}
}

func BenchmarkCandidates(b *testing.B) {
	dir := pluginDir(b)
	for i := range 50 {
		place(b, dir, fileName(fmt.Sprintf("p%d", i)), 0o755)
	}
	h := newHost(b, dir)
	b.ReportAllocs()
	for b.Loop() {
		h.Candidates()
	}
}
