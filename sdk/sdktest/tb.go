package sdktest

import "context"

// TB is what this package needs of a test: the part of [testing.TB] that it uses,
// so that the suite itself can be tested. A *testing.T is one.
type TB interface {
	Helper()
	Context() context.Context
	Cleanup(func())
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any) // does not return
	Skipf(format string, args ...any)  // does not return
}
