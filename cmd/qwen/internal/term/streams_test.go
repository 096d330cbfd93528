package term

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestOpenFileIsNoTerminal(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	std := Open(f, f, f)
	if std.In.Terminal || std.Out.Terminal || std.Err.Terminal {
		t.Errorf("a file is taken for a terminal: %+v", std)
	}
	if w := std.Out.Width(); w != 0 {
		t.Errorf("Width = %d, want 0", w)
	}
	if _, err := io.WriteString(std.Out, "x"); err != nil {
		t.Error(err)
	}
}

func TestOpenClosedFile(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	if std := Open(f, f, f); std.Out.Terminal || std.Out.Width() != 0 {
		t.Error("a closed file is taken for a terminal")
	}
}

func TestColor(t *testing.T) {
	type env map[string]string
	for _, c := range []struct {
		name     string
		off      bool
		env      env
		terminal bool
		want     bool
	}{
		{"terminal", false, nil, true, true},
		{"pipe", false, nil, false, false},
		{"flag", true, nil, true, false},
		{"flag wins over force", true, env{"CLICOLOR_FORCE": "1"}, true, false},
		{"NO_COLOR", false, env{"NO_COLOR": "1"}, true, false},
		{"NO_COLOR empty does not count", false, env{"NO_COLOR": ""}, true, true},
		{"NO_COLOR wins over force", false, env{"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, true, false},
		{"forced into a pipe", false, env{"CLICOLOR_FORCE": "1"}, false, true},
		{"force 0 does not count", false, env{"CLICOLOR_FORCE": "0"}, false, false},
		{"CLICOLOR=0", false, env{"CLICOLOR": "0"}, true, false},
		{"dumb terminal", false, env{"TERM": "dumb"}, true, false},
		{"real terminal", false, env{"TERM": "xterm-256color"}, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			color := Color{Off: c.off}
			if c.env != nil {
				color.Getenv = func(name string) string { return c.env[name] }
			}
			if got := color.For(Output{Terminal: c.terminal}); got != c.want {
				t.Errorf("For = %v, want %v", got, c.want)
			}
		})
	}
}
