package client

import (
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/qwen-cli/qwen/sdk/client/spawn"
)

// Default time limits.
const (
	DefaultStartTimeout = 10 * time.Second
	DefaultStopTimeout  = 300 * time.Millisecond
)

// Options says what to start.
type Options struct {
	// Path is the executable, Args its arguments without the name. Name is what
	// lists of processes and logs call it; Path if it is empty.
	Path string
	Args []string
	Name string

	// Env is the whole environment of the process, but for the few variables of
	// the handshake; see [Environment].
	Env []string

	// Private holds variables that may contain secrets, such as a proxy URL with
	// a password. They reach the plugin through its standard input.
	Private map[string]string

	// Logger receives what the plugin logs and what go-plugin says about it, under
	// the name of the provider given to Connect; nil for nowhere.
	Logger hclog.Logger

	// StartTimeout bounds the time from the call of Connect until the plugin can
	// be called; StopTimeout the time that Close waits before it kills.
	StartTimeout time.Duration
	StopTimeout  time.Duration
}

func (o Options) withDefaults() Options {
	if o.Name == "" {
		o.Name = o.Path
	}
	if o.Logger == nil {
		o.Logger = hclog.NewNullLogger()
	}
	if o.StartTimeout == 0 {
		o.StartTimeout = DefaultStartTimeout
	}
	if o.StopTimeout == 0 {
		o.StopTimeout = DefaultStopTimeout
	}
	return o
}

// A Process is a plugin process. Its methods may be called concurrently.
type Process struct {
	options Options
	child   *spawn.Process
	stdout  *handshakeReader
	stderr  *stderrReader
	conn    connection

	exited chan struct{} // closed when the process has ended
	reason string        // how it has
	once   sync.Once
}

// Spawn starts the process and returns at once. The error, of kind
// [sdk.KindPlugin], says why the executable could not be started at all.
func Spawn(o Options) (*Process, error) {
	type result struct {
		process *Process
		err     error
	}
	started := make(chan result, 1)
	go func() {
		// This thread lives as long as the process does: see spawn.Start.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		child, err := spawn.Start(spawn.Options{Path: o.Path, Args: o.Args, Name: o.Name, Env: o.Env})
		if err != nil {
			started <- result{nil, startError(o.Path, err)}
			return
		}
		p := newProcess(child, o)
		started <- result{p, nil}
		p.reap()
	}()
	r := <-started
	return r.process, r.err
}

// Adopt makes a Process of one that has been started already, with the same path
// and environment.
func Adopt(child *spawn.Process, o Options) *Process {
	p := newProcess(child, o)
	go p.reap()
	return p
}

func newProcess(child *spawn.Process, o Options) *Process {
	return &Process{
		options: o.withDefaults(),
		child:   child,
		stdout:  newHandshakeReader(child.Stdout),
		stderr:  newStderrReader(child.Stderr),
		exited:  make(chan struct{}),
	}
}

func (p *Process) reap() {
	p.reason = p.child.Wait()
	close(p.exited)
}

// SetPrivate replaces [Options.Private]. It is called before Connect: a process can be
// started before it is known what is to be said to it.
func (p *Process) SetPrivate(vars map[string]string) { p.options.Private = vars }

// Pid returns the process ID.
func (p *Process) Pid() int { return p.child.Pid }

// Exited returns a channel that is closed when the process has ended.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// ExitReason says how the process ended, such as "exit status 2" or "signal:
// killed"; "" while it runs.
func (p *Process) ExitReason() string {
	select {
	case <-p.exited:
		return p.reason
	default:
		return ""
	}
}

// Stderr returns the last lines that the process wrote to standard error.
func (p *Process) Stderr() []string { return p.stderr.lines() }

// Close ends the process: gently at first, by closing its lifeline, then by
// killing its process group. It returns when the process is gone, after
// [Options.StopTimeout] and a moment at the latest.
func (p *Process) Close() {
	p.Release()
	timer := time.NewTimer(p.options.StopTimeout)
	defer timer.Stop()
	select {
	case <-p.exited:
	case <-timer.C:
		_ = p.child.Kill()
		<-p.exited
	}
	// What the plugin has started may outlive it; it shares the group.
	_ = p.child.Kill()
	_ = os.RemoveAll(p.child.Dir)
}

// Release tells the process to end and does not wait for it: for a host that
// has what it wanted and is about to exit.
func (p *Process) Release() {
	p.once.Do(func() {
		p.conn.close()
		_ = p.child.Stdin.Close()
		_ = os.RemoveAll(p.child.Dir)
	})
}

// Kill ends the process and all that it has started, at once.
func (p *Process) Kill() { _ = p.child.Kill() }
