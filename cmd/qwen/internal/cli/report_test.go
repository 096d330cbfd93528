package cli

import (
	"strings"
	"testing"
)

func TestFormatIn(t *testing.T) {
	tests := []struct{ args, want string }{
		{"", "text"},
		{"-p hi", "text"},
		{"-p json --nonsense", "text"},
		{"-o json --nonsense", "json"},
		{"--nonsense -o stream-json", "stream-json"},
		{"models --output-format=json of all", "json"},
		{"--output-format json", "json"},
		{"-ojson", "json"},
		{"-o=json", "json"},
		{"-o json -o text", "text"},
		{"-o xml", "text"},
		{"-o", "text"},
		{"-- -o json", "text"},
	}
	for _, tt := range tests {
		if got := formatIn(strings.Fields(tt.args)); got != tt.want {
			t.Errorf("formatIn(%s) = %s, want %s", tt.args, got, tt.want)
		}
	}
}
