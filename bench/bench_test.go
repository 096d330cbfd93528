//go:build unix

package main

import (
	"bufio"
	"math"
	"strings"
	"testing"
)

func TestQuantile(t *testing.T) {
	for _, tt := range []struct {
		samples []float64
		q, want float64
	}{
		{[]float64{3}, 0.9, 3},
		{[]float64{3, 1, 2}, 0.5, 2},
		{[]float64{4, 1, 3, 2}, 0.5, 2.5},
		{[]float64{1, 2, 3, 4, 5}, 1, 5},
	} {
		if got := quantile(tt.samples, tt.q); got != tt.want {
			t.Errorf("quantile(%v, %v) = %v, want %v", tt.samples, tt.q, got, tt.want)
		}
	}
	if got := quantile(nil, 0.5); !math.IsNaN(got) {
		t.Errorf("of nothing: %v", got)
	}
}

// A machine that gets slower in the middle of a run makes no program slower than
// the other.
func TestRatioIsTakenInRounds(t *testing.T) {
	if got := ratio([]float64{2, 2, 20, 20, 20}, []float64{1, 1, 10, 10, 10}); got != 2 {
		t.Errorf("ratio = %v", got)
	}
}

func TestFacts(t *testing.T) {
	f := parseFacts("start 1000\nexit 3000 7\ncpu 5\ncpu 6\npeak 100\npeak 20\noutput 2000 42\ntransit 8 9\n")
	if f.code != 7 || f.cpu != 11 || f.rss != 120 || f.processes != 2 || f.size != 42 {
		t.Errorf("%+v", f)
	}
	s := f.samples(nil)
	if s[Wall][0] != 2e-6 || s[FirstOut][0] != 1e-6 || len(s[Transit]) != 2 || s[FirstByte] != nil {
		t.Errorf("%v", s)
	}
}

func TestInitTimes(t *testing.T) {
	const trace = `init internal/bytealg @0.012 ms, 0.5 ms clock, 0 bytes, 0 allocs
a program's own word
init net/http @1.3 ms, 0.25 ms clock, 4096 bytes, 3 allocs
`
	all, worst := initTimes(bufio.NewScanner(strings.NewReader(trace)))
	if all != 0.75e-3 || worst != 0.5e-3 {
		t.Errorf("%v, %v", all, worst)
	}
}

func TestVerdicts(t *testing.T) {
	oneShot := func(curlWall, qwenWall float64) *Report {
		return &Report{Cases: []Case{{Name: "one-shot", Subjects: []Subject{
			{curl, map[Metric][]float64{Wall: {curlWall}}},
			{qwen, map[Metric][]float64{Wall: {qwenWall}}},
		}}}}
	}
	for _, tt := range []struct {
		report *Report
		want   string
	}{
		{&Report{}, "not measured"},
		{oneShot(1, 2), "**no**"},
		{oneShot(1, 1.6), "yes"},
		{oneShot(1, 1.3), "yes, and the aim"},
	} {
		if v := verdicts(tt.report)[0]; v.Met != tt.want {
			t.Errorf("%+v, want %q", v, tt.want)
		}
	}
}

func TestReplies(t *testing.T) {
	if got := replies([]byte("\x1b[?25l\x1b[6nhello\x1b[c")); got != "\x1b[?62;22c\x1b[1;1R" {
		t.Errorf("%q", got)
	}
}

func TestMarkdown(t *testing.T) {
	text := markdown(&Report{
		Cases:   []Case{{Title: "One", Show: []Metric{Wall}, Subjects: []Subject{{curl, map[Metric][]float64{Wall: {0.01, 0.02}}}}}},
		Missing: []Missing{{"Two", "no reason"}},
	})
	for _, want := range []string{"### One (2 runs)\n\n|  | wall |\n|---|---|\n| curl -N | 15.0 (11.0–19.0) |\n", "- Two: no reason\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}
