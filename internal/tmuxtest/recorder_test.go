package tmuxtest_test

import (
	"fmt"
	"runtime"
	"testing"
)

// A recorder is a test that passes on how it fails.
type recorder struct {
	t      *testing.T
	failed chan<- string
}

func (r *recorder) Helper()          {}
func (r *recorder) Cleanup(f func()) { r.t.Cleanup(f) }

func (r *recorder) Fatalf(format string, args ...any) {
	r.failed <- fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Skipf(format string, args ...any) { r.Fatalf(format, args...) }
