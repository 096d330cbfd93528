package sdktest

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"github.com/qwen-cli/qwen/sdk"
)

// Config says what to test.
type Config struct {
	// New returns the provider. It is called for every case.
	New func() sdk.Provider

	// Service starts a service with the given behaviour and has t end it. It
	// returns nil for a behaviour that it does not offer. A nil Service offers
	// none.
	Service func(t TB, b Behaviour) *Service

	// Remote says that the provider of New is behind the protocol already: it
	// is not put into a [Pair] once more.
	Remote bool

	// Skip has cases that do not apply to this provider, by ID, each with the
	// reason.
	Skip map[string]string

	// Patience is how long a call may take; 0 for half a minute.
	Patience time.Duration
}

// A Case is one demand of the suite.
type Case struct {
	// ID is stable: it names the case in reports, in documentation and in
	// Config.Skip.
	ID string

	// Doc says what the case does and what it demands.
	Doc string

	// Why says what goes wrong for people where the demand is not met.
	Why string

	// Needs is the behaviour of the service that the case talks to; empty if it
	// needs no service.
	Needs Behaviour

	// heavy cases move megabytes; Run runs them through the protocol only.
	heavy bool

	run func(TB, *subject)
}

// Cases returns all cases, in the order in which they run.
func Cases() []Case {
	return slices.Concat(describeCases(), loginCases(), tokenCases(), answerCases(), requestCases(),
		toolCases(), errorCases(), controlCases())
}

// Run runs the suite: each case is a subtest, under "direct" on the provider
// itself and under "pair" through the protocol.
func Run(t *testing.T, c Config) {
	t.Helper()
	checkSkips(t, c.Skip)
	t.Run("direct", func(t *testing.T) {
		for _, test := range Cases() {
			if test.heavy && !c.Remote {
				continue
			}
			t.Run(test.ID, func(t *testing.T) { test.Run(t, c) })
		}
	})
	if c.Remote {
		return
	}
	t.Run("pair", func(t *testing.T) {
		for _, test := range Cases() {
			t.Run(test.ID, func(t *testing.T) {
				paired := c
				paired.New = func() sdk.Provider { return Pair(t, c.New()) }
				paired.Remote = true
				test.Run(t, paired)
			})
		}
	})
}

// checkSkips fails for an ID that no case has: a case that was renamed would
// otherwise be back unnoticed, or a typo skip nothing.
func checkSkips(t TB, skip map[string]string) {
	t.Helper()
	cases := Cases()
	for id := range skip {
		if !slices.ContainsFunc(cases, func(c Case) bool { return c.ID == id }) {
			t.Errorf("Config.Skip: there is no case %q", id)
		}
	}
}

// Run runs the case on the provider of c.New as it is.
func (test Case) Run(t TB, c Config) {
	t.Helper()
	if reason, ok := c.Skip[test.ID]; ok {
		t.Skipf("does not apply: %s", reason)
	}
	s := &subject{config: &c}
	if test.Needs != "" {
		s.start(t, test.Needs)
	}
	s.provider = c.New()
	test.run(t, s)
}

// subject is what a case is about.
type subject struct {
	config   *Config
	provider sdk.Provider
	*Service // nil if the case needs none
}

// start starts the service, or skips the case.
func (s *subject) start(t TB, b Behaviour) {
	t.Helper()
	if s.config.Service != nil {
		s.Service = s.config.Service(t, b)
	}
	if s.Service == nil {
		t.Skipf("the service of this test does not offer the behaviour %q", b)
	}
}

func (s *subject) patience() time.Duration {
	if s.config.Patience > 0 {
		return s.config.Patience
	}
	return 30 * time.Second
}

// within runs call, which has to come back in time: with a context that ends
// after the suite's patience, and at the latest when it has ended. A panic fails
// the case.
func (s *subject) within(t TB, what string, call func(context.Context)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), s.patience())
	defer cancel()
	done := make(chan string, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				done <- fmt.Sprintf("%v\n%s", v, debug.Stack())
				return
			}
			done <- ""
		}()
		call(ctx)
	}()
	select {
	case stack := <-done:
		if stack != "" {
			t.Fatalf("%s panicked:\n%s", what, stack)
		}
	case <-time.After(2 * s.patience()):
		t.Fatalf("%s did not return after its context had ended", what)
	}
}

// describe returns the provider's description.
func (s *subject) describe(t TB) *sdk.Description {
	t.Helper()
	var d *sdk.Description
	var err error
	s.within(t, "Describe", func(ctx context.Context) { d, err = s.provider.Describe(ctx) })
	if err != nil {
		t.Fatalf("Describe: %v", err)
	}
	if d == nil {
		t.Fatalf("Describe returned neither a description nor an error")
	}
	return d
}
