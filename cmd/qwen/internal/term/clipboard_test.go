package term

import (
	"bytes"
	"strings"
	"testing"
)

func TestCopy(t *testing.T) {
	const osc = "\x1b]52;c;aGk=\a"
	for _, c := range []struct{ variable, want string }{
		{"", osc},
		{"TMUX", osc + "\x1bPtmux;\x1b" + osc + "\x1b\\"},
		{"STY", "\x1bP" + osc + "\x1b\\"},
	} {
		var out bytes.Buffer
		getenv := func(name string) string {
			if name == c.variable {
				return "x"
			}
			return ""
		}
		if err := Copy(&out, getenv, "hi"); err != nil || out.String() != c.want {
			t.Errorf("%s: %q, %v, want %q", c.variable, out.String(), err, c.want)
		}
	}
}

func TestCopyTooLong(t *testing.T) {
	var out bytes.Buffer
	if err := Copy(&out, nil, strings.Repeat("x", maxCopy+1)); err == nil || out.Len() > 0 {
		t.Errorf("Copy = %v, wrote %d bytes", err, out.Len())
	}
}
